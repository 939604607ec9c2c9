"""Cases of the assessment that the words of the rule single out."""

from __future__ import annotations

import ast
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from crossings import assessment
from crossings.assessment import (
    Answer,
    Bounds,
    Record,
    RecordError,
    Timeline,
    control_timeline,
    crossing_status,
    status_timeline,
)
from tests.assessing import (
    day,
    make,
    some,
    status,
)

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
