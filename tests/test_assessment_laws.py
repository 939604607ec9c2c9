"""The laws of the assessment, as properties of random reports.

The rule has to agree with a second and slow reading of it on all the reports that hypothesis thinks of.
ASSESSMENT_PROFILE=thorough thinks for minutes.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from crossings.assessment import (
    DIRECTIONS,
    FAR_APART_DAYS,
    STALE_AFTER_DAYS,
    TRAFFICS,
    Answer,
    Membership,
    ReportRecord,
    Timeline,
    clash_control,
    clash_status,
    control_timeline,
    status_timelines,
)
from tests.assessing import (
    QUICK,
    SPAN,
    START,
    WINDOW,
    day,
    days,
    one_question,
    random_memberships,
    reading_of,
    reports,
    several,
    status_of,
)
from tests.assessment_reference import Slow, slow_status


def timeline_of(records: Iterable[ReportRecord], memberships: Iterable[Membership] = ()) -> Timeline:
    """Who held the post, or whether people could pass it outbound."""
    found = list(records)
    if found and found[0].kind == "status":
        return status_of(found)
    return control_timeline(found, memberships)


def slow_of(records: list[ReportRecord]) -> Slow:
    if records and records[0].kind == "status":
        return slow_status(records, [], [], WINDOW, ("people", "outbound"))
    return Slow(records, WINDOW)


# --- The rule read once more


@QUICK
@given(several(max_size=7), random_memberships())
def test_control_agrees_with_the_rule_read_slowly_on_every_day(
    records: list[ReportRecord], memberships: list[Membership]
) -> None:
    timeline, slow = control_timeline(records, memberships), Slow(records, WINDOW, memberships)
    for n in range(WINDOW[0], WINDOW[1] + 1):
        assert reading_of(timeline.on(date.fromordinal(n))) == slow.on(n), date.fromordinal(n)
    changes = {d.toordinal() for d in timeline.changes_of_hands() if d.toordinal() <= WINDOW[1]}
    assert changes == slow.changes_of_hands()


@QUICK
@given(
    several("status", max_size=7),
    several(max_size=3),
    st.sampled_from(TRAFFICS[:4]),
    st.sampled_from(DIRECTIONS),
)
def test_a_status_agrees_with_the_rule_read_slowly_on_every_day(
    records: list[ReportRecord], control: list[ReportRecord], traffic: str, direction: str
) -> None:
    timeline = status_timelines(records, control_timeline(control)).timeline(traffic, direction)
    slow = slow_status(records, control, [], WINDOW, (traffic, direction))
    for n in range(WINDOW[0], WINDOW[1] + 1):
        assert reading_of(timeline.on(date.fromordinal(n))) == slow.on(n), date.fromordinal(n)


# --- The laws


@QUICK
@given(one_question, random_memberships(), st.randoms(use_true_random=False), days)
def test_order_and_duplicates_never_matter(
    records: list[ReportRecord], memberships: list[Membership], shuffle: random.Random, on: date
) -> None:
    mixed, turned = records + records[::2], memberships + memberships[::-1]
    shuffle.shuffle(mixed)
    assert timeline_of(mixed, turned).on(on) == timeline_of(records, memberships).on(on)


@QUICK
@given(one_question.filter(bool), days)
def test_withdrawing_a_report_equals_never_having_published_it(records: list[ReportRecord], on: date) -> None:
    never = timeline_of(records[1:]).on(on)
    timeline_of(records).segments(START, max(on, START))
    assert timeline_of(r for r in records if r != records[0]).on(on) == never


@QUICK
@given(one_question.filter(bool), days)
def test_a_second_report_of_a_wire_adds_nothing_to_its_count(records: list[ReportRecord], on: date) -> None:
    once, twice = timeline_of(records).on(on), timeline_of([*records, replace(records[0], id="again")]).on(on)
    for name in ("level", "value", "wires", "also", "before", "after", "wire_count", "last_reported", "far"):
        assert getattr(once, name) == getattr(twice, name), name
    assert [replace(a, reports=()) for a in once.alternatives] == [
        replace(a, reports=()) for a in twice.alternatives
    ]


@QUICK
@given(one_question)
def test_nothing_is_said_before_every_possible_day(records: list[ReportRecord]) -> None:
    bounds = [(b.earliest or b.latest) for r in records for b in (r.starts, r.as_of, r.ends) if b]
    first = min(bounds, default=START) - timedelta(days=1)  # "until" a day speaks of the day before
    timeline = timeline_of(records)
    assert timeline.on(first - timedelta(days=1)).level == "unknown"
    assert timeline.on(date.min).level == "unknown"


@QUICK
@given(one_question, st.data())
def test_a_report_wholly_after_a_day_changes_only_what_comes_next_and_between(
    records: list[ReportRecord], data: st.DataObject
) -> None:
    later = data.draw(reports(records[0].kind if records else "control"))
    later = replace(later, id="later")
    both, alone = slow_of([*records, later]), slow_of(records)
    mine = next((d for d in both.all if d.record.id == "later"), None)
    assume(mine is not None)
    on = min(mine.own_days | mine.possible | mine.words) - 1 - data.draw(st.integers(0, 10))
    # The one way in which it may reach back: it gives a vague date of another report more exactly.
    without = {id(d.record): (d.s, d.e) for d in alone.all}
    assume(all((d.s, d.e) == without.get(id(d.record), (d.s, d.e)) for d in both.all if d is not mine))
    when = date.fromordinal(on)
    before, after = timeline_of(records).on(when), timeline_of([*records, later]).on(when)
    for name in ("value", "supporting", "unused", "last_reported", "indirect", "told_in", "last_disagree"):
        assert getattr(before, name) == getattr(after, name), name
    assert before.alternatives == after.alternatives
    if before.level != after.level:
        assert "between" in (before.level, after.level)
        assert {before.level, after.level} <= {"carried", "between", "possible"}
    elif before.level != "between":
        assert (before.wires, before.also, before.stale) == (after.wires, after.also, after.stale)


# Finding one is enough: no time is spent on making it small.
ANY = settings(QUICK, max_examples=3000, database=None, phases=[Phase.generate])
RANK = ("unknown", "carried", "possible", "between", "stated")


@QUICK
@given(one_question.filter(bool), st.data())
def test_one_that_agrees_with_a_word_on_the_day_never_lowers_the_level(
    records: list[ReportRecord], data: st.DataObject
) -> None:
    one_more = data.draw(reports(records[0].kind, stances=["states", "claims"]).filter(lambda r: r.assessed))
    if records[0].kind == "status":
        one_more = replace(one_more, traffic=frozenset({"people", "goods"}), direction="both")
    words = slow_of([one_more]).all[0].words if slow_of([one_more]).all else {START.toordinal()}
    on = date.fromordinal(data.draw(st.sampled_from(sorted(words))))
    before = timeline_of(records).on(on)
    value = before.value or one_more.value
    one_more = replace(one_more, id="more", value=value)
    both, alone = slow_of([*records, one_more]), slow_of(records)
    mine = next((d for d in both.all if d.record.id == "more"), None)
    without = {id(d.record): (d.s, d.e) for d in alone.all}
    told_more_exactly = any((d.s, d.e) != without[id(d.record)] for d in both.all if d is not mine)
    if not before.value or mine is None or on.toordinal() not in mine.words or told_more_exactly:
        return  # nothing to agree with, or it narrows another
    after = timeline_of([*records, one_more]).on(on)
    assert RANK.index(after.level) >= RANK.index(before.level)
    assert after.last_reported == on


def test_the_random_reports_reach_what_that_law_speaks_of() -> None:
    def reaches(records: list[ReportRecord]) -> bool:
        return any(timeline_of(records).on(day(n)).value for n in range(SPAN))

    assert find(one_question, reaches, settings=ANY)


# --- What an answer always is


@QUICK
@given(one_question, random_memberships(), days)
def test_dates_and_wires_are_those_of_words(
    records: list[ReportRecord], memberships: list[Membership], on: date
) -> None:
    answer = timeline_of(records, memberships).on(on)
    assert answer.last_reported is None or answer.last_reported <= on
    assert answer.before_on is None or answer.before_on < on <= answer.after_on
    for dated in (answer.wires, answer.also, *(a.wires for a in answer.alternatives)):
        assert all(word is None or word <= on or answer.level == "between" for word in dated.values())
    assert all(word is None or word < on for word in answer.before.values())
    assert not set(answer.wires) & set(answer.also)
    if answer.level == "stated":
        speaking = {r.wire for r in records if r.assessed and _may_speak_of(r, on)}
        assert set(answer.wires) <= speaking
        assert on in answer.wires.values()
    edges = {
        b + timedelta(days=shift)
        for r in records
        for bounds in (r.starts, r.as_of, r.ends)
        if bounds
        for b in (bounds.earliest, bounds.latest)
        if b
        for shift in (0, -1)
    }
    if answer.last_reported not in (None, on):
        assert answer.last_reported in edges | {edge + timedelta(days=1) for edge in edges}


def _may_speak_of(record: ReportRecord, on: date) -> bool:
    dates = [(b.earliest, b.latest) for b in (record.starts, record.as_of, record.ends) if b]
    first = min((low or high) for low, high in dates) - timedelta(days=1)
    last = max((high or low) for low, high in dates)
    return first <= on and (on <= last or (record.ends is not None and record.ends.latest is None))


@QUICK
@given(one_question, random_memberships(), st.integers(-3, 3 * SPAN), st.integers(0, 60))
def test_segments_say_what_each_day_says_and_are_maximal(
    records: list[ReportRecord], memberships: list[Membership], first: int, length: int
) -> None:
    timeline = timeline_of(records, memberships)
    segments = timeline.segments(day(first), day(first + length))
    assert segments[0].first == day(first)
    assert segments[-1].last == day(first + length)
    for a, b in pairwise(segments):
        assert b.first == a.last + timedelta(days=1)
        ends, begins = timeline.on(a.last), timeline.on(b.first)
        assert (
            _ageless(ends, a.last) != _ageless(begins, b.first) or ends.last_reported != begins.last_reported
        )
    for segment in segments:
        assert segment.answer == timeline.on(segment.first)
        within = [segment.first + timedelta(days=n) for n in range((segment.last - segment.first).days + 1)]
        answers = [timeline.on(on) for on in within]
        assert len({repr(_ageless(*pair)) for pair in zip(answers, within, strict=True)}) == 1
        last = [answer.last_reported for answer in answers]
        assert len(set(last)) == 1 or last == within  # one last word, or one on each day


def _ageless(answer: Answer, on: date) -> tuple[object, ...]:
    """All that is said on a day but ages; words on the day itself move with the days."""
    reading = reading_of(answer)
    sides = sorted((sorted(value), denied, *map(sorted, side[:3]), side[3]) for (value, denied), side in (
        (key, (s.wires, s.also, s.reports, str(s.told_in))) for key, s in reading.sides.items()
    ))  # fmt: skip
    sets = [sorted(getattr(reading, name)) for name in ("value", "wires", "before", "after", "also", "used")]
    daily = answer.after_on == on
    around = () if daily else (answer.before_on, answer.after_on)
    return (
        reading.level, sides, sets, sorted(reading.unused), around, reading.far, reading.stale,
        reading.indirect, reading.last_disagree, reading.told_in, reading.passed_by,
    )  # fmt: skip


@QUICK
@given(one_question, days)
def test_an_answer_is_whole(records: list[ReportRecord], on: date) -> None:
    answer = timeline_of(records).on(on)
    ids = {r.id for r in records}
    assert set(answer.supporting) | set(answer.unused) <= ids
    assert not set(answer.supporting) & set(answer.unused)
    assert bool(answer.value) == (answer.level != "unknown" and not answer.alternatives)
    assert bool(answer.supporting) == (answer.level != "unknown")
    assert answer.level != "disputed" or len(answer.alternatives) >= 2
    assert not answer.alternatives or answer.level in ("disputed", "possible")
    assert set(answer.supporting) == (
        {i for a in answer.alternatives for i in a.reports} or set(answer.supporting)
    )
    assert bool(answer.value) == bool(answer.wires)
    assert answer.level != "stated" or answer.age_days == 0
    assert not answer.stale or answer.age_days > STALE_AFTER_DAYS
    assert not answer.far or (answer.after_on - answer.before_on).days > FAR_APART_DAYS
    assert (answer.level == "between") == bool(answer.after_on) == bool(answer.ahead)
    again = pickle.loads(pickle.dumps(answer))
    assert again == answer
    assert hash(again) == hash(answer)


@QUICK
@given(one_question, days)
def test_disputed_is_two_values_that_clash_or_a_denial(records: list[ReportRecord], on: date) -> None:
    answer = timeline_of(records).on(on)
    clash = clash_status if records and records[0].kind == "status" else clash_control
    if answer.level == "disputed":
        values = [a.value for a in answer.alternatives if a.stance != "denies"]
        denied = any(a.stance == "denies" for a in answer.alternatives)
        assert denied or any(clash(a, b) for a in values for b in values)


@QUICK
@given(one_question, days)
def test_the_next_change_is_the_first_day_that_looks_different(records: list[ReportRecord], on: date) -> None:
    def look(answer: Answer) -> tuple[object, ...]:
        alternatives = {(a.value, a.stance == "denies") for a in answer.alternatives}
        return answer.level, answer.value, answer.stale, answer.far, alternatives

    timeline = timeline_of(records)
    here = timeline.on(on)
    until = here.next_change or on + timedelta(days=800)
    assert until > on
    for n in range((until - on).days):
        assert look(timeline.on(on + timedelta(days=n))) == look(here)
    assert here.next_change is None or look(timeline.on(until)) != look(here)


@QUICK
@given(several("status"), several(max_size=4), days)
def test_no_status_is_carried_past_a_change_of_holder(
    records: list[ReportRecord], control: list[ReportRecord], on: date
) -> None:
    holder = control_timeline(control)
    answer = status_of(records, holder).on(on)
    changes = holder.changes_of_hands()
    if answer.level == "carried":
        assert not any(answer.last_reported < change <= on for change in changes)
    if answer.level == "between":
        assert not any(answer.before_on < change <= answer.after_on for change in changes)


@QUICK
@given(several(), days)
def test_control_is_what_all_its_reports_share(records: list[ReportRecord], on: date) -> None:
    answer = control_timeline(records).on(on)
    values = [r.value for r in records if r.id in answer.supporting]
    if answer.value:
        assert answer.value == (frozenset.intersection(*values) or frozenset().union(*values))


LEVELS = ("unknown", "stated", "between", "possible", "carried", "disputed")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["control", "status"])
def test_every_level_can_be_reached(level: str, kind: str) -> None:
    def reaches(records: list[ReportRecord]) -> bool:
        timeline = timeline_of(records)
        return any(timeline.on(day(n)).level == level for n in range(-1, SPAN + 3, 3))

    assert len(find(several(kind, max_size=3), reaches, settings=ANY)) <= 3
