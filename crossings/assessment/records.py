"""The words of the rule: what a report says, what an answer says, and when two values clash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Level = Literal["unknown", "stated", "between", "possible", "carried", "disputed"]
Kind = Literal["control", "status"]
Value = frozenset[str]
Clash = Callable[[Value, Value], bool]

# The later in this order, the less a traveller should count on passing.
STATUSES = ("open", "limited", "closed", "impassable")
STANCES = ("states", "claims", "alleges", "denies", "plans")
SUBJECTS = ("post", "crossing", "place", "frontier")
VALUE_ROLES = ("holds", "guards")
OTHER_ROLES = ("assists", "backs", "present", "contests")
PASSABLE = frozenset({"open", "limited"})


class RecordError(ValueError):
    """A record that the rule cannot read: an unknown word, bounds in the wrong order, no day to stand on."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and last day that a vague date can mean, both included; None is open on that side."""

    earliest: date | None
    latest: date | None

    def __post_init__(self) -> None:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise RecordError(f"bounds: {self.earliest} is after {self.latest}")
        if not self.earliest and not self.latest:
            raise RecordError("bounds: open on both sides says nothing; give None instead")

    @classmethod
    def on(cls, day: date) -> Bounds:
        """The bounds of a date that is exact to the day."""
        return cls(day, day)


@dataclass(frozen=True, slots=True)
class Record:
    """One published report as the rule sees it. One value of one post over one period.

    `value` holds force ids rolled up to their umbrella (control) or one of STATUSES (status); a denial's is
    what is denied. `role` is "" for a status. `ends` is the first day that it was over.
    Raises RecordError for words that the rule does not know and for dates that give no day to stand on.
    """

    id: str
    value: Value
    starts: Bounds | None
    ends: Bounds | None
    as_of: Bounds | None
    stance: str
    of: str
    role: str
    wire: str

    def __post_init__(self) -> None:
        if self.stance not in STANCES or self.of not in SUBJECTS:
            raise RecordError(f"report {self.id}: unknown stance {self.stance!r} or subject {self.of!r}")
        if self.role not in ("", *VALUE_ROLES, *OTHER_ROLES):
            raise RecordError(f"report {self.id}: unknown role {self.role!r}")
        if not self.value:
            raise RecordError(f"report {self.id}: no value")
        if self.kind == "status" and (len(self.value) > 1 or not self.value <= set(STATUSES)):
            raise RecordError(f"report {self.id}: a status is one of {', '.join(STATUSES)}")
        if self.as_of and not (self.as_of.earliest and self.as_of.latest):
            raise RecordError(f"report {self.id}: the time it speaks of needs a first and a last day")
        if not self._stands():
            raise RecordError(f"report {self.id}: its dates give no day on which it was so")

    def _stands(self) -> bool:
        began = self.starts is not None and self.starts.latest is not None
        ended = self.ends is not None and self.ends.earliest is not None
        return began or ended or self.as_of is not None

    @property
    def kind(self) -> Kind:
        """Control reports have a role, status reports have none."""
        return "control" if self.role else "status"

    @property
    def assessed(self) -> bool:
        """False for what is shown but never the value: plans, the frontier, helpers and bystanders."""
        return self.stance != "plans" and self.of != "frontier" and self.role not in OTHER_ROLES


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several values on the table, with who says so; with stance "denies", who says it is not so."""

    value: Value
    wires: Value
    reports: tuple[str, ...]
    level: Level
    stance: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the map shows for one lane on one day, and why.

    `value` is empty when unknown, when disputed, and when several values that clash are possible: then they
    are in `alternatives`. `wires` gives for each value the wires of all live reports that say at least that.
    `supporting` are the reports that the answer rests on, `unused` the other live ones. `age_days` is the age
    of the latest word used: 0 on days that it reaches itself, None when unknown. `stale` is carried too long.
    `indirect`: nothing used spoke of the post itself.
    `next_change` is the first later day on which level, value, alternatives or staleness differ.
    """

    level: Level
    value: Value = frozenset()
    alternatives: tuple[Alternative, ...] = ()
    wires: Mapping[Value, Value] = field(default_factory=dict, hash=False)
    supporting: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    age_days: int | None = None
    stale: bool = False
    indirect: bool = False
    next_change: date | None = None

    @property
    def wire_count(self) -> int:
        """How many distinct wires are behind `value`; 0 where there is no single value."""
        return len(self.wires.get(self.value, ()))


@dataclass(frozen=True, slots=True)
class Segment:
    """A maximal run of days, both ends included, with one answer; its `age_days` is that of the first day."""

    first: date
    last: date
    answer: Answer


def clash_control(a: Value, b: Value) -> bool:
    """Two sets of holders clash when they have nobody in common."""
    return not a & b


def clash_status(a: Value, b: Value) -> bool:
    """Passable and impassable clash; open and limited do not, nor do closed and impassable."""
    return bool(a & PASSABLE) != bool(b & PASSABLE)


def common(values: Sequence[Value], clash: Clash) -> Value:
    """One value of several that do not clash: what all share, else the union; the most cautious status."""
    if clash is clash_status:
        return max(values, key=lambda v: STATUSES.index(min(v)))
    return frozenset.intersection(*values) or frozenset.union(*values)
