"""Coordinate reference systems by their URI (OGC 18-058), with the axis order of each authority."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyproj  # comes before shapely: both bring a PROJ
import shapely
from pyproj import Transformer

from .problems import bad_value

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84H: Final = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
WGS84: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"
WEB_MERCATOR: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"

#: Names of the systems for PROJ, by URI; the first is that of the data.
SYSTEMS: Final = {CRS84: "OGC:CRS84", WGS84: "EPSG:4326", WEB_MERCATOR: "EPSG:3857"}
#: Metres have no use for more, degrees keep what the source gives.
METRE_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Crs:
    """One of SYSTEMS."""

    uri: str

    @property
    def header(self) -> str:
        """The value of Content-Crs."""
        return f"<{self.uri}>"

    def from_crs84(self, lon: float, lat: float) -> list[float] | None:
        """Coordinates in the order of this system's axes; None where it has none (a pole in Web Mercator)."""
        if self.uri == CRS84:
            return [lon, lat]
        if self.uri == WGS84:
            return [lat, lon]
        x, y = _transformer(SYSTEMS[CRS84], SYSTEMS[self.uri]).transform(lon, lat)
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        return [round(x, METRE_DIGITS), round(y, METRE_DIGITS)]

    def to_crs84(self, first: float, second: float) -> tuple[float, float]:
        """Longitude and latitude of coordinates in the order of this system's axes; not finite outside it."""
        if self.uri == CRS84:
            return first, second
        if self.uri == WGS84:
            return second, first
        lon, lat = _transformer(SYSTEMS[self.uri], SYSTEMS[CRS84]).transform(first, second)
        return lon, lat

    def geometry_to_crs84(self, geometry: Any) -> Any:
        """The shapely geometry with each vertex in longitude and latitude."""
        if self.uri == CRS84:
            return geometry
        return shapely.transform(geometry, lambda points: [self.to_crs84(*point) for point in points])


@lru_cache(maxsize=8)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(pyproj.CRS(source), pyproj.CRS(target))


def read_crs(parameter: str, text: str, *, also: Sequence[str] = ()) -> Crs:
    """The system with this URI; `also` are further names of that of the data. Raises Problem."""
    if text in also:
        return Crs(CRS84)
    if text not in SYSTEMS:
        raise bad_value(parameter, text, f"Choose one of: {', '.join(SYSTEMS)}.")
    return Crs(text)


def reprojected(feature: dict[str, Any], crs: Crs) -> dict[str, Any]:
    """The feature with its point in this system; without a geometry where the system has no such place."""
    if crs.uri == CRS84 or not feature["geometry"]:
        return feature
    place: Callable[..., list[float] | None] = crs.from_crs84
    found = place(*feature["geometry"]["coordinates"])
    return {**feature, "geometry": None if found is None else {"type": "Point", "coordinates": found}}
