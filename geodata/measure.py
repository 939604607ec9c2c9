"""Distances on the WGS 84 ellipsoid. Points are (longitude, latitude) in degrees.

Source: Karney (2013), Algorithms for geodesics, as in PROJ's Geod.
"""

from typing import Final, TypeAlias

import pyproj
import shapely
from shapely import LineString, MultiLineString
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


def gap_km(a: Position, radius_a_m: float, b: Position, radius_b_m: float) -> float:
    """The least distance that two uncertain points may have: edge to edge of their circles, never below 0.

    Radii are in metres, the result in kilometres. Raises GeodataError for a bad point or radius.

    >>> round(gap_km((0, 0), 10_000, (0, 1), 0.574), 3)
    100.574
    >>> gap_km((0, 0), 60_000, (0, 1), 60_000)
    0.0
    """
    return max(0.0, geodesic_km(a, b) - (_radius(radius_a_m) + _radius(radius_b_m)) / 1000)


def line_km(line: LineString | MultiLineString) -> float:
    """Geodesic length of a line, its parts added up, in kilometres.

    >>> round(line_km(LineString([(0, 0), (0, 1), (0, 2)])), 2)
    221.15
    """
    return float(WGS84.geometry_length(line)) / 1000


def line_gap_km(point: Position, line: LineString | MultiLineString) -> float:
    """Distance from a point to the nearest point of a line, in kilometres.

    The line runs straight in longitude and latitude from point to point, as GeoJSON says (RFC 7946, 3.1.1)
    and maps draw it; the nearness is geodesic. Exact to a metre for lines within 1,000 km. Raises
    GeodataError for an empty line.

    >>> round(line_gap_km((0.5, 1), LineString([(0, 0), (1, 0)])), 2)
    110.57
    """
    lon, lat = _xy(point)
    if line.is_empty:
        raise GeodataError("Distance to a line: the line is empty.")
    # On a plane about the point all distances from it are true; short steps keep the line where it is.
    plane = pyproj.Proj(proj="aeqd", lat_0=lat, lon_0=lon, ellps="WGS84")
    flat = shapely.transform(shapely.segmentize(line, STEP_DEGREES), plane, interleaved=False)
    return float(shapely.distance(flat, Shape(0, 0))) / 1000


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
