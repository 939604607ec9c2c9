"""The shipped data as the papers have it: the golden days, and what check_data finds in it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from crossings.quality import paper
from crossings.quality.golden import GoldenDay, computed, golden_days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "seeds" / "GOLDEN_DAYS.md"


def test_the_rule_gives_what_the_table_says():
    days = golden_days(TABLE)
    differing = {str(day): told for day, told in computed(days) if told != day.told}

    assert differing == {}
    assert len(days) == len({str(day) for day in days}) == 52


def test_every_post_and_every_golden_day_of_the_docs_is_there():
    days = golden_days(TABLE)
    first = {(day.post, day.question, day.day) for day in golden_days(ROOT / "docs" / "assessment.md")[:19]}

    assert first <= {(day.post, day.question, day.day) for day in days}
    assert {day.post for day in days} == {
        "qaim-iq", "bukamal-sy", "walid-iq", "tanf-sy", "rabia-iq", "yarubiyah-sy", "faysh-khabur-iq",
        "semalka-sy",
    }  # fmt: skip


def test_each_day_of_the_first_encoding_that_has_another_answer_says_why():
    first = {str(day): day.told for day in golden_days(ROOT / "docs" / "assessment.md")[:19]}
    reasons = [
        line.split("|")[-2].strip() for line in TABLE.read_text("utf-8").splitlines() if "| 20" in line
    ]

    for day, why in zip(golden_days(TABLE), reasons, strict=True):
        assert why, day
        if str(day) in first:
            assert (first[str(day)] == day.told) == why.startswith("as computed"), day


def test_a_post_that_is_not_there_has_no_answer():
    day = golden_days(TABLE)[0]
    gone = GoldenDay("no-such-post", day.question, day.day, day.told)

    assert list(computed([gone])) == [(gone, None)]


def test_the_section_in_the_paper_is_what_the_shipped_data_gives(tmp_path):
    shipped = ROOT / "docs" / "data-quality.md"
    copy, out = tmp_path / "data-quality.md", io.StringIO()
    copy.write_text(shipped.read_text("utf-8"), "utf-8")

    call_command("check_data", write=copy, stdout=out)  # raises where anything is wrong

    assert copy.read_text("utf-8") == shipped.read_text("utf-8"), "run bin/manage check_data --write"
    assert "Golden days: 52 as expected, 0 not." in out.getvalue()
    assert "| `gulf-news-2019-09-30` | afp 1, ap 22 |" in paper.section_of(shipped)
