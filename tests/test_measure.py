"""Distances on the ellipsoid, with and without uncertainty."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from geodata import selection
from geodata.errors import GeodataError
from geodata.measure import gap_km, geodesic_km, line_gap_km, line_km
from geodata.precision import CODES, precision

points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
QAIM, BAGHDAD = (40.977, 34.3975), (44.4, 33.34)


def test_known_distances():
    assert geodesic_km((0, 0), (0, 90)) == pytest.approx(10001.966, abs=0.001)  # a quarter meridian
    assert geodesic_km(Point(0, 0), Point(90, 0)) == pytest.approx(10018.754, abs=0.001)  # a quarter equator
    assert geodesic_km(QAIM, BAGHDAD) == pytest.approx(337, abs=2)


@given(points, points)
def test_distance_is_symmetric_and_never_negative(a, b):
    assert geodesic_km(a, b) == pytest.approx(geodesic_km(b, a), abs=1e-6)
    assert 0 <= geodesic_km(a, b) < 20_004


@pytest.mark.parametrize(
    "bad", [(math.nan, 0), (0, math.nan), (181, 0), (0, 91), (math.inf, 0), Point(), ("a", "b"), (1,), None]
)
def test_a_bad_point_is_refused(bad):
    with pytest.raises(GeodataError):
        geodesic_km(bad, (0, 0))


@given(points, st.floats(0, 9e6), points, st.floats(0, 9e6))
def test_a_gap_is_distance_less_both_radii_and_never_negative(a, ra, b, rb):
    gap = gap_km(a, ra, b, rb)
    assert gap >= 0
    assert gap == pytest.approx(max(0, geodesic_km(a, b) - (ra + rb) / 1000), abs=1e-6)


@pytest.mark.parametrize("radius", [-1, math.nan, math.inf, 1e7])
def test_a_bad_radius_is_refused(radius):
    with pytest.raises(GeodataError, match="radius"):
        gap_km((0, 0), radius, (1, 1), 0)


def test_a_line_is_as_long_as_its_parts():
    whole = LineString([(40, 34), (41, 34.5), (42, 36)])
    parts = MultiLineString([[(40, 34), (41, 34.5)], [(41, 34.5), (42, 36)]])
    assert line_km(whole) == pytest.approx(line_km(parts))
    assert line_km(whole) == pytest.approx(
        geodesic_km((40, 34), (41, 34.5)) + geodesic_km((41, 34.5), (42, 36))
    )


def test_distance_to_a_line_is_measured_to_its_nearest_point():
    meridian = LineString([(41, 30), (41, 40)])
    # The foot lies where the geodesic meets the meridian squarely, a little north of the parallel.
    assert line_gap_km((42, 35), meridian) == pytest.approx(91.287, abs=0.001)
    assert line_gap_km((42, 35), meridian) == pytest.approx(geodesic_km((42, 35), (41, 35.004)), abs=0.001)
    assert line_gap_km((41, 41), meridian) == pytest.approx(geodesic_km((41, 41), (41, 40)), abs=0.001)
    assert line_gap_km((41, 33.33), meridian) == pytest.approx(0, abs=0.001)
    far = LineString([(20, 0), (21, 0)])
    assert line_gap_km((42, 35), MultiLineString([far, meridian])) == line_gap_km((42, 35), meridian)


@given(st.floats(38, 45), st.floats(31, 38))
def test_no_point_of_the_line_is_nearer_than_the_nearest(lon, lat):
    line = LineString([(39, 32), (41, 34.5), (42.3, 37)])
    least = line_gap_km((lon, lat), line)
    for share in range(0, 101, 5):
        other = line.interpolate(share / 100, normalized=True)
        assert geodesic_km((lon, lat), other) >= least - 0.001


def test_an_empty_line_is_refused():
    with pytest.raises(GeodataError, match="empty"):
        line_gap_km((0, 0), LineString())


def test_precision_codes_order_radii_and_map_to_ucdp_and_acled():
    assert CODES == selection.PRECISIONS
    radii = [precision(code).radius_m for code in CODES]
    assert radii == sorted(radii)
    assert [precision(code).where_prec for code in CODES] == [1, 2, 1, 3, 4, 6]
    assert [precision(code).geo_precision for code in CODES] == [1, 2, 1, 2, 3, 3]
    for bad in ("", "EXACT", None, []):
        with pytest.raises(GeodataError, match="no precision"):
            precision(bad)


@pytest.mark.parametrize("module", ["geodata.dates", "geodata.measure", "geodata.basemap"])
def test_a_process_that_starts_with_any_module_ends_cleanly(module):
    """Native libraries in the wrong order abort at exit, after everything seemed to pass."""
    code = f"import {module}, shapely, pyproj, pyogrio; assert 'django' not in __import__('sys').modules"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
