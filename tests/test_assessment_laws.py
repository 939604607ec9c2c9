"""The laws of the assessment, as properties of random lanes, and the cases that the words single out.

`Slow` reads docs/assessment.md once more, day by day and without any of the module's shortcuts; the module
has to agree with it on every lane that hypothesis thinks of. ASSESSMENT_PROFILE=thorough thinks for minutes.
"""

from __future__ import annotations

import ast
import os
import pickle
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, settings
from hypothesis import strategies as st

from crossings import assessment
from crossings.assessment import (
    STALE_AFTER_DAYS,
    STATUSES,
    Answer,
    Bounds,
    Record,
    RecordError,
    Timeline,
    clash_control,
    clash_status,
    control_timeline,
    crossing_status,
    status_timeline,
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


@QUICK
@given(any_lane)
def test_it_agrees_with_the_rule_read_slowly_on_every_day(lane: list[Record]) -> None:
    timeline, slow = Timeline(lane), Slow(lane)
    for n in range(-3, SPAN + 10, 2):
        answer = timeline.on(day(n))
        assert (answer.level, answer.value, set(answer.supporting)) == slow.on(day(n)), day(n)


# --- The laws ---


@QUICK
@given(any_lane, st.randoms(use_true_random=False), days)
def test_order_and_duplicates_never_matter(lane: list[Record], shuffle: random.Random, on: date) -> None:
    mixed = lane + lane[::2]
    shuffle.shuffle(mixed)
    assert Timeline(mixed).on(on) == Timeline(lane).on(on)


@QUICK
@given(any_lane.filter(bool), days)
def test_withdrawing_a_report_equals_never_having_published_it(lane: list[Record], on: date) -> None:
    never = Timeline(lane[1:]).on(on)
    Timeline(lane).segments(START, on if on > START else START)
    assert Timeline(r for r in lane if r != lane[0]).on(on) == never


@QUICK
@given(any_lane.filter(bool), days)
def test_a_second_report_of_a_wire_adds_nothing(lane: list[Record], on: date) -> None:
    once, twice = Timeline(lane).on(on), Timeline([*lane, replace(lane[0], id="again")]).on(on)
    assert (once.level, once.value, once.wires, once.age_days) == (
        twice.level,
        twice.value,
        twice.wires,
        twice.age_days,
    )
    assert [replace(a, reports=()) for a in once.alternatives] == [
        replace(a, reports=()) for a in twice.alternatives
    ]


@QUICK
@given(any_lane)
def test_nothing_is_said_before_every_possible_day(lane: list[Record]) -> None:
    bounds = [(b.earliest or b.latest) for r in lane for b in (r.starts, r.as_of, r.ends) if b]
    first = min(bounds, default=START) - timedelta(days=1)  # "until" a day speaks of the day before
    timeline = Timeline(lane)
    assert timeline.on(first - timedelta(days=1)).level == "unknown"
    assert timeline.on(date.min).level == "unknown"


@QUICK
@given(any_lane, st.data())
def test_a_report_wholly_after_a_day_changes_only_what_comes_next(
    lane: list[Record], data: st.DataObject
) -> None:
    later = data.draw(records(lane[0].kind if lane else "control"))
    later = replace(later, id="later")
    both = Slow([*lane, later])
    # Its own vague date may be told more exactly by the others: its days are those after narrowing.
    first = min(both.stretch(later)) if later.assessed else START.toordinal()
    on = date.fromordinal(first - 1 - data.draw(st.integers(0, 10)))
    # The one way in which it may reach back: it tells a vague date of another report more exactly.
    assume(all(both.narrow(r, f) == Slow(lane).narrow(r, f) for r in lane for f in ("starts", "ends")))
    before, after = Timeline(lane).on(on), Timeline([*lane, later]).on(on)
    levels = {level for r, level in both.live(on.toordinal()) if r.id in after.supporting}
    if before.level != after.level:
        assert "carried" in levels
        assert "between" in (before.level, after.level)
        assert {before.level, after.level} <= {"carried", "between", "possible"}
    same = {"level": "", "stale": False, "next_change": None}
    assert replace(before, **same) == replace(after, **same)


# Finding one is enough: no time is spent on making it small.
ANY = settings(QUICK, max_examples=3000, database=None, phases=[Phase.generate])
LEVELS = ("unknown", "stated", "between", "possible", "carried", "disputed")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["control", "status"])
def test_every_level_can_be_reached(level: str, kind: str) -> None:
    def reaches(lane: list[Record]) -> bool:
        return any(Timeline(lane).on(day(n)).level == level for n in range(-1, SPAN + 3, 3))

    lane = find(lanes(kind, max_size=3), reaches, settings=ANY)
    assert len(lane) <= 3


