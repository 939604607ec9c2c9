"""A box of longitudes and latitudes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in WGS 84 degrees (EPSG:4326); west ≤ east, south ≤ north."""

    west: float
    south: float
    east: float
    north: float

    crs = "EPSG:4326"

    def __str__(self) -> str:
        return ",".join(short_number(v) for v in (self.west, self.south, self.east, self.north))


def short_number(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
