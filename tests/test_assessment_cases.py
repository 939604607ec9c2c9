"""Cases of the assessment that the words of the rule single out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crossings import assessment
from crossings.assessment import (
    Bounds,
    Membership,
    RecordError,
    ReportRecord,
    control_timeline,
    status_timelines,
)
from tests.assessing import brief, day, make, on, some, status

Reports = list[ReportRecord]


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
        "heapq", "operator", "typing",
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
