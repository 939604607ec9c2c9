"""The API as pages of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crossings.drawing.locator_map import LocatorMap, LocatorMark, draw_locator
from geodata.bbox import KM_PER_DEGREE_LONGITUDE, BBox

from . import links
from .collections import Collection
from .parameters import OF_ITEM

INDENTATION = re.compile(rb"\s*\n\s*")
MAX_MARKS = 300
LEAST_REACH_KM = 40.0


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The template with the base of the site, without the indentation that templates are read by."""
    response = render(request, template, {"nav": "downloads", **context})
    response.content = INDENTATION.sub(b"\n", response.content)
    return response


@dataclass(frozen=True, slots=True)
class Row:
    """A feature in a table: its id, the address of its page, and the values of the columns listed."""

    id: str
    href: str
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A column of one feature: a text, or rows of names with parts."""

    name: str
    text: Any
    rows: list[list[tuple[str, Any]]]


def items_context(
    collection: Collection,
    document: dict[str, Any],
    features: Sequence[dict[str, Any]],
    given: dict[str, str],
) -> dict[str, Any]:
    """What the page of some features needs beside the document."""
    kept: dict[str, str] = {name: given[name] for name in OF_ITEM if name in given}
    return {
        "collection": collection,
        "given": given,
        "next": next((row["href"] for row in document["links"] if row["rel"] == "next"), None),
        "map": map_of(features),
        **table_of(collection, features, kept),
    }


def item_context(collection: Collection, feature: dict[str, Any]) -> dict[str, Any]:
    """What the page of one feature needs beside the document."""
    return {"collection": collection, "map": map_of([feature]), "values": values_of(feature)}


def table_of(
    collection: Collection, features: Iterable[dict[str, Any]], kept: dict[str, str]
) -> dict[str, Any]:
    """The columns and the rows of a page of features; `kept` are parameters that go along to each."""
    heads = [column for column in collection.columns if column.name in collection.listed]
    rows = [
        Row(
            feature["id"],
            links.at("item", collection.id, feature["id"], query={**kept, "f": "html"}),
            [_text(feature["properties"][column.name]) for column in heads],
        )
        for feature in features
    ]
    return {"heads": heads, "rows": rows}


def values_of(feature: dict[str, Any]) -> list[Value]:
    """Every column of a feature that is not empty."""
    found = []
    for name, value in feature["properties"].items():
        if isinstance(value, list):
            parts = [list(row.items()) if isinstance(row, dict) else [("", row)] for row in value]
            found += [Value(name, "", parts)] if parts else []
        elif value is not None:
            found.append(Value(name, _text(value), []))
    return found


def _text(value: Any) -> Any:
    """As JSON has it: 2019-09-30, true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, date) else value


def map_of(features: Iterable[dict[str, Any]]) -> LocatorMap | None:
    """A map of the points of some features; None where none is one. The first MAX_MARKS are drawn."""
    placed = (feature for feature in features if feature["geometry"])
    found = [feature for feature in placed if feature["geometry"]["type"] == "Point"][:MAX_MARKS]
    if not found:
        return None
    points = [feature["geometry"]["coordinates"] for feature in found]
    box = BBox.around(points)
    middle = ((box.west + box.east) / 2, (box.south + box.north) / 2)
    # The picture is wider than high: half of its larger side with a margin, and space for what is uncertain.
    reach = max(box.north - box.south, (box.east - box.west) * 0.72) / 2 * KM_PER_DEGREE_LONGITUDE * 1.25
    radius_km = max((feature["properties"].get("radius_m") or 0) for feature in found) / 1000
    reach = max(reach + radius_km, LEAST_REACH_KM)
    marks = [
        LocatorMark(lon, lat, feature["properties"].get("radius_m") or 0, "post")
        for (lon, lat), feature in zip(points, found, strict=True)
    ]
    return draw_locator(*middle, reach, marks)
