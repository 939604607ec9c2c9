"""A small map drawn on the server: land, frontier, towns, and marks on it, as points of an SVG.

Pure geometry from the shipped basemap. Plate carrée, true to scale at the middle latitude; good for boxes of
some hundred kilometres away from the poles.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import pyproj  # noqa: F401  (comes before shapely: both bring a PROJ)
import shapely
from shapely.geometry import shape

from geodata import basemap
from geodata.bbox import KM_PER_DEGREE_LONGITUDE, BBox

WIDTH = 460.0
HEIGHT = 330.0
MAX_LATITUDE = 80.0  # nearer the poles a degree of longitude is too short to draw by
LETTER = 6.2  # the width of a letter of a label, roughly
STEPS_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class LocatorMark:
    """A place to draw: (lon, lat) in degrees, its radius in metres."""

    lon: float
    lat: float
    radius_m: float
    kind: str  # the class that it is drawn with
    label: str = ""
    before: bool = False  # the label stands to the left


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place drawn: x, y and radius in units of the picture."""

    x: float
    y: float
    radius: float
    label: str
    kind: str = "town"
    before: bool = False  # the label stands to the left


@dataclass(frozen=True, slots=True)
class LocatorMap:
    """Paths are SVG path data; `scale_km` is the length of the scale bar of `scale` units."""

    width: float
    height: float
    land: str
    borders: str
    countries: tuple[Drawn, ...]
    towns: tuple[Drawn, ...]
    spots: tuple[Drawn, ...]
    scale_km: int
    scale: float
    bare: bool  # without a background, as none is shipped for all of the picture


class Place(Protocol):
    """What is read of a post or a strike: see `models.Positioned`."""

    point: Any
    radius_m: float


class NamedPlace(Place, Protocol):
    name: str


def locate_posts(
    posts: Sequence[NamedPlace], name: str, strikes: Iterable[Place], reach_km: float
) -> LocatorMap:
    """A map of a crossing's posts, labelled, and of strikes. Posts at one point share the crossing's name."""
    labels = {post.point.coords: post.name for post in posts}
    if len(labels) == 1:
        labels = dict.fromkeys(labels, name)
    marks = [LocatorMark(place.point.x, place.point.y, place.radius_m, "strike") for place in strikes]
    west = min(post.point.x for post in posts)
    for post in posts:
        label = labels.pop(post.point.coords, "")
        before = label == post.name and post.point.x == west
        marks.append(LocatorMark(post.point.x, post.point.y, post.radius_m, "post", label, before))
    anchor = posts[0].point
    return draw_locator(anchor.x, anchor.y, reach_km, marks)


def draw_locator(lon: float, lat: float, reach_km: float, spots: Iterable[LocatorMark]) -> LocatorMap:
    """A map around a point that reaches `reach_km` up and down, at least 10 and at most 700 km.

    Towns are labelled as far as their labels fit beside the marks.
    """
    reach = min(max(reach_km, 10.0), 700.0)
    frame = _Frame(lon, max(-MAX_LATITUDE, min(MAX_LATITUDE, lat)), reach)
    drawn = tuple(frame.spot(spot) for spot in spots)
    bare = not basemap.detail().covers(BBox(*frame.box.bounds))
    scale_km = max(km for km in STEPS_KM if km * frame.unit_km <= WIDTH / 4)
    return LocatorMap(
        width=WIDTH,
        height=HEIGHT,
        land="" if bare else frame.path("countries"),
        borders="" if bare else frame.path("borders"),
        countries=() if bare else _countries(frame),
        towns=() if bare else _towns(frame, drawn),
        spots=drawn,
        scale_km=scale_km,
        scale=round(scale_km * frame.unit_km, 1),
        bare=bare,
    )


