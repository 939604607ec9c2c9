"""Where reports differ: several values over the same days, one change dated differently. Pure functions."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .answers import Answer, Segment
from .records import Bounds, Clash, ReportRecord, Value

DAY = datetime.timedelta(days=1)

Kind = Literal["disputed", "possible", "compatible"]


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
    segments: tuple[tuple[datetime.date, datetime.date, str], ...]
    sides: tuple[ConflictingValue, ...]

    @property
    def first(self) -> datetime.date:
        return self.segments[0][0]

    @property
    def last(self) -> datetime.date:
        return self.segments[-1][1]


def timeline_conflicts(segments: Iterable[Segment], values: Mapping[str, Value]) -> list[TimelineConflict]:
    """The conflicts of one timeline in the order of time; `values` are those of the reports, by their ids."""
    found: list[tuple[bool, list[tuple[Segment, dict[tuple[Value, bool], set[str]]]]]] = []
    for segment in segments:
        sides = _sides(segment.answer, values)
        if len(sides) < 2:
            continue
        clashing = bool(segment.answer.alternatives)
        if found and found[-1][0] == clashing and found[-1][1][-1][0].last + DAY == segment.first:
            found[-1][1].append((segment, sides))
        else:
            found.append((clashing, [(segment, sides)]))
    return [_conflict(clashing, rows) for clashing, rows in found]


def _sides(answer: Answer, values: Mapping[str, Value]) -> dict[tuple[Value, bool], set[str]]:
    sides: dict[tuple[Value, bool], set[str]] = defaultdict(set)
    for alternative in answer.alternatives:
        sides[alternative.value, alternative.stance == "denies"].update(alternative.reports)
    if not sides:
        for ident in answer.supporting:
            if ident in values:
                sides[values[ident], False].add(ident)
    return sides


def _conflict(
    clashing: bool, rows: Sequence[tuple[Segment, Mapping[tuple[Value, bool], set[str]]]]
) -> TimelineConflict:
    sides: dict[tuple[Value, bool], set[str]] = defaultdict(set)
    for _, found in rows:
        for key, reports in found.items():
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
    segments: Iterable[tuple[datetime.date, datetime.date, str]],
) -> tuple[tuple[datetime.date, datetime.date, str], ...]:
    """Neighbours of one level as one segment."""
    joined: list[tuple[datetime.date, datetime.date, str]] = []
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
    records: Iterable[ReportRecord], clash: Clash, segments: Sequence[Segment] = ()
) -> list[DateConflict]:
    """Changes on one timeline that are dated differently by those who state them.

    Two dates of the same value are of one change unless, between them, the answer (`segments`) or any
    report has a value that clashes, or the same value begins or ends: then they are two changes.
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
                if a.value == b.value and _exclude(getattr(a, name), getattr(b, name)):
                    low, high = _gap(getattr(a, name), getattr(b, name))
                    divided = any(_speaks_between(r, a.value, low, high, name, clash) for r in affirmed)
                    if not divided and not _answers_between(segments, a.value, low, high, clash):
                        _join(groups, a.id, b.id)
        by_id = {r.id: r for r in dated}
        found += [DateConflict(name, by_id[min(group)].value, tuple(sorted(group))) for group in groups]
    return found


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
