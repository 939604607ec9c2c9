"""Vague dates: a small grammar cut out of EDTF (ISO 8601-2), with the days that each may mean.

Accepted, and nothing else:

=====================  ==========================================================
``2017``               some time in that year (1000 to 9998)
``2017-10``            some time in that month
``2017-10-17``         that day
``[2017-10..2017-12]`` one day from the first to the last, both equally exact
``[..2016-02-16]``     that day or some day before it
``[2016-08..]``        some day from then on
=====================  ==========================================================

The ``edtf`` library is the tests' reference for these bounds and not the parser: it takes
milliseconds a date, gives infinities for open sets, reads ``/2017`` as the last day of 2007 and lets an
AttributeError out on ``2017-1X``. Whatever it would read in such a way is refused here, in words.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from geodata.errors import GeodataError

DatePrecision = Literal["day", "month", "year", "set"]

MAX_LENGTH: Final = 40
MIN_YEAR: Final = 1000
MAX_YEAR: Final = 9998  # the day after the last one must still be a date

_PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SET = re.compile(r"\[([0-9-]*)\.\.([0-9-]*)\]")
_RIGHT: Final = (
    "Write 2017, 2017-10 or 2017-10-17, or a set such as [2017-10..2017-12], [..2017-12] or [2017-10..]."
)


class DateError(GeodataError):
    """A text that is no date of our grammar; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date as exact as its source gives it, with the first and last day that it may mean, both included.

    ``earliest`` is None for a set open below ("[..2016-02-16]"), ``latest`` for one open above.
    """

    text: str
    earliest: date | None
    latest: date | None
    precision: DatePrecision

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> FuzzyDate:
    """Read one date of the grammar above. Raises DateError, in words a person can act on.

    Blanks around the text are dropped; ``FuzzyDate.text`` is the canonical form and parses to the same value.

    >>> parse("2016-02").latest
    datetime.date(2016, 2, 29)
    >>> parse("[..2016-02-16]")
    FuzzyDate(text='[..2016-02-16]', earliest=None, latest=datetime.date(2016, 2, 16), precision='set')
    >>> parse("2017-02-30")
    Traceback (most recent call last):
    geodata.dates.DateError: “2017-02-30” is no day: February 2017 has 28 days.
    """
    if not isinstance(text, str):
        raise DateError(f"A date is a text, not of type {type(text).__name__}. {_RIGHT}")
    if len(text) > MAX_LENGTH:
        raise DateError(f"A date has at most {MAX_LENGTH} characters, this text has {len(text)}. {_RIGHT}")
    stripped = text.strip(" \t\r\n")
    if not stripped:
        raise DateError(f"The date is blank. {_RIGHT}")
    return _parse(stripped)


@lru_cache(maxsize=4096)
def _parse(text: str) -> FuzzyDate:
    if match := _SET.fullmatch(text):
        return _set(text, match[1], match[2])
    if match := _PLAIN.fullmatch(text):
        return _plain(text, match)
    raise DateError(_why_not(text))


def _plain(text: str, match: re.Match[str]) -> FuzzyDate:
    year = int(match[1])
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise DateError(f"“{text}”: the year must lie between {MIN_YEAR} and {MAX_YEAR}.")
    if match[2] is None:
        return FuzzyDate(text, date(year, 1, 1), date(year, 12, 31), "year")
    month = int(match[2])
    if not 1 <= month <= 12:
        raise DateError(_no_month(text, month))
    days = calendar.monthrange(year, month)[1]
    if match[3] is None:
        return FuzzyDate(text, date(year, month, 1), date(year, month, days), "month")
    day = int(match[3])
    if not 1 <= day <= days:
        raise DateError(f"“{text}” is no day: {_MONTHS[month - 1]} {year} has {days} days.")
    exact = date(year, month, day)
    return FuzzyDate(text, exact, exact, "day")


def _set(text: str, low: str, high: str) -> FuzzyDate:
    if not low and not high:
        raise DateError("“[..]” gives no date at all. Leave the field empty if nothing is known.")
    first, last = (_end(text, end) if end else None for end in (low, high))
    if first and last:
        _check_order(text, first, last)
    earliest = first.earliest if first else None
    latest = last.latest if last else None
    return FuzzyDate(text, earliest, latest, "set")


def _end(text: str, end: str) -> FuzzyDate:
    match = _PLAIN.fullmatch(end)
    if not match:
        raise DateError(
            f"“{text}”: “{end}” is no date. Each end of a set is like 2017, 2017-10 or 2017-10-17."
        )
    return _plain(end, match)


def _check_order(text: str, first: FuzzyDate, last: FuzzyDate) -> None:
    """Refuse sets that are reversed, of one date only, or with ends of unlike precision (no EDTF)."""
    if first.text == last.text:
        raise DateError(f"“{text}” starts and ends with the same date. Write {first.text}.")
    if first.precision != last.precision:
        raise DateError(
            f"“{text}” has one end more exact than the other. Give both as years, both as months "
            "or both as days, such as [2017-10..2018-03]."
        )
    if first.text > last.text:  # texts of one precision sort as their days do
        raise DateError(f"“{text}” ends before it starts. Write [{last.text}..{first.text}].")


_MONTHS: Final = tuple(calendar.month_name)[1:]


def _no_month(text: str, month: int) -> str:
    if 21 <= month <= 41:  # EDTF's codes for seasons, quarters and the like
        return f"“{text}” is a season or quarter. Give its months as a set, such as [2017-03..2017-05]."
    return f"“{text}”: there is no month {month:02}. Months run from 01 to 12."


# The first pattern that is found names the mistake. Order matters: "2017-12-01/2018~" is an interval first.
_MISTAKES: Final[tuple[tuple[str, str], ...]] = (
    (r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", "Write the day as year-month-day, such as 2017-10-17."),
    (
        r"/",
        "Intervals are not dates here. For one day within a span write a set, such as [2017-10..2017-12]; "
        "for a span give its start and its end in their own fields.",
    ),
    (r"[{}]", "Braces mean all of several dates. Give each date its own report."),
    (r",", "Lists are not read. Give each date its own report, or a set such as [2017-10..2017-12]."),
    (r"[?~%]", "The marks ?, ~ and % do not say how vague it is. Write a set such as [2017-10..2017-12]."),
    (
        r"[\dXx]-?[XxUu*]",
        "Write the year or the month alone, or a set such as [2010..2019], for unknown digits.",
    ),
    (r"\d{3,4}s$", "Write a decade as a set, such as [2010..2019]."),
    (r"\s", "Leave out the spaces, and write 2017-10-17 or [2017-10..2017-12]."),
    (r"\dT\d", "Leave out the time of day: a day is the finest that is kept."),
    (r"^[Yy][-\d]|^-|^\d{5,}$|^\d{1,3}$", f"A year has four digits, from {MIN_YEAR} to {MAX_YEAR}."),
    (r"^\d{4}-\d(-|$)|^\d{4}-\d\d-\d$", "Months and days have two digits, such as 2017-05-03."),
)


def _why_not(text: str) -> str:
    if not text.isascii():
        return f"“{_shown(text)}” has signs other than 0 to 9, hyphen, dots and square brackets. {_RIGHT}"
    for pattern, advice in _MISTAKES:
        if re.search(pattern, text):
            return f"“{_shown(text)}” is not read as a date. {advice}"
    return f"“{_shown(text)}” is not read as a date. {_RIGHT}"


def _shown(text: str) -> str:
    """The text as it may stand in a message: invisible and direction-changing characters made visible."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
