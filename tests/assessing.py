"""Random lanes, and docs/assessment.md read once more: day by day, without any shortcut of the module."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crossings.assessment import (
    STATUSES,
    Answer,
    Bounds,
    Record,
    RecordError,
    clash_control,
    clash_status,
)

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=3000)
QUICK = settings.get_profile(os.environ.get("ASSESSMENT_PROFILE", "quick"))

START = date(2014, 1, 1)
SPAN = 40  # days in which the random reports fall: few enough for them to meet
AFTER = 3 * SPAN


def day(n: int) -> date:
    return START + timedelta(days=n)


def some(first: int | None, last: int | None = None) -> Bounds:
    """Bounds of a vague date; of an exact one where `last` is left out."""
    return Bounds(
        None if first is None else day(first), None if last is None and first is None else day(last or first)
    )


def make(value: str, *, id: str = "", kind: str = "control", **given: object) -> Record:
    """A report: `make("IS", starts=some(3))`; several holders as "A B"."""
    fields: dict[str, object] = {
        "starts": None,
        "ends": None,
        "as_of": None,
        "stance": "states",
        "of": "post",
    }
    fields |= {"role": "holds" if kind == "control" else "", "wire": "AP"} | given
    return Record(
        id=id or f"{value}{sorted(map(str, given.values()))}", value=frozenset(value.split()), **fields
    )


def status(value: str, **given: object) -> Record:
    return make(value, kind="status", **given)


# --- Random lanes ---

numbers = st.integers(0, SPAN)
exact = numbers.map(some)
vague = st.tuples(numbers, numbers).map(lambda ab: some(min(ab), max(ab)))
half_open = st.one_of(
    numbers.map(lambda n: Bounds(None, day(n))), numbers.map(lambda n: Bounds(day(n), None))
)


@st.composite
def records(draw: st.DrawFn, kind: str = "control", stances: Iterable[str] | None = None) -> Record:
    value = (
        draw(st.frozensets(st.sampled_from("ABC"), min_size=1, max_size=2))
        if kind == "control"
        else frozenset({draw(st.sampled_from(STATUSES))})
    )
    ranges = st.none() | exact | vague
    fields = {
        "value": value,
        "starts": draw(ranges | half_open),
        "ends": draw(st.none() | ranges | half_open),
        "as_of": draw(ranges),
        "stance": draw(
            st.sampled_from(list(stances or ["states"] * 6 + ["claims", "alleges", "denies", "plans"]))
        ),
        "of": draw(st.sampled_from(["post"] * 5 + ["place", "crossing", "frontier"])),
        "role": draw(st.sampled_from(["holds"] * 5 + ["guards", "present"])) if kind == "control" else "",
        "wire": draw(st.sampled_from(["AP", "AFP", "Reuters"])),
    }
    try:
        return Record(id=str(draw(st.integers(0, 10**9))), **fields)
    except RecordError:
        return Record(id="x" + str(draw(numbers)), **{**fields, "as_of": draw(exact)})


def lanes(kind: str = "control", max_size: int = 6) -> st.SearchStrategy[list[Record]]:
    return st.lists(records(kind), max_size=max_size, unique_by=lambda r: r.id)


any_lane = st.sampled_from(["control", "status"]).flatmap(lanes)
days = st.integers(-5, AFTER).map(day)


def timeless(answer: Answer) -> Answer:
    return replace(answer, next_change=None)


# --- The rule once more, slowly ---


@dataclass
class Slow:
    """The rule of docs/assessment.md, one day at a time."""

    lane: list[Record]

    def __post_init__(self) -> None:
        self.lane = [r for r in dict.fromkeys(self.lane) if r.assessed]
        self.clash = clash_status if self.lane and self.lane[0].kind == "status" else clash_control

    def narrow(self, record: Record, name: str) -> Bounds | None:
        own = getattr(record, name)
        inside = [
            (o.latest - o.earliest, -o.latest.toordinal(), o)
            for other in self.lane
            if own and other.stance == "states" and not self.clash(other.value, record.value)
            if (o := getattr(other, name)) and o.earliest and o.latest
            if (not own.earliest or own.earliest <= o.earliest) and (not own.latest or o.latest <= own.latest)
        ]
        return min(inside, key=lambda x: x[:2])[2] if inside else own

    def stretch(self, record: Record) -> tuple[int, int, int, int, int]:
        """lo, hi, first and last possible day, and the day of its own words."""
        starts, ends, as_of = self.narrow(record, "starts"), self.narrow(record, "ends"), record.as_of
        begun = starts and starts.latest and starts.latest.toordinal()
        over = ends and ends.earliest and ends.earliest.toordinal() - 1
        seen = (as_of.earliest.toordinal(), as_of.latest.toordinal()) if as_of else ()
        lo = begun or (seen and seen[1]) or over
        hi = over or max(filter(None, [begun, *seen[:1]]))
        word = lo if begun or seen else record.ends.earliest.toordinal() - 1
        first = starts.earliest.toordinal() if starts and starts.earliest else seen[0] if seen else word
        last = (
            ends.latest.toordinal() - 1
            if ends and ends.latest
            else max(filter(None, [begun, *seen[1:]]), default=lo)
        )
        return lo, hi, first, last, word

    def silent(self, record: Record, on: int) -> bool:
        lo, hi, *_ = self.stretch(record)
        for other in self.lane:
            olo, ohi, ofirst, olast, _ = self.stretch(other)
            if other.stance != "states" or other.value == record.value:
                continue
            if olo <= ohi and any(
                max(lo, hi) < d <= on for d in (olo, ohi, max(lo, hi) + 1) if olo <= d <= ohi
            ):
                return True
            if olo > ohi and max(lo, hi) < ofirst <= olast < on:
                return True
        return False

    def stopped(self, record: Record, on: int) -> bool:
        k = max(self.stretch(record)[:2])
        ends = [
            self.narrow(o, "ends")
            for o in self.lane
            if o.stance == "states" and not self.clash(o.value, record.value)
        ]
        return any(
            k < e.earliest.toordinal() and e.latest.toordinal() <= on
            for e in ends
            if e and e.earliest and e.latest
        )

    def level(self, record: Record, on: int) -> str | None:
        lo, hi, first, last, _ = self.stretch(record)
        if lo <= on <= hi:
            return "stated" if record.of == "post" and record.stance in ("states", "denies") else "possible"
        if self.silent(record, on):
            return None
        if first <= on <= last:
            return "possible"
        if record.ends or record.stance in ("alleges", "denies") or on <= max(last, hi if lo <= hi else last):
            return None
        return None if self.stopped(record, on) else "carried"

    def live(self, on: int) -> list[tuple[Record, str]]:
        return [(r, level) for r in self.lane if (level := self.level(r, on))]

    def agreed_ahead(self, value: frozenset[str], on: int) -> bool:
        ahead = [
            (self.stretch(r)[4], r) for r in self.lane if r.stance == "states" and self.stretch(r)[4] > on
        ]
        nearest = [r for word, r in ahead if word == min(w for w, _ in ahead)]
        begins = [self.narrow(r, "starts") for r in nearest]
        late = any(b and b.earliest and b.earliest.toordinal() > on for b in begins)
        return bool(nearest) and not late and not any(self.clash(r.value, value) for r in nearest)

    def on(self, when: date) -> tuple[str, frozenset[str], set[str]]:
        """Level, value, and the ids of the reports taken."""
        on = when.toordinal()
        said = [(r, level) for r, level in self.live(on) if r.stance != "denies"]
        denied = [r for r, _ in self.live(on) if r.stance == "denies"]
        taken = [x for x in said if x[1] == "stated"] or said
        if not taken:
            return "unknown", frozenset(), set()
        clashing = [x for x in taken if any(self.clash(x[0].value, r.value) for r, _ in taken)]
        levels = [level for _, level in taken]
        value = self.value([r.value for r, _ in taken], bool(clashing))
        against = {r.id for r in denied if r.value & value}
        used = {r.id for r, _ in taken} | against
        if against:
            return "disputed", frozenset(), used
        if clashing:
            split = levels[0] == "stated" or {x[1] for x in clashing} == {"carried"}
            claim = any(r.stance == "claims" for r, _ in clashing)
            return "disputed" if split or claim else "possible", frozenset(), used
        if levels[0] != "stated" and "carried" in levels and self.agreed_ahead(value, on):
            return "between", value, used
        return next(x for x in ("stated", "possible", "carried") if x in levels), value, used

    def value(self, values: list[frozenset[str]], clashing: bool) -> frozenset[str]:
        if self.clash is clash_status and not clashing:
            return frozenset({max((min(v) for v in values), key=STATUSES.index)})
        every = frozenset().union(*values)
        return every if clashing else (frozenset(v for v in every if all(v in x for x in values)) or every)
