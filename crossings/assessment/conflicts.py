"""Where reports differ: several values over the same days, one change dated differently. Pure functions."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .answers import Answer, Segment
from .records import Bounds, Clash, Level, ReportRecord, Value

DAY = datetime.timedelta(days=1)

Kind = Literal["disputed", "possible", "compatible"]
#: A value by the memberships of a day: a member counts for its umbrella.
RollUp = Callable[[Value, datetime.date], Value]
#: Closures without overlap that begin no further apart than this may still be one.
ONE_CLOSURE_DAYS = 31


def as_named(value: Value, day: datetime.date) -> Value:
    """A value as the source names it, whatever the day."""
    return value


# --- Several values over the same days


@dataclass(frozen=True, slots=True)
class ConflictingValue:
    """One reported value (what is denied, for a denial) and the reports that put it there."""

    value: Value
    denies: bool
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimelineConflict:
    """Days on end over which a timeline has several values, as (first, last, level), and the values.

    "disputed": sources contradict each other. "possible": the dates given leave it open which is true.
    "compatible": one names more or says it more narrowly.
    """

    kind: Kind
    segments: tuple[tuple[datetime.date, datetime.date, Level], ...]
    sides: tuple[ConflictingValue, ...]

    @property
    def first(self) -> datetime.date:
        return self.segments[0][0]

    @property
    def last(self) -> datetime.date:
        return self.segments[-1][1]


Sides = dict[tuple[Value, bool], set[str]]


def timeline_conflicts(
    segments: Iterable[Segment], values: Mapping[str, Value], roll_up: RollUp = as_named
) -> list[TimelineConflict]:
    """The conflicts of one timeline in the order of time; `values` are those of the reports, by their ids.

    Values are compared by the memberships of the last of these days: who names a member and who names its
    umbrella then say the same, which is no conflict.
    """
    found: list[tuple[bool, list[tuple[Segment, Sides]]]] = []
    for segment in segments:
        sides = _sides(segment.answer, values)
        if len(_rolled(sides, segment.first, roll_up)) < 2:
            continue
        clashing = bool(segment.answer.alternatives)
        if found and found[-1][0] == clashing and found[-1][1][-1][0].last + DAY == segment.first:
            found[-1][1].append((segment, sides))
        else:
            found.append((clashing, [(segment, sides)]))
    conflicts = (_conflict(clashing, rows, roll_up) for clashing, rows in found)
    return [conflict for conflict in conflicts if len(conflict.sides) > 1]


def _sides(answer: Answer, values: Mapping[str, Value]) -> Sides:
    sides: Sides = defaultdict(set)
    for alternative in answer.alternatives:
        sides[alternative.value, alternative.stance == "denies"].update(alternative.reports)
    if not sides:
        for ident in answer.supporting:
            if ident in values:
                sides[values[ident], False].add(ident)
    return sides


def _rolled(sides: Sides, day: datetime.date, roll_up: RollUp) -> Sides:
    rolled: Sides = defaultdict(set)
    for (value, denies), reports in sides.items():
        rolled[roll_up(value, day), denies] |= reports
    return rolled


def _conflict(clashing: bool, rows: Sequence[tuple[Segment, Sides]], roll_up: RollUp) -> TimelineConflict:
    sides: Sides = defaultdict(set)
    for _, found in rows:
        for key, reports in _rolled(found, rows[-1][0].first, roll_up).items():
            sides[key] |= reports
    levels = {segment.answer.level for segment, _ in rows}
    kind: Kind = "compatible" if not clashing else "disputed" if "disputed" in levels else "possible"
    return TimelineConflict(
        kind,
        _joined((segment.first, segment.last, segment.answer.level) for segment, _ in rows),
        tuple(
            ConflictingValue(value, denies, tuple(sorted(sides[value, denies])))
            for value, denies in sorted(sides, key=lambda key: (key[1], sorted(key[0])))
        ),
    )


def _joined(
    segments: Iterable[tuple[datetime.date, datetime.date, Level]],
) -> tuple[tuple[datetime.date, datetime.date, Level], ...]:
    """Neighbours of one level as one segment."""
    joined: list[tuple[datetime.date, datetime.date, Level]] = []
    for first, last, level in segments:
        if joined and joined[-1][2] == level and joined[-1][1] + DAY == first:
            joined[-1] = (joined[-1][0], last, level)
        else:
            joined.append((first, last, level))
    return tuple(joined)


# --- One change, dated differently


@dataclass(frozen=True, slots=True)
class DateConflict:
    """One beginning ("starts") or end ("ends") of a value, given by reports that exclude each other."""

    name: Literal["starts", "ends"]
    value: Value
    reports: tuple[str, ...]


def date_conflicts(
    records: Iterable[ReportRecord],
    clash: Clash,
    segments: Sequence[Segment] = (),
    roll_up: RollUp = as_named,
) -> list[DateConflict]:
    """Changes on one timeline that are dated differently by those who state them.

    Two dates of the same value are of one change unless, between them, the answer (`segments`) or any
    report has a value that clashes, or the same value begins or ends: then they are two changes. A closure
    may end and begin again without anybody telling it, so two of a status are one only if their days overlap
    or they lie within ONE_CLOSURE_DAYS.
    """
    affirmed = [r for r in records if r.assessed and r.stance != "denies"]
    stated = sorted((r for r in affirmed if r.stance == "states"), key=lambda r: (sorted(r.value), r.id))
    found = []
    names: tuple[Literal["starts"], Literal["ends"]] = ("starts", "ends")
    for name in names:
        dated = [r for r in stated if getattr(r, name)]
        groups: list[set[str]] = []
        for i, a in enumerate(dated):
            for b in dated[i + 1 :]:
                if _exclude(getattr(a, name), getattr(b, name)) and _may_be_one(a, b, name, roll_up):
                    low, high = _gap(getattr(a, name), getattr(b, name))
                    divided = any(_speaks_between(r, a.value, low, high, name, clash) for r in affirmed)
                    if not divided and not _answers_between(segments, a.value, low, high, clash):
                        _join(groups, a.id, b.id)
        by_id = {r.id: r for r in dated}
        found += [DateConflict(name, by_id[min(group)].value, tuple(sorted(group))) for group in groups]
    return found


def _may_be_one(a: ReportRecord, b: ReportRecord, name: str, roll_up: RollUp) -> bool:
    """Whether two reports of a beginning or an end can be of one change, whatever lies between."""
    low, high = _gap(getattr(a, name), getattr(b, name))
    if roll_up(a.value, high) != roll_up(b.value, high):
        return False
    return a.kind == "control" or high - low <= ONE_CLOSURE_DAYS * DAY or _overlap(a, b)


def _overlap(a: ReportRecord, b: ReportRecord) -> bool:
    (first, last), (begin, end) = _told_days(a), _told_days(b)
    return first <= end and begin <= last


def _told_days(record: ReportRecord) -> tuple[datetime.date, datetime.date]:
    """From the first to the last day that a report's dates can mean; open ends reach as far as there is."""
    dates = [bounds for bounds in (record.starts, record.as_of, record.ends) if bounds]
    return (
        min(bounds.earliest or datetime.date.min for bounds in dates),
        max(bounds.latest or datetime.date.max for bounds in dates),
    )