# --- What an answer always is ---


@QUICK
@given(any_lane, st.integers(-3, AFTER), st.integers(0, 60))
def test_segments_say_what_each_day_says(lane: list[Record], first: int, length: int) -> None:
    timeline = Timeline(lane)
    segments = timeline.segments(day(first), day(first + length))
    assert segments[0].first == day(first)
    assert segments[-1].last == day(first + length)
    for a, b in pairwise(segments):
        assert b.first == a.last + timedelta(days=1)
        assert replace(a.answer, age_days=0, next_change=None) != replace(
            b.answer, age_days=0, next_change=None
        )
    for segment in segments:
        assert segment.answer == timeline.on(segment.first)
        for n in range((segment.last - segment.first).days + 1):
            on = timeline.on(segment.first + timedelta(days=n))
            assert replace(on, age_days=segment.answer.age_days) == segment.answer


@QUICK
@given(any_lane, days)
def test_an_answer_is_whole(lane: list[Record], on: date) -> None:
    answer = Timeline(lane).on(on)
    ids = {r.id for r in lane}
    assert set(answer.supporting) | set(answer.unused) <= ids
    assert not set(answer.supporting) & set(answer.unused)
    assert bool(answer.value) == (answer.level != "unknown" and not answer.alternatives)
    assert bool(answer.supporting) == (answer.level != "unknown") == (answer.age_days is not None)
    assert answer.level != "disputed" or len(answer.alternatives) >= 2
    assert not answer.alternatives or answer.level in ("disputed", "possible")
    assert sorted(answer.supporting) == sorted(
        {i for a in answer.alternatives for i in a.reports} or answer.supporting
    )
    assert answer.level != "stated" or answer.age_days == 0
    assert not answer.stale or answer.age_days > STALE_AFTER_DAYS
    assert pickle.loads(pickle.dumps(answer)) == answer
    hash(answer)


@QUICK
@given(any_lane, days)
def test_disputed_is_two_values_that_clash_or_a_denial(lane: list[Record], on: date) -> None:
    answer = Timeline(lane).on(on)
    clash = Slow(lane).clash
    if answer.level == "disputed":
        values = [a.value for a in answer.alternatives if a.stance != "denies"]
        denied = any(a.stance == "denies" for a in answer.alternatives)
        assert denied or any(clash(a, b) for a in values for b in values)


@QUICK
@given(any_lane, days)
def test_the_next_change_is_the_first_day_that_looks_different(lane: list[Record], on: date) -> None:
    def look(answer: Answer) -> tuple[object, ...]:
        alternatives = {(a.value, a.stance == "denies") for a in answer.alternatives}
        return answer.level, answer.value, answer.stale, alternatives

    timeline = Timeline(lane)
    here = timeline.on(on)
    until = here.next_change or on + timedelta(days=800)
    assert until > on
    for n in range((until - on).days):
        assert look(timeline.on(on + timedelta(days=n))) == look(here)
    assert here.next_change is None or look(timeline.on(until)) != look(here)


