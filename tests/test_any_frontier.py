"""Another frontier than the shipped one works from its own rows: words, sides, pages, files, and a map."""

from __future__ import annotations

import re

import pytest
from django.contrib.gis.geos import LineString

from crossings.maps.day_data import half_of
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata import basemap
from geodata.selection import Selection

from .downloading import features
from .factories import make_crossing, make_force, make_frontier, make_region, make_report
from .test_popups import words

pytestmark = pytest.mark.django_db

DAY = "2021-11-16"
#: What would be wrong on the page of another frontier, whoever wrote it.
OF_THE_SHIPPED = ("Iraq", "Syria", "Bukamal", "2011", "Euphrates", "Tigris")


@pytest.fixture
def bruzgi(db):
    """Poland and Belarus, both posts at one point; held by one force a side, closed on the Polish one."""
    line = LineString((23.7, 53.9), (23.5, 53.5), (23.9, 52.7), srid=4326)
    frontier = make_frontier(
        "belarus-poland", name="Belarus–Poland", country_a="BY", country_b="PL", line=line
    )
    crossing = make_crossing("bruzgi", name="Bruzgi–Kuźnica", frontier=frontier, lon=23.66, lat=53.55)
    make_region("north-east", [crossing], name="North-east")
    make_force("guards", name="Border guards")
    make_report(crossing="bruzgi", side="pl", forces=("guards",), as_of=DAY)
    make_report("status", crossing="bruzgi", side="pl", status="closed", starts=DAY)
    make_report("strike", crossing="bruzgi", side="by", when=DAY)
    return crossing


def test_the_map_and_its_pages_speak_of_the_frontier_that_is_there(client, bruzgi):
    for address in (
        "/",
        "/maps/north-east/",
        "/crossings/",
        "/crossings/bruzgi/",
        "/forces/",
        "/forces/guards/",
        "/documents/",
        "/differs/",
        "/download/",
        "/popup/post/bruzgi-pl/",
    ):
        response = client.get(f"{address}?on={DAY}")
        assert response.status_code == 200, address
        text = words(response)
        assert not [name for name in OF_THE_SHIPPED if name in text], address
    assert "<h1><bdi>Belarus–Poland</bdi></h1>" in client.get("/").content.decode()


def test_the_description_of_the_page_names_no_year_but_that_of_the_day(client, bruzgi):
    page = client.get(f"/crossings/bruzgi/?on={DAY}").content.decode()
    description = re.search(r'<meta name="description" content="(.*?)"', page, re.S)[1]

    assert "who held each side" in description
    assert re.findall(r"\b\d{4}\b", description) == ["2021"]


def test_a_shared_point_has_the_country_further_west_on_its_left(bruzgi):
    halves = {post.country: half_of(post) for post in bruzgi.posts.all()}

    assert halves == {"PL": "left", "BY": "right"}  # though Belarus is side A


def test_where_a_country_is_not_on_the_basemap_side_a_is_on_the_left():
    frontier = make_frontier("li-ch", name="Liechtenstein–Switzerland", country_a="LI", country_b="CH")
    crossing = make_crossing("schaan", frontier=frontier, lon=9.5, lat=47.17)
    assert "LI" not in basemap.longitudes()

    assert {post.side: half_of(post) for post in crossing.posts.all()} == {"a": "left", "b": "right"}


def test_the_map_looks_at_it_draws_its_line_and_says_that_the_background_is_coarse(client, bruzgi):
    box = Snapshot(resolve(Selection())).box
    assert box.contains((23.66, 53.55))
    assert not basemap.detail().covers(box)

    page = client.get("/")
    line = client.get("/frontiers.json").json()["features"][0]

    assert "Rivers, towns and fine borders are drawn from 29 to 57 degrees east" in words(page)
    assert line["properties"] == {"name": "Belarus–Poland", "a": "BY", "b": "PL"}
    assert len(line["geometry"]["coordinates"]) == 3


def test_the_shipped_region_has_no_such_sentence(client):
    make_report()

    assert "fine borders are drawn" not in words(client.get("/"))
    assert "does not reach this far" not in words(client.get("/crossings/alpha/"))


def test_its_locator_is_drawn_without_a_background_and_says_so(client, bruzgi):
    page = client.get(f"/crossings/bruzgi/?on={DAY}")
    locator = page.context["locator"]

    assert (locator.land, locator.borders, locator.towns) == ("", "", ())
    assert [spot.kind for spot in locator.spots].count("post") == 2
    assert "The shipped background map does not reach this far" in words(page)


def test_its_downloads_hold_its_own_rows(client, bruzgi):
    def rows(name):
        return [feature["properties"] for feature in features(client, name, f"on={DAY}")]

    (crossing,) = rows("crossings")
    assert (crossing["frontier"], crossing["country_a"], crossing["country_b"]) == (
        "belarus-poland",
        "BY",
        "PL",
    )
    assert {post["id"]: post["holder"] for post in rows("posts")} == {
        "bruzgi-by": None,
        "bruzgi-pl": "guards",
    }
    assert len(rows("strikes")) == 1


def test_an_editor_who_adds_the_first_post_sees_the_line_of_the_frontier(publisher):
    from crossings.admin.position import PositionWidget

    assert PositionWidget._around(None) is None  # the whole world
    make_frontier("belarus-poland", line=LineString((23.5, 53.9), (24, 52.7), srid=4326))

    assert PositionWidget._around(None) == [23.5, 52.7, 24.0, 53.9]