def _join(groups: list[set[str]], a: str, b: str) -> None:
    touching = [group for group in groups if a in group or b in group]
    for group in touching:
        groups.remove(group)
    groups.append({a, b}.union(*touching))


def _exclude(a: Bounds, b: Bounds) -> bool:
    return _ends_before(a, b) or _ends_before(b, a)


def _ends_before(a: Bounds, b: Bounds) -> bool:
    return a.latest is not None and b.earliest is not None and a.latest < b.earliest


def _gap(a: Bounds, b: Bounds) -> tuple[datetime.date, datetime.date]:
    first, second = (a, b) if _ends_before(a, b) else (b, a)
    return first.latest or datetime.date.min, second.earliest or datetime.date.max


def _speaks_between(
    record: ReportRecord, value: Value, low: datetime.date, high: datetime.date, name: str, clash: Clash
) -> bool:
    """Whether a report shows that two changes, not one, lie at `low` and `high`."""
    if clash(record.value, value):
        return any(_within(bounds, low, high) for bounds in (record.starts, record.ends, record.as_of))
    other = record.ends if name == "starts" else record.starts
    return record.value == value and _within(other, low, high)


def _answers_between(
    segments: Sequence[Segment], value: Value, low: datetime.date, high: datetime.date, clash: Clash
) -> bool:
    """Whether there is an answer that clashes with `value` on a day between the two."""
    return any(
        s.answer.value and clash(s.answer.value, value) and s.last > low and s.first < high for s in segments
    )


def _within(bounds: Bounds | None, low: datetime.date, high: datetime.date) -> bool:
    if bounds is None or bounds.earliest is None or bounds.latest is None:
        return False
    return low <= bounds.earliest and bounds.latest <= high