@QUICK
@given(lanes("status"), st.lists(days, max_size=3), days)
def test_no_status_is_carried_past_a_change_of_holder(
    lane: list[Record], changes: list[date], on: date
) -> None:
    answer = Timeline(lane, handovers=changes).on(on)
    if answer.level in ("carried", "between"):
        last_word = on - timedelta(days=answer.age_days)
        assert not any(last_word < change <= on for change in changes)


@QUICK
@given(lanes(), days)
def test_control_is_what_all_its_reports_share(lane: list[Record], on: date) -> None:
    answer = Timeline(lane).on(on)
    said = [r.value for r in lane if r.id in answer.supporting]
    if answer.value:
        assert answer.value == (frozenset.intersection(*said) or frozenset().union(*said))


# --- Cases that the words single out ---


def on(lane: list[Record], n: int) -> Answer:
    return Timeline(lane).on(day(n))


def told(answer: Answer) -> str:
    return f"{answer.level} {' '.join(sorted(answer.value))}".strip()


def test_until_a_year_vouches_for_its_eve_and_may_last_into_it() -> None:
    lane = [make("IS", ends=some(10, 20))]
    assert [told(on(lane, n)) for n in (8, 9, 10, 18, 19, 20)] == [
        "unknown",
        "stated IS",
        "possible IS",
        "possible IS",
        "possible IS",
        "unknown",
    ]


def test_a_side_left_open_vouches_for_nothing() -> None:
    lane = [status("closed", starts=Bounds(None, day(10)), as_of=some(30))]
    assert [told(on(lane, n)) for n in (9, 10, 30, 31)] == [
        "unknown",
        "stated closed",
        "stated closed",
        "carried closed",
    ]
    ended = [make("A", starts=some(5), ends=Bounds(day(10), None))]
    assert [told(on(ended, n)) for n in (5, 9, 10)] == ["stated A", "stated A", "unknown"]


def test_a_month_it_speaks_of_is_possible_all_along_and_carried_after() -> None:
    lane = [make("A", as_of=some(5, 15))]
    assert [told(on(lane, n)) for n in (4, 5, 15, 16)] == ["unknown", "possible A", "possible A", "carried A"]


def test_a_vague_start_takes_the_exact_day_that_another_report_gives() -> None:
    lane = [make("A", starts=some(0, 30)), make("A B", starts=some(20), wire="AFP")]
    assert [told(on(lane, n)) for n in (19, 20)] == ["unknown", "stated A"]
    assert on(lane, 20).wires[frozenset("A")] == {"AP", "AFP"}


def test_an_exact_end_leaves_until_2017_the_next_word_after_2014() -> None:
    lane = [make("A", starts=some(0)), make("A", ends=some(10, 20)), make("A", starts=some(15), id="again")]
    assert told(on(lane, 5)) == "between A"
    assert told(on([*lane, make("A", ends=some(18))], 5)) == "between A"


def test_it_is_not_between_when_the_next_word_says_that_it_began_later() -> None:
    reopened = [status("open", as_of=some(0)), status("open", starts=some(30))]
    assert told(on(reopened, 10)) == "carried open"
    still = [status("open", as_of=some(0)), status("open", as_of=some(30))]
    assert told(on(still, 10)) == "between open"


def test_nothing_lies_between_across_a_change_of_holder() -> None:
    control = control_timeline([make("A", starts=some(0)), make("B", starts=some(20))])
    assert control.handovers() == (day(20),)
    lane = status_timeline([status("open", as_of=some(5)), status("open", as_of=some(30))], control)
    assert [told(lane.on(day(n))) for n in (10, 19, 20, 29, 30)] == [
        "carried open",
        "carried open",
        "unknown",
        "unknown",
        "stated open",
    ]


