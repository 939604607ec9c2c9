"""Distances and circles on the WGS 84 ellipsoid. Points are (longitude, latitude) in degrees.

Source: Karney (2013), Algorithms for geodesics, as in PROJ's Geod.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

import pyproj
from shapely import LineString, MultiLineString, segmentize
from shapely import Point as Shape

from geodata.coordinates import MAX_RADIUS_M, position
from geodata.errors import GeodataError

Position: TypeAlias = "tuple[float, float] | Shape"

WGS84: Final = pyproj.Geod(ellps="WGS84")
STEP_DEGREES: Final = 0.05


def geodesic_km(a: Position, b: Position) -> float:
    """Length of the shortest path between two points, in kilometres. Raises GeodataError for a bad point.

    >>> round(geodesic_km((0, 0), (0, 1)), 3)
    110.574
    """
    (ax, ay), (bx, by) = _xy(a), _xy(b)
    return float(WGS84.inv(ax, ay, bx, by)[2]) / 1000


distance_km = geodesic_km


def gap_km(a: Position, radius_a_m: float, b: Position, radius_b_m: float) -> float:
    """The least distance that two uncertain points may have: edge to edge of their circles, never below 0.

    Radii are in metres, the result in kilometres. Raises GeodataError for a bad point or radius.

    >>> round(gap_km((0, 0), 10_000, (0, 1), 0.574), 3)
    100.574
    >>> gap_km((0, 0), 60_000, (0, 1), 60_000)
    0.0
    """
    return max(0.0, geodesic_km(a, b) - (_radius(radius_a_m) + _radius(radius_b_m)) / 1000)


def circle(lon: float, lat: float, radius_m: float, n: int = 64) -> dict[str, Any]:
    """A GeoJSON Polygon of n points, each radius_m from the centre, counter-clockwise (RFC 7946).

    Coordinates have 6 decimals. Raises GeodataError for a bad centre or radius, for fewer than 8 points, and
    for a circle that holds a pole or crosses the 180th meridian, which one ring cannot draw.

    >>> circle(40.977, 34.3975, 1500, 8)["coordinates"][0][0]
    [40.977, 34.411022]
    """
    x, y = _xy((lon, lat))
    radius = _radius(radius_m)
    if radius == 0 or n < 8:
        raise GeodataError("A circle needs a radius above 0 and at least 8 points.")
    if radius >= min(_pole_m(x, y, 90), _pole_m(x, y, -90)):
        raise GeodataError("A circle that holds a pole cannot be drawn as one ring.")
    azimuths = [-360 * step / n for step in range(n)]
    lons, lats, _ = WGS84.fwd([x] * n, [y] * n, azimuths, [radius] * n)
    if max(lons) - min(lons) > 180 or any(abs(one - x) > 180 for one in lons):
        raise GeodataError("A circle across the 180th meridian cannot be drawn as one ring.")
    ring = [[round(one, 6), round(other, 6)] for one, other in zip(lons, lats, strict=True)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def line_km(line: LineString | MultiLineString) -> float:
    """Geodesic length of a line, its parts added up, in kilometres.

    >>> round(line_km(LineString([(0, 0), (0, 1), (0, 2)])), 2)
    221.15
    """
    return sum(float(WGS84.line_length(*part.xy)) for part in _parts(line)) / 1000


def nearest_on_line(point: Position, line: LineString | MultiLineString) -> tuple[float, float]:
    """The point of a line that is nearest to a point, as (longitude, latitude).

    The line runs straight in longitude and latitude from point to point, as GeoJSON says (RFC 7946, 3.1.1)
    and maps draw it; the nearness is geodesic. Exact to a metre for lines within 1,000 km. Raises
    GeodataError for an empty line.

    >>> [round(degrees, 4) for degrees in nearest_on_line((0.5, 1), LineString([(0, 0), (1, 0)]))]
    [0.5, 0.0]
    """
    x, y = _xy(point)
    best = (math.inf, (math.nan, math.nan))
    # On a plane about the point all distances from it are true; short steps keep the line where it is.
    plane = pyproj.Proj(proj="aeqd", lat_0=y, lon_0=x, ellps="WGS84")
    for part in _parts(line):
        flat = list(zip(*plane(*segmentize(part, STEP_DEGREES).xy), strict=True))
        for start, end in pairwise(flat):
            foot = _foot(start, end)
            best = min(best, (math.hypot(*foot), foot))
    if not math.isfinite(best[0]):
        raise GeodataError("Distance to a line: the line is empty.")
    lon, lat = plane(*best[1], inverse=True)
    return round(lon, 6) + 0.0, round(lat, 6) + 0.0


def line_gap_km(point: Position, line: LineString | MultiLineString) -> float:
    """Geodesic distance from a point to the nearest point of a line, in kilometres.

    >>> round(line_gap_km((0.5, 1), LineString([(0, 0), (1, 0)])), 2)
    110.57
    """
    return geodesic_km(point, nearest_on_line(point, line))


def _foot(start: Sequence[float], end: Sequence[float]) -> tuple[float, float]:
    """The point of a plane segment nearest to the origin."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    share = 0.0 if square == 0 else max(0.0, min(1.0, -(start[0] * dx + start[1] * dy) / square))
    return start[0] + share * dx, start[1] + share * dy


def _pole_m(lon: float, lat: float, pole: float) -> float:
    return float(WGS84.inv(lon, lat, lon, pole)[2])


def _parts(line: LineString | MultiLineString) -> list[LineString]:
    return [part for part in getattr(line, "geoms", [line]) if not part.is_empty]


def _xy(point: Position) -> tuple[float, float]:
    if isinstance(point, Shape):
        if point.is_empty:
            raise GeodataError("Distance: the point is empty.")
        return position(point.x, point.y)
    try:
        lon, lat = point
    except (TypeError, ValueError):
        raise GeodataError("Distance: a point is a longitude and a latitude.") from None
    return position(lon, lat)


def _radius(radius_m: float) -> float:
    if not 0 <= radius_m < MAX_RADIUS_M:
        raise GeodataError(f"A radius lies between 0 and {MAX_RADIUS_M:,} metres, not {radius_m}.")
    return float(radius_m)
