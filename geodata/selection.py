"""What a page, a map, a download and the API are showing: one value object, parsed once.

Parsing is strict and says in words what is wrong; `Selection.query()` gives the one canonical
query string, and reading that back gives the same selection.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from .bbox import BBox, short_number
from .errors import GeodataError

DEFAULT_DAYS = 30
MAX_VALUES = 50
MAX_TEXT = 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)

KINDS = ("control", "status", "strikes", "sites")
STATUSES = ("open", "limited", "closed", "impassable", "unknown")
PRECISIONS = ("exact", "near", "town", "district", "province", "country")
GRADES = ("confirmed", "fair", "weak", "contested", "discounted")
POPUPS = ("post", "site", "strike")
TILES = ("osm",)

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,78}[a-z0-9])?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER = re.compile(r"\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class SelectionError(GeodataError):
    """A parameter that cannot be read. The sentence names it, what came, and what would be right."""

    def __init__(self, parameter: str, came: str, right: str) -> None:
        self.parameter, self.came, self.right = parameter, came[:80], right
        super().__init__(f"{parameter}: “{self.came}” cannot be read. {right}")


@dataclass(frozen=True, slots=True)
class View:
    """Where the map looks: its zoom and the latitude and longitude of its centre, in degrees."""

    zoom: float
    lat: float
    lon: float

    def __str__(self) -> str:
        return "/".join(short_number(v) for v in (self.zoom, self.lat, self.lon))


@dataclass(frozen=True, slots=True)
class Selection:
    """Every field is optional; an empty selection is everything, on the latest day reported."""

    region: str | None = None
    on: date | None = None
    days: int | None = None
    since: date | None = field(default=None, metadata={"parameter": "from"})
    edition: int | date | None = None
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    holder: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    precision: str | None = None
    grade: tuple[str, ...] = ()
    q: str = ""
    bbox: BBox | None = None
    show: str | None = None
    view: View | None = None
    tiles: str | None = None

    @classmethod
    def from_query(cls, query: str | Mapping[str, Sequence[str]]) -> Self:
        """Read a query string, or a mapping of parameters to their values (as Django's QueryDict.lists()).

        Unknown parameters are ignored (mail programs add them). Raises SelectionError.
        """
        values = _values(query)
        read: dict[str, Any] = {}
        for f in fields(cls):
            parameter = f.metadata.get("parameter", f.name)
            given = [v for v in values.get(parameter, ()) if v.strip()]
            if given:
                read[f.name] = _READERS[f.name](parameter, given)
        selection = cls(**read)
        selection._check()
        return selection

    def _check(self) -> None:
        if self.since and self.days:
            raise SelectionError("from", str(self.since), "Give either “from” or “days”, not both.")
        if self.since and self.on and self.since > self.on:
            raise SelectionError(
                "from", str(self.since), f"The interval ends on {self.on}; start it on or before."
            )
        if isinstance(self.edition, date) and self.on and self.on > self.edition:
            raise SelectionError(
                "on", str(self.on), f"The edition is of {self.edition} and says nothing of later days."
            )

    def query(self, **changes: Any) -> str:
        """The canonical query string: parameters in the order of the fields, defaults left out."""
        chosen = replace(self, **changes) if changes else self
        pairs = []
        for f in fields(chosen):
            value = getattr(chosen, f.name)
            if value is None or value == () or value == "":
                continue
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            pairs.append((f.metadata.get("parameter", f.name), text))
        return urlencode(pairs, safe=",/:")

    def interval(self, on: date) -> tuple[date, date]:
        """First and last day, both included, of the strikes shown when the day is `on`."""
        if self.since:
            return min(self.since, on), on
        return on - timedelta(days=(self.days or DEFAULT_DAYS) - 1), on

    def shows(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


def _values(query: str | Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    if isinstance(query, str):
        try:
            pairs: Iterable[tuple[str, str]] = parse_qsl(query, max_num_fields=500)
        except ValueError as error:
            raise SelectionError("query", query, "It has too many parameters; 500 are read.") from error
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return values
    return {name: list(given) for name, given in query.items()}


def _one(parameter: str, given: list[str]) -> str:
    if len(given) > 1:
        raise SelectionError(parameter, ", ".join(given[:3]), "Give it once.")
    return given[0].strip()


def _day(parameter: str, given: list[str]) -> date:
    text = _one(parameter, given)
    right = "Write a day as 2019-09-30."
    if not _DAY.fullmatch(text):
        raise SelectionError(parameter, text, right)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SelectionError(parameter, text, f"There is no such day. {right}") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise SelectionError(parameter, text, f"Days from {FIRST_DAY} to {LAST_DAY} can be asked for.")
    return day


def _days(parameter: str, given: list[str]) -> int | None:
    text = _one(parameter, given)
    if not _INTEGER.fullmatch(text) or not 1 <= int(text) <= 36525:
        raise SelectionError(parameter, text, "Write a number of days from 1 to 36525.")
    return None if int(text) == DEFAULT_DAYS else int(text)


def _edition(parameter: str, given: list[str]) -> int | date:
    text = _one(parameter, given)
    if _INTEGER.fullmatch(text) and int(text) >= 1:
        return int(text)
    if _DAY.fullmatch(text):
        return _day(parameter, given)
    raise SelectionError(
        parameter, text, "Write the number of an edition, as in 2, or a day, as in 2026-11-20."
    )


def _list(parameter: str, given: list[str]) -> list[str]:
    items = sorted({item.strip() for value in given for item in value.split(",") if item.strip()})
    if len(items) > MAX_VALUES:
        raise SelectionError(parameter, f"{len(items)} values", f"Give at most {MAX_VALUES}.")
    return items


def _slugs(parameter: str, given: list[str]) -> tuple[str, ...]:
    items = _list(parameter, given)
    for item in items:
        _check_slug(parameter, item)
    return tuple(items)


def _check_slug(parameter: str, text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise SelectionError(
            parameter, text, "Write ids as they stand in links: small letters, digits and hyphens."
        )
    return text


def _slug(parameter: str, given: list[str]) -> str:
    return _check_slug(parameter, _one(parameter, given))


def _choices(allowed: Sequence[str]) -> Callable[[str, list[str]], tuple[str, ...]]:
    def read(parameter: str, given: list[str]) -> tuple[str, ...]:
        items = _list(parameter, given)
        for item in items:
            if item not in allowed:
                raise SelectionError(parameter, item, f"Choose from: {', '.join(allowed)}.")
        chosen = tuple(value for value in allowed if value in items)
        return () if parameter == "kinds" and len(chosen) == len(allowed) else chosen

    return read


def _choice(allowed: Sequence[str]) -> Callable[[str, list[str]], str]:
    def read(parameter: str, given: list[str]) -> str:
        text = _one(parameter, given)
        if text not in allowed:
            raise SelectionError(parameter, text, f"Choose one of: {', '.join(allowed)}.")
        return text

    return read


def _text(parameter: str, given: list[str]) -> str:
    text = " ".join(_one(parameter, given).split())
    if len(text) > MAX_TEXT:
        raise SelectionError(parameter, text, f"Search for at most {MAX_TEXT} characters.")
    if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise SelectionError(
            parameter, ascii(text), "Search for letters and digits, without control characters."
        )
    return text


def _numbers(parameter: str, text: str, separator: str, count: int, right: str) -> list[float]:
    parts = [part.strip() for part in text.split(separator)]
    if len(parts) != count or not all(_NUMBER.fullmatch(part) and len(part) <= 25 for part in parts):
        raise SelectionError(parameter, text, right)
    numbers = [float(part) for part in parts]
    if not all(math.isfinite(number) for number in numbers):
        raise SelectionError(parameter, text, right)
    return [round(number, 6) + 0.0 for number in numbers]


def _bbox(parameter: str, given: list[str]) -> BBox:
    text = _one(parameter, given)
    right = "Write west,south,east,north in degrees, as in 38,33,43,38."
    west, south, east, north = _numbers(parameter, text, ",", 4, right)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise SelectionError(parameter, text, f"Longitudes lie within ±180, latitudes within ±90. {right}")
    if west > east or south > north:
        raise SelectionError(parameter, text, f"The box is reversed. {right}")
    return BBox(west, south, east, north)


def _view(parameter: str, given: list[str]) -> View:
    text = _one(parameter, given)
    right = "Write zoom/latitude/longitude, as in 7/34.4/41."
    zoom, lat, lon = _numbers(parameter, text, "/", 3, right)
    if not (0 <= zoom <= 22 and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise SelectionError(parameter, text, right)
    return View(round(zoom, 2), round(lat, 5), round(lon, 5))


def _show(parameter: str, given: list[str]) -> str:
    text = _one(parameter, given)
    kind, dot, name = text.partition(".")
    if not dot or kind not in POPUPS or not _SLUG.fullmatch(name):
        raise SelectionError(parameter, text, "Write what is open as post.ID, site.ID or strike.ID.")
    return text


_READERS: dict[str, Callable[[str, list[str]], Any]] = {
    "region": _slug,
    "on": _day,
    "days": _days,
    "since": _day,
    "edition": _edition,
    "sources": _slugs,
    "kinds": _choices(KINDS),
    "holder": _slugs,
    "accused": _slugs,
    "target": _slugs,
    "status": _choices(STATUSES),
    "precision": _choice(PRECISIONS),
    "grade": _choices(GRADES),
    "q": _text,
    "bbox": _bbox,
    "show": _show,
    "view": _view,
    "tiles": _choice(TILES),
}
