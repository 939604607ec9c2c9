"""What a report says, as the rule reads it: values, dates, stance, and the memberships of forces.

Everything here is checked when it is made and never changes afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
TRAFFICS = ("people", "goods", "aid", "refugees", "official")
DIRECTIONS = ("outbound", "inbound")
#: What words mean that name no kind of traffic.
UNQUALIFIED = frozenset({"people", "goods"})
PASSABLE = frozenset({"open", "limited"})
IMPASSABLE: Value = frozenset({"impassable"})
#: Carried for longer than this, an answer is stale; told later than this, it says so.
STALE_AFTER_DAYS = 365
TOLD_LATER_DAYS = 365
#: Two words further apart than this are far apart.
FAR_APART_DAYS = 730


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
class ReportRecord:
    """One published report as the rule sees it: one value of one post over one period.

    - `value`: ids of the forces that hold or guard the post, as the source names them (`Membership` says for
      whom they count), or one of STATUSES. A denial's is what is denied.
    - `starts`, `ends` (the first day that it was over), `as_of`: the dates that the words give.
    - `role`: one of VALUE_ROLES or OTHER_ROLES for control, "" for a status.
    - `published`: when the text appeared, None where unknown.
    - `passage`: id of the words it rests on. Two reports of one passage qualify each other: "closed but for
      aid". "" is a passage of its own.
    - `traffic` and `direction` ("both", "outbound", "inbound"): of a status; empty for control.

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
    published: Bounds | None = None
    passage: str = ""
    traffic: frozenset[str] = frozenset()
    direction: str = ""

    def __post_init__(self) -> None:
        self._check_words()
        if self.kind == "status":
            self._check_status()
        elif self.traffic or self.direction:
            raise RecordError(f"report {self.id}: who holds a post has no traffic and no direction")
        if self.as_of and not (self.as_of.earliest and self.as_of.latest):
            raise RecordError(f"report {self.id}: the time it speaks of needs a first and a last day")
        if not self._stands():
            raise RecordError(f"report {self.id}: its dates give no day on which it was so")

    def _check_words(self) -> None:
        if self.stance not in STANCES or self.of not in SUBJECTS:
            raise RecordError(f"report {self.id}: unknown stance {self.stance!r} or subject {self.of!r}")
        if self.role not in ("", *VALUE_ROLES, *OTHER_ROLES):
            raise RecordError(f"report {self.id}: unknown role {self.role!r}")
        if not self.value:
            raise RecordError(f"report {self.id}: no value")

    def _check_status(self) -> None:
        if len(self.value) > 1 or not self.value <= set(STATUSES):
            raise RecordError(f"report {self.id}: a status is one of {', '.join(STATUSES)}")
        if not self.traffic or not self.traffic <= set(TRAFFICS):
            raise RecordError(f"report {self.id}: the traffic of a status is of {', '.join(TRAFFICS)}")
        if self.direction not in ("both", *DIRECTIONS):
            raise RecordError(f"report {self.id}: unknown direction {self.direction!r}")

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
        """False for what is shown but never the value: plans, the frontier, unassessed roles."""
        return self.stance != "plans" and self.of != "frontier" and self.role not in OTHER_ROLES


@dataclass(frozen=True, slots=True)
class Membership:
    """A force that counts for another one from `since` to `until`, both days included; None is open.

    Raises RecordError for a force that would be its own umbrella and for days in the wrong order.
    """

    member: str
    umbrella: str
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.member == self.umbrella:
            raise RecordError(f"membership of {self.member}: a force is not its own umbrella")
        if self.since and self.until and self.since > self.until:
            raise RecordError(f"membership of {self.member}: {self.since} is after {self.until}")


class Memberships:
    """Whom a force counts for on a day. Days are proleptic ordinals.

    The axis of days falls into epochs, numbered from 0, inside which no membership begins or ends.
    """

    def __init__(self, memberships: Iterable[Membership] = (), forces: Iterable[str] | None = None) -> None:
        """`forces`, where given, are the only ones ever asked for: what does not concern them is left out."""
        dated = sorted(set(memberships), key=lambda m: (m.member, m.umbrella, str(m.since), str(m.until)))
        self._dated = dated if forces is None else _concerning(dated, set(forces))
        firsts = {m.since.toordinal() for m in self._dated if m.since}
        firsts |= {m.until.toordinal() + 1 for m in self._dated if m.until and m.until < date.max}
        #: First days of the epochs 1, 2, …
        self.firsts: tuple[int, ...] = tuple(sorted(firsts))
        self._above = [self._umbrellas(epoch) for epoch in range(len(self.firsts) + 1)]
        self._known: dict[tuple[Value, int], Value] = {}

    def _umbrellas(self, epoch: int) -> Mapping[str, Sequence[str]]:
        day = date.fromordinal(self.firsts[epoch - 1]) if epoch else None
        above: dict[str, list[str]] = {}
        for m in self._dated:
            begun = m.since is None or (day is not None and m.since <= day)
            if begun and not (m.until and day is not None and m.until < day):
                above.setdefault(m.member, []).append(m.umbrella)
        return above

    def epoch(self, day: int) -> int:
        return bisect_right(self.firsts, day)

    def roll_up(self, value: Value, epoch: int) -> Value:
        """The value with every member replaced by the umbrella that it counts for in the epoch."""
        above = self._above[epoch]
        if not above:
            return value
        key = value, epoch
        if key not in self._known:
            self._known[key] = frozenset().union(*(_tops(force, above) for force in value))
        return self._known[key]

    def on(self, value: Value, day: date) -> Value:
        """The value on a day."""
        return self.roll_up(value, self.epoch(day.toordinal()))


def _concerning(dated: Sequence[Membership], forces: set[str]) -> list[Membership]:
    size = -1
    while size != len(forces):
        size = len(forces)
        forces |= {m.umbrella for m in dated if m.member in forces}
    return [m for m in dated if m.member in forces]


def _tops(force: str, above: Mapping[str, Sequence[str]]) -> set[str]:
    """The umbrellas of umbrellas, as far as they go without coming back to the same force."""
    tops, seen, open_ends = set[str](), {force}, [force]
    while open_ends:
        at = open_ends.pop()
        higher = [u for u in above.get(at, ()) if u not in seen]
        if not higher:
            tops.add(at)
        seen.update(higher)
        open_ends += higher
    return tops


def clash_control(a: Value, b: Value) -> bool:
    """Two sets of holders clash when they have nobody in common."""
    return not a & b


_PASSING = frozenset(frozenset({status}) for status in PASSABLE)


def clash_status(a: Value, b: Value) -> bool:
    """Passable and impassable clash; open and limited do not, nor do closed and impassable.

    A status is one word, so a look-up does; this is asked hundreds of thousands of times.
    """
    return (a in _PASSING) != (b in _PASSING)


def common(values: Sequence[Value], clash: Clash) -> Value:
    """One value of several that do not clash: what all share, else the union; the most cautious status."""
    if clash is clash_status:
        return max(values, key=lambda v: STATUSES.index(min(v)))
    return frozenset.intersection(*values) or frozenset.union(*values)


_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


def to_date(day: int) -> date:
    """The date of an ordinal; beyond the calendar its last or first day."""
    if _FIRST <= day <= _LAST:
        return date.fromordinal(day)
    return date.min if day < _FIRST else date.max
