"""GeoJSON (RFC 7946) written piece by piece, so that memory stays flat however many features there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Final, Literal, TypedDict

from django.contrib.gis.geos import Point
from django.core.serializers.json import DjangoJSONEncoder

from geodata.bbox import BBox, LonLat

CONTENT_TYPE: Final = "application/geo+json"
CHUNK_BYTES: Final = 32_768


class PointGeometry(TypedDict):
    """Longitude and latitude in degrees (WGS 84)."""

    type: Literal["Point"]
    coordinates: list[float]


class Feature(TypedDict):
    """A GeoJSON feature; its properties are what `_dump` can write."""

    type: Literal["Feature"]
    id: str
    geometry: PointGeometry | None
    properties: dict[str, object]


def feature(ident: str, point: Point | None, properties: dict[str, object]) -> Feature:
    """One feature at a point (longitude and latitude, as the source gives them), or without a geometry."""
    geometry: PointGeometry | None = None
    if point is not None:
        geometry = {"type": "Point", "coordinates": [point.x, point.y]}
    return {"type": "Feature", "id": ident, "geometry": geometry, "properties": properties}


def collection(features: Iterable[Feature], members: dict[str, object]) -> Iterator[bytes]:
    """The collection as UTF-8 in chunks: foreign members first and at once, features, then the bbox.

    The bbox is that of the features, which are known only at the end; RFC 7946 leaves the order of members
    open. It is left out where nothing has a position. Raises ValueError for NaN, which is no JSON.
    """
    head = _dump({"type": "FeatureCollection", **members})
    yield f'{head[:-1]}, "features": [\n'.encode()
    box: BBox | None = None
    waiting: list[str] = []
    size, separator = 0, ""
    for row in features:
        if row["geometry"]:
            position = _lon_lat(row["geometry"])
            box = box.including(position) if box else BBox.around([position])
        text = separator + _dump(row)
        separator = ",\n"
        waiting.append(text)
        size += len(text)
        if size >= CHUNK_BYTES:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    tail = f', "bbox": {_dump(astuple(box))}' if box else ""
    yield f"{''.join(waiting)}\n]{tail}}}\n".encode()


def _lon_lat(geometry: PointGeometry) -> LonLat:
    lon, lat = geometry["coordinates"]
    return lon, lat


def _dump(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, allow_nan=False)
