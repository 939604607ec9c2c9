"""The active reports of a day, counted by value, so that a day can be resolved without listing them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field

from .activity import State
from .records import Memberships, ReportRecord, Value
from .wires import CountedWires, WireBits, WireSet

UNKNOWN_DAY = -1  # published nobody knows when


@dataclass(slots=True)
class Group:
    """Active reports of one value, denials apart.

    `covers` are the wires of those whose own dates speak of the day, `spoke` of those whose own dates were
    sure of a day before. `published` are the days on which the stated ones appeared, sorted.
    """

    stated: int = 0
    possible: int = 0
    carried: int = 0
    claims: int = 0
    direct: int = 0
    active: CountedWires = field(default_factory=CountedWires)
    covers: CountedWires = field(default_factory=CountedWires)
    spoke: CountedWires = field(default_factory=CountedWires)
    published: list[int] = field(default_factory=list)
    as_named: dict[Value, int] = field(default_factory=dict)

    def add(self, record: ReportRecord, state: State, by: int, wire: WireSet) -> None:
        if state.level == "stated":
            self.stated += by
            self._publish(record, by)
        elif state.level == "possible":
            self.possible += by
        else:
            self.carried += by
        self.claims += by * (record.stance == "claims")
        self.direct += by * (record.of == "post")
        self.active.add(wire, by)
        if state.covers:
            self.covers.add(wire, by)
        if state.spoke:
            self.spoke.add(wire, by)
        named = self.as_named.get(record.value, 0) + by
        if named:
            self.as_named[record.value] = named
        else:
            del self.as_named[record.value]

    def _publish(self, record: ReportRecord, by: int) -> None:
        first = record.published.earliest if record.published else None
        day = first.toordinal() if first else UNKNOWN_DAY
        if by > 0:
            insort(self.published, day)
        else:
            del self.published[bisect_left(self.published, day)]

    @property
    def size(self) -> int:
        return self.stated + self.possible + self.carried


class Tally:
    """Groups of active reports by their values as of one epoch of memberships, and denials.

    The marks are sums of numbers that stand for reports: equal marks, equal reports.
    """

    def __init__(self, epoch: int, memberships: Memberships, bits: WireBits) -> None:
        self.groups: dict[Value, Group] = {}
        self.denials: dict[Value, int] = {}
        self.stated_denials: Counter[Value] = Counter()
        self.stated_mark = 0
        self.other_mark = 0
        self.denial_marks: dict[Value, int] = {}
        self.epoch = epoch
        self.memberships = memberships
        self.bits = bits

    def add(self, record: ReportRecord, mark: int, state: State, by: int = 1) -> None:
        """Count a report in, or out again with `by=-1`."""
        value = self.memberships.roll_up(record.value, self.epoch)
        if record.stance == "denies":
            self.denials[value] = self.denials.get(value, 0) + by
            self.denial_marks[value] = self.denial_marks.get(value, 0) + by * mark
            self.stated_denials[value] += by * (state.level == "stated")
            if not self.denials[value]:
                del self.denials[value], self.denial_marks[value], self.stated_denials[value]
            return
        group = self.groups.get(value)
        if group is None:
            group = self.groups[value] = Group()
        group.add(record, state, by, self.bits.bit(record.wire))
        if not group.size:
            del self.groups[value]
        if state.level == "stated":
            self.stated_mark += by * mark
        else:
            self.other_mark += by * mark
