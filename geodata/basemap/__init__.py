"""The shipped basemap: land, borders, rivers, lakes, towns and frontier lines as GeoJSON.

The files are cut by ``build/`` from public packages; README.md beside them names source, licence and error.
"""

import json
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict

from geodata.errors import GeodataError

FOLDER: Final = Path(__file__).parent
#: Frontier lines of the regions that the build was run for.
FRONTIERS: Final = tuple(sorted(path.stem for path in FOLDER.glob("frontier_*.geojson")))
NAMES: Final = ("world", "countries", "borders", "labels", "rivers", "lakes", "towns", *FRONTIERS)


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


def load() -> dict[str, Layer]:
    """Every layer by name.

    >>> sorted(load()) == sorted(NAMES)
    True
    """
    return {name: load_layer(name) for name in NAMES}
