"""Rows drawn for a reader to judge, and verdicts that are recorded whole or not at all."""

from __future__ import annotations

import csv
import datetime
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crossings.models import Attribution, Toll
from crossings.publishing import workflow
from crossings.quality.sample import draw
from crossings.quality.verdicts import RECORDED, SHEET, VERDICTS, VerdictError, record

from .factories import make_passage, make_report

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 21)


@pytest.fixture
def published() -> list[Any]:
    return [make_report(wire="ap") for _ in range(6)]


def command(*arguments: object) -> str:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("fact_check", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        raise CommandError(f"{error} {err.getvalue()}") from error
    return out.getvalue()


# --- Drawing


def test_the_same_seed_draws_the_same_reports_again(published):
    first = [row.id for row in draw(3, 7)]

    assert first == [row.id for row in draw(3, 7)]
    assert len(set(first)) == 3
    assert any([row.id for row in draw(3, seed)] != first for seed in range(8, 20))
    assert {row.id for row in draw(99, 7)} == {report.public_id for report in published}


def test_only_what_is_published_is_drawn_and_of_the_source_set_asked_for(published):
    make_report(publish=False)
    outside = make_report(sources="background")

    assert len(draw(99, 1)) == 7
    assert [row.id for row in draw(99, 1, "background")] == [outside.public_id]


def test_a_row_has_the_words_the_address_and_the_values():
    passage = make_passage(exact="hold the post", lead="Reds", wire="afp")
    report = make_report(starts="2017", passage=passage, speaker="a mayor", stance="claims", note="Ours.")
    (row,) = draw(1, 1)

    assert row.quote == "[Reds] hold the post"
    assert row.page.endswith(f"/documents/{passage.document.slug}/#p-{passage.public_id}")
    assert (row.kind, row.id, row.subject, row.says) == (
        "control",
        report.public_id,
        "Alpha (IQ)",
        "Reds: holds",
    )
    assert (row.dates, row.stance, row.speaker, row.wire, row.note) == (
        "starts 2017",
        "claims",
        "a mayor",
        "AFP",
        "Ours.",
    )


def test_each_kind_of_report_says_what_it_says():
    make_report("status", status="closed", traffic="goods")
    make_report("observation", summary="Troops were seen")
    strike = make_report("strike", publish=False)
    Toll.objects.create(report=strike, killed_low=18)
    Attribution.objects.create(report=strike, speaker="Syria", kind="blames")
    workflow.publish([strike])

    assert {row.kind: row.says for row in draw(9, 1)} == {
        "status": "closed to goods (both)",
        "observation": "presence: Troops were seen",
        "strike": "struck: –; all: killed 18 or more, injured not reported; Syria blames –",
    }


def test_the_command_prints_the_rows_and_the_seed_to_draw_them_again(published):
    printed = command("draw", "-n", 2)
    seed = printed.rsplit("--seed ", 1)[1].rstrip(".\n")

    assert printed == command("draw", "-n", 2, "--seed", seed)
    assert printed.count("http://") == 2
    assert "“Words number" in printed


def test_a_sheet_is_never_written_over_and_bad_arguments_are_named(published, tmp_path):
    there = tmp_path / "sheet.csv"
    there.write_text("mine")

    with pytest.raises(CommandError, match="is there already"):
        command("draw", "--csv", there)
    assert there.read_text() == "mine"
    with pytest.raises(CommandError, match="choose from articles"):
        command("draw", "--sources", "none")
    with pytest.raises(CommandError, match="1 or more"):
        command("draw", "-n", 0)


# --- Recording


class Desk:
    """A drawn sheet, filled in."""

    def __init__(self, folder: Path) -> None:
        self.sheet, self.log = folder / "sheet.csv", folder / "log.csv"
        command("draw", "-n", 3, "--seed", 7, "--csv", self.sheet)
        with self.sheet.open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        for row in self.rows:
            row["verdict"] = "right"

    def save(self, columns: tuple[str, ...] = SHEET) -> None:
        with self.sheet.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.rows)

    def record(self, judge: str = "A. Reader") -> int:
        self.save()
        return record(self.sheet, self.log, judge, DAY)

    def recorded(self) -> list[dict[str, str]]:
        with self.log.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def desk(published, tmp_path) -> Desk:
    return Desk(tmp_path)


