"""The laws of the assessment, as properties of random lanes.

The module has to agree with a second and slow reading of the rule on every lane that hypothesis thinks of.
ASSESSMENT_PROFILE=thorough thinks for minutes.
"""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from crossings.assessment import (
    STALE_AFTER_DAYS,
    Answer,
    Record,
    Timeline,
)
from tests.assessing import (
    AFTER,
    QUICK,
    SPAN,
    START,
    Slow,
    any_lane,
    day,
    days,
    lanes,
    records,
)


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
