"""Countries as areas that share their borders: read by GDAL, noded once, simplified by GEOS without gaps."""

from pathlib import Path
from typing import Final

import geopandas
import numpy as np
import shapely
from geopandas import GeoDataFrame
from shapely import MultiPolygon, Polygon, box, line_merge, make_valid, union_all
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

WORLD: Final = box(-180, -90, 180, 90)


def read_layer(file: Path, layer: str) -> GeoDataFrame:
    """One object of a TopoJSON file: columns ``id``, ``geometry`` and the source's properties."""
    return geopandas.read_file(file, layer=layer)


def read_countries(file: Path) -> GeoDataFrame:
    """The countries of a world-atlas file, valid and within ±180 degrees, by numeric code or else by name."""
    countries = read_layer(file, "countries")
    countries["id"] = countries["id"].fillna(countries["name"])
    return countries.set_geometry([wrapped(geometry) for geometry in countries.geometry])


def wrapped(geometry: BaseGeometry) -> BaseGeometry:
    """An area whose rings may jump across the 180th meridian, cut there instead."""
    parts = [
        Polygon(_unwrapped(part.exterior.coords), [_unwrapped(ring.coords) for ring in part.interiors])
        for part in shapely.get_parts(geometry)
    ]
    whole = union_all([make_valid(part) for part in parts])
    if not WORLD.covers(whole):
        whole = union_all([translate(whole, turn).intersection(WORLD) for turn in (-360, 0, 360)])
    return only_areas(whole)


def only_areas(geometry: BaseGeometry) -> MultiPolygon:
    """The polygons of a geometry; the points and lines that clipping or repair leaves behind are dropped."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and part.area])


def cut(
    countries: GeoDataFrame, area: Polygon, detail: BaseGeometry, tolerance: float, grid: float
) -> GeoDataFrame:
    """The countries within an area, simplified outside `detail`; neighbours share every vertex of a border.

    The tolerance (degrees) is that of `shapely.coverage_simplify`: about the root of the area of the
    triangles that are taken away. Coordinates lie on the grid (degrees). The sea counts as one more
    country while simplifying, so that coasts are simplified, too, and the edge of `detail` stays where it is.
    """
    near = countries[countries.intersects(area)]
    edges = [*near.boundary, area.boundary, detail.boundary]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(union_all(edges, grid_size=grid))))
    points = shapely.point_on_surface(faces)
    faces, points = faces[shapely.covers(area, points)], points[shapely.covers(area, points)]
    owners = np.full(len(faces), -1)
    found, rows = near.sindex.query(points, predicate="intersects")
    owners[found] = rows
    coarse = ~shapely.covers(detail, points)
    faces[coarse] = shapely.coverage_simplify(faces[coarse], tolerance, simplify_boundary=False)
    pieces = GeoDataFrame({"owner": owners}, geometry=faces, crs=countries.crs)
    whole = pieces[pieces["owner"] >= 0].dissolve("owner", method="coverage").sort_index()
    return near.iloc[whole.index].set_geometry(whole.geometry.to_numpy())


def borders(countries: GeoDataFrame) -> GeoDataFrame:
    """What each two neighbours share, merged; ``first`` and ``second`` are their places in the table."""
    first, second = countries.sindex.query(countries.geometry, predicate="intersects")
    pairs = GeoDataFrame({"first": first, "second": second})[first < second]
    outlines = countries.boundary.to_numpy()
    shared = shapely.intersection(outlines[pairs["first"]], outlines[pairs["second"]])
    lines = [line_merge(union_all([p for p in shapely.get_parts(line) if p.length])) for line in shared]
    found = pairs.set_geometry(lines, crs=countries.crs)
    return found[~found.is_empty]


def _unwrapped(ring: shapely.coords.CoordinateSequence) -> np.ndarray:
    points = np.array(ring)
    points[:, 0] = np.unwrap(points[:, 0], period=360)
    return points
