"""Cases of the assessment that the words of the rule single out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crossings import assessment
from crossings.assessment import (
    Answer,
    Bounds,
    Membership,
    RecordError,
    ReportRecord,
    control_timeline,
    crossing_status,
    status_timelines,
)
from tests.assessing import day, make, some, status, status_of

Reports = list[ReportRecord]


def on(records: Reports, n: int) -> Answer:
    """Who held the post on the day, or whether people could pass it."""
    is_status = bool(records) and records[0].kind == "status"
    return (status_of(records) if is_status else control_timeline(records)).on(day(n))


def brief(answer: Answer) -> str:
    return f"{answer.level} {' '.join(sorted(answer.value))}".strip()


def briefs(records: Reports, *days: int) -> list[str]:
    return [brief(on(records, n)) for n in days]


# --- A day is stated only if the words themselves speak of it


def test_a_month_in_which_it_was_lost_tells_no_day() -> None:
    withdrew = [make("army", ends=some(30, 60), wire="Reuters")]
    assert briefs(withdrew, 28, 29, 30, 59, 60) == [
        "unknown",
        "possible army",  # its last sure day, and no day that the words tell
        "possible army",
        "possible army",
        "unknown",
    ]
    assert on(withdrew, 29).age_days == 0


def test_a_month_in_which_it_was_taken_tells_no_day() -> None:
    took = [make("IS", starts=some(30, 60))]
    assert briefs(took, 29, 30, 60, 61) == ["unknown", "possible IS", "possible IS", "carried IS"]
    assert (on(took, 30).age_days, on(took, 60).age_days) == (None, 0)


def test_what_only_narrowing_makes_sure_is_not_stated() -> None:
    since_that_year = status("closed", starts=some(0, 300), ends=some(900), wire="AFP")
    exactly = status("closed", starts=some(60), wire="Reuters")
    assert briefs([since_that_year, exactly], 60, 61, 299, 300) == [
        "stated closed",  # Reuters
        "between closed",
        "between closed",
        "stated closed",  # AFP's own words
    ]
    assert brief(on([since_that_year], 61)) == "possible closed"


def test_two_dates_that_give_one_day_tell_it() -> None:
    assert brief(on([make("A", starts=some(0, 30), ends=some(31, 60))], 30)) == "stated A"
    assert brief(on([make("A", as_of=some(5), ends=some(6, 20))], 5)) == "stated A"
    assert brief(on([make("A", starts=some(0, 30), as_of=some(0, 30))], 30)) == "possible A"


def test_the_dates_of_a_report_bound_each_other() -> None:
    took_that_year_and_holds_it = [make("A", starts=some(0, 300), as_of=some(100))]
    assert briefs(took_that_year_and_holds_it, 99, 100, 101) == ["possible A", "stated A", "carried A"]


def test_a_side_left_open_vouches_for_nothing_and_is_not_narrowed() -> None:
    for_a_decade = status("closed", starts=Bounds(None, day(10)), as_of=some(30))
    assert briefs([for_a_decade], 9, 10, 30, 31) == [
        "unknown",
        "stated closed",
        "stated closed",
        "carried closed",
    ]
    assert brief(on([for_a_decade, status("closed", starts=some(5), ends=some(6))], 7)) == "unknown"
    ended = [make("A", starts=some(5), ends=Bounds(day(10), None))]
    assert briefs(ended, 5, 9, 10) == ["stated A", "stated A", "unknown"]


def test_a_month_it_speaks_of_is_possible_all_along_and_carried_after() -> None:
    assert briefs([make("A", as_of=some(5, 15))], 4, 5, 15, 16) == [
        "unknown",
        "possible A",
        "possible A",
        "carried A",
    ]


def test_a_vague_start_takes_the_narrowest_then_the_latest_range_inside_it() -> None:
    vague = make("A", starts=some(0, 90), id="vague")
    month, day_3, day_40 = (
        make("A B", starts=some(*at), id=f"at {at}", wire="AFP") for at in ((0, 20), (3,), (40,))
    )
    assert [brief(on([vague, *others], 30)) for others in ([], [month], [month, day_3])] == [
        "possible A",
        "carried A",
        "carried A",
    ]
    assert on([vague, month, day_3, day_40], 39).supporting == (month.id, day_3.id)
    of_others = make("C", starts=some(50), wire="AFP")
    assert "vague" in on([vague, of_others], 30).supporting


def test_until_a_year_stays_a_word_about_its_eve_after_the_exact_day_is_known() -> None:
    held = [make("A", starts=some(0)), make("A", ends=some(100, 400), wire="AFP")]
    assert on(held, 50).after_on == day(99)
    told = [*held, make("A", ends=some(300), wire="Reuters")]
    assert (on(told, 50).after_on, brief(on(told, 299))) == (day(99), "stated A")
    assert brief(on(told, 300)) == "unknown"


def test_ranges_that_together_leave_no_day_are_of_something_else() -> None:
    in_and_out = make("A", starts=some(0, 90), ends=some(0, 90), id="in and out")
    others = [make("A", starts=some(60), id="s"), make("A", ends=some(10), id="e")]
    assert "in and out" in on([in_and_out, *others], 40).supporting


# --- Dates shown are dates of words


def test_the_last_word_never_lies_after_the_day() -> None:
    held = [make("A", ends=some(100, 300)), make("A", ends=some(200), wire="AFP")]
    answer = on(held, 150)
    assert (brief(answer), answer.last_reported, answer.after_on) == ("between A", day(99), day(199))
    assert (answer.before_on, answer.before, answer.after) == (day(99), {"AP": day(99)}, {"AFP": day(199)})


def test_no_date_is_the_day_itself_unless_a_word_speaks_of_it() -> None:
    only_possible = on([make("A", starts=some(0, 90))], 40)
    assert (brief(only_possible), only_possible.last_reported, only_possible.age_days) == (
        "possible A",
        None,
        None,
    )


def test_a_word_of_the_town_on_the_day_confirms() -> None:
    around = [make("A", as_of=some(0)), make("A", as_of=some(500), of="place", wire="AFP")]
    answer = on(around, 500)
    assert (brief(answer), answer.age_days, answer.far) == ("between A", 0, False)
    assert brief(on(around[1:], 500)) == "possible A"


# --- Between


def test_it_is_not_between_when_the_next_word_may_have_begun_later() -> None:
    held = make("A", as_of=some(0))
    assert brief(on([held, make("A", starts=some(20, 30), wire="AFP")], 25)) == "possible A"
    assert brief(on([held, make("A", starts=some(30), wire="AFP")], 25)) == "carried A"
    assert brief(on([held, make("A", as_of=some(30), wire="AFP")], 25)) == "between A"


def test_it_is_not_between_when_the_last_word_is_surely_over() -> None:
    lost, back = make("A", ends=some(10)), make("A", as_of=some(50))
    rumour = make("A", starts=some(20), stance="alleges", ends=some(40))
    assert brief(on([lost, back, rumour], 30)) == "possible A"


def test_words_far_apart_are_far_but_not_on_a_day_with_a_word() -> None:
    apart = [make("A", as_of=some(0)), make("A", as_of=some(731), of="place")]
    assert [on(apart, n).far for n in (1, 730, 731)] == [True, True, False]
    near = [make("A", as_of=some(0)), make("A", as_of=some(730))]
    assert not on(near, 365).far
    changes = control_timeline(apart).segments(day(0), day(731))
    assert [(s.first, s.answer.level, s.answer.far) for s in changes] == [
        (day(0), "stated", False),
        (day(1), "between", True),
        (day(731), "between", False),
    ]


# --- Wires


def test_wires_counted_on_a_stated_day_speak_of_it_and_others_are_apart() -> None:
    held = [make("A", starts=some(0), wire="CENTCOM"), make("A", as_of=some(700), wire="AFP")]
    answer = on(held, 700)
    assert (brief(answer), answer.wires, answer.also) == (
        "stated A",
        {"AFP": day(700)},
        {"CENTCOM": day(0)},
    )
    assert answer.wire_count == 1


def test_between_counts_wires_before_and_after_by_their_own_dates() -> None:
    held = [
        make("A", starts=some(0, 364), wire="AP"),
        make("A", starts=some(100), wire="Reuters"),
        make("A", as_of=some(900), wire="AFP"),
    ]
    answer = on(held, 200)  # AP's own words are sure of the year's last day alone
    assert (set(answer.before), set(answer.after), set(answer.also)) == ({"Reuters"}, {"AFP"}, {"AP"})
    assert set(on(held, 365).before) == {"AP", "Reuters"}
    assert answer.ahead == (held[2].id,)


def test_who_says_that_two_hold_it_says_that_each_does() -> None:
    both, army = make("army militia", as_of=some(0), wire="AP"), make("army", as_of=some(0), wire="AFP")
    assert set(on([both, army], 0).wires) == {"AP", "AFP"}
    claimed = make("army", as_of=some(0), stance="claims", wire="AFP")
    answer = on([both, claimed], 0)
    assert (set(answer.wires), set(answer.also)) == ({"AP"}, {"AFP"})


def test_two_values_on_one_wire_are_one_witness_for_each() -> None:
    answer = on([make("A", as_of=some(5)), make("B", as_of=some(5))], 5)
    assert answer.level == "disputed"
    assert [set(a.wires) for a in answer.alternatives] == [{"AP"}, {"AP"}]


# --- Disputes


def test_a_claim_against_a_report_is_a_dispute_and_an_allegation_a_possibility() -> None:
    held = make("A", as_of=some(0))
    claim = on([held, make("B", as_of=some(10), stance="claims")], 10)
    assert (claim.level, [sorted(a.value) for a in claim.alternatives]) == ("disputed", [["A"], ["B"]])
    rumour = [held, make("B", as_of=some(10), stance="alleges")]
    assert (on(rumour, 10).level, len(on(rumour, 10).alternatives)) == ("possible", 2)
    assert brief(on(rumour, 11)) == "carried A"  # an allegation is not carried


def test_the_last_who_reported_disagree_is_told_from_sources_of_the_day() -> None:
    vague = make("B", as_of=some(0, 20), wire="AFP")
    apart = on([make("A", as_of=some(10)), vague], 30)
    assert (apart.level, apart.last_disagree, apart.age_days) == ("disputed", True, 10)
    same_day = on([make("A", as_of=some(10)), make("B", as_of=some(10))], 10)
    assert (same_day.level, same_day.last_disagree) == ("disputed", False)
    assert on([make("A", as_of=some(10)), vague], 386).stale


def test_a_denial_disputes_what_it_denies_and_nothing_else() -> None:
    taken = make("A", starts=some(5))
    denied = on([taken, make("A", as_of=some(5), stance="denies")], 5)
    assert (denied.level, [a.stance for a in denied.alternatives]) == ("disputed", ["states", "denies"])
    other = on([taken, make("B", as_of=some(5), stance="denies", id="denial")], 5)
    assert (brief(other), other.unused) == ("stated A", ("denial",))
    alone = on([make("A", as_of=some(5), stance="denies", id="denial")], 5)
    assert (brief(alone), alone.unused) == ("unknown", ("denial",))


def test_a_denial_is_never_superseded_and_never_carried() -> None:
    denied = [
        make("A", starts=some(0), id="taken"),
        make("A", starts=some(0), ends=some(20, 40), stance="denies"),
    ]
    others = make("B", as_of=some(5), ends=some(6))
    back = make("A", starts=some(10), id="back")
    assert [on([*denied, others, back], n).level for n in (5, 10, 19, 39, 40)] == [
        "stated",
        "disputed",
        "disputed",
        "disputed",
        "carried",
    ]


# --- What ends a report


def test_a_vague_report_supersedes_once_all_its_days_follow() -> None:
    held, vague = make("A", as_of=some(10)), make("B", as_of=some(20, 40), wire="AFP")
    assert [on([held, vague], n).level for n in (19, 20, 39, 40)] == [
        "carried",
        "possible",
        "possible",
        "possible",
    ]
    assert brief(on([held, vague], 40)) == "possible B"
    overlapping = make("B", as_of=some(5, 40), wire="AFP")
    assert on([held, overlapping], 41).level == "disputed"


def test_carrying_stops_at_the_latest_end_that_another_report_gives() -> None:
    lost = make("A", ends=some(20, 40), wire="AFP", id="lost")
    held = make("A", as_of=some(0), id="held")
    assert [on([held, lost], n).supporting for n in (38, 39, 40)] == [
        ("held", "lost"),
        ("held", "lost"),
        (),
    ]


def test_others_held_it_by_a_day_when_its_beginning_is_not_told() -> None:
    held = make("A", starts=some(0))
    assert on([held, make("B", as_of=some(13), wire="TV")], 5).passed_by == day(13)
    assert on([held, make("B", starts=some(13))], 5).passed_by is None
    assert on([held, make("A", as_of=some(13), wire="TV")], 5).passed_by is None
    assert on([held, make("B", starts=Bounds(None, day(13)))], 5).passed_by == day(13)


def test_carried_for_more_than_a_year_is_stale() -> None:
    held = [make("A", as_of=some(0))]
    assert [(on(held, n).age_days, on(held, n).stale) for n in (365, 366)] == [(365, False), (366, True)]
    assert [(s.first, s.answer.stale) for s in control_timeline(held).segments(day(300), day(400))] == [
        (day(300), False),
        (day(366), True),
    ]


def test_what_only_later_texts_state_is_told_in_their_year() -> None:
    late = status("closed", starts=some(0), ends=some(2000), published=Bounds.on(date(2026, 4, 20)))
    later = status("closed", as_of=some(50), published=Bounds.on(date(2027, 1, 1)), wire="AFP")
    soon = status("closed", as_of=some(50), published=some(60), wire="Reuters")
    assert [on(reports, 50).told_in for reports in ([late], [late, later], [late, soon])] == [
        2026,
        2026,
        None,
    ]
    undated = status("closed", as_of=some(50), wire="AFP")
    assert on([late, undated], 50).told_in is None
    assert on([status("closed", as_of=some(0), published=some(366))], 0).told_in == 2015
    assert on([status("closed", as_of=some(0), published=some(365))], 0).told_in is None


def test_a_report_on_the_town_is_at_most_possible_and_marked() -> None:
    town = [make("A", starts=some(5), of="place")]
    assert (brief(on(town, 5)), on(town, 5).indirect) == ("possible A", True)
    assert (brief(on(town, 6)), on(town, 6).indirect) == ("carried A", True)


@pytest.mark.parametrize(
    "unheard",
    [{"stance": "plans"}, {"of": "frontier"}, {"role": "present"}, {"role": "backs"}, {"role": "contests"}],
)
def test_plans_the_frontier_and_other_roles_are_never_assessed(unheard: dict[str, str]) -> None:
    held = [make("A", as_of=some(0)), make("B", as_of=some(5), **unheard)]
    assert control_timeline(held).segments(day(-1), day(30)) == control_timeline(held[:1]).segments(
        day(-1), day(30)
    )


# --- Membership


def test_a_member_counts_for_its_umbrella_on_the_days_of_its_membership() -> None:
    held = [make("YPG", starts=some(0)), make("SDF", as_of=some(1500), wire="AFP")]
    timeline = control_timeline(held, [Membership("YPG", "SDF", since=day(650))])
    assert [(s.first, brief(s.answer)) for s in timeline.segments(day(0), day(1501))] == [
        (day(0), "stated YPG"),
        (day(1), "between YPG"),
        (day(650), "between SDF"),
        (day(1500), "stated SDF"),
        (day(1501), "carried SDF"),
    ]
    assert timeline.changes_of_hands() == ()
    assert set(timeline.on(day(1500)).also) == {"AP"}  # not superseded by its own umbrella


def test_a_member_that_left_is_itself_again_and_that_is_no_change_of_hands() -> None:
    membership = [Membership("YPG", "SDF", since=day(10), until=day(20))]
    timeline = control_timeline([make("YPG", starts=some(0))], membership)
    assert [brief(timeline.on(day(n))) for n in (9, 10, 20, 21)] == [
        "carried YPG",
        "carried SDF",
        "carried SDF",
        "carried YPG",
    ]
    assert timeline.changes_of_hands() == ()


def test_who_clashes_depends_on_the_memberships_of_the_day() -> None:
    held = [make("YPG", as_of=some(0, 5)), make("SDF", as_of=some(3), wire="AFP")]
    timeline = control_timeline(held, [Membership("YPG", "SDF", since=day(100))])
    assert (timeline.on(day(99)).level, timeline.on(day(100)).level) == ("disputed", "carried")
    umbrellas = [Membership("YPG", "SDF"), Membership("SDF", "coalition", since=day(3))]
    assert brief(control_timeline(held, umbrellas).on(day(3))) == "stated coalition"


# --- Status


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


# --- What it refuses, and what it needs


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: make("A"),
        lambda: make("A", starts=Bounds(day(0), None)),
        lambda: make("A", as_of=Bounds(None, day(0))),
        lambda: make("A", as_of=some(0), stance="believes"),
        lambda: make("A", as_of=some(0), role="owns"),
        lambda: make("A", as_of=some(0), traffic=frozenset({"people"})),
        lambda: make("", as_of=some(0)),
        lambda: status("ajar", as_of=some(0)),
        lambda: status("open closed", as_of=some(0)),
        lambda: status("open", traffic="", as_of=some(0)),
        lambda: status("open", traffic="ships", as_of=some(0)),
        lambda: status("open", direction="up", as_of=some(0)),
        lambda: Bounds(day(1), day(0)),
        lambda: Bounds(None, None),
        lambda: Membership("A", "A"),
        lambda: Membership("A", "B", day(1), day(0)),
        lambda: control_timeline([status("open", as_of=some(0))]),
        lambda: status_timelines([make("A", as_of=some(0))], control_timeline([])),
    ],
)
def test_what_the_rule_cannot_read_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(RecordError):
        wrong()


def test_what_was_over_on_the_day_it_began_says_nothing() -> None:
    taken_and_lost = make("A", starts=some(5), ends=some(5))
    held = make("B", as_of=some(0))
    assert control_timeline([held, taken_and_lost]).on(day(6)) == control_timeline([held]).on(day(6))


def test_the_ends_of_the_calendar_are_no_trouble() -> None:
    held = [make("A", starts=Bounds.on(date.min)), make("B", starts=Bounds.on(date.max))]
    timeline = control_timeline(held)
    assert brief(timeline.on(date.min)) == "stated A"
    assert brief(timeline.on(date.max)) == "stated B"
    assert timeline.on(date.max).next_change is None
    assert timeline.segments(date.min, date.max)[-1].first == date.max
    with pytest.raises(ValueError, match="is after"):
        timeline.segments(day(1), day(0))


def test_the_rule_needs_nothing_but_the_standard_library() -> None:
    allowed = {
        "__future__", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "functools",
        "heapq", "typing",
    }  # fmt: skip
    # The detection of conflicts compares texts, too; it is moved in beside the rule.
    rule = [p for p in Path(assessment.__file__).parent.glob("*.py") if p.stem != "conflicts"]
    assert len(rule) > 8
    for module in rule:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module in allowed, module
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"operator"}, module
            # No clock: what is asked for is always given.
            assert not (isinstance(node, ast.Attribute) and node.attr in ("today", "now")), module
