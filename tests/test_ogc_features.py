"""OGC API – Features, Part 1: what a page of features holds, by box, by day, page by page."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from crossings.models import ControlReport
from crossings.ogc.collections import COLLECTIONS
from crossings.publishing import workflow
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection

from .factories import make_report, make_strike_event
from .ogc import NAMES, TODAY, ask, fill, href, ids, items, walk
from .world import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept(django_db_blocker, fill):
        yield


# --- The same rows and columns as the downloads


@pytest.mark.parametrize("name", ["crossings", "sites", "control", "status", "strikes", "assessment"])
def test_it_gives_the_features_of_the_download(client, name):
    file = client.get(
        f"/download/{'posts' if name == 'assessment' else name}.geojson?on=2019-09-30&from=1990-01-01"
    )
    wanted = {feature["id"]: feature for feature in json.loads(file.getvalue())["features"]}
    days = {"datetime": "2019-09-30"} if name in ("crossings", "assessment") else {}

    found = {feature["id"]: feature for feature in items(client, name, limit=1000, **days)}

    assert set(found) == set(wanted)
    for ident, feature in found.items():
        if ident != "on-a-line":
            assert feature["geometry"] == wanted[ident]["geometry"]
        assert {**feature["properties"], "url": 0} == {**wanted[ident]["properties"], "url": 0}


def test_posts_are_places_and_say_nothing_of_a_day(client):
    (feature, *_rest) = items(client, "posts")

    assert set(feature["properties"]) == {column.name for column in COLLECTIONS["posts"].columns}
    assert not {"on", "holder", "control_level", "people", "citations"} & set(feature["properties"])
    assert ids(client, "posts", datetime="1999-01-01") == ids(client, "posts")


def test_intervals_cover_the_time_line_of_each_post_without_gap(client):
    scope = resolve(Selection())
    rows = [f["properties"] for f in items(client, "intervals", limit=1000, filter="post = 'alpha-iq'")]
    rows.sort(key=lambda row: row["first"])

    assert rows[0]["first"] == str(scope.first)
    assert rows[-1]["last"] == str(scope.last)
    for row, following in pairwise(rows):
        after = datetime.date.fromisoformat(row["last"]) + datetime.timedelta(days=1)
        assert following["first"] == str(after)
    snapshot = Snapshot(scope)
    post = next(post for post in snapshot.posts if post.slug == "alpha-iq")
    for row in rows:
        day = snapshot.day_of(post, datetime.date.fromisoformat(row["first"]))
        assert row["control_level"] == day.control.level
        assert row["holders"] == sorted(day.control.value)


# --- datetime


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2015-06-01", {"years", "since-about"}),
        ("2015-05-31", {"years", "since-about", "frontier"}),
        ("2013-12-31", {"since-about"}),
        ("2018-01-01", {"until-after", "of-a-base"}),
        ("2019-09-30", {"one-day", "until-after"}),
        ("2019-09-30T23:59:59Z", {"one-day", "until-after"}),
        ("2019-09-30T23:30:00-05:00", {"until-after"}),  # the first of October in UTC
        ("2019-10-01T00:30:00+05:00", {"one-day", "until-after"}),
        ("2018-06-01/..", {"of-a-base", "one-day", "until-after"}),
        ("2018-06-01/", {"of-a-base", "one-day", "until-after"}),
        ("../2014-01-01", {"years", "since-about", "on-a-line"}),
        ("/2013-12-31T23:59:59Z", {"since-about", "on-a-line"}),
        ("2018-12-31/2019-09-29", {"of-a-base", "until-after"}),
        ("2017-12-31T12:00:00Z/2018-01-01T00:00:00Z", {"years", "of-a-base", "until-after"}),
    ],
)
def test_datetime_gives_reports_whose_days_it_touches(client, asked, found):
    assert ids(client, "control", datetime=asked) == found


def test_the_days_of_a_report_are_those_that_its_edtf_dates_can_mean(client):
    """No column of its own says so: what the columns say together does, for every report and many days."""
    everything = items(client, "control")
    for text in (
        "2012-01-01",
        "2014-01-01",
        "2015-05-15",
        "2016-06-30",
        "2017-12-31",
        "2018-07-01",
        "2026-01-01",
    ):
        day = datetime.date.fromisoformat(text)
        wanted = {f["id"] for f in everything if _can_be_of(f["properties"], day)}
        assert ids(client, "control", datetime=text) == wanted, text


def _can_be_of(row: dict[str, Any], day: datetime.date) -> bool:
    given = [name for name in ("starts", "ends", "as_of") if row[name]]
    lows, highs = [row[f"{name}_min"] for name in given], [row[f"{name}_max"] for name in given]
    known = [day for day in (*lows, *highs) if day]
    begun = None in lows or min(known) <= str(day)
    not_over = None in highs or max(known) >= str(day)
    return begun and not_over


def test_strikes_and_intervals_answer_for_their_days(client):
    assert ids(client, "strikes", datetime="2019-09-08/2019-09-15") == {"strike-1", "strike-2"}
    assert ids(client, "strikes", datetime="2019-09-09") == set()
    for feature in items(client, "intervals", limit=1000, datetime="2015-03-01"):
        assert feature["properties"]["first"] <= "2015-03-01" <= feature["properties"]["last"]


@pytest.mark.parametrize("name", ["assessment", "crossings"])
def test_datetime_chooses_the_day_that_is_shown(client, name):
    def days(**query):
        return {feature["properties"]["on"] for feature in items(client, name, **query)}

    assert days() == {"2019-09-30"}
    assert days(datetime="2015-03-01") == {"2015-03-01"}
    assert days(datetime="2014-01-01/2015-03-01T12:00:00Z") == {"2015-03-01"}
    assert days(datetime="2015-03-01/..") == {str(TODAY)}
    assert days(datetime=f"{TODAY + datetime.timedelta(days=1)}/..") == set()
    assert days(datetime="1850-01-01") == set()
    assert items(client, "assessment", datetime="2015-03-01", filter="id='alpha-iq'")[0]["properties"][
        "holder"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2015",
        "2015-02-30",
        "2015-01-01/2014-01-01",
        "..",
        "/",
        "2015-01-01/2016-01-01/2017-01-01",
        "yesterday",
        "2015-01-01T25:00:00Z",
        "2015-01-01T12:00:00",
        "0000-01-01",
        "0001-01-01T00:00:00+10:00",
        "２０15-01-01",
        "2015-01-01T12:00:00Z/2015-01-01T11:00:00Z",
    ],
)
def test_a_datetime_that_cannot_be_read_is_refused_in_words(client, text):
    problem = ask(client, "collections/control/items", 400, datetime=text)

    assert problem["parameter"] == "datetime"
    assert "cannot be read" in problem["detail"]


# --- bbox


def test_a_box_gives_what_lies_in_it_edges_included(client):
    assert ids(client, "posts", bbox="41.5,34,42,35") == {"beta-iq", "beta-sy"}
    assert ids(client, "control", bbox="42,34.4,42,34.4") == {"since-about", "until-after"}
    assert ids(client, "strikes", bbox="40.92,34.45,41,35", limit=2) == {"strike-0", "strike-1"}
    assert ids(client, "strikes", bbox="40.93,34.45,41,35") == set()
    assert ids(client, "sites", bbox="40,34,-100,41,35,9000") == {
        "base"
    }  # six numbers: heights have no effect


def test_a_report_about_a_frontier_has_its_line(client):
    (feature,) = items(client, "control", bbox="40,36.9,41,37.05")

    assert feature["id"] == "on-a-line"
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[36.0, 36.8], [42.4, 37.1]]}
    (swapped,) = items(client, "control", id="on-a-line", crs="http://www.opengis.net/def/crs/EPSG/0/4326")
    assert swapped["geometry"]["coordinates"] == [[36.8, 36.0], [37.1, 42.4]]
    assert items(client, "control", id="frontier")[0]["geometry"] is None


def test_a_box_across_the_antimeridian_reaches_both_sides(client):
    event = make_strike_event(public_id="far-east", point="SRID=4326;POINT(179.5 10)")
    make_report("strike", event=event)
    event = make_strike_event(public_id="far-west", point="SRID=4326;POINT(-179.5 10)")
    make_report("strike", event=event)

    assert ids(client, "strikes", bbox="179,0,-179,20") == {"far-east", "far-west"}
    assert ids(client, "strikes", bbox="179.6,0,-179,20") == {"far-west"}
    assert ids(client, "posts", bbox="42.5,30,41.5,40") == {"alpha-iq", "alpha-sy", "gamma-iq", "gamma-sy"}


@pytest.mark.parametrize(
    "text",
    ["1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,nan", "1e999,2,3,4", "0,50,10,40", "0,0,200,10", "0,0,5,1,1,-5"],
)
def test_a_box_that_cannot_be_read_is_refused_in_words(client, text):
    assert ask(client, "collections/strikes/items", 400, bbox=text)["parameter"] == "bbox"


# --- Pages


@pytest.mark.parametrize("name", ["control", "strikes", "posts", "intervals"])
def test_pages_neither_skip_nor_repeat(client, name):
    whole = walk(client, f"/ogc/collections/{name}/items?limit=1000")
    parts = walk(client, f"/ogc/collections/{name}/items?limit=3")

    assert len(whole) == 1
    assert [ident for page in parts for ident in page] == whole[0]
    assert {len(page) for page in parts[:-1]} <= {3}
    document = ask(client, f"collections/{name}/items", limit=3)
    assert document["numberMatched"] == len(whole[0])
    assert document["numberReturned"] == min(3, len(whole[0]))


@pytest.mark.parametrize("query", ["limit=2", "limit=2&datetime=2014-01-01/..&f=json"])
def test_pages_are_of_one_edition_while_rows_are_published_and_withdrawn(client, query):
    whole = [ident for page in walk(client, f"/ogc/collections/control/items?{query}") for ident in page]
    first = client.get(f"/ogc/collections/control/items?{query}").json()

    make_report(public_id="zz-new", as_of="2018-01-01")
    make_report(public_id="aa-new", as_of="2018-01-01")
    workflow.withdraw(ControlReport.objects.filter(public_id=whole[-1]), reason="wrong")
    rest = walk(client, href(first, "next"))

    assert [f["id"] for f in first["features"]] + [ident for page in rest for ident in page] == whole
    assert client.get(href(first, "next")).json()["numberMatched"] == first["numberMatched"]
    assert {"zz-new", "aa-new"} <= ids(client, "control")


def test_pages_of_a_day_keep_the_day_when_a_later_one_is_reported(client):
    first = ask(client, "collections/assessment/items", limit=2)
    make_report(as_of="2020-01-01")

    following = client.get(href(first, "next")).json()

    assert {f["properties"]["on"] for f in following["features"]} == {"2019-09-30"}
    assert {f["properties"]["on"] for f in items(client, "assessment")} == {"2020-01-01"}


def test_links_keep_all_parameters(client):
    query = (
        "limit=1&datetime=2014-01-01/..&bbox=40,34,44,35&role=holds&filter=stance%20%3D%20%27states%27"
        "&filter-lang=cql2-text&crs=http://www.opengis.net/def/crs/EPSG/0/4326&sources=articles&f=json"
    )
    document = client.get(f"/ogc/collections/control/items?{query}").json()

    for rel in ("self", "alternate", "next"):
        link = href(document, rel)
        for part in query.replace("%3D", "=").split("&"):
            name = part.split("=")[0]
            assert f"{name}=" in link, (rel, name)
    assert "f=html" in href(document, "alternate")
    assert "sources=articles" in href(document, "collection")
    assert client.get(href(document, "next")).json()["features"][0]["id"] != document["features"][0]["id"]


@pytest.mark.parametrize(
    "text", ["x", "e30", "WzEsMiwzLDRd", "é", "W10=", "WyIxIiwiMjAyMC0wMS0wMSIsIjIwMjAtMDEtMDEiLCIiXQ"]
)
def test_a_cursor_that_no_page_gave_is_refused(client, text):
    assert ask(client, "collections/control/items", 400, cursor=text)["parameter"] == "cursor"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "unlimited", "1,2"])
def test_a_limit_that_is_no_number_from_one_is_refused(client, text):
    assert ask(client, "collections/control/items", 400, limit=text)["parameter"] == "limit"


def test_a_limit_beyond_the_most_is_the_most(client, monkeypatch):
    monkeypatch.setattr("crossings.ogc.parameters.MAX_LIMIT", 4)

    assert len(items(client, "posts", limit="9" * 30)) == 4


# --- Editions and sources


def test_an_edition_says_what_the_site_said_then(client):
    before = ask(client, "collections/control/items")
    newest = resolve(Selection()).edition_number
    make_report(public_id="later", as_of="2018-01-01")

    assert "later" in ids(client, "control")
    assert ids(client, "control", edition=newest) == {f["id"] for f in before["features"]}
    assert "withdrawn" in ids(client, "control", edition=newest - 1)
    assert ask(client, "collections/control/items", 400, edition=99999)["parameter"] == "edition"
    ask(client, "collections/control/items/later", 404, edition=newest)
    ask(client, "collections/control/items/later")


def test_sources_choose_whose_reports_count(client):
    make_report(public_id="outside", as_of="2018-01-01", sources="outside")

    assert ids(client, "control", sources="outside") == {"outside"}
    assert ids(client, "strikes", sources="outside") == set()
    assert ask(client, "collections/control/items", 400, sources="nobody")["parameter"] == "sources"


# --- One feature


@pytest.mark.parametrize("name", NAMES)
def test_each_feature_has_an_address_of_its_own(client, name):
    (feature, *_rest) = items(client, name)
    document = ask(client, f"collections/{name}/items/{feature['id']}")

    assert {key: document[key] for key in feature} == feature
    assert {link["rel"] for link in document["links"]} == {"self", "alternate", "collection"}
    problem = ask(client, f"collections/{name}/items/nothing-of-the-kind", 404)
    assert problem["status"] == 404


def test_queries_do_not_grow_with_the_features(client, django_assert_max_num_queries):
    client.get("/ogc/collections/control/items?limit=1")
    with django_assert_max_num_queries(25):
        client.get("/ogc/collections/control/items?limit=2")
    with django_assert_max_num_queries(25):
        client.get("/ogc/collections/control/items?limit=100&f=json")
