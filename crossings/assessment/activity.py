"""From when to when a report is active, and how surely: superseding, and what stops carrying."""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .dating import DatedReport
from .records import IMPASSABLE, PASSABLE, Clash, Memberships, Value
from .words import WordAxis

FIRST_DAY = date.min.toordinal()
LAST_DAY = date.max.toordinal()
FOREVER = LAST_DAY + 1


class State(NamedTuple):
    """What an active report is on a day.

    `covers`: its own dates speak of the day; `spoke`: its own dates were sure of a day before.
    """

    level: str
    covers: bool
    spoke: bool


@dataclass(frozen=True, slots=True)
class ActiveReport:
    """A report and the days on which it is active: stated or possible up to `top`, carried up to `last`."""

    dated: DatedReport
    first: int
    top: int
    last: int

    def state(self, day: int) -> State:
        """What it is on a day from `first` to `last`."""
        dated = self.dated
        level = "possible" if day <= self.top else "carried"
        if dated.stated and dated.stated[0] <= day <= dated.stated[1]:
            record = dated.record
            if record.of == "post" and record.stance in ("states", "denies"):
                level = "stated"
        return State(level, dated.own_days[0] <= day <= dated.own_days[1], dated.own_words[0] < day)

    def changes(self) -> list[int]:
        """Days from `first` on on which its state or its last word may change; the last one ends it."""
        dated = self.dated
        days = {self.first, self.top + 1, dated.own_days[0], dated.own_days[1] + 1, dated.own_words[0] + 1}
        for first, last, _ in dated.words:
            days.update((first, last + 1))
        return [*sorted(day for day in days if self.first <= day <= self.last), self.last + 1]

    def last_word(self, day: int) -> int | None:
        """The last day up to this one that its words are sure of."""
        return max((min(day, last) for first, last, _ in self.dated.words if first <= day), default=None)


class OtherValues:
    """On which day after its last word another value is stated, for any value."""

    def __init__(
        self, dated: Iterable[DatedReport], memberships: Memberships, axis: WordAxis | None = None
    ) -> None:
        """`axis` is that of these reports where it is at hand."""
        dated = list(dated)
        self._sure = axis or WordAxis(dated, memberships)
        # Too vague for a stated day: its word counts where all its possible days follow k.
        vague = [(r.first, r.k, r.record.value) for r in dated if r.lo > r.hi and r.record.stance == "states"]
        self._vague = _AfterK(vague, memberships, operator.ne)

    def first(self, value: Value, k: int) -> int:
        """The first such day after k, FOREVER where there is none."""
        days = (self._sure.first_other(value, k), self._vague.first(value, k))
        return min((day for day in days if day is not None), default=FOREVER)


@dataclass(frozen=True, slots=True)
class Limits:
    """What else ends a carried status: the post changing hands, closings, reports on other traffic.

    `closings` are the first days of closings that name no traffic and do not except this one. `passing` are
    the words that something passes the post, whatever its kind: it is not impassable then.
    """

    changes: Sequence[int] = ()
    closings: Sequence[int] = ()
    passing: OtherValues | None = None


def active_reports(
    dated: Sequence[DatedReport], axis: WordAxis, limits: Limits, clash: Clash, memberships: Memberships
) -> list[ActiveReport]:
    """The reports that are active on some day, in the order given."""
    superseded = _superseded_from(dated, axis, limits, memberships)
    stops = _carried_until(dated, limits, clash, memberships)
    active = []
    for i, report in enumerate(dated):
        top = min(report.last, superseded[i] - 1)
        last = (
            min(superseded[i], stops[i], FOREVER) - 1
            if report.carries and superseded[i] > report.last
            else top
        )
        active.append(ActiveReport(report, max(report.first, FIRST_DAY), top, max(top, last)))
    return [a for a in active if a.first <= a.last]


def _superseded_from(
    dated: Sequence[DatedReport], axis: WordAxis, limits: Limits, memberships: Memberships
) -> list[int]:
    """For each report the first day on which another value was stated after its last word."""
    others = OtherValues(dated, memberships, axis)
    found = []
    for report in dated:
        value, k = report.record.value, report.k
        day = FOREVER if report.record.stance == "denies" else others.first(value, k)
        if value == IMPASSABLE and limits.passing and report.record.stance != "denies":
            day = min(day, limits.passing.first(value, k))
        found.append(day)
    return found


class _AfterK:
    """For each value the least day of those that count after a day k, by a report's value."""

    def __init__(
        self,
        given: Iterable[tuple[int, int, Value]],
        memberships: Memberships,
        counts: Callable[[Value, Value], bool],
    ) -> None:
        """`given` are (counts for k before this day, the day, value); `counts` compares two values."""
        self._memberships, self._counts = memberships, counts
        self._by_value: dict[tuple[Value, int], tuple[list[int], list[int]]] = {}
        #: For each value that was asked about, those of the lists above that count for it.
        self._counting: dict[Value, list[tuple[list[int], list[int]]]] = {}
        for threshold, day, value in sorted(given, key=lambda x: -x[0]):
            thresholds, least = self._by_value.setdefault((value, memberships.epoch(day)), ([], []))
            thresholds.append(-threshold)
            least.append(min(day, least[-1]) if least else day)

    def first(self, value: Value, k: int) -> int | None:
        if value not in self._counting:
            roll_up = self._memberships.roll_up
            self._counting[value] = [
                lists
                for (other, epoch), lists in self._by_value.items()
                if self._counts(roll_up(other, epoch), roll_up(value, epoch))
            ]
        days = []
        for thresholds, least in self._counting[value]:
            i = bisect_right(thresholds, -(k + 1))
            if i:
                days.append(least[i - 1])
        return min(days, default=None)


def _carried_until(
    dated: Sequence[DatedReport], limits: Limits, clash: Clash, memberships: Memberships
) -> list[int]:
    """For each report the first day on which it is no longer carried, superseding apart."""
    ends = _AfterK(
        [
            (r.ending[0], r.ending[1] - 1, r.record.value)
            for r in dated
            if r.ending and r.record.stance == "states"
        ],
        memberships,
        lambda a, b: not clash(a, b),
    )
    found = []
    for report in dated:
        eve = ends.first(report.record.value, report.k)
        days = [FOREVER if eve is None else eve + 1, _first_after(limits.changes, report.k)]
        if report.record.value <= PASSABLE:
            days.append(_first_after(limits.closings, report.k))
        found.append(min(days))
    return found


def _first_after(days: Sequence[int], k: int) -> int:
    i = bisect_right(days, k)
    return days[i] if i < len(days) else FOREVER
