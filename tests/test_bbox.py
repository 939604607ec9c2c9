"""Boxes in degrees: around points, larger by degrees or kilometres, and what lies inside."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.bbox import WORLD, BBox
from geodata.measure import WGS84

LONS, LATS = st.floats(-180, 180), st.floats(-90, 90)


def test_a_box_around_points_holds_them_and_a_margin():
    assert BBox.around([(41, 34.5), (42.5, 34)], margin=0.25) == BBox(40.75, 33.75, 42.75, 34.75)


def test_a_box_around_nothing_is_refused():
    with pytest.raises(ValueError, match="no points"):
        BBox.around([])


def test_a_margin_ends_where_the_world_does():
    assert BBox.around([(179.9, -89.9)], margin=0.5) == BBox(179.4, -90, 180, -89.4)


def test_the_edge_is_inside():
    box = BBox(40, 34, 41, 35)

    assert box.contains((40, 35))
    assert not box.contains((39.999, 34.5))
    assert not box.contains((40.5, 35.001))
    assert not box.contains((math.nan, 34.5))


def test_a_box_clipped_by_another_lies_within_it():
    limits = BBox(-180, -85, 180, 85)

    assert BBox(10, -89, 20, 89).clipped(limits) == BBox(10, -85, 20, 85)
    assert BBox(10, 86, 20, 89).clipped(limits) == BBox(10, 85, 20, 85)


@given(LONS, LATS, st.floats(0.1, 500), st.floats(0, 360))
def test_no_point_within_the_kilometres_lies_outside_the_larger_box(lon, lat, km, azimuth):
    box = BBox(lon, lat, lon, lat).expanded_km(km)

    reached, at, _ = WGS84.fwd(lon, lat, azimuth, km * 999.9)

    assert box.contains((reached, at))
    assert WORLD.west <= box.west <= box.east <= WORLD.east


@given(st.lists(st.tuples(LONS, LATS), min_size=1, max_size=9))
def test_a_box_grown_point_by_point_is_the_box_around_them(points):
    grown = BBox(*points[0], *points[0])
    for point in points[1:]:
        grown = grown.including(point)

    assert grown == BBox.around(points)
