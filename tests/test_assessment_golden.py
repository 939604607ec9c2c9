"""Golden days: what the golden reports give for the days of the tables in docs/assessment.md.

The tables in the docs are the one place of the expected values. The reports are those of tests/data, as they
were first encoded, so that mending the shipped data does not move the days.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from crossings.assessment import (
    Bounds,
    ReportRecord,
    control_timeline,
    crossing_status,
    status_timelines,
)
from crossings.quality.golden import in_words
from tests.assessing import (
    DOCS,
    GOLDEN_MEMBERSHIPS,
    GoldenDay,
    golden_days,
    golden_post,
    golden_records,
)

#: "With one more report": what the second table adds.
ONE_MORE = ReportRecord(
    id="one-more",
    value=frozenset({"open"}),
    starts=None,
    ends=None,
    as_of=Bounds.on(date(2015, 5, 10)),
    stance="states",
    of="post",
    role="",
    wire="test-wire",
    published=Bounds.on(date(2015, 5, 10)),
    passage="one-more",
    traffic=frozenset({"official"}),
    direction="both",
)


@pytest.mark.parametrize("row", golden_days(), ids=lambda row: f"{row.post} {row.question} {row.day}")
def test_the_rule_gives_what_the_table_says(row: GoldenDay) -> None:
    control, status = golden_post(row.post, *([ONE_MORE] if row.example else []))
    timeline = control if row.question == "control" else status.timeline(row.question, "outbound")
    answer = timeline.on(row.day)
    assert in_words(answer) == (row.value, row.level, row.age, row.wires, row.also)
    assert answer == timeline.segments(row.day, row.day)[0].answer
    if row.question != "control":
        assert status.timeline(row.question, "inbound").on(row.day) == answer


def test_the_tables_are_whole() -> None:
    rows = golden_days()
    assert (len(rows), sum(row.example for row in rows)) == (21, 2)
    assert len(golden_records()) == 195


def examples() -> list[tuple[str, str, list[str], list[tuple[str, str]]]]:
    """The rows of worked examples in the docs: post, question, ids of reports, (day, level)."""
    text = (DOCS / "assessment.md").read_text("utf-8")
    rows = []
    for line in text.split("## Three examples among the golden reports")[1].split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and "`" in cells[3]:
            days = re.findall(r"(\d{4}-\d\d-\d\d) (\w+)", cells[4])
            rows.append((cells[1], cells[2], re.findall("`(.+?)`", cells[3]), days))
    return rows


@pytest.mark.parametrize("row", examples(), ids=lambda row: f"{row[0]} {row[1]}")
def test_the_worked_examples_are_what_the_rule_gives(
    row: tuple[str, str, list[str], list[tuple[str, str]]],
) -> None:
    post, question, ids, days = row
    records = [r for of, r in golden_records() if of == post and r.id in ids]
    assert sorted(r.id for r in records) == sorted(ids)
    assert len(days) >= 4
    control = control_timeline([r for r in records if r.kind == "control"], GOLDEN_MEMBERSHIPS)
    status = status_timelines([r for r in records if r.kind == "status"], control)
    of_post, status_of_post = golden_post(post)
    for on, level in days:
        for held, passed in ((control, status), (of_post, status_of_post)):  # by itself, and among all others
            timeline = held if question == "control" else passed.timeline(question, "outbound")
            assert timeline.on(date.fromisoformat(on)).level == level, on


def test_golden_flags_that_the_table_has_no_column_for() -> None:
    bukamal, _ = golden_post("bukamal-sy")
    assert bukamal.on(date(2024, 12, 7)).passed_by == date(2024, 12, 19)
    rabia, status = golden_post("rabia-iq")
    assert rabia.on(date(2014, 7, 15)).last_disagree
    assert status.timeline("people", "inbound").on(date(2015, 1, 1)).told_in == 2026
    tanf, _ = golden_post("tanf-sy")
    assert tanf.on(date(2015, 5, 21)).told_in is None  # told by a text of the next day
    walid, _ = golden_post("walid-iq")
    assert (walid.on(date(2018, 10, 31)).stale, walid.on(date(2018, 11, 1)).stale) == (False, True)


def test_a_closing_interrupts_what_lies_between_on_its_first_day_alone() -> None:
    _, status = golden_post("rabia-iq")
    aid = status.timeline("aid", "outbound")  # AP: closed since April 2016 at the latest; UN: aid until 2020
    levels = [(str(s.first), s.answer.level) for s in aid.segments(date(2016, 4, 1), date(2016, 12, 31))]
    assert levels == [("2016-04-01", "between"), ("2016-04-20", "possible"), ("2016-04-21", "between")]


def test_the_crossing_opened_on_the_day_of_the_reopening() -> None:
    sides = [golden_post(post)[1].timeline("goods", "outbound") for post in ("qaim-iq", "bukamal-sy")]
    days = ("2019-09-29", "2019-09-30", "2024-12-07", "2024-12-09", "2025-06-15")
    told = {day: crossing_status(*(side.on(date.fromisoformat(day)) for side in sides)).value for day in days}
    assert told == {
        "2019-09-29": "closed",
        "2019-09-30": "open",
        "2024-12-07": None,  # open on the Iraqi side as last reported, unknown on the Syrian side
        "2024-12-09": "closed",
        "2025-06-15": "open",
    }


def test_the_holder_changes_on_the_days_that_the_sources_tell() -> None:
    control, _ = golden_post("bukamal-sy")
    assert [str(day) for day in control.changes_of_hands()] == [
        "2014-07-01",  # Islamic State takes the town
        "2017-11-19",  # the government takes it
        "2024-12-06",  # SDF
        "2024-12-19",  # new authorities
    ]
    control, _ = golden_post("walid-iq")
    assert [str(day) for day in control.changes_of_hands()] == [
        "2014-06-23",  # who held it was in doubt from here
        "2015-04-30",  # the army
        "2015-05-01",  # in doubt again
        "2015-05-31",  # Islamic State
        "2017-06-17",  # the army
    ]


def test_the_posts_of_the_reports_have_no_date_of_a_word_after_the_day() -> None:
    for post in sorted({post for post, _ in golden_records()}):
        control, status = golden_post(post)
        for timeline in [control, *(timeline for *_, timeline in status.questions())]:
            for segment in timeline.segments(date(2010, 1, 1), date(2026, 11, 20)):
                answer = timeline.on(segment.last)
                assert answer.last_reported is None or answer.last_reported <= segment.last
                assert answer.before_on is None or answer.before_on < segment.last <= answer.after_on
