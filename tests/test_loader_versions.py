"""A changed row of a seed file becomes a new version, which replaces the old one in one edition."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossings import models as m
from crossings.publishing import workflow
from crossings.publishing.corrections import copy_as_draft
from tests.factories import make_report
from tests.seed_folder import Folder, counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Folder:
    return Folder(tmp_path)


def control() -> dict[str, tuple[str, str]]:
    """Of every control report by its id: its state and the id of what it replaces."""
    rows = m.ControlReport.objects.select_related("supersedes")
    return {row.public_id: (row.state, row.supersedes.public_id if row.supersedes else "") for row in rows}


def test_a_published_report_that_changed_is_refused(folder):
    folder.load()
    before = counts()
    problems = folder.set("control", as_of="2019-10-01").refused()
    assert problems == [
        "control.csv, row 2, column as_of: “held” is published and differs here in as_of. Run with --replace "
        "to withdraw it and publish this row in its place."
    ]
    assert folder.set("control", as_of="2019-09-30").set("tolls", killed_low="21").refused()
    assert counts() == before


def test_a_changed_row_supersedes_the_stored_one_in_one_edition(folder):
    folder.load()
    folder.set("control", as_of="2019-10-01").set("tolls", killed_low="21")
    summary = folder.load(replace=True)

    assert dict(summary.replaced) == {"control": 1, "strike_reports": 1}
    assert [(edition.number, edition.note) for edition in summary.editions] == [(2, "Shipped data: One set")]
    assert control() == {"held": ("withdrawn", ""), "held-2": ("published", "held")}
    assert [m.ControlReport.objects.published(n).get().as_of for n in (1, 2)] == ["2019-09-30", "2019-10-01"]
    assert m.Toll.objects.get(report__public_id="told-2").killed_low == 21
    assert m.Toll.objects.get(report__public_id="told").killed_low == 18
    assert not folder.load().changed

    folder.set("control", as_of="2019-10-02").load(replace=True)
    assert m.ControlReport.objects.published().get().supersedes.public_id == "held-2"
    assert not folder.load().changed


def test_replacing_in_two_folders_is_one_edition(folder, tmp_path):
    (tmp_path / "more").mkdir()
    more = Folder(tmp_path / "more")
    more.rows = {
        "source_sets": [{"id": "two", "name": "Second set"}],
        "control": [{**folder.rows["control"][0], "id": "held-too"}],
    }
    for path in (tmp_path / "more").glob("*.csv"):
        path.unlink()
    more.write()
    assert len(folder.load().editions) == 2
    folder.set("control", as_of="2019-10-01")
    more.set("control", as_of="2019-10-01")
    assert [edition.note for edition in folder.load(replace=True).editions] == [
        "Shipped data: One set, Second set"
    ]


def test_an_unrelated_report_with_a_number_behind_its_id_is_left_alone(folder):
    """`held-2` is an editor's own report: it is no version of `held`, whatever the ids look like."""
    folder.load()
    other = make_report(crossing="other", public_id="held-2")
    assert not folder.load().changed
    assert not folder.load(replace=True).changed

    folder.set("control", as_of="2019-10-01").load(replace=True)

    assert control() == {
        "held": ("withdrawn", ""), "held-2": ("published", ""), "held-3": ("published", "held"),
    }  # fmt: skip
    other.refresh_from_db()
    assert other.state == m.State.PUBLISHED
    assert not folder.load().changed


def test_an_unchanged_file_leaves_an_editors_correction_alone(folder):
    folder.load()
    copy = copy_as_draft(m.ControlReport.objects.get())
    m.ControlReport.objects.filter(pk=copy.pk).update(note="mended")
    workflow.publish([copy])

    summary = folder.load()
    assert summary.corrected == [f"control.csv, row 2: {copy.public_id}"]
    assert not summary.changed
    assert not folder.load(replace=True).changed
    assert m.ControlReport.objects.published().get() == copy

    folder.set("control", note="mended otherwise")
    assert "is published and differs here in note" in folder.refused()[0]
    folder.load(replace=True)
    assert m.ControlReport.objects.published().get().supersedes == copy


