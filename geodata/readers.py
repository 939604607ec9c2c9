"""Readers of query parameters: strict, and with a sentence for what cannot be read.

Each takes the parameter's name and the values given for it, at least one and none of them blank, and returns
the value of the selection's field. None, () and "" stand for the default. Raises SelectionError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from .bbox import BBox, short_number
from .errors import GeodataError

Reader = Callable[[str, list[str]], object]

DEFAULT_DAYS = 30
MAX_DAYS = 36525
MAX_VALUES = 50
MAX_TEXT = 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
POPUPS = ("post", "site", "strike")

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


def _single(parameter: str, given: list[str]) -> str:
    if len(given) > 1:
        raise SelectionError(parameter, ", ".join(given[:3]), "Give it once.")
    return given[0].strip()


def read_day(parameter: str, given: list[str]) -> date:
    text = _single(parameter, given)
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


def read_days(parameter: str, given: list[str]) -> int | None:
    text = _single(parameter, given)
    if not _INTEGER.fullmatch(text) or not 1 <= int(text) <= MAX_DAYS:
        raise SelectionError(parameter, text, f"Write a number of days from 1 to {MAX_DAYS}.")
    return None if int(text) == DEFAULT_DAYS else int(text)


def read_edition(parameter: str, given: list[str]) -> int | date:
    text = _single(parameter, given)
    if _INTEGER.fullmatch(text) and int(text) >= 1:
        return int(text)
    if _DAY.fullmatch(text):
        return read_day(parameter, given)
    raise SelectionError(
        parameter, text, "Write the number of an edition, as in 2, or a day, as in 2026-11-20."
    )


def _values(parameter: str, given: list[str]) -> list[str]:
    items = sorted({item.strip() for value in given for item in value.split(",") if item.strip()})
    if len(items) > MAX_VALUES:
        raise SelectionError(parameter, f"{len(items)} values", f"Give at most {MAX_VALUES}.")
    return items


def read_slugs(parameter: str, given: list[str]) -> tuple[str, ...]:
    items = _values(parameter, given)
    for item in items:
        _check_slug(parameter, item)
    return tuple(items)


def _check_slug(parameter: str, text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise SelectionError(
            parameter, text, "Write ids as they stand in links: small letters, digits and hyphens."
        )
    return text


def read_slug(parameter: str, given: list[str]) -> str:
    return _check_slug(parameter, _single(parameter, given))


def read_choices(allowed: Iterable[str], *, all_is_none: bool = False) -> Reader:
    """A reader of several of these values, in this order; with `all_is_none` all of them are no choice."""
    allowed = tuple(allowed)

    def read(parameter: str, given: list[str]) -> tuple[str, ...]:
        items = _values(parameter, given)
        for item in items:
            if item not in allowed:
                raise SelectionError(parameter, item, f"Choose from: {', '.join(allowed)}.")
        chosen = tuple(value for value in allowed if value in items)
        return () if all_is_none and chosen == allowed else chosen

    return read


def read_choice(allowed: Iterable[str]) -> Reader:
    """A reader of one of these values."""
    allowed = tuple(allowed)

    def read(parameter: str, given: list[str]) -> str:
        text = _single(parameter, given)
        if text not in allowed:
            raise SelectionError(parameter, text, f"Choose one of: {', '.join(allowed)}.")
        return text

    return read


def read_text(parameter: str, given: list[str]) -> str:
    text = " ".join(_single(parameter, given).split())
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


def read_bbox(parameter: str, given: list[str]) -> BBox:
    text = _single(parameter, given)
    right = "Write west,south,east,north in degrees, as in 38,33,43,38."
    west, south, east, north = _numbers(parameter, text, ",", 4, right)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise SelectionError(parameter, text, f"Longitudes lie within ±180, latitudes within ±90. {right}")
    if west > east or south > north:
        raise SelectionError(parameter, text, f"The box is reversed. {right}")
    return BBox(west, south, east, north)


def read_view(parameter: str, given: list[str]) -> View:
    text = _single(parameter, given)
    right = "Write zoom/latitude/longitude, as in 7/34.4/41."
    zoom, lat, lon = _numbers(parameter, text, "/", 3, right)
    if not (0 <= zoom <= 22 and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise SelectionError(parameter, text, right)
    return View(round(zoom, 2), round(lat, 5), round(lon, 5))


def read_popup(parameter: str, given: list[str]) -> str:
    text = _single(parameter, given)
    kind, dot, name = text.partition(".")
    if not dot or kind not in POPUPS or not _SLUG.fullmatch(name):
        raise SelectionError(parameter, text, "Write what is open as post.ID, site.ID or strike.ID.")
    return text
