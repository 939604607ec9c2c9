"""A box of longitudes and latitudes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

#: Kilometres of one degree of latitude where it is shortest, near the equator.
KM_PER_DEGREE_LATITUDE: Final = 110.5
#: Kilometres of one degree of longitude on the equator; elsewhere times the cosine of the latitude.
KM_PER_DEGREE_LONGITUDE: Final = 111.32
#: Nearer to a pole than this a distance may reach every longitude.
POLAR_LATITUDE: Final = 89.9

LonLat: TypeAlias = "Sequence[float]"  # longitude, latitude


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in WGS 84 degrees; west ≤ east, south ≤ north, edges included."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, points: Iterable[LonLat], margin: float = 0.0) -> BBox:
        """The least box that holds these (longitude, latitude), and `margin` degrees on each side.

        Raises ValueError without points.

        >>> str(BBox.around([(41, 34), (42, 36.5)], margin=0.5))
        '40.5,33.5,42.5,37'
        """
        given = list(points)
        if not given:
            raise ValueError("a box around no points")
        lons, lats = [lon for lon, _ in given], [lat for _, lat in given]
        return cls(min(lons), min(lats), max(lons), max(lats)).expanded(margin)

    def expanded(self, degrees: float) -> BBox:
        """Larger by so many degrees on each side, as far as the world goes."""
        wider = BBox(self.west - degrees, self.south - degrees, self.east + degrees, self.north + degrees)
        return wider.clipped(WORLD)

    def expanded_km(self, km: float) -> BBox:
        """A box that holds all points within `km` of this one; every longitude where it meets ±180° or poles.

        >>> str(BBox(41, 0, 41, 0).expanded_km(110.5))
        '39.999848,-1,42.000152,1'
        """
        up = km / KM_PER_DEGREE_LATITUDE
        south, north = max(WORLD.south, self.south - up), min(WORLD.north, self.north + up)
        furthest = max(abs(south), abs(north))
        aside = up / math.cos(math.radians(min(furthest, POLAR_LATITUDE)))
        west, east = self.west - aside, self.east + aside
        if west < WORLD.west or east > WORLD.east or furthest >= POLAR_LATITUDE:
            west, east = WORLD.west, WORLD.east
        return BBox(west, south, east, north)

    def clipped(self, limits: BBox) -> BBox:
        """Its part within the limits; what lies wholly outside shrinks to their edge."""
        return BBox(
            _within(self.west, limits.west, limits.east),
            _within(self.south, limits.south, limits.north),
            _within(self.east, limits.west, limits.east),
            _within(self.north, limits.south, limits.north),
        )

    def including(self, point: LonLat) -> BBox:
        """The least box that holds this one and the point."""
        lon, lat = point
        return BBox(min(self.west, lon), min(self.south, lat), max(self.east, lon), max(self.north, lat))

    def contains(self, point: LonLat) -> bool:
        """Whether (longitude, latitude) lies in it or on its edge.

        >>> BBox(41, 34, 42, 36).contains((42, 34)), BBox(41, 34, 42, 36).contains((42.1, 34))
        (True, False)
        """
        lon, lat = point
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def covers(self, other: BBox) -> bool:
        """Whether the other box lies in it, edges included.

        >>> BBox(41, 34, 42, 36).covers(BBox(41, 35, 42, 36))
        True
        >>> BBox(41, 34, 42, 36).covers(BBox(40, 35, 42, 36))
        False
        """
        return self.contains((other.west, other.south)) and self.contains((other.east, other.north))

    def __str__(self) -> str:
        return ",".join(short_number(v) for v in (self.west, self.south, self.east, self.north))


WORLD: Final = BBox(-180.0, -90.0, 180.0, 90.0)


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def short_number(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
