"""Hostile text in every column of every model, on every public page, script, data file and download."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from crossings.maps import build
from crossings.models import Region
from crossings.views.maps import MERCATOR
from tests import world
from tests.factories import make_crossing, make_region, make_report

pytestmark = pytest.mark.django_db

UNESCAPED = re.compile(r"<script>\s*globalThis|<img src=x|<b>'|</title>\w*W{20}", re.IGNORECASE)
ON_THE_DAY = ("", "?on=2019-09-30", "?on=2019-09-30&q=globalThis", "?on=2019-09-30&days=3650")


@pytest.fixture(scope="module")
def hostile(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    with world.kept(django_db_blocker, world.make_hostile_world) as planted:
        yield planted


def _answers(client: Client, queries: tuple[str, ...] = ON_THE_DAY) -> Iterator[tuple[str, Any]]:
    for address in world.addresses(but=("basemap", "health")):
        for query in queries:
            yield address + query, client.get(address + query)


def test_every_model_has_a_row_and_every_address_has_arguments(hostile):
    assert [model.__name__ for model in world.MODELS if not model._base_manager.exists()] == []
    assert set(world.names_of_addresses()) == set(world.ARGUMENTS)


def test_words_go_into_every_column_but_those_that_refuse_them_in_words(hostile):
    refused = {
        f"{model._meta.model_name}.{field.name}"
        for model in world.MODELS
        for field in world.text_fields(model)
        if world.has_grammar(field)
    }

    assert refused == {
        "document.language", "document.sha256", "force.colour", "frontier.country_a", "frontier.country_b",
        "name.language", "passage.language", "post.country", "site.country",
    }  # fmt: skip
    assert {"document.title", "passage.exact", "name.text", "toll.said_by", "answer.text"} < hostile.keys()


def test_no_answer_runs_or_breaks_on_hostile_text(client, hostile):
    for address, response in _answers(client):
        assert response.status_code == 200, address
        body = world.body_of(response)
        assert not world.RAN.search(body), address
        if response["Content-Type"].startswith("text/html"):
            assert not UNESCAPED.search(body), (address, UNESCAPED.search(body))
            scripts = world.Page(body).scripts
            assert all("src" in attributes or attributes.get("type") for attributes, _ in scripts), address


def test_words_that_run_backwards_do_not_take_their_neighbours_along(client, hostile):
    taken = {}
    for address, response in _answers(client, ("?on=2019-09-30",)):
        if response["Content-Type"].startswith("text/html"):
            taken[address] = world.Page(world.body_of(response)).unisolated

    assert {address: found for address, found in taken.items() if found} == {}


def test_what_is_planted_is_shown_word_for_word(client, hostile):
    """Escaping must not change the words: a reader sees what the source has."""
    shown = set()
    for address, response in _answers(client, ("?on=2019-09-30",)):
        if response["Content-Type"].startswith("text/html"):
            text = world.Page(world.body_of(response)).text()
            if world.HOSTILE in text:
                shown.add(response.resolver_match.url_name)
            assert "&lt;" not in text, address  # escaped twice

    assert shown >= {
        "home", "map", "popup", "crossings", "crossing",
        "forces", "force", "documents", "document", "differs",
    }  # fmt: skip


def test_data_files_hold_the_words_and_parse(client, hostile):
    for name in ("days", "strikes-json"):
        data = world.data_of(client.get(reverse(name, args=["all"]) + "?on=2019-09-30"))
        for item in [
            i for rows in data.values() if isinstance(rows, list) for i in rows if isinstance(i, dict)
        ]:
            partials = [item.get("html", "")] + [s["html"] for s in item.get("segments", ())]
            for html in partials:
                assert not UNESCAPED.search(html)
                assert not world.RAN.search(html)
                assert world.Page(html).unisolated == []
    for name in ("posts", "control", "strikes"):
        collection = world.data_of(client.get(f"/download/{name}.geojson?on=2019-09-30"))
        quotes = {c["quote"] for f in collection["features"] for c in f["properties"]["citations"]}
        assert quotes == {world.HOSTILE}


def test_no_word_of_the_database_reaches_folium(client, hostile):
    region = Region.objects.get()
    script = world.body_of(client.get(reverse("map-script", args=[region.slug])))
    make_report(crossing="calm")
    calm = make_region("calm", [make_crossing("calm")], name="Calm")

    from crossings.queries.scope import resolve
    from crossings.queries.snapshot import Snapshot
    from geodata.selection import Selection

    snapshot = Snapshot(resolve(Selection(), region=region))
    assert script == build(region.slug, snapshot.box.clipped(MERCATOR)).script
    calm_script = world.body_of(client.get(reverse("map-script", args=[calm.slug])))
    assert script == calm_script.replace("map_calm", "map_" + region.slug.replace("-", "_"))


def test_the_config_of_the_map_is_data_and_stays_inside_its_element(client, hostile):
    page = world.Page(world.body_of(client.get("/?on=2019-09-30&q=%3C/script%3E%3Cscript%3Ealert(1)")))

    (config,) = [text for attributes, text in page.scripts if attributes.get("id") == "config"]

    assert "<" not in config


def test_hostile_parameters_are_not_reflected_as_markup(client, hostile):
    text = '"><script>globalThis.x=1</script>{{7*191}}'
    for address in world.pages():
        for name in ("q", "on", "show", "region", "holder", "km", "utm_source"):
            response = client.get(address, {name: text})
            body = world.body_of(response)
            assert response.status_code in (200, 400), (address, name)
            assert not world.RAN.search(body)
            assert "<script>globalThis" not in body, (address, name)
            assert '"><script' not in body, (address, name)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:globalThis.x=1",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//example.org/x",
    ],
)
def test_an_address_that_would_run_is_refused_in_words(url):
    document = make_report().main_passage.document
    document.url = url

    with pytest.raises(ValidationError) as refused:
        document.full_clean()

    assert "url" in refused.value.message_dict


def test_a_null_character_is_refused_in_words(client, admin_client):
    make_report()

    searched = client.get("/", {"q": "a\x00b"})
    saved = admin_client.post(reverse("admin:crossings_wire_add"), {"name": "a\x00b", "slug": "a"})

    assert searched.status_code == 400
    assert "control characters" in searched.content.decode()
    assert saved.status_code == 200
    assert "Null characters are not allowed" in saved.content.decode()


def test_the_lists_of_the_admin_hold_every_word_escaped(admin_client, hostile):
    from django.contrib import admin

    for model in world.MODELS:
        if model not in admin.site._registry:
            continue
        for page in ("changelist",):
            response = admin_client.get(reverse(f"admin:crossings_{model._meta.model_name}_{page}"))
            body = world.body_of(response)
            assert response.status_code == 200, model
            assert not UNESCAPED.search(body), (model, UNESCAPED.search(body))
            assert not world.RAN.search(body), model
