"""Just enough TopoJSON to cut a region out of one and keep shared borders shared."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pyproj  # noqa: F401  # before shapely: see geodata/__init__.py
from shapely import LineString, MultiPolygon, Polygon, box, make_valid, union_all
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

Position = tuple[float, float]
Simplify = Callable[[LineString, set[str]], LineString]


class Topology:
    """A quantised TopoJSON document, its arcs decoded to (longitude, latitude) in degrees."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.objects: dict[str, Any] = document["objects"]
        (sx, sy), (tx, ty) = document["transform"]["scale"], document["transform"]["translate"]
        self.arcs: list[list[Position]] = []
        for deltas in document["arcs"]:
            x = y = 0
            arc = []
            for dx, dy, *_ in deltas:
                x, y = x + dx, y + dy
                arc.append((x * sx + tx, y * sy + ty))
            self.arcs.append(arc)

    def line(self, indexes: Iterable[int]) -> list[Position]:
        """Arcs joined end to end; a negative index means the arc ~index, backwards."""
        points: list[Position] = []
        for index in indexes:
            arc = self.arcs[index] if index >= 0 else self.arcs[~index][::-1]
            points += arc[1 if points else 0 :]
        return points

    def lines(self, name: str) -> Iterator[LineString]:
        """Every line of an object, the parts of multi-lines one by one."""
        for geometry in self.objects[name]["geometries"]:
            parts = [geometry["arcs"]] if geometry["type"] == "LineString" else geometry["arcs"]
            for part in parts:
                yield LineString(self.line(part))

    def polygon(self, geometry: dict[str, Any]) -> BaseGeometry:
        """The area of one Polygon or MultiPolygon, repaired where simplified arcs touch themselves."""
        parts = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
        polygons = []
        for part in parts:
            rings = [_unwrapped(ring) for ring in map(self.line, part) if len(set(ring)) > 2]
            if rings:
                polygons.append(make_valid(Polygon(rings[0], rings[1:])))
        return only_areas(_wrapped(union_all(polygons)))

    def arc_users(self, name: str, key: Callable[[dict[str, Any]], str]) -> dict[int, set[str]]:
        """For every arc index, the keys of the geometries that use it: two for a border, one for a coast."""
        users: dict[int, set[str]] = defaultdict(set)
        for geometry in self.objects[name]["geometries"]:
            for index in _flat(geometry.get("arcs", [])):
                users[index if index >= 0 else ~index].add(key(geometry))
        return users

    def simplify(self, users: dict[int, set[str]], simplify: Simplify) -> None:
        """Simplify each arc once, ends kept, so that neighbours still share it."""
        for index, arc in enumerate(self.arcs):
            if len(arc) > 2:
                self.arcs[index] = list(simplify(LineString(arc), users.get(index, set())).coords)


def only_areas(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry; the points and lines that clipping or repair leaves behind are dropped."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    return union_all(
        [part for part in getattr(geometry, "geoms", []) if isinstance(part, Polygon | MultiPolygon)]
    )


def _unwrapped(ring: list[Position]) -> list[Position]:
    """A ring that is stitched across the 180th meridian, going on beyond it instead of jumping back."""
    points, turn = [ring[0]], 0
    for (before, _), (lon, lat) in pairwise(ring):
        turn += 360 if lon - before < -180 else -360 if lon - before > 180 else 0
        points.append((lon + turn, lat))
    return points


def _wrapped(geometry: BaseGeometry) -> BaseGeometry:
    """What lies beyond the 180th meridian, cut there and moved to where it belongs."""
    if geometry.is_empty or (geometry.bounds[0] >= -180 and geometry.bounds[2] <= 180):
        return geometry
    world = box(-180, -90, 180, 90)
    return union_all([translate(geometry, turn).intersection(world) for turn in (-360, 0, 360)])


def _flat(arcs: Any) -> Iterator[int]:
    if isinstance(arcs, int):
        yield arcs
    else:
        for part in arcs:
            yield from _flat(part)