@pytest.mark.parametrize(
    ("second", "third", "changes"),
    [
        (
            make("A B", starts=some(10)),
            make("B", starts=some(20)),
            [20],
        ),  # a partner joins, the first one leaves
        (make("A B", starts=some(10)), make("A", starts=some(20)), []),
        (make("B", starts=some(10)), make("A", starts=some(20)), [10, 20]),
        (make("B", as_of=some(10), stance="claims"), make("B", starts=some(20)), [10]),  # disputed from 10 on
        (
            make("B", as_of=some(10), stance="claims"),
            make("A", as_of=some(20)),
            [],
        ),  # disputed, then as before
        (make("A", ends=some(10)), make("B", starts=some(20)), [10]),  # unknown from 10 on
    ],
)
def test_a_change_of_holder_is_when_none_of_the_old_ones_is_left(
    second: Record, third: Record, changes: list[int]
) -> None:
    lane = control_timeline([make("A", starts=some(0)), second, third])
    assert lane.handovers() == tuple(day(n) for n in changes)


def test_the_government_before_and_after_the_eighth_of_december_is_two() -> None:
    old = make("syrian-government", starts=Bounds.on(date(2024, 12, 1)))
    new = make("new-authorities", as_of=Bounds.on(date(2024, 12, 19)))
    assert control_timeline([old, new]).handovers() == (date(2024, 12, 19),)


def test_a_claim_against_a_report_is_a_dispute_and_an_allegation_a_possibility() -> None:
    held = make("A", as_of=some(0))
    claim = on([held, make("B", as_of=some(10), stance="claims")], 10)
    assert (claim.level, [sorted(a.value) for a in claim.alternatives]) == ("disputed", [["A"], ["B"]])
    rumour = [held, make("B", as_of=some(10), stance="alleges")]
    assert on(rumour, 10).level == "possible"
    assert len(on(rumour, 10).alternatives) == 2
    assert told(on(rumour, 11)) == "carried A"  # an allegation is not carried


def test_a_denial_disputes_what_it_denies_and_nothing_else() -> None:
    taken = make("A", starts=some(5))
    denied = on([taken, make("A", as_of=some(5), stance="denies")], 5)
    assert (denied.level, [a.stance for a in denied.alternatives]) == ("disputed", ["states", "denies"])
    other = on([taken, make("B", as_of=some(5), stance="denies", id="denial")], 5)
    assert (told(other), other.unused) == ("stated A", ("denial",))
    alone = on([make("A", as_of=some(5), stance="denies", id="denial")], 5)
    assert (told(alone), alone.unused) == ("unknown", ("denial",))


def test_two_values_on_one_wire_are_one_witness_for_each() -> None:
    answer = on([make("A", as_of=some(5)), make("B", as_of=some(5))], 5)
    assert answer.level == "disputed"
    assert [a.wires for a in answer.alternatives] == [{"AP"}, {"AP"}]


def test_a_report_on_the_town_is_at_most_possible_and_marked() -> None:
    lane = [make("A", starts=some(5), of="place")]
    assert (told(on(lane, 5)), on(lane, 5).indirect) == ("possible A", True)
    assert (told(on(lane, 6)), on(lane, 6).indirect) == ("carried A", True)


@pytest.mark.parametrize(
    "unheard",
    [{"stance": "plans"}, {"of": "frontier"}, {"role": "present"}, {"role": "backs"}, {"role": "contests"}],
)
def test_plans_the_frontier_and_bystanders_are_never_assessed(unheard: dict[str, str]) -> None:
    lane = [make("A", as_of=some(0)), make("B", as_of=some(5), **unheard)]
    assert Timeline(lane).segments(day(-1), day(30)) == Timeline(lane[:1]).segments(day(-1), day(30))


def test_carried_for_more_than_a_year_is_stale() -> None:
    lane = [make("A", as_of=some(0))]
    assert [(on(lane, n).age_days, on(lane, n).stale) for n in (365, 366)] == [(365, False), (366, True)]
    assert [(s.first, s.answer.stale) for s in Timeline(lane).segments(day(300), day(400))] == [
        (day(300), False),
        (day(366), True),
    ]


