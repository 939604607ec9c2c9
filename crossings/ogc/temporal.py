"""The parameter `datetime` (OGC 17-069r4, 7.15.4): instants and intervals of RFC 3339, as days in UTC.

Everything here happened on days, and a day is the time from its midnight up to the next. So an instant asks
for the day that it lies in, and an interval for its first day up to its last, both included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from .problems import bad_value

OPEN: Final = ("", "..")
RIGHT: Final = (
    "Write a day or time as 2019-09-30 or 2019-09-30T12:00:00Z, or an interval of two, "
    "as 2014-01-01/2017-12-31; .. stands for an open end."
)
_DAY: Final = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_CLOCK: Final = (
    r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
INSTANT: Final = rf"{_DAY}(?:[Tt]{_CLOCK})?"
#: What the parameter can look like, for the API definition.
PATTERN: Final = rf"^(?:{INSTANT}|{INSTANT}/(?:{INSTANT}|\.\.)?|(?:\.\.)?/{INSTANT}|\.\./\.\.)$"
_INSTANT = re.compile(INSTANT, re.ASCII)


@dataclass(frozen=True, slots=True)
class Days:
    """Days from first to last, both included, open where they are as far as days go."""

    first: date = date.min
    last: date = date.max

    def touch(self, first: date | None, last: date | None) -> bool:
        """Whether they have a day in common with first…last, None being an open end."""
        return (first is None or first <= self.last) and (last is None or last >= self.first)


def read_instant(parameter: str, text: str) -> datetime | date:
    """A day, or a time in UTC. Raises Problem."""
    if not _INSTANT.fullmatch(text):
        raise bad_value(parameter, text, RIGHT)
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        whole = re.sub(r":60(?=[.Zz+-])", ":59", text.upper(), count=1)  # a leap second is of its minute
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", whole)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise bad_value(parameter, text, f"There is no such day. {RIGHT}") from error


def day_of(instant: datetime | date) -> date:
    """The day in UTC that an instant lies in."""
    return instant.date() if isinstance(instant, datetime) else instant


def read_datetime(text: str) -> Days:
    """The days that the parameter asks for. Raises Problem."""
    ends = text.split("/")
    if len(ends) > 2 or ends == [".."] or ends == ["", ""]:
        raise bad_value("datetime", text, RIGHT)
    if len(ends) == 1:
        day = day_of(read_instant("datetime", ends[0]))
        return Days(day, day)
    begin, end = (None if part in OPEN else read_instant("datetime", part) for part in ends)
    days = Days(day_of(begin) if begin else date.min, day_of(end) if end else date.max)
    both_times = isinstance(begin, datetime) and isinstance(end, datetime)
    if days.first > days.last or (both_times and begin > end):  # type: ignore[operator]  # both are times
        raise bad_value("datetime", text, "The interval ends before it begins.")
    return days