class _Frame:
    """From degrees to units of the picture."""

    def __init__(self, lon: float, lat: float, reach_km: float) -> None:
        self.unit_km = HEIGHT / 2 / reach_km  # units per kilometre
        self.per_lat = KM_PER_DEGREE_LONGITUDE * self.unit_km
        self.per_lon = self.per_lat * math.cos(math.radians(lat))
        self.lon, self.lat = lon, lat
        half_lon, half_lat = WIDTH / 2 / self.per_lon, HEIGHT / 2 / self.per_lat
        self.box = shapely.box(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        x = WIDTH / 2 + (lon - self.lon) * self.per_lon
        y = HEIGHT / 2 - (lat - self.lat) * self.per_lat
        return round(x, 1), round(y, 1)

    def spot(self, spot: LocatorMark) -> Drawn:
        x, y = self.xy(spot.lon, spot.lat)
        return Drawn(x, y, round(spot.radius_m / 1000 * self.unit_km, 1), spot.label, spot.kind, spot.before)

    def path(self, layer: str) -> str:
        """The layer's lines and areas inside the frame, with a margin that hides the cut."""
        parts: list[str] = []
        margin = self.box.buffer(0.05, join_style="mitre")
        for geometry in _geometries(layer):
            if geometry.intersects(margin):
                parts += self._lines(shapely.intersection(geometry, margin))
        return " ".join(parts)

    def _lines(self, geometry: Any) -> list[str]:
        if geometry.is_empty or geometry.geom_type == "Point":
            return []
        if hasattr(geometry, "geoms"):
            return [line for part in geometry.geoms for line in self._lines(part)]
        if geometry.geom_type == "Polygon":
            rings = (geometry.exterior, *geometry.interiors)
            return [self._line(ring.coords) + "Z" for ring in rings]
        return [self._line(geometry.coords)]

    def _line(self, coords: Sequence[Any]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in (self.xy(*point[:2]) for point in coords))


@lru_cache(maxsize=8)
def _features(layer: str) -> list[basemap.Feature]:
    return basemap.load_layer(layer)["features"]


@lru_cache(maxsize=8)
def _geometries(layer: str) -> tuple[Any, ...]:
    return tuple(shape(feature["geometry"]) for feature in _features(layer))


def _countries(frame: _Frame) -> tuple[Drawn, ...]:
    """The name of each country that fills a good part of the picture, well inside it."""
    found = []
    inner = frame.box.buffer(-min(frame.box.bounds[3] - frame.lat, frame.box.bounds[2] - frame.lon) / 5)
    for feature, geometry in zip(_features("countries"), _geometries("countries"), strict=True):
        part = shapely.intersection(geometry, inner)
        if part.area < inner.area / 12:
            continue
        x, y = frame.xy(*shapely.maximum_inscribed_circle(part).coords[0])
        found.append(Drawn(x, y, 0, feature["properties"]["name"], "country"))
    return tuple(found)


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[float, float, str, int], ...]:
    """Towns as (lon, lat, English name, population), the largest first."""
    rows = [
        (
            *feature["geometry"]["coordinates"][:2],
            feature["properties"]["name_en"],
            feature["properties"].get("population") or 0,
        )
        for feature in _features("towns")
    ]
    return tuple(sorted(rows, key=lambda row: -row[3]))


def _towns(frame: _Frame, spots: Sequence[Drawn]) -> tuple[Drawn, ...]:
    """Towns whose label fits, the largest first; at most a dozen."""
    taken = []
    for s in spots:
        if s.kind == "post":
            length = 12 + len(s.label) * LETTER * 1.2
            sides = (length, 10) if s.before else (10, length)
            taken.append((s.x - sides[0], s.y - 10, s.x + sides[1], s.y + 10))
    labelled: list[Drawn] = []
    for lon, lat, name, _population in _places():
        x, y = frame.xy(lon, lat)
        if not (8 <= x <= WIDTH - 8 and 12 <= y <= HEIGHT - 30):
            continue
        length = len(name) * LETTER + 8
        for before in (False, True):
            left, right = (x - length, x + 4) if before else (x - 4, x + length)
            box = (left, y - 9, right, y + 9)
            if left < 4 or right > WIDTH - 4 or any(_overlap(box, other) for other in taken):
                continue
            taken.append(box)
            labelled.append(Drawn(x, y, 0, name, before=before))
            break
        if len(labelled) == 12:
            break
    return tuple(labelled)


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