def test_of_statuses_that_agree_the_most_cautious_counts() -> None:
    assert told(on([status("open", as_of=some(0)), status("limited", as_of=some(0))], 0)) == "stated limited"
    assert (
        told(on([status("closed", as_of=some(0)), status("impassable", as_of=some(0))], 0))
        == "stated impassable"
    )


@pytest.mark.parametrize(
    ("one", "other", "whole"),
    [
        ("open", "open", "open"),
        ("open", "closed", "closed"),
        ("impassable", "", "closed"),
        ("open", "limited", None),
        ("open", "", None),
        ("", "", None),
    ],
)
def test_a_crossing_is_closed_if_either_post_is_and_open_if_both_are(
    one: str, other: str, whole: str | None
) -> None:
    a, b = (on([status(v, as_of=some(0))] if v else [], 0) for v in (one, other))
    assert crossing_status(a, b).value == crossing_status(b, a).value == whole
    assert crossing_status(a, b).sides == (a, b)


def test_a_crossing_is_no_surer_than_its_less_sure_open_side() -> None:
    stated, carried = on([status("open", as_of=some(0))], 0), on([status("open", as_of=some(0))], 400)
    assert (crossing_status(stated, carried).level, crossing_status(stated, carried).stale) == (
        "carried",
        True,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: make("A"),
        lambda: make("A", starts=Bounds(day(0), None)),
        lambda: make("A", as_of=Bounds(None, day(0))),
        lambda: make("A", as_of=some(0), stance="believes"),
        lambda: make("A", as_of=some(0), role="owns"),
        lambda: make("", as_of=some(0)),
        lambda: status("ajar", as_of=some(0)),
        lambda: status("open closed", as_of=some(0)),
        lambda: Bounds(day(1), day(0)),
        lambda: Bounds(None, None),
        lambda: Timeline([make("A", as_of=some(0)), status("open", as_of=some(0))]),
        lambda: control_timeline([status("open", as_of=some(0))]),
        lambda: status_timeline([make("A", as_of=some(0))], Timeline([])),
    ],
)
def test_what_the_rule_cannot_read_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(RecordError):
        wrong()


def test_the_ends_of_the_calendar_are_no_trouble() -> None:
    lane = Timeline([make("A", starts=Bounds.on(date.min)), make("B", starts=Bounds.on(date.max))])
    assert told(lane.on(date.min)) == "stated A"
    assert told(lane.on(date.max)) == "stated B"
    assert lane.on(date.max).next_change is None
    assert lane.segments(date.min, date.max)[-1].first == date.max
    with pytest.raises(ValueError, match="is after"):
        lane.segments(day(1), day(0))


def test_the_rule_needs_nothing_but_the_standard_library() -> None:
    for module in Path(assessment.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module in {
                    "__future__",
                    "bisect",
                    "collections.abc",
                    "dataclasses",
                    "datetime",
                    "typing",
                }
            assert not isinstance(node, ast.Import), module
            # No clock: what is asked for is always told.
            assert not (isinstance(node, ast.Attribute) and node.attr in ("today", "now")), module


def test_forty_reports_over_sixteen_years_take_less_than_ten_milliseconds() -> None:
    dice = random.Random(7)
    lane = []
    for i in range(40):
        first = date(2010, 1, 1) + timedelta(days=dice.randrange(5800))
        starts = Bounds(first, first + timedelta(days=dice.choice([0, 30, 365])))
        stance = dice.choice(["states", "states", "states", "claims", "denies"])
        lane.append(make(dice.choice(["A", "B", "C", "A B"]), id=str(i), starts=starts, stance=stance))
    best = 1.0
    for _ in range(5):
        begin = time.perf_counter()
        Timeline(lane).segments(date(2010, 1, 1), date(2026, 12, 31))
        best = min(best, time.perf_counter() - begin)
    assert best < 0.010
