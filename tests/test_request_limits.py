"""Whoever asks too often for what is expensive waits: 429, by address, also behind a proxy."""

from __future__ import annotations

import pytest
from django.test import override_settings

from crossings.runtime.addresses import client_address, reader
from crossings.runtime.delivery import UNDER_WAY
from crossings.runtime.environment import parse_rate
from crossings.views.limits import limiter

from .downloading import fill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_who_asked():
    limiter.storage.reset()


def limits(**rates):
    none = {"downloads": None, "search": None, "areas": None}
    return override_settings(LIMITS=none | {name: parse_rate(rate) for name, rate in rates.items()})


@pytest.mark.parametrize(
    ("limit", "path"),
    [
        ("search", "/documents/?q=tanf"),
        ("search", "/?q=tanf"),
        ("search", "/maps/all/strikes.json?q=tanf"),
        ("search", "/differs/?sources="),
        ("areas", "/maps/all/days.json?bbox=40,33,41,34"),
        ("areas", "/maps/all/strikes.json?bbox=40,33,41,34"),
        ("areas", "/ogc/collections/posts/items?bbox=40,33,41,34"),
    ],
)
def test_what_is_expensive_is_refused_beyond_its_limit_in_a_sentence(client, limit, path):
    with limits(**{limit: "2/minute"}):
        answers = [client.get(path) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    wait = int(answers[2]["Retry-After"])
    assert 1 <= wait <= 60
    sentence = f"Please wait {wait} second"
    if "json" in path or "ogc" in path:
        assert sentence in answers[2].json()["error"]
    else:
        assert sentence in answers[2].content.decode()
    assert "no-store" in answers[2]["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/documents/", "/differs/", "/maps/all/days.json", "/healthz", "/?q="])
def test_what_is_cheap_or_cached_is_not_counted(client, path):
    with limits(search="1/minute", areas="1/minute", downloads="1/minute"):
        assert {client.get(path).status_code for _time in range(3)} == {200}


def test_a_download_counts_when_it_has_to_be_made(client):
    fill()
    with limits(downloads="1/minute"):
        assert {client.get("/download/posts.geojson").status_code for _time in range(3)} == {200}
        other = client.get("/download/sites.geojson")

    assert other.status_code == 429
    assert "wait" in other.json()["error"]


def test_more_downloads_at_once_than_are_allowed_are_refused(client):
    with override_settings(DOWNLOADS_AT_ONCE=2):
        codes = [client.get("/download/posts.geojson", **{UNDER_WAY: n}).status_code for n in (1, 2, 3)]

    assert codes == [200, 200, 429]


def ask(client, peer, forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client.get("/documents/?q=tanf", headers=headers, REMOTE_ADDR=peer).status_code


def test_each_address_counts_for_itself(client):
    with limits(search="1/minute"):
        assert [ask(client, peer) for peer in ("192.0.2.1", "192.0.2.2", "192.0.2.1")] == [200, 200, 429]


def test_a_client_cannot_choose_its_address(client):
    """Without a proxy the header is not believed; behind one, only what the proxy itself wrote."""
    with limits(search="1/minute"):
        codes = [ask(client, "192.0.2.1", claimed) for claimed in ("198.51.100.1", "198.51.100.2")]
        assert codes == [200, 429]
    limiter.storage.reset()
    with limits(search="1/minute"), override_settings(BEHIND_PROXY=True):
        codes = [ask(client, "127.0.0.1", f"{claimed}, 192.0.2.1") for claimed in ("1.1.1.1", "2.2.2.2")]
        assert codes == [200, 429]
        assert ask(client, "127.0.0.1", "192.0.2.2") == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind_proxy", "expected"),
    [
        ("192.0.2.1", "", False, "192.0.2.1"),
        ("192.0.2.1:50000", "198.51.100.1", False, "192.0.2.1"),
        ("127.0.0.1", "198.51.100.1, 192.0.2.7:443", True, "192.0.2.7"),
        ("127.0.0.1", "[2001:db8::1]:443", True, "2001:db8::1"),
        ("::ffff:192.0.2.1", "", False, "192.0.2.1"),
        ("127.0.0.1", "<script>", True, "127.0.0.1"),
        ("127.0.0.1", "", True, "127.0.0.1"),
        ("", "", False, "unknown"),
    ],
)
def test_the_address_of_a_request(peer, forwarded, behind_proxy, expected):
    assert client_address(peer, forwarded, behind_proxy) == expected


def test_a_subscriber_of_ipv6_is_one_reader():
    assert reader("2001:db8:1:2::1") == reader("2001:db8:1:2:ffff::9") != reader("2001:db8:1:3::1")
