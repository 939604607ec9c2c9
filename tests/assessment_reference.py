"""The rule of docs/assessment.md read once more, from the words and day by day, without any shortcut.

Slow on purpose, and written apart from `crossings.assessment`: it shares the records and nothing else. Days
are ordinals. Sets of days end with the window that a reading is made for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from crossings.assessment import Membership, ReportRecord

CAUTION = ["open", "limited", "closed", "impassable"]
ORDER = ["stated", "between", "possible", "carried"]
NEVER = date.max.toordinal() + 1
Wires = frozenset[str]


@dataclass(frozen=True)
class Side:
    wires: Wires
    also: Wires
    reports: frozenset[str]
    told_in: int | None


@dataclass(frozen=True)
class Reading:
    """What the rule says of a day, in the simplest of terms."""

    level: str
    value: frozenset[str] = frozenset()
    sides: dict[tuple[frozenset[str], bool], Side] = field(default_factory=dict)
    last: int | None = None
    wires: Wires = frozenset()
    before: Wires = frozenset()
    after: Wires = frozenset()
    also: Wires = frozenset()
    used: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    before_on: int | None = None
    after_on: int | None = None
    far: bool = False
    stale: bool = False
    indirect: bool = False
    last_disagree: bool = False
    told_in: int | None = None
    passed_by: int | None = None


def pair(bounds: Any) -> list[int | None] | None:
    if bounds is None:
        return None
    return [b.toordinal() if b else None for b in (bounds.earliest, bounds.latest)]


class Dates:
    """The days of one report: by its own dates first, then as others give them more exactly."""

    def __init__(self, record: ReportRecord) -> None:
        self.record = record
        s, a, e = (pair(getattr(record, name)) for name in ("starts", "as_of", "ends"))
        # "By its own dates, which bound each other": it began, was so, and then was over.
        ceiling = [d for d in (a and a[1], e and e[1] and e[1] - 1) if d]
        if s and ceiling and (s[1] is None or s[1] > min(ceiling)):
            s[1] = max(min(ceiling), s[0] or 0)
        if a and e and e[1]:
            a[1] = max(a[0], min(a[1], e[1] - 1))
        if a and s and s[0]:
            a[0] = min(a[1], max(a[0], s[0]))
        floor = [d + 1 for d in (s and s[0], a and a[0]) if d]
        if e and floor and (e[0] is None or e[0] < max(floor)):
            e[0] = min(max(floor), e[1] or NEVER)
        self.s, self.a, self.e = s, a, e
        self.lo, self.hi = self.edges()
        self.own_lo = self.lo
        self.stated = set() if self.is_one_vague_day() else set(range(self.lo, self.hi + 1))
        self.own_words = self.words_of(self.stated)
        self.own_days = set(range(self.lo, self.hi + 1)) | set(range(self.first(), self.last() + 1))

    def edges(self, own_lo: int | None = None) -> tuple[int, int]:
        s, a, e = self.s, self.a, self.e
        lo = s[1] if s and s[1] else a[1] if a else own_lo or e[0] - 1
        later = max([d for d in (s and s[1], a and a[0]) if d], default=lo)
        return lo, e[0] - 1 if e and e[0] else later

    def is_one_vague_day(self) -> bool:
        """One day that one vague date gives, and no other date."""
        s, a, e = self.s, self.a, self.e
        lo_by = "s" if s and s[1] else "a" if a else "e"
        hi_by = (
            {"e"} if e and e[0] else {n for n, d in (("s", s and s[1]), ("a", a and a[0])) if d == self.hi}
        )
        exact = any(d and d[0] == d[1] for n, d in (("s", s), ("a", a), ("e", e)) if n in hi_by | {lo_by})
        return self.lo == self.hi and not exact and len(hi_by | {lo_by}) == 1

    def first(self) -> int:
        return self.s[0] if self.s and self.s[0] else self.a[0] if self.a else self.lo

    def last(self) -> int:
        if self.e and self.e[1]:
            return self.e[1] - 1
        return max([d for d in (self.s and self.s[1], self.a and self.a[1]) if d], default=self.lo)

    def words_of(self, stated: set[int]) -> set[int]:
        return stated | ({self.lo, self.hi} if self.lo <= self.hi else {max(self.lo, self.hi)})

    def narrow(self, start: list[int] | None, end: list[int] | None) -> None:
        """Take over the ranges that others give; None: nothing narrower is given."""
        own = self.s, self.e, self.lo, self.hi
        self.s, self.e = start or self.s, end or self.e
        self.lo, self.hi = self.edges(self.own_lo)
        if self.lo > self.hi and self.first() > self.last():
            self.s, self.e, self.lo, self.hi = own  # together they leave no day: they are of something else
        self.k = max(self.lo, self.hi)
        self.words = self.words_of(self.stated)
        self.possible = set(range(self.first(), self.last() + 1)) | set(range(self.lo, self.hi + 1))
        self.possible -= self.stated


class Slow:
    """All reports of one question about a post, on the days of a window.

    `changes`: days on which the post changed hands; `closings`: days on which closings begin that end what is
    passable here; `lifting`: reports on other traffic that show that the post is not impassable.
    """

    def __init__(
        self,
        records: Iterable[ReportRecord],
        window: tuple[int, int],
        memberships: Iterable[Membership] = (),
        *,
        changes: Iterable[int] = (),
        closings: Iterable[int] = (),
        lifting: Iterable[Dates] = (),
    ) -> None:
        self.window = range(window[0], window[1] + 1)
        self.memberships = list(memberships)
        self.changes, self.closings, self.lifting = list(changes), list(closings), list(lifting)
        self.all = [d for r in dict.fromkeys(records) if r.assessed and (d := Dates(r)).own_days]
        self.status = bool(self.all) and self.all[0].record.kind == "status"
        ranges = [(self.narrowest(d, "s"), self.narrowest(d, "e")) for d in self.all]
        for d, (start, end) in zip(self.all, ranges, strict=True):
            d.narrow(start, end)
        self.states = [d for d in self.all if d.record.stance == "states"]
        self.active = {id(d): self.active_days(d) for d in self.all}

    # --- values

    def rolled(self, value: frozenset[str], day: int) -> frozenset[str]:
        """Every member replaced by what it counts for on the day, as often as needed."""
        for _ in range(5):
            out = set()
            for force in value:
                out |= {
                    m.umbrella
                    for m in self.memberships
                    if m.member == force
                    and (not m.since or m.since.toordinal() <= day)
                    and (not m.until or day <= m.until.toordinal())
                } or {force}
            value = frozenset(out)
        return value

    def value(self, d: Dates, day: int) -> frozenset[str]:
        return d.record.value if self.status else self.rolled(d.record.value, day)

    def clash(self, a: frozenset[str], b: frozenset[str]) -> bool:
        if self.status:
            return (CAUTION.index(min(a)) < 2) != (CAUTION.index(min(b)) < 2)
        return not a & b

    def clash_on(self, a: Dates, b: Dates, day: int) -> bool:
        return self.clash(self.value(a, day), self.value(b, day))

    # --- days

    def narrowest(self, d: Dates, name: str) -> list[int] | None:
        own = getattr(d, name)
        if not own or None in own:
            return None
        inside = [
            r
            for other in self.all
            if other.record.stance == "states"
            and (r := getattr(other, name))
            and None not in r
            and own[0] <= r[0]
            and r[1] <= own[1]
            and r != own
            and not self.clash_on(d, other, r[1])
        ]
        return list(min(inside, key=lambda r: (r[1] - r[0], -r[1]))) if inside else None

    def superseded(self, d: Dates, k: int) -> int:
        """The first day from which it is."""
        days = [NEVER]
        if d.record.stance == "denies":
            return NEVER
        impassable = d.record.value == {"impassable"}
        for other in [*self.states, *(self.lifting if impassable else [])]:
            if other.lo > other.hi and min(other.possible | other.stated, default=0) <= k:
                continue
            days += [w for w in other.words if w > k and self.value(other, w) != self.value(d, w)]
        return min(days)

    def stops(self, d: Dates, k: int) -> int:
        """The first day on which it is not carried any longer."""
        days = [NEVER, *(c for c in self.changes if c > k)]
        if d.record.value <= {"open", "limited"}:
            days += [c for c in self.closings if c > k]
        for other in self.states:
            e = other.e
            if e and None not in e and e[0] > k and not self.clash_on(d, other, e[1] - 1):
                days.append(e[1])
        return min(days)

    def active_days(self, d: Dates) -> set[int]:
        carries = not d.record.ends and d.record.stance not in ("alleges", "denies")
        top = max([d.last(), *([d.hi] if d.lo <= d.hi else [])])
        silent = self.superseded(d, d.k)
        days = d.stated | {day for day in d.possible if day < silent}
        if carries:
            end = min(silent, self.stops(d, d.k), self.window.stop)
            days |= set(range(top + 1, end))
        return days

    def level(self, d: Dates, day: int) -> str | None:
        if day not in self.active[id(d)]:
            return None
        if day in d.stated and d.record.of == "post" and d.record.stance in ("states", "denies"):
            return "stated"
        return "possible" if day in d.stated or day in d.possible else "carried"

    # --- a day

    def on(self, day: int) -> Reading:
        live = [(d, level) for d in self.all if (level := self.level(d, day))]
        positive = [(d, level) for d, level in live if d.record.stance != "denies"]
        taken = [x for x in positive if x[1] == "stated"] or positive
        ids = frozenset(d.record.id for d, _ in live)
        if not taken:
            return Reading("unknown", unused=ids)
        values = {self.value(d, day) for d, _ in taken}
        clashing = [x for x in taken if any(self.clash(self.value(x[0], day), v) for v in values)]
        value = self.common(values)
        at_stake = values if clashing else {value}
        against = [d for d, _ in live if d.record.stance == "denies" and self.denied(d, day, at_stake)]
        used = frozenset(d.record.id for d in [*(d for d, _ in taken), *against])
        last = max((w for d, _ in taken for w in d.words if w <= day), default=None)
        reading = Reading(
            "disputed",
            last=last,
            used=used,
            unused=ids - used,
            indirect=all(d.record.of != "post" for d, _ in taken),
        )
        if clashing or against:
            return self.split(reading, day, positive, taken, clashing, against)
        return self.agreed(reading, day, value, positive, taken)

    def common(self, values: set[frozenset[str]]) -> frozenset[str]:
        if self.status:
            return max(values, key=lambda v: CAUTION.index(min(v)))
        return frozenset.intersection(*values) or frozenset.union(*values)

    def denied(self, d: Dates, day: int, at_stake: set[frozenset[str]]) -> bool:
        return any(self.value(d, day) & v for v in at_stake)

    def split(
        self, reading: Reading, day: int, positive: Any, taken: Any, clashing: Any, against: Any
    ) -> Any:
        levels = {level for _, level in clashing}
        claim = any(d.record.stance == "claims" for d, _ in clashing)
        dispute = bool(against) or claim or levels in ({"stated"}, {"carried"})
        sides = {
            (v, False): self.side(v, day, positive, [x for x in taken if self.value(x[0], day) == v])
            for v in {self.value(d, day) for d, _ in taken}
        }
        for d in against:
            key = self.value(d, day), True
            known = sides.get(key, Side(frozenset(), frozenset(), frozenset(), None))
            sides[key] = replace(
                known, wires=known.wires | {d.record.wire}, reports=known.reports | {d.record.id}
            )
        last_disagree = levels == {"carried"} and not against
        stale = last_disagree and reading.last is not None and day - reading.last > 365
        return replace(
            reading,
            level="disputed" if dispute else "possible",
            sides=sides,
            last_disagree=last_disagree,
            stale=stale,
        )

    def side(self, value: frozenset[str], day: int, positive: Any, mine: Any) -> Side:
        wires = self.counted(value, day, positive, mine)
        return Side(
            wires,
            self.agreeing(value, day, positive) - wires,
            frozenset(d.record.id for d, _ in mine),
            self.told_in(day, mine),
        )

    def counted(self, value: frozenset[str], day: int, positive: Any, taken: Any) -> Wires:
        stated = taken[0][1] == "stated"
        return frozenset(
            d.record.wire
            for d, _ in positive
            if self.says(d, value, day, taken) and (not stated or day in d.own_days)
        )

    def says(self, d: Dates, value: frozenset[str], day: int, taken: Any) -> bool:
        own = self.value(d, day)
        if self.status:
            return own == value
        if any(value <= self.value(t, day) for t, _ in taken):
            return value <= own
        return own <= value  # nobody says all of it: each says a part

    def agreeing(self, value: frozenset[str], day: int, positive: Any) -> Wires:
        return frozenset(d.record.wire for d, _ in positive if not self.clash(self.value(d, day), value))

    def told_in(self, day: int, taken: Any) -> int | None:
        if taken[0][1] != "stated":
            return None
        published = [d.record.published and d.record.published.earliest for d, _ in taken]
        if None in published or min(published).toordinal() <= day + 365:
            return None
        return min(published).year

    def agreed(self, reading: Reading, day: int, value: Any, positive: Any, taken: Any) -> Reading:
        levels = {level for _, level in taken}
        wires = self.counted(value, day, positive, taken)
        reading = replace(reading, value=value, wires=wires, told_in=self.told_in(day, taken))
        around = self.around(day, value, taken)
        if "stated" in levels:
            reading = replace(reading, level="stated")
        elif around:
            return self.between(reading, day, value, positive, taken, *around)
        else:
            reading = replace(reading, level="possible" if "possible" in levels else "carried")
        if reading.level == "carried":
            reading = replace(reading, stale=day - reading.last > 365, passed_by=self.passed_by(day, taken))
        return replace(reading, also=self.agreeing(value, day, positive) - wires)

    def around(self, day: int, value: frozenset[str], taken: Any) -> tuple[int, int] | None:
        before = max((w for d in self.states for w in d.words if w < day), default=None)
        after = min((w for d in self.states for w in d.words if w >= day), default=None)
        if before is None or after is None:
            return None
        near = [d for d in self.states if d.words & {before, after}]
        values = {self.value(d, after) for d in near}
        if any(self.clash(a, b) for a in values for b in [*values, self.common_on(after, taken)]):
            return None
        for d in near:
            over = d.e and d.e[1] is not None and d.e[1] <= day
            begun_later = d.s and d.s[1] is not None and d.s[1] > day
            if over or begun_later:
                return None
        stops = [*self.changes, *(self.closings if value <= {"open", "limited"} else [])]
        return None if any(before < c <= after for c in stops) else (before, after)

    def common_on(self, day: int, taken: Any) -> frozenset[str]:
        return self.common({self.value(d, day) for d, _ in taken})

    def between(
        self, reading: Reading, day: int, value: Any, positive: Any, taken: Any, before: int, after: int
    ) -> Reading:
        def wires_of(found: Iterable[Dates]) -> Wires:
            return frozenset(d.record.wire for d in found)

        saying = [d for d, _ in positive if self.says(d, value, day, taken)]
        earlier = wires_of(d for d in saying if any(w < day for w in d.own_words))
        ahead = [d for d in self.states if after in d.words]
        behind = [d for d in self.states if before in d.words]
        later = wires_of(d for d in ahead if after in d.own_words) or wires_of(ahead)
        own = [d for d in behind if before in d.own_words]
        earlier = earlier or wires_of(own) or wires_of(behind)
        return replace(
            reading,
            level="between",
            before_on=before,
            after_on=after,
            before=earlier,
            after=later,
            wires=earlier | later,
            also=self.agreeing(value, day, positive) - earlier - later,
            far=after != day and after - before > 730,
        )

    def passed_by(self, day: int, taken: Any) -> int | None:
        after = min((w for d in self.states for w in d.words if w >= day), default=None)
        if after is None:
            return None
        near = [d for d in self.states if after in d.words]
        value = self.common_on(after, taken)
        others = [d for d in near if self.clash(self.value(d, after), value)]
        tells_start = [d for d in others if d.s and d.s[0] is not None]
        return after if others and not tells_start else None

    # --- the holder

    def changes_of_hands(self) -> set[int]:
        changes: set[int] = set()
        core: frozenset[str] = frozenset()
        doubt, before = None, None
        for day in self.window:
            reading = self.on(day)
            if not reading.value:
                doubt = doubt or day
                continue
            core = self.rolled(core, day)
            if reading.used == before and doubt is None:
                core = core & reading.value or reading.value  # the same reports, by another name at most
            elif core and not core & reading.value:
                changes |= {day, doubt or day}
                core = reading.value
            else:
                core = core & reading.value or reading.value
            doubt, before = None, reading.used
        return changes


def slow_status(
    records: Iterable[ReportRecord],
    control: Iterable[ReportRecord],
    memberships: Iterable[Membership],
    window: tuple[int, int],
    question: tuple[str, str],
    *,
    changes: Iterable[int] | None = None,
) -> Slow:
    """One traffic in one direction, with all that the post's other reports have to do with it.

    `changes`: the days on which the post changed hands, where they are known already.
    """
    records = [r for r in records if r.assessed]
    if changes is None:
        changes = Slow(control, window, memberships).changes_of_hands()
    cells = {}
    for traffic in ("people", "goods", "aid", "refugees", "official"):
        for direction in ("outbound", "inbound"):
            cell = [
                r
                for r in records
                if r.value == {"impassable"} or (traffic in r.traffic and r.direction in ("both", direction))
            ]
            cells[traffic, direction] = Slow(cell, window)
    lifting = [d for cell in cells.values() for d in cell.states if d.record.value <= {"open", "limited"}]
    closings = []
    for cell in (cells["people", question[1]], cells["goods", question[1]]):
        for d in cell.states:
            if d.record.value == {"closed"} and _ends_other_traffic(d.record, records, question):
                closings.append(min(d.words))
    mine = [d.record for d in cells[question].all]
    if question[0] in ("people", "goods"):
        closings = []
    return Slow(mine, window, changes=changes, closings=closings, lifting=lifting)


def _ends_other_traffic(
    closing: ReportRecord, records: Iterable[ReportRecord], question: tuple[str, str]
) -> bool:
    """Whether a closing names no traffic, and its words do not except this one."""
    named = set(closing.traffic)
    for r in records:
        same = ("value", "starts", "ends", "as_of", "stance", "of", "direction")
        if closing.passage and r.passage == closing.passage:
            if all(getattr(r, f) == getattr(closing, f) for f in same):
                named |= r.traffic
            passes = r.value <= {"open", "limited"} and r.stance != "denies"
            if passes and question[0] in r.traffic and r.direction in ("both", question[1]):
                return False
    return {"people", "goods"} <= named
