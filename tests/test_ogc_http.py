"""How the API answers: forms, validators, HEAD, other sites, compression, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from .factories import make_report
from .ogc import ask, fill
from .world import kept

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/control/items"


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept(django_db_blocker, fill):
        yield


def addresses() -> list[str]:
    """One of every kind, and features that are computed in memory."""
    return [
        *(reverse(f"ogc-{name}") for name in ("landing", "conformance", "api", "collections")),
        *(reverse(f"ogc-{name}", args=["control"]) for name in ("collection", "queryables", "items")),
        reverse("ogc-items", args=["posts"]),
        reverse("ogc-item", args=["control", "years"]),
    ]


# --- Forms


@pytest.mark.parametrize(
    ("query", "accept", "found"),
    [
        ("", "", "application/geo+json"),
        ("", "*/*", "application/geo+json"),
        ("", "application/json", "application/geo+json"),
        ("", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("?f=html", "application/geo+json", "text/html; charset=utf-8"),
        ("?f=json", "text/html", "application/geo+json"),
        ("", "application/geo+json;q=0.5, text/html;q=0.4", "application/geo+json"),
    ],
)
def test_f_and_then_accept_choose_the_form(client, query, accept, found):
    response = client.get(ITEMS + query, headers={"Accept": accept} if accept else {})

    assert response.status_code == 200
    assert response["Content-Type"] == found
    assert "Accept" in response["Vary"]


def test_a_form_that_there_is_not_is_refused(client):
    assert client.get(ITEMS, headers={"Accept": "image/png"}).status_code == 406
    assert ask(client, "collections/control/items", 400, f="gml")["parameter"] == "f"


# --- Validators


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_reader_who_has_it_is_told_so(client, form):
    for address in addresses():
        first = client.get(address, {"f": form})
        again = client.get(address, {"f": form}, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), address
        assert again["ETag"] == first["ETag"]
        assert again["Access-Control-Allow-Origin"] == "*"
        head = client.head(address, {"f": form}, headers={"If-None-Match": first["ETag"]})
        assert head.status_code == 304, address


def test_validators_change_with_what_is_published(client):
    before = client.get(ITEMS)
    make_report(as_of="2018-01-01")
    after = client.get(ITEMS, headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]
    assert client.get(ITEMS, headers={"If-Modified-Since": after["Last-Modified"]}).status_code == 304
    past = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert client.get(ITEMS, headers={"If-Modified-Since": past}).status_code == 200
    assert client.get(ITEMS, headers={"If-Unmodified-Since": past}).status_code == 412


# --- HEAD, other sites, compression


def test_head_says_what_get_says_but_for_the_body(client):
    for address in addresses():
        got, head = client.get(address), client.head(address)
        assert head.status_code == 200
        assert head.content == b""
        for name in (
            "Content-Type",
            "ETag",
            "Link",
            "Last-Modified",
            "Content-Crs",
            "Access-Control-Allow-Origin",
        ):
            assert head.get(name) == got.get(name), (address, name)


def test_scripts_of_other_sites_may_read_and_nobody_may_write(client):
    for address in [*addresses(), "/ogc/nothing"]:
        response = client.get(address, headers={"Origin": "https://elsewhere.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Link" in response["Access-Control-Expose-Headers"]
        assert "Set-Cookie" not in response
        preflight = client.options(address, headers={"Access-Control-Request-Method": "GET"})
        assert preflight.status_code == 204
        assert preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        for method in ("post", "put", "patch", "delete"):
            refused = getattr(client, method)(address)
            assert refused.status_code == 405
            assert refused["Allow"] == "GET, HEAD, OPTIONS"
            assert refused["Content-Type"] == "application/problem+json"


def test_it_is_compressed_for_those_who_can_read_that(client):
    response = client.get(ITEMS, headers={"Accept-Encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < len(client.get(ITEMS).content) / 2


# --- Errors


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("nothing", 404, None),
        ("collections/nothing", 404, None),
        ("collections/nothing/items", 404, None),
        ("collections/control/items/nothing", 404, None),
        ("collections/control/items/%00", 404, None),
        ("collections/control/items?page=2", 400, "page"),
        ("collections/control?limit=2", 400, "limit"),
        ("conformance?edition=1", 400, "edition"),
        ("?f=json&f=html", 400, "f"),
        ("collections/control/items?limit=1&limit=2", 400, "limit"),
        ("collections/control/items?speaker=%00", 400, "speaker"),
        ("collections/control/items?crs=EPSG:4326", 400, "crs"),
        ("collections?edition=9999", 400, "edition"),
        ("collections?edition=soon", 400, "edition"),
        ("collections/posts/items?filter=%ff", 400, "filter"),
    ],
)
def test_errors_are_problems_in_words(client, path, status, parameter):
    response = client.get(f"/ogc/{path}")

    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (response.status_code, problem["status"], problem.get("parameter")) == (status, status, parameter)
    assert problem["title"]
    assert problem["detail"].endswith((".", "?"))