def test_verdicts_are_appended_with_judge_and_day(desk):
    desk.rows[1] |= {"verdict": "misdated", "what_is_right": "October, not November"}

    assert desk.record() == 3
    assert desk.record("B. Reader") == 3
    rows = desk.recorded()
    assert tuple(rows[0]) == RECORDED
    assert [row["judge"] for row in rows] == ["A. Reader"] * 3 + ["B. Reader"] * 3
    assert (rows[1]["verdict"], rows[1]["recorded_on"], rows[1]["seed"]) == ("misdated", "2026-11-21", "7")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"verdict": "fine"}, "row 3, column verdict: “fine”; it is one of right, overstated, wrong"),
        ({"verdict": ""}, "row 3, column verdict: nothing; it is one of"),
        ({"verdict": "wrong"}, "row 3, column what_is_right: say what the words say."),
        ({"id": "no-such"}, "row 3, column id: there is no report “no-such”."),
        ({"kind": "rumour"}, "row 3, column kind: there is no kind “rumour”."),
        ({"seed": ""}, "row 3, column seed: the number"),
    ],
)
def test_a_bad_cell_is_refused_by_row_and_column_and_nothing_is_recorded(desk, cells, sentence):
    desk.rows[1] |= cells

    with pytest.raises(VerdictError, match="row 3") as refused:
        desk.record()
    assert len(refused.value.problems) == 1
    assert sentence in refused.value.problems[0]
    assert not desk.log.exists()


def test_the_same_verdicts_are_not_recorded_twice(desk):
    desk.record()
    with pytest.raises(VerdictError, match="was recorded for"):
        desk.record()
    assert len(desk.recorded()) == 3


def test_a_formula_is_recorded_as_text(desk):
    desk.rows[0] |= {"verdict": "wrong", "what_is_right": "=cmd|'/c calc'!A1"}
    desk.rows[1] |= {"verdict": "wrong", "what_is_right": "@SUM(A1)"}
    desk.record()

    assert [row["what_is_right"] for row in desk.recorded()[:2]] == ["'=cmd|'/c calc'!A1", "'@SUM(A1)"]


def test_a_drawn_sheet_holds_no_formula(tmp_path):
    make_report(passage=make_passage(exact="=1+1 hold it"), note="-2")
    command("draw", "--csv", tmp_path / "sheet.csv")

    text = (tmp_path / "sheet.csv").read_text("utf-8")
    assert ",'=1+1 hold it," in text
    assert ",'-2," in text


def test_the_paper_lists_the_verdicts():
    paper = (Path(__file__).resolve().parent.parent / "docs" / "fact-check.md").read_text("utf-8")

    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", paper, re.M)) == VERDICTS


def test_a_sheet_without_a_column_or_rows_and_a_log_of_another_kind_are_refused(desk):
    desk.save(tuple(column for column in SHEET if column != "verdict"))
    with pytest.raises(CommandError, match="row 1: there is no column verdict"):
        command("record", desk.sheet, "--by", "A", "--log", desk.log)
    desk.log.write_text("a,b\n")
    with pytest.raises(VerdictError, match="the columns are recorded_on"):
        desk.record()
    assert desk.log.read_text() == "a,b\n"
    desk.log.write_text("a,b")
    with pytest.raises(VerdictError, match="the last line is not whole"):
        desk.record()
    desk.rows = []
    with pytest.raises(VerdictError, match="has no rows"):
        desk.record()


def test_files_that_cannot_be_read_end_in_a_sentence(desk, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        command("record", tmp_path / "none.csv", "--by", "A", "--log", desk.log)
    desk.sheet.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="is not UTF-8"):
        command("record", desk.sheet, "--by", "A", "--log", desk.log)
    with pytest.raises(VerdictError, match="Name who judged"):
        desk.record(" ")
