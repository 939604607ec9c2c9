"""Frontier lines: load one, measure it, and find where on it a crossing would stand."""

import json
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pyproj  # noqa: F401  # before shapely: see geodata/__init__.py
from shapely import LineString, MultiLineString, line_merge
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geodata import basemap
from geodata.errors import GeodataError
from geodata.measure import Position, geodesic_km, line_km, nearest_on_line

Line: TypeAlias = "LineString | MultiLineString"


@cache
def load(source: str | Path = "frontier_iraq_syria") -> Line:
    """The line of a GeoJSON file or of a basemap layer; several features are joined where they meet.

    Coordinates are (longitude, latitude) in degrees, WGS 84. Raises GeodataError for a file that is missing,
    is no GeoJSON, or holds anything but lines. Read once a process.

    >>> load().geom_type, len(load().coords)
    ('LineString', 62)
    """
    file = source if isinstance(source, Path) else basemap.path(source)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        features = document.get("features", [document])
        shapes = [shape(one.get("geometry", one)) for one in features]
    except OSError as error:
        raise GeodataError(f"The frontier {file.name} cannot be read: {error.strerror}.") from error
    except (ValueError, AttributeError, KeyError, TypeError, IndexError, ShapelyError) as error:
        raise GeodataError(f"The frontier {file.name} is no GeoJSON of lines.") from error
    lines = [part for one in shapes for part in getattr(one, "geoms", [one])]
    if not lines or not all(isinstance(part, LineString) and part.length > 0 for part in lines):
        raise GeodataError(f"The frontier {file.name} must hold lines and nothing else.")
    return lines[0] if len(lines) == 1 else line_merge(MultiLineString(lines))


def between(a: str, b: str) -> Line:
    """The border of two countries of the shipped region, by ISO codes in either order.

    >>> round(length_km(between("SY", "IQ")), 1)
    599.3
    """
    pair = sorted((a.upper(), b.upper()))
    for one in _borders():
        if [one["properties"]["a"], one["properties"]["b"]] == pair and pair[0]:
            return shape(one["geometry"])
    raise GeodataError(f"The basemap has no border between {a} and {b}.")


def length_km(line: Line) -> float:
    """Geodesic length in kilometres.

    >>> round(length_km(load()), 1)
    599.3
    """
    return line_km(line)


def snap(point: Position, line: Line, within_km: float = 5) -> tuple[float, float]:
    """Where to draw a crossing so that it stands on the line; for display only, never to be stored.

    Gives the nearest point of the line, or the point itself where the line is further than within_km away.

    >>> [round(degrees, 3) for degrees in snap((40.977, 34.3975), load())]
    [40.967, 34.403]
    >>> snap((44.4, 33.34), load())
    (44.4, 33.34)
    """
    lon, lat = (float(point[0]), float(point[1])) if isinstance(point, tuple) else (point.x, point.y)
    nearest = nearest_on_line((lon, lat), line)
    return nearest if geodesic_km((lon, lat), nearest) <= within_km else (lon, lat)


@cache
def _borders() -> list[dict[str, dict[str, str]]]:
    features: list[dict[str, dict[str, str]]] = basemap.load()["borders"]["features"]
    return features
