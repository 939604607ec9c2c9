"""Wherever a link on a public page leads, there is something: today and in every earlier edition."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from crossings.models import REPORT_MODELS, Backing, Crossing, Disagreement, Edition, Region, Site
from crossings.publishing import workflow
from crossings.publishing.corrections import copy_as_draft
from tests import world
from tests.factories import make_crossing, make_region

pytestmark = pytest.mark.django_db

#: Not pages of ours to follow: files for the browser, editing, and the two that answer for themselves.
ELSEWHERE = ("/static/", "/admin/", "/basemap/", "/favicon.ico")
SITE = "http://testserver"


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action") or (name.startswith("data-") and name.endswith("url")):
                self.found += [value] if value else []


def links_of(address: str, body: str, kind: str) -> Iterator[str]:
    """Absolute addresses on this site that the answer leads to, without their fragments."""
    if "json" in kind:
        values = list(_texts(json.loads(body)))
        found = [link for text in values if "<a " in text for link in _Links(text).found]
        found += [text for text in values if text.startswith(SITE)]
    elif "html" in kind:
        found = _Links(body).found
    else:
        return
    for link in found:
        absolute = urldefrag(urljoin(SITE + address, link)).url
        if absolute.startswith(SITE + "/"):
            yield absolute.removeprefix(SITE)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)


def page_of(address: str) -> tuple[str, str]:
    """The path and the edition: other days and filters of a page are not followed."""
    parts = urlsplit(address)
    return parts.path, dict(parse_qsl(parts.query)).get("edition", "")


def crawl(client: Client, starts: list[str]) -> dict[str, str]:
    """Follow every link from these addresses: every page that was reached, and what was wrong with it."""
    wanted = deque((start, "") for start in starts)
    found = dict.fromkeys(map(page_of, starts), "")
    while wanted:
        address, source = wanted.popleft()
        response = client.get(address, follow=True)
        if response.status_code != 200:
            found[page_of(address)] = f"{response.status_code}: {address}, linked from {source}"
            continue
        for link in links_of(address, world.body_of(response), response.headers["Content-Type"]):
            if page_of(link) not in found and not link.startswith(ELSEWHERE):
                found[page_of(link)] = ""
                wanted.append((link, address))
    return found


@pytest.fixture
def changing_world(settings) -> None:
    """Everything published in edition 1; then kind by kind replaced, then withdrawn until little is left."""
    settings.SITE_URL = SITE
    world.make_world()
    for model in (*REPORT_MODELS, Backing, Disagreement):
        workflow.publish([copy_as_draft(model.objects.published().order_by("pk").first())])
    world.make_surroundings("place-1", 1)
    world.publish_all()
    workflow.withdraw([Region.objects.get(slug="place-0-map")])
    workflow.withdraw([Site.objects.get(slug="place-0-base")], with_dependents=True)
    workflow.withdraw(Backing.objects.published())
    workflow.withdraw([Crossing.objects.get(slug="place-0")], with_dependents=True)
    for model in REPORT_MODELS:
        workflow.withdraw(model.objects.published())


@pytest.mark.slow
def test_no_link_of_any_edition_is_dead(client, changing_world):
    numbers = list(Edition.objects.values_list("number", flat=True))
    found = crawl(client, ["/", *(f"/?edition={number}" for number in numbers)])
    assert [problem for problem in found.values() if problem] == []
    assert {"", *map(str, numbers)} == {edition for _path, edition in found}
    reached = {path for path, edition in found if edition == "1"}
    assert {"/crossings/place-0/", "/maps/place-0-map/", "/forces/reds/"} <= reached
    assert any(path.startswith("/documents/document-") for path in reached)
    assert any(path.startswith("/popup/strike/") for path in reached)


def test_a_pinned_edition_pins_its_regions(client):
    crossing = make_crossing()
    west = make_region("west", [crossing])
    edition = west.published_in_id
    workflow.withdraw([west])
    make_region("east", [crossing])

    for name in ("map", "map-script", "days", "strikes-json"):
        for region, now, then in (("west", 404, 200), ("east", 200, 404)):
            address = reverse(name, args=[region])
            assert client.get(address).status_code == now, address
            assert client.get(f"{address}?edition={edition}").status_code == then, address
    page = client.get(f"/maps/west/?edition={edition}").content.decode()
    assert f'href="/maps/west/?edition={edition}"' in page
    assert "/maps/east/" not in page
    assert "/maps/west/" not in client.get("/").content.decode()
