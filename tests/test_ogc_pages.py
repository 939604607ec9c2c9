"""The API as pages: the same site, and hostile words inert on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from . import world
from .ogc import href
from .test_hostile import UNESCAPED

SHOWN = ("sites", "control", "strikes", "assessment")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def hostile(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with world.kept(django_db_blocker, world.make_hostile_world):
        yield


def pages(client: Any) -> Iterator[tuple[str, Any]]:
    """A page of every kind, with that of the first feature of collections of each kind."""
    paths = ["", "api", "conformance", "collections"]
    for name in SHOWN:
        (feature, *_rest) = client.get(f"/ogc/collections/{name}/items").json()["features"]
        base = f"collections/{name}"
        paths += [base, f"{base}/queryables", f"{base}/items", f"{base}/items/{feature['id']}"]
    for path in paths:
        yield path, client.get(f"/ogc/{path}", headers={"Accept": "text/html"})


def test_hostile_words_are_inert_on_every_page(client):
    shown = 0
    for path, response in pages(client):
        assert response.status_code == 200, path
        body = response.content.decode()
        page = world.Page(body)
        assert not world.RAN.search(body), path
        assert not UNESCAPED.search(body), path
        assert "&lt;" not in page.text(), path  # escaped twice
        assert page.unisolated == [], path
        assert all("src" in attributes for attributes, _ in page.scripts), path
        shown += world.HOSTILE in page.text()
    assert shown >= len(SHOWN)


def test_pages_are_those_of_the_site_and_ask_nobody_else(client):
    for path in ("", "api?f=html", "collections/sites/items?f=html"):
        response = client.get(f"/ogc/{path}", headers={"Accept": "text/html"})
        page = world.Page(response.content.decode())
        assert ("nav", "site-nav") in [(tag, attributes.get("id")) for tag, attributes in page.tags], path
        for tag, attributes in page.tags:
            if tag in ("script", "link", "img"):
                address = attributes.get("src") or attributes.get("href") or ""
                assert address.startswith("/"), (path, address)
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_hostile_query_is_shown_as_it_was_written(client):
    query = {"filter": "id = '\"><script>globalThis.x=1</script>'", "f": "html"}
    page = world.Page(client.get("/ogc/collections/posts/items", query).content.decode())

    (field,) = [attributes for tag, attributes in page.tags if attributes.get("name") == "filter"]
    assert field["value"] == query["filter"]
    assert all("src" in attributes for attributes, _ in page.scripts)


def test_features_hold_the_words_and_parse(client):
    for name in ("control", "strikes", "assessment"):
        document = json.loads(client.get(f"/ogc/collections/{name}/items").content)
        quotes = {row["quote"] for f in document["features"] for row in f["properties"]["citations"]}
        assert quotes == {world.HOSTILE}
        response = client.get(f"/ogc/collections/{name}/items?limit=1")
        assert href(response.json(), "self") == f"/ogc/collections/{name}/items?limit=1"
