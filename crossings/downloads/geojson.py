"""GeoJSON (RFC 7946) written piece by piece, so that memory stays flat however many features there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from geodata.bbox import BBox

CONTENT_TYPE: Final = "application/geo+json"
CHUNK_BYTES: Final = 32_768


def feature(ident: str, point: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """One feature at a point (longitude and latitude, as the source gives them), or without a geometry."""
    geometry = None if point is None else {"type": "Point", "coordinates": [point.x, point.y]}
    return {"type": "Feature", "id": ident, "geometry": geometry, "properties": properties}


def collection(features: Iterable[dict[str, Any]], members: dict[str, Any]) -> Iterator[bytes]:
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
            position = row["geometry"]["coordinates"]
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


def _dump(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, allow_nan=False)
