"""Headers, cookies, hosts and addresses made to break out: what every answer promises a browser."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from tests import world

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}


@pytest.fixture(scope="module")
def small(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with world.kept(django_db_blocker, world.make_world):
        yield


def policy_of(response: Any) -> dict[str, str]:
    parts = (part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    return dict(parts)


def test_every_answer_has_exactly_our_policy_and_headers(client, small):
    for address in [*world.one_of_each(), "/nowhere", "/?on=never"]:
        response = client.get(address)
        assert policy_of(response) == POLICY, address
        assert response["X-Content-Type-Options"] == "nosniff", address
        assert response["X-Frame-Options"] == "DENY", address
        assert response["Referrer-Policy"] == "same-origin", address
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "Server" not in response
        assert "X-Powered-By" not in response


def test_a_reader_gets_no_cookie_and_is_not_told_apart_by_one(client, small):
    for address in world.one_of_each():
        response = client.get(f"{address}?tiles=osm&q=gate")
        assert not response.cookies, address
        assert "cookie" not in response.get("Vary", "").lower(), address


def test_answers_to_readers_carry_no_form_that_writes(client, small):
    for address in world.pages():
        page = world.Page(world.body_of(client.get(address)))
        methods = {a.get("method") for tag, a in page.tags if tag == "form"}
        assert methods <= {"get"}, address
        assert not any(a.get("name") == "csrfmiddlewaretoken" for _, a in page.tags), address


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", "a b", ""]
)
def test_a_host_that_is_not_ours_is_refused(client, host, settings):
    settings.ALLOWED_HOSTS = ["localhost"]

    response = client.get("/", headers={"Host": host})

    assert response.status_code == 400
    assert b"evil.example/" not in response.content


def test_a_forwarded_host_is_not_believed(client, small):
    body = client.get("/", headers={"X-Forwarded-Host": "evil.example"}).content.decode()

    assert "evil.example" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/basemap/../settings.json",
        "/basemap/..%2f..%2fsettings.json",
        "/basemap/%2e%2e/README.md",
        "/basemap/..\\..\\settings.json",
        "/basemap//etc/passwd.json",
        "/basemap/world.geojson",
        "/basemap/world%00.json",
        "/download/../../manage.py",
        "/download/..%2fposts.geojson",
        "/maps/..%2f/",
        "/popup/post/..%2f..%2f/",
        "/static/../manage.py",
        "/static/..%2f..%2fmanage.py",
        "/crossings/%ff%fe/",
        "/crossings/%F0%9F%98%80/",
        "/documents/" + "a" * 5000 + "/",
        "/%0d%0aSet-Cookie:%20x=1",
    ],
)
def test_an_address_made_to_break_out_finds_nothing(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert not response.cookies


@pytest.mark.parametrize("query", ["on=%ff", "q=%ff%fe%00", "q=%ed%a0%80", "%ff=%ff", "q=\xff"])
def test_bytes_that_are_no_utf8_are_answered(client, small, query):
    for path in ("/", "/maps/all/days.json", "/download/posts.geojson", "/crossings/"):
        response = client.get(path, QUERY_STRING=query)  # as a server hands them over
        assert response.status_code in (200, 400), path
        world.body_of(response)


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 100_000,
        "&".join(f"a{n}=1" for n in range(900)),
        "&".join(f"a{n}=1" for n in range(5_000)),
        "sources=" + "a," * 50_000,
        "on=" + "9" * 100_000,
        "bbox=" + ",".join(["1" * 1000] * 4),
        "edition=" + "1" * 10_000,
        "km=" + "1" * 10_000,
        "&" * 100_000,
    ],
    ids=["text", "900", "5000", "list", "day", "box", "edition", "km", "ampersands"],
)
def test_a_huge_question_is_answered_at_once_and_in_short(client, small, query):
    for path in ("/", "/maps/all/days.json", "/crossings/place-0/"):
        response = client.get(f"{path}?{query}")
        assert response.status_code in (200, 400), path
        if response.status_code == 400:
            assert len(response.content) < 10_000


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_cannot_be_slipped_in(client, small, header):
    read = client.get("/crossings/place-0/", headers={header: "DELETE"})
    written = client.post("/crossings/place-0/?_method=GET", {"_method": "GET"}, headers={header: "GET"})

    assert read.status_code == 200
    assert written.status_code == 405


def test_a_redirect_never_leaves_the_site(client, small):
    for query in ("region=place-0-map&q=//evil.example", "region=place-0-map&next=//evil.example"):
        response = client.get(f"/?{query}")
        assert response.status_code == 302
        assert response["Location"].startswith("/maps/place-0-map/")


def test_an_error_of_ours_says_nothing_of_the_inside(client, monkeypatch, settings):
    from crossings.views import maps

    def fail(*_args: Any) -> None:
        raise RuntimeError("secret-inside")

    monkeypatch.setattr(maps, "title_of", fail)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == 500
    assert "secret-inside" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
    assert policy_of(response) == POLICY
    assert not [1 for tag, a in world.Page(response.content.decode()).tags if "style" in a or tag == "style"]


# --- What robots and finders of weaknesses ask for


def test_robots_are_kept_from_the_desk_and_from_earlier_editions(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    rules = [line.removeprefix("Disallow: ") for line in response.content.decode().split("\n")]
    for address, kept in {
        "/admin/login/": True,
        "/?edition=3": True,
        "/crossings/a/?on=2019-09-30&edition=3": True,
        "/": False,
        "/crossings/?on=2019-09-30": False,
    }.items():
        found = [rule for rule in rules if rule.startswith("/") and _matches(rule, address)]
        assert bool(found) == kept, address


def _matches(rule: str, address: str) -> bool:
    """As RFC 9309 reads a rule: from the beginning, `*` for anything."""
    return re.match(".*".join(re.escape(part) for part in rule.split("*")), address) is not None


def test_answers_of_an_edition_are_not_for_search_engines(client, small):
    for address in world.one_of_each(but=("health", "basemap")):
        pinned, plain = client.get(f"{address}?edition=1"), client.get(address)
        assert pinned["X-Robots-Tag"] == "noindex", address
        assert "X-Robots-Tag" not in plain, address
        if address in world.pages() and "popup" not in address:
            tags = world.Page(world.body_of(pinned)).tags
            assert ("meta", {"name": "robots", "content": "noindex"}) in tags, address
            assert b'name="robots"' not in plain.content, address


@pytest.mark.parametrize(
    ("contact", "said"), [("desk@example.org", "mailto:desk@example.org"), ("https://a.example/x",) * 2]
)
def test_security_txt_names_the_operator_and_is_never_out_of_date(client, settings, contact, said):
    settings.OPERATOR_CONTACT, settings.SITE_URL = contact, "https://crossings.example.org"
    response = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    left = datetime.datetime.fromisoformat(fields["Expires"]) - timezone.now()

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == said
    assert fields["Canonical"] == "https://crossings.example.org/.well-known/security.txt"
    assert datetime.timedelta(days=170) < left < datetime.timedelta(days=365)


@pytest.mark.parametrize("contact", ["", "room 4", "http://a.example/", "https://a.example/\nContact: x"])
def test_without_an_address_to_write_to_there_is_no_security_txt(client, settings, contact):
    settings.OPERATOR_CONTACT = contact
    assert client.get("/.well-known/security.txt").status_code == 404


# --- Addresses that leave the site


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded"])
def test_no_answer_repeats_the_host_that_a_request_claims(client, small, settings, header):
    """Not even where any host is let in: a citation is copied from the page, and a link in it followed."""
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://crossings.example.org"
    claimed = "host=evil.example" if header == "Forwarded" else "evil.example"
    for address in world.one_of_each(but=("basemap",)):
        response = client.get(address, headers={header: claimed})
        assert "evil.example" not in world.body_of(response), address
        assert "evil.example" not in str(response.headers), address
    page = client.get("/crossings/place-0/").content.decode()
    assert "https://crossings.example.org/crossings/place-0/?on=" in page
