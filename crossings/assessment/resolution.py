"""What the reports active on a day add up to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import NamedTuple

from .activity import Limits
from .records import (
    FAR_APART_DAYS,
    PASSABLE,
    TOLD_LATER_DAYS,
    Clash,
    Level,
    Memberships,
    Value,
    clash_status,
    common,
    to_date,
)
from .tally import UNKNOWN_DAY, Group, Tally
from .wires import NOBODY, WireBits, WireSet
from .words import Entry, WordAxis


class Side(NamedTuple):
    """One of several values that are reported for a day, or (`denied`) one that is denied."""

    value: Value
    denied: bool
    level: Level
    wires: WireSet = NOBODY
    also: WireSet = NOBODY
    told_in: int | None = None


class Resolution(NamedTuple):
    """An answer without its reports and ages; `used` and `unused` are marks of reports (see Tally).

    `value` is empty where there are several `sides`. `before_on` and `after_on` are days. `last_disagree`:
    disputed, and only because those who spoke last disagree.
    """

    level: Level = "unknown"
    value: Value = frozenset()
    sides: tuple[Side, ...] = ()
    wires: WireSet = NOBODY
    also: WireSet = NOBODY
    before: WireSet = NOBODY
    after: WireSet = NOBODY
    before_on: int | None = None
    after_on: int | None = None
    far: bool = False
    indirect: bool = False
    last_disagree: bool = False
    told_in: int | None = None
    passed_by: int | None = None
    used: int = 0
    unused: int = 0


class Values(NamedTuple):
    """Several values in order, those of them that clash with another one, and what all have in common."""

    ordered: tuple[Value, ...]
    clashing: frozenset[Value]
    common: Value


@dataclass(frozen=True, slots=True)
class Question:
    """What a day is resolved with, the same for every day of a timeline."""

    axis: WordAxis
    limits: Limits
    clash: Clash
    memberships: Memberships
    bits: WireBits
    _compared: dict[frozenset[Value], Values] = field(default_factory=dict, repr=False, compare=False)
    _agreeing: dict[frozenset[Value], dict[Value, tuple[Value, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def compared(self, values: Iterable[Value]) -> Values:
        """How several values relate; the same few meet on most days, so each set is compared once."""
        key = frozenset(values)
        if key not in self._compared:
            ordered = tuple(sorted(key, key=sorted))
            clash = self.clash
            clashing = frozenset(v for v in ordered if any(clash(v, other) for other in ordered))
            self._compared[key] = Values(ordered, clashing, common(ordered, clash))
        return self._compared[key]

    def agreeing(self, values: frozenset[Value]) -> dict[Value, tuple[Value, ...]]:
        """For each of several values those that do not clash with it."""
        if values not in self._agreeing:
            self._agreeing[values] = {v: tuple(o for o in values if not self.clash(v, o)) for v in values}
        return self._agreeing[values]

    def common_on(self, epoch: int, values: Iterable[Value]) -> Value:
        """The common value of several that are as the sources name them."""
        rolled = {self.memberships.roll_up(value, epoch) for value in values}
        return common(sorted(rolled, key=sorted), self.clash)


class Rest(NamedTuple):
    """What an answer has whatever its level."""

    indirect: bool
    used: int
    unused: int


def resolve(tally: Tally, day: int, question: Question) -> Resolution:
    """The answer that the reports counted in `tally` give for a day."""
    all_marks = tally.stated_mark + tally.other_mark + sum(tally.denial_marks.values())
    stated = {value: group for value, group in tally.groups.items() if group.stated}
    taken: Mapping[Value, Group] = stated or tally.groups
    if not taken:
        return Resolution(unused=all_marks)
    ordered, clashing, value = question.compared(taken)
    at_stake = ordered if clashing else [value]
    denied = [v for v in tally.denials if any(v & other for other in at_stake)]
    used = tally.stated_mark if stated else tally.other_mark
    used += sum(tally.denial_marks[v] for v in denied)
    indirect = not stated and not any(group.direct for group in taken.values())
    rest = Rest(indirect, used, all_marks - used)
    if clashing or denied:
        return _split(rest, tally, day, {v: taken[v] for v in ordered}, clashing, denied, question)
    return _agreed(rest, value, tally, day, taken, question)


# --- Several values


def _split(
    rest: Rest,
    tally: Tally,
    day: int,
    taken: Mapping[Value, Group],
    clashing: frozenset[Value],
    denied: Sequence[Value],
    question: Question,
) -> Resolution:
    """Disputed, or possible with its alternatives; `taken` in the order of its values."""
    stated = any(group.stated for group in taken.values())
    groups = [taken[value] for value in clashing]
    agreeing = _agreeing_with(taken, tally, question)
    carried = bool(groups) and not stated and not any(group.possible for group in groups)
    dispute = bool(denied) or stated or carried or any(group.claims for group in groups)
    sides = [
        Side(
            value,
            False,
            _level(group),
            wires := _counted(value, tally, stated, taken, question),
            agreeing[value] & ~wires,
            _told_in(day, [group]) if group.stated else None,
        )
        for value, group in taken.items()
    ]
    for value in sorted(denied, key=sorted):
        sides.append(Side(value, True, "stated" if tally.stated_denials[value] else "possible"))
    return Resolution(
        level="disputed" if dispute else "possible",
        sides=tuple(sides),
        last_disagree=carried and not denied,
        **rest._asdict(),
    )


def _level(group: Group) -> Level:
    return "stated" if group.stated else "possible" if group.possible else "carried"


# --- One value


def _agreed(
    rest: Rest,
    value: Value,
    tally: Tally,
    day: int,
    taken: Mapping[Value, Group],
    question: Question,
) -> Resolution:
    stated = any(group.stated for group in taken.values())
    if not stated:
        around = _around(day, value, taken, question)
        if around:
            return _between(rest, value, day, tally, taken, question, *around)
    level: Level = "stated" if stated else "carried"
    if any(group.possible for group in taken.values()) and not stated:
        level = "possible"
    wires = _counted(value, tally, stated, taken, question)
    return Resolution(
        level=level,
        value=value,
        wires=wires,
        also=_agreeing(value, tally, question) & ~wires,
        told_in=_told_in(day, taken.values()) if stated else None,
        passed_by=_passed_by(day, taken, question) if level == "carried" else None,
        **rest._asdict(),
    )


Neighbour = tuple[int, Entry]


def _around(
    day: int, value: Value, taken: Mapping[Value, Group], question: Question
) -> tuple[Neighbour, Neighbour] | None:
    """The last words before a day and the next from it on, where the day lies between them.

    They are compared by the memberships of the later day. Values that were taken by other names agree there.
    """
    before, after = question.axis.before(day), question.axis.after(day)
    if before is None or after is None:
        return None
    entries = before[1], after[1]
    if any(entry.over is not None and entry.over <= day for entry in entries):
        return None
    if any(entry.begun is not None and entry.begun > day for entry in entries):
        return None
    limits = question.limits
    if _any_within(limits.changes, before[0], after[0]):
        return None
    if value <= PASSABLE and _any_within(limits.closings, before[0], after[0]):
        return None
    epoch = after[1].epoch
    values = {question.memberships.roll_up(v, epoch) for entry in entries for v, _ in entry.sayings}
    values.add(_then(epoch, taken, question))
    if any(question.clash(a, b) for a in values for b in values):
        return None
    return before, after


def _any_within(days: Sequence[int], after: int, up_to: int) -> bool:
    return bisect_right(days, after) < bisect_right(days, up_to)


def _then(epoch: int, taken: Mapping[Value, Group], question: Question) -> Value:
    """The value by the memberships of another day."""
    return question.common_on(epoch, {named for group in taken.values() for named in group.as_named})


def _between(
    rest: Rest,
    value: Value,
    day: int,
    tally: Tally,
    taken: Mapping[Value, Group],
    question: Question,
    before: Neighbour,
    after: Neighbour,
) -> Resolution:
    saying = _saying(value, tally, taken, question)
    earlier = _union(group.spoke.present for group in saying) or before[1].wires
    later = after[1].wires
    return Resolution(
        level="between",
        value=value,
        before_on=before[0],
        after_on=after[0],
        before=earlier,
        after=later,
        wires=earlier | later,
        also=_agreeing(value, tally, question) & ~(earlier | later),
        far=after[0] != day and after[0] - before[0] > FAR_APART_DAYS,
        **rest._asdict(),
    )


def _passed_by(day: int, taken: Mapping[Value, Group], question: Question) -> int | None:
    """The next day on which others held it, where nobody says when that began."""
    after = question.axis.after(day)
    if after is None:
        return None
    on, entry = after
    value = _then(entry.epoch, taken, question)
    others = [
        tells_start
        for other, tells_start in entry.sayings
        if question.clash(question.memberships.roll_up(other, entry.epoch), value)
    ]
    return on if others and not any(others) else None


# --- Whose word it is


def _saying(value: Value, tally: Tally, taken: Mapping[Value, Group], question: Question) -> list[Group]:
    """The groups that say at least this value: who says that A and B hold it says that A does.

    Of a status they say just this. Where nobody says all of a value, each says a part of it.
    """
    groups = tally.groups
    if question.clash is clash_status:
        return [groups[value]] if value in groups else []
    if any(value <= other for other in taken):
        return [group for other, group in groups.items() if value <= other]
    return [group for other, group in groups.items() if other <= value]


def _counted(
    value: Value, tally: Tally, stated: bool, taken: Mapping[Value, Group], question: Question
) -> WireSet:
    """The wires that count for a value: on a day that is stated, those whose own dates speak of it."""
    saying = _saying(value, tally, taken, question)
    return _union((group.covers if stated else group.active).present for group in saying)


def _agreeing(value: Value, tally: Tally, question: Question) -> WireSet:
    clash = question.clash
    return _union(group.active.present for other, group in tally.groups.items() if not clash(other, value))


def _agreeing_with(taken: Iterable[Value], tally: Tally, question: Question) -> dict[Value, WireSet]:
    """The wires that agree with each of several values; those that the same values agree with share them."""
    unions: dict[tuple[Value, ...], WireSet] = {}
    found = {}
    for value, others in question.agreeing(frozenset(tally.groups)).items():
        if value in taken:
            if others not in unions:
                unions[others] = _union(tally.groups[other].active.present for other in others)
            found[value] = unions[others]
    return found


def _union(sets: Iterable[WireSet]) -> WireSet:
    return reduce(or_, sets, NOBODY)


def _told_in(day: int, groups: Iterable[Group]) -> int | None:
    """The year of the first text that states it, where all appeared more than a year after the day."""
    published = [group.published[0] for group in groups if group.published]
    if not published or min(published) == UNKNOWN_DAY or min(published) <= day + TOLD_LATER_DAYS:
        return None
    return to_date(min(published)).year
