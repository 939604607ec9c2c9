"""OGC API – Features, Part 2: reference systems of answers and of boxes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyproj import Transformer

from crossings.ogc.crs import CRS84, CRS84H, SYSTEMS, WEB_MERCATOR, WGS84

from .factories import make_report, make_strike_event
from .ogc import ask, fill, ids, items
from .world import kept

pytestmark = pytest.mark.django_db
HERE = {"alpha-iq", "alpha-sy"}


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept(django_db_blocker, fill):
        yield


def _alpha(client: Any, **query: Any) -> list[float]:
    return ask(client, "collections/posts/items/alpha-iq", **query)["geometry"]["coordinates"]


def test_coordinates_come_in_the_order_of_the_axes_of_their_system(client):
    assert _alpha(client) == _alpha(client, crs=CRS84) == [41.0, 34.4]
    assert _alpha(client, crs=WGS84) == [34.4, 41.0]
    mercator = Transformer.from_crs(4326, 3857, always_xy=True).transform(41.0, 34.4)
    assert _alpha(client, crs=WEB_MERCATOR) == pytest.approx(mercator, abs=0.001)


@pytest.mark.parametrize("uri", SYSTEMS)
def test_the_answer_names_its_system(client, uri):
    assert client.get("/ogc/collections/control/items", {"crs": uri})["Content-Crs"] == f"<{uri}>"
    assert client.get("/ogc/collections/posts/items")["Content-Crs"] == f"<{CRS84}>"
    response = client.get("/ogc/collections/posts/items/alpha-iq", {"crs": uri})
    assert response["Content-Crs"] == f"<{uri}>"


@pytest.mark.parametrize(
    ("uri", "box"),
    [
        (CRS84, "40.9,34.3,41.1,34.5"),
        (CRS84H, "40.9,34.3,0,41.1,34.5,100"),
        (WGS84, "34.3,40.9,34.5,41.1"),
        (WEB_MERCATOR, "4552966,4070118,4575230,4097094"),
    ],
)
def test_a_box_is_read_in_its_system(client, uri, box):
    assert ids(client, "posts", bbox=box, bbox_crs=uri) == HERE
    for other in items(client, "posts", bbox=box, bbox_crs=uri, crs=WGS84):
        assert other["geometry"]["coordinates"] == [34.4, 41.0]


def test_a_box_across_the_antimeridian_is_one_in_every_system(client):
    make_report("strike", event=make_strike_event(public_id="far", point="SRID=4326;POINT(-179.5 10)"))

    assert ids(client, "strikes", bbox="0,179,20,-179", bbox_crs=WGS84) == {"far"}
    assert ids(client, "strikes", bbox="19926188,0,-19926188,2273030", bbox_crs=WEB_MERCATOR) == {"far"}


def test_a_place_that_a_system_does_not_have_has_no_geometry_in_it(client):
    make_report("strike", event=make_strike_event(public_id="pole", point="SRID=4326;POINT(10 90)"))

    assert ask(client, "collections/strikes/items/pole", crs=WEB_MERCATOR)["geometry"] is None
    assert ask(client, "collections/strikes/items/pole")["geometry"]["coordinates"] == [10, 90]


@pytest.mark.parametrize("parameter", ["crs", "bbox-crs", "filter-crs"])
def test_another_system_is_refused_in_words(client, parameter):
    response = client.get(
        "/ogc/collections/posts/items", {parameter: "http://www.opengis.net/def/crs/EPSG/0/32637"}
    )

    assert response.status_code == 400
    assert response.json()["parameter"] == parameter
    assert WGS84 in response.json()["detail"]


def test_each_collection_lists_its_systems_with_that_of_the_data_first(client):
    for row in ask(client, "collections")["collections"]:
        assert row["crs"] == list(SYSTEMS)
        assert row["crs"][0] == row["storageCrs"] == CRS84
