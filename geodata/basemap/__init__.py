"""The shipped basemap: land, borders, rivers, lakes, towns and the Iraq-Syria frontier as GeoJSON.

The files are cut by ``build.py`` from public packages; README.md beside them names source, licence and error.
"""

import json
from pathlib import Path
from typing import Any, Final

from geodata.errors import GeodataError

FOLDER: Final = Path(__file__).parent
NAMES: Final = (
    "world",
    "countries",
    "borders",
    "labels",
    "rivers",
    "lakes",
    "towns",
    "frontier_iraq_syria",
)


def path(name: str) -> Path:
    """The file of one layer. Raises GeodataError for a name that is no layer.

    >>> path("rivers").name
    'rivers.geojson'
    """
    if name not in NAMES:
        raise GeodataError(f"There is no basemap layer {name!r}. Layers: {', '.join(NAMES)}.")
    return FOLDER / f"{name}.geojson"


def load() -> dict[str, dict[str, Any]]:
    """Every layer by name, each a GeoJSON FeatureCollection (longitude, latitude in degrees, WGS 84).

    >>> sorted(load()) == sorted(NAMES)
    True
    """
    return {name: json.loads(path(name).read_text(encoding="utf-8")) for name in NAMES}