def test_a_row_taken_back_to_its_first_text_is_a_change_again(folder):
    folder.load()
    folder.set("control", as_of="2019-10-01").load(replace=True)
    folder.set("control", as_of="2019-09-30")
    assert folder.refused()
    folder.load(replace=True)
    assert m.ControlReport.objects.published().get().supersedes.public_id == "held-2"


# --- The column `supersedes`


def add_successor(folder: Folder, **cells: str) -> None:
    folder.rows["control"].append(
        {**folder.rows["control"][0], "id": "mended", "as_of": "2019-10-01", "supersedes": "held", **cells}
    )
    folder.write()


def test_a_row_that_names_what_it_supersedes_replaces_it_without_being_asked(folder):
    folder.load()
    add_successor(folder)
    summary = folder.load()
    assert len(summary.editions) == 1
    assert control() == {"held": ("withdrawn", ""), "mended": ("published", "held")}
    assert not folder.load().changed


def test_on_an_empty_database_only_the_last_of_them_is_ever_shown(folder):
    folder.rows["control"].insert(0, {**folder.rows["control"][0], "id": "mended", "supersedes": "held"})
    folder.write()
    folder.load()
    assert control() == {"held": ("withdrawn", ""), "mended": ("published", "held")}
    assert m.ControlReport.objects.published(1).get().public_id == "mended"
    assert not folder.load().changed


def test_files_without_the_column_are_read_as_before(folder):
    path = folder.file("control")
    lines = path.read_text().splitlines()
    at = lines[0].split(",").index("supersedes")
    cells = [line.split(",") for line in lines]
    path.write_text("".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in cells))
    assert folder.load().created["control"] == 1


def test_a_superseded_status_row_is_replaced_for_each_kind_of_traffic(folder):
    folder.load()
    folder.rows["status"].append(
        {**folder.rows["status"][0], "id": "shut", "status": "closed", "supersedes": "open"}
    )
    folder.write()
    folder.load()
    links = m.StatusReport.objects.filter(supersedes__isnull=False)
    assert set(links.values_list("public_id", "supersedes__public_id")) == {
        ("shut-people", "open-people"), ("shut-goods", "open-goods"),
    }  # fmt: skip


def test_a_wrong_supersedes_is_told_by_row_and_column(folder):
    add_successor(folder, supersedes="nothing")
    assert folder.refused() == [
        "control.csv, row 3, column supersedes: There is no row “nothing” in control.csv."
    ]
    folder.set("control", 1, supersedes="")
    folder.load()
    assert folder.set("control", 1, supersedes="held").refused() == [
        "control.csv, row 3, column supersedes: “mended” has been published and does not replace “held”."
    ]


def test_rows_that_name_each_other_in_a_circle_are_refused(folder):
    add_successor(folder)
    folder.set("control", 0, supersedes="mended")
    assert "name each other in a circle: “" in folder.refused()[0]


def test_two_rows_cannot_replace_the_same_one(folder):
    add_successor(folder)
    add_successor(folder, id="mended-too")
    assert any("Only one can." in problem for problem in folder.refused())


def test_an_answer_that_was_taken_out_makes_a_new_version_of_its_question(folder):
    folder.rows["answers"].append(
        {"disagreement": "question", "order": "2", "text": "Others", "passages": "words"}
    )
    folder.write()
    folder.load()
    folder.rows["answers"].pop()
    folder.write()
    assert "“question” is published and differs here in answers" in folder.refused()[0]
    assert dict(folder.load(replace=True).replaced) == {"disagreements": 1}
    assert m.Answer.objects.get(disagreement__state=m.State.PUBLISHED).text == "They"
    assert m.Answer.objects.filter(disagreement__public_id="question").count() == 2
