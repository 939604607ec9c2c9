"""A link keeps: it holds the whole state, names what it shows, and survives renames and later editions."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client

from crossings.models import ControlReport, Crossing, Edition, Force, Post, Region
from crossings.publishing import workflow
from geodata.selection import Selection
from tests import world
from tests.factories import make_crossing, make_passage, make_region, make_report

pytestmark = pytest.mark.django_db

DAYS = (
    "2012-07-19",
    "2013-01-01",
    "2014-07-15",
    "2017-11-10",
    "2018-06-01",
    "2019-09-30",
    "2024-12-07",
    "2025-06-15",
)
QUERIES = (
    "on=2019-09-30",
    "on=2019-09-30&edition=1&sources=articles&kinds=control,status&holder=isf-iraq",
    "on=2019-09-30&q=%D8%A7%D9%84%D9%82%D8%A7%D8%A6%D9%85&show=post.qaim-iq&view=9/34.4/41",
    "on=2019-09-30&from=2019-01-01&grade=weak,fair&bbox=38,33,43,36.5",
)  # fmt: skip


def at(day: str, hour: int = 12) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")


def metas(body: str) -> dict[str, str]:
    """The content of the meta elements by their name or property, and the canonical address."""
    found = {}
    for tag, a in world.Page(body).tags:
        if tag == "meta" and (a.get("property") or a.get("name")):
            found[str(a.get("property") or a.get("name"))] = a.get("content") or ""
        if tag == "link" and a.get("rel") == "canonical":
            found["canonical"] = a.get("href") or ""
    return found


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.content[:300])
    return response.content.decode()


# --- The whole state in the address


@pytest.mark.parametrize("query", QUERIES)
def test_the_page_speaks_of_its_selection_in_the_canonical_way(client, shipped, query):
    holder = Force.objects.order_by("slug").first().slug
    query = query.replace("isf-iraq", holder)
    selection = Selection.from_query(query)

    config = json.loads(
        next(t for a, t in world.Page(text_of(client, f"/?{query}")).scripts if a.get("id") == "config")
    )

    assert config["query"] == selection.query()
    assert Selection.from_query(config["query"]) == selection


def test_the_same_selection_said_in_another_order_is_the_same_page(client, shipped):
    first = text_of(client, "/?on=2019-09-30&kinds=control,status&sources=articles&utm_source=mail")
    other = text_of(client, "/?sources=articles&kinds=status,control&on=2019-09-30")

    assert first == other


def test_a_region_in_the_question_leads_to_its_map_with_the_rest_kept(client, shipped):
    response = client.get("/?region=qaim-bukamal&on=2019-09-30&sources=articles")

    assert response.status_code == 302
    assert response["Location"] == "/maps/qaim-bukamal/?on=2019-09-30&sources=articles"


def test_links_of_a_page_to_itself_are_readable_and_canonical(client, shipped):
    page = world.Page(text_of(client, "/?on=2019-09-30&sources=articles&view=7/34.4/41"))

    queries = [
        urlsplit(a["href"]).query for tag, a in page.tags if tag == "a" and "?" in (a.get("href") or "")
    ]

    assert len(queries) > 3
    for query in queries:
        assert Selection.from_query(query).query() == query


def test_a_copied_link_pins_the_day_and_the_edition(client, shipped):
    newest = Edition.objects.order_by("-number").first().number
    body = text_of(client, "/?sources=articles")
    (link,) = [a["href"] for tag, a in world.Page(body).tags if "data-copy-link" in a]
    pinned = dict(parse_qsl(urlsplit(link).query))
    before = text_of(client, f"/{link}")
    workflow.withdraw(ControlReport.objects.published().filter(post__slug="qaim-iq"))

    assert pinned["edition"] == str(newest)
    assert pinned["on"]
    assert _shown(text_of(client, f"/{link}")) == _shown(before)
    assert _shown(text_of(client, f"/?on={pinned['on']}&sources=articles")) != _shown(before)


def _shown(body: str) -> list[str]:
    return [*re.findall(r"<li class=\"(?:post|strike|site)\".*?</li>", body, re.DOTALL)]


# --- Previews

PREVIEWS = (
    ("/?on=2019-09-30", "Iraq–Syria frontier, 30 September 2019", "/?on=2019-09-30"),
    ("/maps/qaim-bukamal/?on=2014-07-15&utm_source=x", "15 July 2014", "/maps/qaim-bukamal/?on=2014-07-15"),
    (
        "/maps/kurdish-held/?sources=articles&on=2019-09-30&tiles=osm", "30 September 2019",
        "/maps/kurdish-held/?on=2019-09-30&sources=articles",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("address", "title", "canonical"), PREVIEWS)
def test_a_preview_names_the_map_and_the_day_and_says_how_much_it_shows(
    client, shipped, settings, address, title, canonical
):
    settings.SITE_URL = "https://crossings.example"

    body = text_of(client, address)

    said = metas(body)
    assert title in said["og:title"]
    region = re.match(r"/maps/([^/]+)/", address)
    if region:
        assert Region.objects.get(slug=region[1]).name in said["og:title"]
    assert re.match(r"Showing \d+ sides? of \d+ crossings?, ", said["og:description"])
    assert said["og:description"] == said["description"]
    assert said["og:type"] == "website"
    assert said["og:url"] == said["canonical"] == f"https://crossings.example{canonical}"
    assert re.search(r"<title>[^<]*\d{4}</title>", body)


def test_a_preview_of_a_page_without_a_day_names_the_day_that_it_shows(client, shipped):
    said = metas(text_of(client, "/maps/qaim-bukamal/"))

    assert re.search(r", \d{1,2} \w+ \d{4}$", said["og:title"])


# --- Ids


def test_ids_survive_renames(client):
    make_report()
    make_region("west", [make_crossing()])
    addresses = [
        "/crossings/alpha/",
        "/popup/post/alpha-iq/",
        "/forces/reds/",
        "/maps/west/",
        "/?show=post.alpha-iq",
    ]
    for model in (Crossing, Post, Force, Region):
        for row in model.objects.all():
            row.name = f"Renamed {row.pk}"
            row.save()

    for address in addresses:
        assert "Renamed" in text_of(client, address), address
    posts = world.data_of(client.get("/download/posts.geojson"))["features"]
    assert {f["id"] for f in posts} >= {"alpha-sy", "alpha-iq"}


# --- Editions


@pytest.fixture
def three_editions(client: Client) -> list[int]:
    """Held by the reds (10 May, morning), withdrawn (10 May, evening), held by the blues (12 May 2020)."""
    crossing = make_crossing(publish=False)
    first = make_report(as_of="2019-09-30", publish=False)
    second = make_report(as_of="2019-09-30", forces=("blues",), publish=False)
    steps = (
        workflow.publish([crossing, first], at=at("2020-05-10", 8)),
        workflow.withdraw([first], at=at("2020-05-10", 20)),
        workflow.publish([second], at=at("2020-05-12")),
    )
    return [step.number for step in steps if step]


def _held(client: Client, query: str) -> Any:
    posts = world.data_of(client.get(f"/download/posts.geojson?on=2019-09-30&{query}"))["features"]
    return next(f["properties"]["holders"] for f in posts if f["id"] == "alpha-iq")


def test_each_edition_shows_what_this_site_said_then(client, three_editions):
    said = [_held(client, f"edition={n}") for n in three_editions]

    assert said == [["reds"], [], ["blues"]]


def test_a_day_as_edition_is_the_last_of_that_utc_day(client, three_editions):
    assert _held(client, "edition=2020-05-10") == []
    assert _held(client, "edition=2020-05-11") == []  # nothing new that day
    assert _held(client, "edition=2020-05-12") == ["blues"]
    assert _held(client, "edition=2026-01-01") == ["blues"]
    assert client.get("/?edition=2020-05-09").status_code == 400


def test_an_edition_close_to_midnight_belongs_to_its_utc_day(client):
    crossing = make_crossing(publish=False)
    late = workflow.publish([crossing], at=datetime.datetime(2020, 5, 10, 23, 59, 59, 999999, datetime.UTC))
    after = workflow.publish(
        [make_report(publish=False)], at=datetime.datetime(2020, 5, 11, tzinfo=datetime.UTC)
    )

    def number(query: str) -> int:
        return client.get(f"/maps/all/days.json?{query}").json()["edition"]

    assert number("edition=2020-05-10") == late.number
    assert number("edition=2020-05-11") == after.number


@pytest.mark.parametrize("query", ["edition={0}&on=2020-05-11", "edition=2020-05-10&on=2020-05-11"])
def test_a_day_after_the_edition_is_refused_with_a_sentence(client, three_editions, query):
    response = client.get("/?" + query.format(*three_editions))

    assert response.status_code == 400
    text = world.Page(response.content.decode()).text()
    assert re.search(r"on: “2020-05-11” cannot be read\. .*(2020-05-10|10 May 2020)", text)


def test_a_day_to_come_is_refused_with_a_sentence(client, three_editions):
    response = client.get("/?on=2099-01-01")

    assert response.status_code == 400
    assert "ask for that day or an earlier one" in response.content.decode()


# --- With and without scripts


def _without_queries(html: str) -> str:
    """The links of a list without scripts take the day along; in the data they have none, for any day."""
    return re.sub(r'(href="/[^"?#]*)\?[^"#]*', r"\1", html)


def test_the_list_of_a_day_is_what_the_data_hold_for_it(client, shipped):
    for query in ("", "&sources=articles"):
        days = client.get(f"/maps/all/days.json?{query}").json()
        for on in DAYS:
            body = _without_queries(text_of(client, f"/?on={on}{query}"))
            for post in days["posts"]:
                (html,) = [s["html"] for s in post["segments"] if s["from"] <= on <= s["to"]]
                start = body.index(f'<li class="post" id="post-{post["id"]}"')
                assert body[start : body.index("</li>", start) + 5] == html.strip(), (on, post["id"])
            for crossing in days["crossings"]:
                (html,) = [s["html"] for s in crossing["segments"] if s["from"] <= on <= s["to"]]
                assert html.strip() in body, (on, crossing["id"])
            for site in days["sites"]:
                assert site["html"].strip() in body, (on, site["id"])


def test_the_strikes_of_a_day_are_what_the_data_hold_for_it(client, shipped):
    body = _without_queries(text_of(client, "/?on=2019-09-30&days=365"))
    strikes = client.get("/maps/all/strikes.json?year=2019&days=365").json()["strikes"]
    shown = [s for s in strikes if s["max"] >= "2018-10-01" and s["min"] <= "2019-09-30"]

    assert shown
    for strike in shown:
        assert strike["html"].strip() in body


def test_every_stretch_is_followed_by_the_next_without_a_gap(client, shipped):
    days = client.get("/maps/all/days.json").json()
    for thing in (*days["posts"], *days["crossings"]):
        segments = thing["segments"]
        assert segments[0]["from"] == days["first"]
        assert segments[-1]["to"] == days["last"]
        for segment, following in itertools.pairwise(segments):
            next_day = datetime.date.fromisoformat(segment["to"]) + datetime.timedelta(days=1)
            assert str(next_day) == following["from"], thing["id"]


def test_the_steps_without_scripts_lead_to_days_on_which_something_changes(client, shipped):
    changes = set(client.get("/maps/all/days.json").json()["changes"])
    page = world.Page(text_of(client, "/?on=2016-06-01"))

    steps = [
        dict(parse_qsl(urlsplit(a["href"]).query))["on"]
        for tag, a in page.tags
        if tag == "a" and "data-without-script" in a
    ]

    assert len(steps) == 2
    assert set(steps) <= changes
    assert steps[0] < "2016-06-01" < steps[1]


@pytest.mark.slow
def test_every_link_of_a_page_leads_somewhere(client, shipped):
    links = set()
    for address in ("/?on=2019-09-30", "/crossings/qaim-bukamal/", "/differs/", "/documents/", "/forces/"):
        for tag, a in world.Page(text_of(client, address)).tags:
            href = a.get("href") or ""
            if tag == "a" and href and not href.startswith(("#", "http", "mailto:", "/download/")):
                links.add(href.split("#")[0] if href.startswith("/") else f"{urlsplit(address).path}{href}")
    sample = sorted(links)[:: max(1, len(links) // 40)]

    for link in sample:
        assert client.get(link).status_code == 200, link


def test_the_fragments_of_links_within_a_page_are_there(client, shipped):
    for address in ("/crossings/qaim-bukamal/", "/forces/", "/differs/", "/method/"):
        tags = world.Page(text_of(client, address)).tags
        ids = {a.get("id") for _, a in tags}
        wanted = {
            (a.get("href") or "")[1:] for tag, a in tags if tag == "a" and (a.get("href") or "")[:1] == "#"
        }
        assert wanted <= ids, (address, wanted - ids)


def test_a_passage_keeps_its_address_in_its_document(client):
    passage = make_passage()
    make_report(passage=passage)

    body = text_of(client, f"/documents/{passage.document.slug}/?{urlencode({'on': '2019-09-30'})}")

    assert f'id="p-{passage.public_id}"' in body


def test_what_is_copied_opens_also_for_a_day_after_the_newest_edition(client, three_editions):
    for address in ("/", "/crossings/alpha/"):
        page = world.Page(text_of(client, f"{address}?on=2020-06-01"))
        copied = [a.get("href") or "" for _, a in page.tags if "data-copy-link" in a]
        copied += re.findall(r"/crossings/alpha/\?[^ ]+", page.text())
        assert copied
        for link in copied:
            assert client.get(f"/{link}" if link.startswith("?") else link).status_code == 200, link
