"""The frontier line: its length, its ends, and where a crossing is drawn on it."""

import json

import pytest

from geodata import frontier
from geodata.errors import GeodataError
from geodata.measure import geodesic_km, line_gap_km


def test_the_iraq_syria_frontier_is_as_long_as_its_source():
    line = frontier.load()
    assert frontier.length_km(line) == pytest.approx(599.3, abs=0.05)
    assert frontier.length_km(frontier.between("iq", "sy")) == pytest.approx(599.3, abs=0.05)
    assert line.coords[0] == pytest.approx((42.3562, 37.1104))  # the Tigris
    assert line.coords[-1] == pytest.approx((38.7747, 33.3714), abs=0.05)  # Jordan


@pytest.mark.parametrize(
    ("point", "off_km"),
    [((40.977, 34.3975), 1.07), ((42.06386, 36.80707), 0.0)],
)
def test_a_crossing_is_drawn_on_the_line(point, off_km):
    line = frontier.load()
    snapped = frontier.snap(point, line)
    assert line_gap_km(snapped, line) < 0.001
    assert geodesic_km(point, snapped) == pytest.approx(off_km, abs=0.01)


def test_a_place_far_from_the_line_is_left_where_it_is():
    line = frontier.load()
    assert frontier.snap((40.977, 34.3975), line, within_km=1) == (40.977, 34.3975)
    assert frontier.snap((44.4, 33.34), line) == (44.4, 33.34)


def test_a_border_that_the_basemap_lacks_is_refused():
    for pair in (("IQ", "FR"), ("IQ", "IQ"), ("", "")):
        with pytest.raises(GeodataError, match="no border"):
            frontier.between(*pair)


def test_lines_that_meet_are_joined(tmp_path):
    file = tmp_path / "two.geojson"
    lines = [[[0, 0], [0, 1]], [[0, 1], [0, 2]]]
    features = [{"type": "Feature", "geometry": {"type": "LineString", "coordinates": c}} for c in lines]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert frontier.load(file).geom_type == "LineString"
    assert frontier.length_km(frontier.load(file)) == pytest.approx(221.15, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "LineString", "coordinates": [[1, 2]]}',
        '{"type": "LineString", "coordinates": [[1, 2], ["a", 3]]}',
        '{"type": "LineString", "coordinates": []}',
        '{"type": "Circle", "coordinates": [[1, 2], [3, 4]]}',
        '{"features": [null]}',
    ],
)
def test_a_file_that_holds_no_line_is_refused_in_words(tmp_path, text):
    file = tmp_path / "bad.geojson"
    file.write_text(text)
    with pytest.raises(GeodataError, match=r"bad\.geojson"):
        frontier.load(file)


def test_a_missing_file_or_layer_is_refused_in_words(tmp_path):
    with pytest.raises(GeodataError, match="cannot be read"):
        frontier.load(tmp_path / "none.geojson")
    with pytest.raises(GeodataError, match="no basemap layer"):
        frontier.load("../../etc/passwd")
