"""The days on which reports that state something are sure of it, as one axis to look things up on.

The axis falls into entries: days on which the same words are valid, never across the edge of an epoch of
memberships. What lies between two words, and what comes after one, is read here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple, TypeVar, cast

from .dating import DatedReport
from .records import Memberships, Value
from .wires import CountedWires, WireBits, WireSet

T = TypeVar("T", bound=Hashable)

#: A value, and whether the report says when it began.
Saying = tuple[Value, bool]


class Entry(NamedTuple):
    """Days with the same words: what they say, whose they are, and how far they reach.

    `wires` are those whose own dates are sure of these days, all of them where none is. `over` is the first
    day on which one of the reports is surely over, `begun` the last day before which one may not have begun.
    `sure` are the values of reports whose words are days from lo to hi, not one day alone for want of any.
    """

    first: int
    last: int
    epoch: int
    sayings: frozenset[Saying]
    wires: WireSet
    over: int | None
    begun: int | None
    sure: frozenset[Value]


class WordAxis:
    """Entries in order of time. Built in near-linear time from the words of `states` reports."""

    def __init__(
        self, reports: Iterable[DatedReport], memberships: Memberships, bits: WireBits | None = None
    ) -> None:
        """`bits` are those of the timeline, where the wires of the entries are to be compared with others."""
        stating = [r for r in reports if r.record.stance == "states"]
        self.entries = list(_entries(stating, memberships, bits or WireBits()))
        self._firsts = [entry.first for entry in self.entries]
        self._lasts = [entry.last for entry in self.entries]
        self._memberships = memberships
        self._rolled: dict[tuple[frozenset[Value], int], frozenset[Value]] = {}
        self._values = [self.values(entry) for entry in self.entries]
        self._next_other = _next_other(list(zip(self._values, (e.epoch for e in self.entries), strict=True)))

    def values(self, entry: Entry) -> frozenset[Value]:
        """What the entry is sure of, rolled up to the umbrellas of its days."""
        key = entry.sure, entry.epoch
        if key not in self._rolled:
            self._rolled[key] = frozenset(self._memberships.roll_up(v, entry.epoch) for v in entry.sure)
        return self._rolled[key]

    def cuts(self) -> Iterable[int]:
        """Days on which what lies before or after a day may change."""
        for entry in self.entries:
            yield from (entry.first, entry.first + 1, entry.last + 1)

    def before(self, day: int) -> tuple[int, Entry] | None:
        """The last day before this one on which there are words, and its entry."""
        i = bisect_left(self._firsts, day) - 1
        return None if i < 0 else (min(day - 1, self._lasts[i]), self.entries[i])

    def after(self, day: int) -> tuple[int, Entry] | None:
        """The next day, this one included, on which there are words, and its entry."""
        i = bisect_left(self._lasts, day)
        return None if i == len(self.entries) else (max(day, self._firsts[i]), self.entries[i])

    def first_other(self, value: Value, k: int) -> int | None:
        """The first day after k with a sure word of another value than this one."""
        i = bisect_right(self._lasts, k)
        while i < len(self.entries):
            entry = self.entries[i]
            if any(v != self._memberships.roll_up(value, entry.epoch) for v in self._values[i]):
                return max(k + 1, entry.first)
            i = self._next_other[i]
        return None


def _next_other(values: list[tuple[frozenset[Value], int]]) -> list[int]:
    """For each entry the next one that says anything else, or that lies in another epoch."""
    following = [len(values)] * len(values)
    for i in range(len(values) - 2, -1, -1):
        following[i] = following[i + 1] if values[i] == values[i + 1] else i + 1
    return following


@dataclass(slots=True)
class _Valid:
    """The words that are valid on the day that the sweep has come to."""

    bits: WireBits
    sayings: Counter[Saying] = field(default_factory=Counter)
    sure: Counter[Value] = field(default_factory=Counter)
    wires: CountedWires = field(default_factory=CountedWires)
    own_wires: CountedWires = field(default_factory=CountedWires)
    open_words: set[int] = field(default_factory=set)
    ends: list[tuple[int, int]] = field(default_factory=list)  # (latest end, word)
    begins: list[tuple[int, int]] = field(default_factory=list)  # (minus latest start, word)
    #: What the entries say, each set of it made once: the same few return on thousands of days.
    shared: dict[Hashable, Hashable] = field(default_factory=dict)

    def change(self, word: int, report: DatedReport, own: bool, by: int) -> None:
        record = report.record
        _count(self.sayings, (record.value, report.tells_start), by)
        wire = self.bits.bit(record.wire)
        self.wires.add(wire, by)
        if report.lo <= report.hi:
            _count(self.sure, record.value, by)
        if own:
            self.own_wires.add(wire, by)
        if by > 0:
            self.open_words.add(word)
            if report.over is not None:
                heappush(self.ends, (report.over, word))
            if report.begun is not None:
                heappush(self.begins, (-report.begun, word))
        else:
            self.open_words.discard(word)

    def entry(self, first: int, last: int, epoch: int) -> Entry:
        for heap in (self.ends, self.begins):
            while heap and heap[0][1] not in self.open_words:
                heappop(heap)
        return Entry(
            first,
            last,
            epoch,
            self._share(frozenset(self.sayings)),
            self.own_wires.present or self.wires.present,
            self.ends[0][0] if self.ends else None,
            -self.begins[0][0] if self.begins else None,
            self._share(frozenset(self.sure)),
        )

    def _share(self, found: T) -> T:
        return cast(T, self.shared.setdefault(found, found))


def _count(counter: Counter[T], key: T, by: int) -> None:
    count = counter.get(key, 0) + by
    if count:
        counter[key] = count
    else:
        del counter[key]


def _entries(reports: list[DatedReport], memberships: Memberships, bits: WireBits) -> Iterable[Entry]:
    words = [(first, last, own, r) for r in reports for first, last, own in r.words]
    changes: dict[int, list[tuple[int, int]]] = {}
    for i, (first, last, _, _) in enumerate(words):
        changes.setdefault(first, []).append((i, 1))
        changes.setdefault(last + 1, []).append((i, -1))
    for first in memberships.firsts:
        changes.setdefault(first, [])
    valid, days = _Valid(bits), sorted(changes)
    for i, day in enumerate(days):
        for word, by in changes[day]:
            valid.change(word, words[word][3], words[word][2], by)
        if valid.sayings:
            entry = valid.entry(day, days[i + 1] - 1, memberships.epoch(day))
            yield entry
