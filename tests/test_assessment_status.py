"""Cases of a post's status: what ends it, what holds for all traffic, and the crossing as one."""

from __future__ import annotations

import pytest

from crossings.assessment import ReportRecord, control_timeline, crossing_status, status_timelines
from tests.assessing import brief, day, make, on, some, status, status_of


def test_of_statuses_that_agree_the_most_cautious_counts() -> None:
    both = [status("open", as_of=some(0)), status("limited", as_of=some(0), wire="AFP")]
    assert (brief(on(both, 0)), set(on(both, 0).wires), set(on(both, 0).also)) == (
        "stated limited",
        {"AFP"},
        {"AP"},
    )
    worse = [status("closed", as_of=some(0)), status("impassable", as_of=some(0))]
    assert brief(on(worse, 0)) == "stated impassable"


def test_a_status_is_not_carried_past_a_change_of_holder() -> None:
    control = control_timeline([make("A", starts=some(0)), make("B", starts=some(20))])
    assert control.changes_of_hands() == (day(20),)
    timeline = status_of([status("open", as_of=some(5)), status("open", as_of=some(30))], control)
    assert [brief(timeline.on(day(n))) for n in (10, 19, 20, 29, 30)] == [
        "carried open",
        "carried open",
        "unknown",
        "unknown",
        "stated open",
    ]


def test_a_status_of_the_days_of_doubt_ends_with_them() -> None:
    doubt = [
        make("A", starts=some(0)),
        make("B", as_of=some(10), stance="claims"),
        make("B", starts=some(20)),
    ]
    control = control_timeline(doubt)
    assert control.changes_of_hands() == (day(10), day(20))
    before, within = status("open", as_of=some(5)), status("open", as_of=some(15))
    assert [brief(status_of([before], control).on(day(n))) for n in (9, 10)] == ["carried open", "unknown"]
    assert [brief(status_of([within], control).on(day(n))) for n in (19, 20)] == ["carried open", "unknown"]


@pytest.mark.parametrize(
    ("second", "third", "changes"),
    [
        (make("A B", starts=some(10)), make("B", starts=some(20)), [20]),  # a partner joins, the first leaves
        (make("A B", starts=some(10)), make("A", starts=some(20)), []),
        (make("B", starts=some(10)), make("A", starts=some(20)), [10, 20]),
        (
            make("B", as_of=some(10), stance="claims"),
            make("A", as_of=some(20)),
            [],
        ),  # disputed, then as before
        (make("A", ends=some(10)), make("B", starts=some(20)), [10, 20]),  # unknown from 10 on
    ],
)
def test_a_post_changes_hands_when_none_of_the_old_holders_is_left(
    second: ReportRecord, third: ReportRecord, changes: list[int]
) -> None:
    control = control_timeline([make("A", starts=some(0)), second, third])
    assert control.changes_of_hands() == tuple(day(n) for n in changes)


def test_impassable_is_so_for_every_traffic_and_direction() -> None:
    bridge = status("impassable", starts=some(10), ends=some(30), direction="outbound")
    aid = status("open", as_of=some(0), traffic="aid", wire="AFP")
    found = status_timelines([bridge, aid], control_timeline(()))
    for traffic in ("people", "aid", "refugees", "official"):
        for direction in ("outbound", "inbound"):
            assert brief(found.timeline(traffic, direction).on(day(20))) == "stated impassable"
    assert brief(found.timeline("aid", "inbound").on(day(9))) == "carried open"
    assert brief(found.timeline("aid", "inbound").on(day(30))) == "unknown"


def test_it_is_impassable_for_all_until_something_passes() -> None:
    bridge = status("impassable", starts=some(10))
    people = status("open", starts=some(40), traffic="people", wire="AFP")
    aid = status_of([bridge, people], traffic="aid")
    assert [brief(aid.on(day(n))) for n in (39, 40)] == ["carried impassable", "unknown"]
    still_shut = status("closed", starts=some(40), traffic="people", wire="AFP")
    assert brief(status_of([bridge, still_shut], traffic="aid").on(day(41))) == "carried impassable"


def test_a_closing_that_names_no_traffic_ends_what_is_carried_as_open_to_other_traffic() -> None:
    aid = status("open", starts=some(0), traffic="aid", passage="p")
    closed = status("closed", starts=some(100), wire="AFP", passage="q")
    assert [brief(status_of([aid, closed], traffic="aid").on(day(n))) for n in (99, 100)] == [
        "carried open",
        "unknown",
    ]
    one_row_each = [status("closed", starts=some(100), traffic=t, passage="q") for t in ("people", "goods")]
    assert brief(status_of([aid, *one_row_each], traffic="aid").on(day(100))) == "unknown"
    for goes_on in (
        status("closed", starts=some(100), traffic="goods", passage="q"),  # names a traffic
        status("closed", starts=some(100), stance="claims", passage="q"),
        status("closed", starts=some(100), direction="inbound", passage="q"),
    ):
        assert brief(status_of([aid, goes_on], traffic="aid").on(day(100))) == "carried open"


def test_a_closing_does_not_end_what_its_own_words_except() -> None:
    aid = status("open", starts=some(0), traffic="aid", passage="closed but for aid")
    other_aid = status("open", starts=some(0), traffic="aid", passage="p", wire="AFP")
    closed = status("closed", starts=some(100), passage="closed but for aid")
    after = status_of([aid, other_aid, closed], traffic="aid").on(day(100))
    assert (brief(after), set(after.wires)) == ("carried open", {"AP", "AFP"})
    assert brief(status_of([aid, other_aid, closed], traffic="official").on(day(100))) == "unknown"


def test_nothing_lies_between_across_such_a_closing() -> None:
    around = [status("open", as_of=some(n), traffic="aid") for n in (0, 200)]
    passing = status("open", as_of=some(80, 120), traffic="aid", stance="claims", wire="AFP")
    closed = status("closed", starts=some(100), passage="q")
    assert brief(status_of([*around, passing], traffic="aid").on(day(110))) == "between open"
    assert brief(status_of([*around, passing, closed], traffic="aid").on(day(110))) == "possible open"


def test_directions_are_one_question_until_something_tells_them_apart() -> None:
    both = status("closed", as_of=some(0))
    found = status_timelines([both], control_timeline(()))
    assert [(traffic, way) for traffic, way, _ in found.questions()] == [
        ("people", "both"),
        ("goods", "both"),
    ]
    returns = status("open", as_of=some(0), traffic="refugees", direction="inbound")
    found = status_timelines([both, returns], control_timeline(()))
    assert [(traffic, way) for traffic, way, _ in found.questions()] == [
        ("people", "both"),
        ("goods", "both"),
        ("refugees", "outbound"),
        ("refugees", "inbound"),
    ]
    assert brief(found.timeline("refugees", "outbound").on(day(0))) == "unknown"
    assert [row[:2] for row in status_timelines([], control_timeline(())).questions()] == [
        ("people", "both"),
        ("goods", "both"),
    ]


@pytest.mark.parametrize(
    ("a", "b", "whole"),
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
    a: str, b: str, whole: str | None
) -> None:
    sides = [on([status(value, as_of=some(0))] if value else [], 0) for value in (a, b)]
    assert crossing_status(*sides).value == crossing_status(*sides[::-1]).value == whole
    assert crossing_status(*sides).sides == tuple(sides)


def test_a_crossing_is_no_surer_than_its_less_sure_open_side() -> None:
    stated, carried = (on([status("open", as_of=some(0))], n) for n in (0, 400))
    whole = crossing_status(stated, carried)
    assert (whole.level, whole.stale) == ("carried", True)
