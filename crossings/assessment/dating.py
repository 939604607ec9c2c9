"""The days of one report: by its own dates, then narrowed by what other reports tell more exactly.

In this package a day is its proleptic ordinal, and every interval includes both its ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .records import Bounds, Clash, Memberships, ReportRecord, Value

#: First and last day of a vague date; None is open on that side. None as a whole: no such date is given.
Range = tuple[int | None, int | None]
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OwnDates:
    """The three dates of a report after they have bounded each other, and the edges that they give.

    `lo` and `hi` are the first and last day that the words vouch for; `first` and `last` the first and last
    day that they leave possible.
    """

    starts: Range | None
    as_of: Range | None
    ends: Range | None
    lo: int
    hi: int
    first: int
    last: int

    @property
    def speaks(self) -> bool:
        """False for what was over on the day it began: such dates leave no day at all."""
        return self.lo <= self.hi or self.first <= self.last


@dataclass(frozen=True, slots=True)
class DatedReport:
    """A report with its days. `lo`, `hi`, `first`, `last` and `over` are those after narrowing.

    - `stated`: the days that its own dates vouch for, None where they vouch for no day for certain;
    - `own_days`: all days that its own dates speak of, surely or possibly; `own_words`: the sure ones;
    - `words`: the days it is sure of after narrowing, as intervals, each with whether they are its own;
    - `k`: its last word;
    - `begun`: latest start; `over`: latest end; `ending`: earliest and latest end, where both are known;
    - `tells_start`: it says when this began, not only that it had.
    """

    record: ReportRecord
    lo: int
    hi: int
    first: int
    last: int
    stated: Interval | None
    own_days: Interval
    own_words: Interval
    words: tuple[tuple[int, int, bool], ...]
    begun: int | None
    over: int | None
    ending: Interval | None
    tells_start: bool

    @property
    def k(self) -> int:
        return max(self.lo, self.hi)

    @property
    def carries(self) -> bool:
        return not self.record.ends and self.record.stance not in ("alleges", "denies")


def dated_reports(
    records: Sequence[ReportRecord], clash: Clash, memberships: Memberships
) -> list[DatedReport]:
    """The reports that speak of some day, with their days, in the order given."""
    own = [(record, dates) for record in records if (dates := own_dates(record)).speaks]
    starts = _narrower(own, lambda dates: dates.starts, clash, memberships)
    ends = _narrower(own, lambda dates: dates.ends, clash, memberships)
    return [_dated(record, dates, starts[i], ends[i]) for i, (record, dates) in enumerate(own)]


def own_dates(record: ReportRecord) -> OwnDates:
    """A report's own dates, which bound each other: it began, was so, and was then over.

    Where they exclude each other a date is left as near to the others as its own range allows.
    """
    s0, s1 = _ordinals(record.starts)
    a0, a1 = _ordinals(record.as_of)
    e0, e1 = _ordinals(record.ends)
    before = [day for day in (a1, None if e1 is None else e1 - 1) if day is not None]
    if record.starts and before and (s1 is None or s1 > min(before)):
        s1 = max(min(before), s0 or 0)
    if a0 is not None and a1 is not None:
        if e1 is not None:
            a1 = max(a0, min(a1, e1 - 1))
        if s0 is not None:
            a0 = min(a1, max(a0, s0))
    after = [day + 1 for day in (s0, a0) if day is not None]
    if record.ends and after and (e0 is None or e0 < max(after)):
        e0 = max(after) if e1 is None else min(max(after), e1)
    return _edges(
        (s0, s1) if record.starts else None,
        (a0, a1) if record.as_of else None,
        (e0, e1) if record.ends else None,
    )


def _ordinals(bounds: Bounds | None) -> Range:
    if bounds is None:
        return None, None
    return (
        bounds.earliest.toordinal() if bounds.earliest else None,
        bounds.latest.toordinal() if bounds.latest else None,
    )


def _edges(
    starts: Range | None, as_of: Range | None, ends: Range | None, own_lo: int | None = None
) -> OwnDates:
    """The edges that dates give; `own_lo` stands in for an end that was told more exactly (see `_dated`)."""
    s0, s1 = starts or (None, None)
    a0, a1 = as_of or (None, None)
    e0, e1 = ends or (None, None)
    eve = own_lo if own_lo is not None else None if e0 is None else e0 - 1
    lo = _first_known(s1, a1, eve)
    hi = e0 - 1 if e0 is not None else max((d for d in (s1, a0) if d is not None), default=lo)
    first = s0 if s0 is not None else a0 if a0 is not None else lo
    last = e1 - 1 if e1 is not None else max((d for d in (s1, a1) if d is not None), default=lo)
    if lo <= hi:
        first, last = min(first, lo), max(last, hi)
    return OwnDates(starts, as_of, ends, lo, hi, first, last)


def _first_known(*days: int | None) -> int:
    return next(day for day in days if day is not None)


def _one_vague_day(own: OwnDates) -> bool:
    """Whether lo…hi is one day that a single vague date gives: "in May" tells no day."""
    if own.lo != own.hi:
        return False
    s1 = own.starts[1] if own.starts else None
    gives_lo = own.starts if s1 is not None else own.as_of or own.ends
    if own.ends and own.ends[0] is not None:
        giving = [gives_lo, own.ends]
    else:
        a0 = own.as_of[0] if own.as_of else None
        giving = [gives_lo, own.starts if s1 == own.hi else None, own.as_of if a0 == own.hi else None]
    dates = [given for given in giving if given]
    return all(given is dates[0] for given in dates) and dates[0][0] != dates[0][1]


def _dated(
    record: ReportRecord, own: OwnDates, starts: Interval | None, ends: Interval | None
) -> DatedReport:
    """Own dates with the ranges that others give for the start and the end, None where none is narrower.

    "Until 2017" vouches for the end of 2016 whatever the exact day was: an end told more exactly moves `hi`
    and leaves `lo`. Ranges that together leave no day are of something else and are not taken over.
    """
    stated = None if own.lo > own.hi or _one_vague_day(own) else (own.lo, own.hi)
    now = own
    if starts or ends:
        now = _edges(starts or own.starts, own.as_of, ends or own.ends, own.lo)
        if not now.speaks:
            now = own
    own_words = stated or (max(own.lo, own.hi),) * 2
    e0, e1 = now.ends or (None, None)
    return DatedReport(
        record=record,
        lo=now.lo,
        hi=now.hi,
        first=now.first,
        last=now.last,
        stated=stated,
        own_days=(own.first, own.last),
        own_words=(own_words[0], own_words[1]),
        words=_words(now, stated, own_words[0]),
        begun=now.starts[1] if now.starts else None,
        over=e1,
        ending=(e0, e1) if e0 is not None and e1 is not None else None,
        tells_start=now.starts is not None and now.starts[0] is not None,
    )


def _words(now: OwnDates, stated: Interval | None, own_word: int) -> tuple[tuple[int, int, bool], ...]:
    """The stated days, lo and hi; only the later one where lo lies after hi."""
    words = [(stated[0], stated[1], True)] if stated else []
    for day in sorted({now.lo, now.hi} if now.lo <= now.hi else {now.lo}):
        if not stated or not stated[0] <= day <= stated[1]:
            words.append((day, day, not stated and day == own_word))
    return tuple(sorted(words))


# --- Narrowing


def _narrower(
    own: Sequence[tuple[ReportRecord, OwnDates]],
    pick: Callable[[OwnDates], Range | None],
    clash: Clash,
    memberships: Memberships,
) -> list[Interval | None]:
    """For each vague date the narrowest, then latest, range inside it that `states` reports give.

    A date open on a side neither takes nor gives a range. Ranges are looked up by their first day from the
    latest to the earliest, each kind of value in a tree over their last days: near-linear in the reports.
    """
    closed = [(i, r) for i, (_, dates) in enumerate(own) if (r := _closed(pick(dates)))]
    given = {(r, own[i][0].value) for i, r in closed if own[i][0].stance == "states"}
    asked = sorted(((r, i) for i, r in closed if r[0] < r[1]), key=lambda x: -x[0][0])
    waiting = sorted(given, key=lambda x: x[0][0])
    lasts = sorted({r[1] for r, _ in given})
    trees: dict[tuple[Value, int], _NarrowestUpTo] = {}
    found: list[Interval | None] = [None] * len(own)
    for (low, high), i in asked:
        while waiting and waiting[-1][0][0] >= low:
            (first, last), value = waiting.pop()
            key = value, memberships.epoch(last)
            trees.setdefault(key, _NarrowestUpTo(lasts)).add(last - first, last)
        mine = own[i][0].value
        best = min(
            (
                tree.best(high)
                for (value, epoch), tree in trees.items()
                if not clash(memberships.roll_up(value, epoch), memberships.roll_up(mine, epoch))
            ),
            default=_NOTHING,
        )
        if best[0] < high - low:
            found[i] = (-best[1] - best[0], -best[1])
    return found


def _closed(dates: Range | None) -> Interval | None:
    if dates is None or dates[0] is None or dates[1] is None:
        return None
    return dates[0], dates[1]


_NOTHING = (10**9, 0)


class _NarrowestUpTo:
    """Ranges by their last day; which of those that end up to a day is the narrowest, then the latest.

    A Fenwick tree of minima of (width, -last day).
    """

    def __init__(self, lasts: Sequence[int]) -> None:
        self._lasts = lasts
        self._tree: dict[int, tuple[int, int]] = {}

    def add(self, width: int, last: int) -> None:
        i, entry = bisect_left(self._lasts, last) + 1, (width, -last)
        while i <= len(self._lasts):
            if entry < self._tree.get(i, _NOTHING):
                self._tree[i] = entry
            i += i & -i

    def best(self, up_to: int) -> tuple[int, int]:
        i, best = bisect_left(self._lasts, up_to + 1), _NOTHING
        while i:
            best = min(best, self._tree.get(i, _NOTHING))
            i -= i & -i
        return best
