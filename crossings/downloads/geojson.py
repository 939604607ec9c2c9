"""GeoJSON (RFC 7946) written piece by piece, so that memory stays flat however many features there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

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
    box: list[float] | None = None
    waiting: list[str] = []
    size, separator = 0, ""
    for one in features:
        if one["geometry"]:
            box = _widen(box, *one["geometry"]["coordinates"])
        text = separator + _dump(one)
        separator = ",\n"
        waiting.append(text)
        size += len(text)
        if size >= CHUNK_BYTES:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    tail = f', "bbox": {_dump(box)}' if box else ""
    yield f"{''.join(waiting)}\n]{tail}}}\n".encode()


def _widen(box: list[float] | None, x: float, y: float) -> list[float]:
    if box is None:
        return [x, y, x, y]
    return [min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)]


def _dump(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, allow_nan=False)
