"""What the rule gives back: answers, alternatives and segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

from .records import Level, Value

#: Wires by the last day that their own dates are sure of; None where that lies after the day asked for.
DatedWires = Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several values, with who reports it; with stance "denies", who says that it is not so.

    `wires` count for it on the day, `also` are others that agree with it. `told_in`: see Answer.
    """

    value: Value
    wires: DatedWires = field(hash=False)
    also: DatedWires = field(hash=False)
    reports: tuple[str, ...]
    level: Level
    stance: str
    told_in: int | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """The part of an answer that lists reports and wires."""

    alternatives: tuple[Alternative, ...] = ()
    wires: DatedWires = field(default_factory=dict, hash=False)
    also: DatedWires = field(default_factory=dict, hash=False)
    before: DatedWires = field(default_factory=dict, hash=False)
    after: DatedWires = field(default_factory=dict, hash=False)
    supporting: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """What the map shows for one question about a post on one day, and why. Never changes.

    - `value`: what is so; empty when unknown, and where several values are reported.
    - `last_reported`: the last day up to this one that the words of a report used are sure of; `age_days`
      counts from it. None where all reports used may only have begun later, and when unknown.
    - `before_on`, `after_on`: between two words, the days of these.
    - `stale`: carried, or disputed between carried words, for more than 365 days.
    - `far`: between words more than 730 days apart, with none on the day itself.
    - `indirect`: nothing used spoke of the post itself.
    - `last_disagree`: disputed only because those who reported last disagree.
    - `told_in`: the year of the first text that states this, where all appeared more than 365 days later.
    - `passed_by`: carried, and on this later day another value was reported; when it began is not told.
    - `next_change`: the first later day on which level, value, alternatives, `stale` or `far` differ.

    The rest lists reports and wires, and is put together when it is first asked for:

    - `wires`: the wires that count for `value`, by the day of their last own word; `wire_count` of them.
      Stated: those whose own dates speak of the day. Between: those of `before` and `after` together.
    - `also`: other wires that agree with it ("also consistent").
    - `before`, `after`: the wires on both sides of a day between; `after` with the day of the next word.
    - `alternatives`: where there is no single value, each of them; a denied one last.
    - `supporting`: ids of the reports used; `unused`: ids of the other active reports; `ahead`: ids of the
      next reports of an answer that lies between.
    """

    level: Level = "unknown"
    value: Value = frozenset()
    last_reported: date | None = None
    age_days: int | None = None
    before_on: date | None = None
    after_on: date | None = None
    stale: bool = False
    far: bool = False
    indirect: bool = False
    last_disagree: bool = False
    told_in: int | None = None
    passed_by: date | None = None
    next_change: date | None = None
    find_details: Callable[[], Details] = field(default=Details, repr=False)

    @cached_property
    def details(self) -> Details:
        return self.find_details()

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        return self.details.alternatives

    @property
    def wires(self) -> DatedWires:
        return self.details.wires

    @property
    def wire_count(self) -> int:
        """How many distinct wires are behind `value`; 0 where there is no single value."""
        return len(self.details.wires)

    @property
    def also(self) -> DatedWires:
        return self.details.also

    @property
    def before(self) -> DatedWires:
        return self.details.before

    @property
    def after(self) -> DatedWires:
        return self.details.after

    @property
    def supporting(self) -> tuple[str, ...]:
        return self.details.supporting

    @property
    def unused(self) -> tuple[str, ...]:
        return self.details.unused

    @property
    def ahead(self) -> tuple[str, ...]:
        return self.details.ahead

    def _heading(self) -> dict[str, object]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "find_details"}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Answer):
            return NotImplemented
        return self._heading() == other._heading() and self.details == other.details

    def __hash__(self) -> int:
        return hash((self.level, self.value, self.last_reported, self.next_change))

    def __reduce__(self) -> tuple[object, ...]:
        # With its lists, but without the timeline that they come from.
        return _restored, (self._heading(), self.details)


def _restored(heading: dict[str, Any], details: Details) -> Answer:
    return Answer(**heading, find_details=lambda: details)


@dataclass(frozen=True, slots=True)
class Segment:
    """Days, both included, on which nothing but age changes.

    The answer is that of the first day; what ages with the days (`age_days`, `last_reported` and `before_on`
    where each day has its own word, the days of single wires) is asked of the timeline for any other one.
    """

    first: date
    last: date
    answer: Answer
