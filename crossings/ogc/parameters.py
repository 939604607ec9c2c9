"""The parameters of the query, each read by one function; what is not among them is refused."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Collection as Names
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest, QueryDict
from pygeofilter import ast

from crossings.models import Edition
from geodata.bbox import BBox
from geodata.readers import FIRST_DAY
from geodata.selection import Selection

from . import cql2, filters
from .collections import Collection
from .crs import CRS84, CRS84H, Crs, read_crs
from .problems import Problem, bad_value
from .temporal import Days, read_datetime

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000
LANGUAGES: Final = ("cql2-text", "cql2-json")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COUNT = re.compile(r"\d{1,4000}", re.ASCII)
MAX_BBOX_TEXT: Final = 400

#: Parameters of every resource that shows data: which edition and whose reports.
SCOPE: Final = ("edition", "sources")
OF_ITEM: Final = ("f", *SCOPE, "datetime", "crs")
OF_ITEMS: Final = (
    *("f", *SCOPE, "limit", "cursor", "bbox", "bbox-crs", "datetime", "crs"),
    *("filter", "filter-lang", "filter-crs"),
)


def read_once(query: QueryDict, allowed: Names[str]) -> dict[str, str]:
    """The parameters with their values. Raises Problem for one that is unknown or given twice.

    One without a value asks nothing: forms send their empty fields.
    """
    for name, given in query.lists():
        if name not in allowed:
            known = ", ".join(allowed)
            raise Problem(400, f"There is no parameter “{name[:40]}” here; there are {known}.", name[:40])
        if len(given) > 1:
            raise bad_value(name, ", ".join(given[:3]), "Give it once.")
        if "\0" in given[0]:
            raise bad_value(name, ascii(given[0]), "Leave out control characters.")
    return {name: given[0] for name, given in query.lists() if given[0].strip()}


def read_selection(given: dict[str, str]) -> Selection:
    """The edition and the sources. Raises SelectionError."""
    return Selection.from_query({name: [given[name]] for name in SCOPE if name in given})


def read_limit(given: dict[str, str]) -> int:
    """How many features; more than MAX_LIMIT is no error but MAX_LIMIT (OGC 17-069r4, 7.15.2)."""
    text = given.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not _COUNT.fullmatch(text) or int(text) < 1:
        raise bad_value("limit", text, f"Write a number from 1; at most {MAX_LIMIT} come at once.")
    return min(int(text), MAX_LIMIT)


def read_bbox(given: dict[str, str]) -> tuple[BBox, ...] | None:
    """The box in longitude and latitude, in two parts where it spans the antimeridian."""
    text = given.get("bbox")
    crs = read_crs("bbox-crs", given.get("bbox-crs", CRS84), also=(CRS84H,))
    if text is None:
        return None
    parts = text.split(",") if len(text) <= MAX_BBOX_TEXT else []
    right = "Write four numbers (west,south,east,north) or six with heights, in the axis order of bbox-crs."
    if len(parts) not in (4, 6) or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise bad_value("bbox", text, right)
    numbers = [float(part) for part in parts]
    if not all(math.isfinite(number) for number in numbers):
        raise bad_value("bbox", text, right)
    if len(numbers) == 6:
        if numbers[2] > numbers[5]:
            raise bad_value("bbox", text, "Its lower height is above its upper one.")
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]  # nothing here has a height
    west, south = crs.to_crs84(*numbers[:2])
    east, north = crs.to_crs84(*numbers[2:])
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise bad_value("bbox", text, f"It leaves the globe. {right}")
    if south > north:
        raise bad_value("bbox", text, f"Its south lies north of its north. {right}")
    if west > east:
        return BBox(west, south, 180.0, north), BBox(-180.0, south, east, north)
    return (BBox(west, south, east, north),)


def read_days(given: dict[str, str]) -> Days | None:
    return read_datetime(given["datetime"]) if "datetime" in given else None


def read_output_crs(given: dict[str, str]) -> Crs:
    return read_crs("crs", given.get("crs", CRS84))


def read_filter(given: dict[str, str], collection: Collection) -> ast.Node | None:
    """The filter and the queryables given as parameters, as one condition; None where there is neither."""
    language = given.get("filter-lang", LANGUAGES[0])
    if language not in LANGUAGES:
        raise bad_value("filter-lang", language, f"Choose one of: {', '.join(LANGUAGES)}.")
    crs = read_crs("filter-crs", given.get("filter-crs", CRS84), also=(CRS84H,))
    found = [
        filters.equals(name, given[name], collection.queryables)
        for name in parameter_names(collection)
        if name in given
    ]
    if "filter" in given:
        parse = cql2.parse_text if language == LANGUAGES[0] else cql2.parse_json
        found.append(filters.checked(parse(given["filter"]), collection.queryables, crs))
    return cql2.joined(ast.And, found) if found else None


def parameter_names(collection: Collection) -> list[str]:
    """Queryables that can be given as parameters of their own: those with a value that fits in one."""
    return [name for name, queryable in collection.queryables.items() if queryable.kind != "geometry"]


# --- Pages


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins, whatever is published meanwhile: after this id, of this edition.

    `on` is the day shown and `last` the last day of the time line, which without an edition is that of the
    first request.
    """

    edition: int
    on: date
    last: date
    after: str

    def __str__(self) -> str:
        parts = [self.edition, self.on.isoformat(), self.last.isoformat(), self.after]
        text = json.dumps(parts, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(given: dict[str, str], *, today: date) -> Cursor | None:
    """The cursor of a link that a page gave. Raises Problem."""
    text = given.get("cursor")
    if text is None:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        edition, on, last, after = json.loads(raw)
        cursor = Cursor(edition, date.fromisoformat(on), date.fromisoformat(last), after)
        fits = type(edition) is int and 0 <= edition < 2**31 and isinstance(after, str) and "\0" not in after
        if not fits or not FIRST_DAY <= cursor.on <= cursor.last <= today:
            raise ValueError(text)
        after.encode()
        if edition and not Edition.objects.filter(number=edition).exists():
            raise ValueError(text)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise bad_value("cursor", text, "Take it from the link “next” of a page, or leave it out.") from error
    return cursor


def items_query(request: HttpRequest, collection: Collection) -> dict[str, str]:
    """The parameters of a request for features of a collection."""
    return read_once(request.GET, (*OF_ITEMS, *parameter_names(collection)))
