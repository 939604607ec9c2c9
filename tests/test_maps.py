"""Each map's page: what is on it, how much it weighs, and that nothing in it is inline or from elsewhere."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from crossings.models import Name, Post, Region, StrikeEvent, StrikeReport
from crossings.publishing import workflow
from tests import world
from tests.factories import make_passage, make_strike_event
from tests.test_security import POLICY, policy_of

pytestmark = pytest.mark.django_db

REGIONS = {
    "qaim-bukamal": {"qaim-bukamal"},
    "tanf-walid": {"walid-tanf"},
    "kurdish-held": {"rabia-yarubiyah", "semalka-faysh-khabur"},
}
MAPS = ("/", *(f"/maps/{slug}/" for slug in REGIONS))
DAY = "on=2019-09-30"
KILOBYTE = 1024
TILES = "https://tile.openstreetmap.org"


def _page(client: Client, address: str) -> tuple[str, world.Page]:
    response = client.get(address)
    assert response.status_code == 200, address
    body = response.content.decode()
    return body, world.Page(body)


def _ids(page: world.Page, tag: str, prefix: str) -> set[str]:
    found = (a.get("id") or "" for name, a in page.tags if name == tag)
    return {ident.removeprefix(prefix) for ident in found if ident.startswith(prefix)}


def test_each_map_shows_its_crossings_with_both_posts(client, shipped):
    for slug, crossings in REGIONS.items():
        _body, page = _page(client, f"/maps/{slug}/?{DAY}")
        assert _ids(page, "section", "crossing-") == crossings
        assert len(_ids(page, "li", "post-")) == 2 * len(crossings)
    _body, home = _page(client, f"/?{DAY}")
    assert _ids(home, "section", "crossing-") == set().union(*REGIONS.values())


def test_a_map_names_the_latest_day_that_any_report_speaks_of(client, shipped):
    latest = client.get("/maps/all/days.json").json()["latest"]

    body, page = _page(client, "/")

    assert f'value="{latest}"' in body
    assert "As reported up to" in page.text()


def test_every_map_weighs_little_whatever_the_number_of_strikes(client, shipped):
    for address in MAPS:
        body, _ = _page(client, f"{address}?{DAY}")
        assert len(body.encode()) < 60 * KILOBYTE, (address, len(body.encode()))
    _make_strikes(300)

    for address in MAPS:
        body, page = _page(client, f"{address}?on=2016-09-30&days=30")
        assert len(body.encode()) < 60 * KILOBYTE, (address, len(body.encode()))
        if address == "/":
            assert "The first 40 of 300 strikes are listed here." in page.text()
            assert len(_ids(page, "li", "strike-")) == 40


def _make_strikes(count: int) -> None:
    """So many strikes of one day near the frontier, told by one passage each."""
    passage = make_passage(exact="They struck again.")
    reports = [
        StrikeReport(
            main_passage=passage,
            event=make_strike_event(summary=f"Strike {n}", when="2016-09-20"),
            public_id=f"many-{n}",
        )
        for n in range(count)
    ]
    StrikeReport.objects.bulk_create(reports)
    workflow.publish(list(StrikeReport.objects.filter(public_id__startswith="many-")))
    assert StrikeEvent.objects.filter(summary__startswith="Strike ").count() == count


def test_the_script_of_a_map_is_small_stable_and_kept_by_browsers(client, shipped):
    scripts = {}
    for slug in ("all", *REGIONS):
        first, again = client.get(f"/maps/{slug}/map.js"), client.get(f"/maps/{slug}/map.js?{DAY}")
        assert first["Content-Type"].startswith("text/javascript")
        assert first.content == again.content
        assert "no-store" not in first["Cache-Control"]
        assert len(gzip.compress(first.content)) < 5 * KILOBYTE
        unchanged = client.get(f"/maps/{slug}/map.js", headers={"If-None-Match": first["ETag"]})
        assert unchanged.status_code == 304
        scripts[slug] = first.content.decode()
    assert len(set(scripts.values())) == len(scripts)


def test_the_script_of_a_map_names_no_other_host_and_holds_no_data(client, shipped):
    _make_strikes(5)
    for slug in ("all", *REGIONS):
        script = client.get(f"/maps/{slug}/map.js").content.decode()
        assert "http" not in script
        assert "eval(" not in script
        for name in Name.objects.values_list("text", flat=True):
            if len(name) > 4 and name not in ("Towns", "Sites", "Rivers"):
                assert name not in script, name


def test_the_layers_of_a_map_are_all_there_with_scale_and_control(client, shipped):
    script = client.get("/maps/all/map.js").content.decode()

    made = re.findall(r'Crossings\.layer\("(\w+)"\)', script)

    assert made == [
        "land", "borders", "rivers", "frontier", "towns", "uncertainty", "sites", "strikes", "posts",
    ]  # fmt: skip
    assert "L.control.layers" in script
    assert "L.control.scale" in script
    assert script.rstrip().endswith("Crossings.ready(map_all);")


def test_scripts_come_in_the_order_that_they_need_each_other_and_from_here(client, shipped):
    _body, page = _page(client, "/maps/qaim-bukamal/")

    sources = [a["src"] for a, _ in page.scripts if a.get("src")]

    assert sources == [
        "/static/leaflet/leaflet.js",
        "/static/crossings/map.js",
        "/maps/qaim-bukamal/map.js",
    ]


# --- Nothing inline, nothing from elsewhere

HARMLESS_TYPES = ("application/json", "speculationrules")


def _wrong(page: world.Page) -> Iterator[str]:
    """What `script-src 'self'; style-src 'self'` would refuse, and what would ask another host."""
    for attributes, text in page.scripts:
        if not attributes.get("src") and attributes.get("type") not in HARMLESS_TYPES:
            yield f"script: {text[:60]}"
    for tag, attributes in page.tags:
        if tag == "style" or "style" in attributes:
            yield f"style of {tag}: {attributes}"
        for name, value in attributes.items():
            if name.startswith("on") or name == "srcdoc":
                yield f"{name} of {tag}"
            if name in ("href", "src", "action", "formaction", "xlink:href"):
                if re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE):
                    yield f"{name}={value}"
                if tag not in ("a", "link") and re.match(r"(https?:)?//", value or ""):
                    yield f"{tag} {name}={value}"
        if tag == "link" and attributes.get("rel") != "canonical" and "//" in (attributes.get("href") or ""):
            yield f"link {attributes}"
        if tag in ("iframe", "object", "embed", "base"):
            yield tag


def test_no_page_holds_anything_that_the_policy_refuses(client, shipped):
    addresses = world.pages()
    each = {re.sub(r"[^/]+/$", "", address): address for address in addresses}  # one of each kind
    for address in {*each.values(), *MAPS, "/crossings/qaim-bukamal/", "/nowhere", "/?on=never"}:
        response = client.get(address)
        page = world.Page(world.body_of(response))
        assert list(_wrong(page)) == [], address
        assert policy_of(response) == POLICY, address


def test_what_the_data_hold_as_markup_has_nothing_inline_either(client, shipped):
    days = client.get("/maps/all/days.json").json()
    strikes = client.get("/maps/all/strikes.json?year=2019").json()["strikes"]
    partials = {s["html"] for row in (*days["posts"], *days["crossings"]) for s in row["segments"]}
    partials |= {row["html"] for row in (*days["sites"], *strikes)}
    assert len(partials) > 50

    for html in partials:
        assert list(_wrong(world.Page(html))) == []


def test_only_an_answer_with_tiles_lets_the_browser_ask_their_host(client, shipped):
    for address in MAPS:
        plain, chosen = client.get(address), client.get(f"{address}?tiles=osm")
        assert TILES not in plain["Content-Security-Policy"]
        assert plain["Referrer-Policy"] == "same-origin"
        assert policy_of(chosen) == POLICY | {"img-src": f"'self' data: {TILES}"}
        assert chosen["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert TILES in chosen.content.decode()
        assert TILES not in plain.content.decode()
        after = client.get(address)  # the choice of one reader is not that of the next
        assert policy_of(after) == POLICY
    for address in ("/crossings/", "/maps/all/days.json", "/maps/all/map.js", "/download/posts.geojson"):
        assert policy_of(client.get(f"{address}?tiles=osm")) == POLICY, address


def test_a_copy_without_a_tile_host_offers_none(client, shipped, settings):
    settings.TILES_URL = settings.TILES_HOST = ""

    response = client.get("/?tiles=osm")

    assert response.status_code == 200
    assert policy_of(response) == POLICY
    assert "OpenStreetMap tiles" not in response.content.decode()


# --- Names


def test_names_in_other_languages_carry_their_language_and_direction(client, shipped):
    for slug in Post.objects.values_list("slug", flat=True):
        page = world.Page(client.get(f"/popup/post/{slug}/").content.decode())
        named = [a for _, a in page.tags if a.get("lang") in ("ar", "ckb", "ku", "kmr", "syr")]
        for attributes in named:
            expected = "ltr" if attributes["lang"] in ("ku", "kmr") else "rtl"
            assert attributes.get("dir") == expected, (slug, attributes)
    body = client.get("/crossings/qaim-bukamal/").content.decode()
    assert re.search(r'lang="ar" dir="rtl"[^>]*>[^<]*القائم', body)
    kurdish = client.get("/crossings/semalka-faysh-khabur/").content.decode()
    assert re.search(r'lang="(ckb|ku|kmr)"', kurdish)


def test_a_region_is_a_row_and_its_map_is_there_at_once(client, shipped):
    region = Region.objects.create(slug="north", name="<b>North</b>")
    region.crossings.set(Region.objects.get(slug="kurdish-held").crossings.all())
    assert client.get("/maps/north/").status_code == 404
    workflow.publish([region])

    body, page = _page(client, f"/maps/north/?{DAY}")

    assert _ids(page, "section", "crossing-") == REGIONS["kurdish-held"]
    assert "&lt;b&gt;North&lt;/b&gt;" in body
    assert "map_north" in client.get("/maps/north/map.js").content.decode()
    assert 'href="/maps/north/' in client.get("/").content.decode()


def test_popups_open_by_their_address_with_the_words_of_a_source(client, shipped):
    body = client.get(f"/popup/post/bukamal-sy/?{DAY}").content.decode()
    assert "<blockquote" in body
    assert "<html" not in body
    whole = client.get(f"/popup/post/bukamal-sy/?{DAY}", headers={"Sec-Fetch-Dest": "document"})
    assert "<html" in whole.content.decode()
    assert "Sec-Fetch-Dest" in whole["Vary"]


def test_the_policy_in_the_settings_is_the_one_that_the_issue_asks_for():
    directives = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert list(directives["script-src"]) == ["'self'"]
    assert list(directives["style-src"]) == ["'self'"]
    call_command("check", verbosity=0)


def test_a_browser_that_asks_for_an_icon_is_sent_to_it(client):
    assert client.get("/favicon.ico").url == "/static/favicon.svg"
