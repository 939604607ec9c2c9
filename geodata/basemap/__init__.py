"""The shipped basemap: land, borders, rivers, lakes, towns and frontier lines as GeoJSON.

The files are cut by ``build/`` from public packages; README.md beside them names source, licence and error.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict

from geodata.bbox import BBox, LonLat
from geodata.errors import GeodataError

FOLDER: Final = Path(__file__).parent
#: What a map draws beneath its frontiers.
GROUND: Final = ("world", "countries", "borders", "labels", "rivers", "lakes", "towns")
#: Frontier lines of the regions that the build was run for.
FRONTIERS: Final = tuple(sorted(path.stem for path in FOLDER.glob("frontier_*.geojson")))
NAMES: Final = (*GROUND, *FRONTIERS)


class Geometry(TypedDict):
    """A GeoJSON geometry; coordinates nest as deep as its type says (RFC 7946, 3.1)."""

    type: str
    coordinates: list[Any]


class Feature(TypedDict):
    type: str
    id: NotRequired[int]
    properties: dict[str, Any]  # texts, numbers and flags
    geometry: Geometry


class Layer(TypedDict):
    """A FeatureCollection that names its source."""

    type: str
    source: str
    features: list[Feature]


def path(name: str) -> Path:
    """The file of one layer. Raises GeodataError for a name that is no layer.

    >>> path("rivers").name
    'rivers.geojson'
    """
    if name not in NAMES:
        raise GeodataError(f"There is no basemap layer {name!r}. Layers: {', '.join(NAMES)}.")
    return FOLDER / f"{name}.geojson"


def load_layer(name: str) -> Layer:
    """One layer as a GeoJSON FeatureCollection (longitude, latitude in degrees, WGS 84).

    Raises GeodataError for a name that is no layer.
    """
    layer: Layer = json.loads(path(name).read_text(encoding="utf-8"))
    return layer


@lru_cache(maxsize=1)
def detail() -> BBox:
    """The box that the layers are cut to, but for `world`, which has coarse coasts and borders beyond it."""
    return BBox.around(
        position
        for feature in load_layer("countries")["features"]
        for position in _positions(feature["geometry"]["coordinates"])
    )


@lru_cache(maxsize=1)
def longitudes() -> Mapping[str, float]:
    """Where countries lie, by their ISO code: the longitude of their name on the map, in degrees.

    >>> longitudes()["SY"] < longitudes()["IQ"], "PL" in longitudes()
    (True, True)
    """
    named = [*load_layer("world")["features"], *load_layer("labels")["features"]]
    return {
        feature["properties"]["iso"]: feature["geometry"]["coordinates"][0]
        for feature in named
        if feature["geometry"]["type"] == "Point" and feature["properties"].get("iso")
    }


def _positions(coordinates: list[Any]) -> Iterator[LonLat]:
    """Every (longitude, latitude) of a geometry, however deep its coordinates nest."""
    if isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _positions(part)


def load() -> dict[str, Layer]:
    """Every layer by name.

    >>> sorted(load()) == sorted(NAMES)
    True
    """
    return {name: load_layer(name) for name in NAMES}
