"""Seed files into the database: all rows or none, once, and nothing published is ever rewritten."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from crossings import models as m
from crossings.imports.folders import TABLES
from crossings.imports.loader import SeedError, load
from geodata.csv_tables import read_table
from tests.seed_folder import Folder, counts


@pytest.fixture
def folder(tmp_path, db) -> Folder:
    return Folder(tmp_path)


def test_a_small_folder_becomes_published_rows_in_one_edition(folder):
    summary = folder.load()
    assert [e.note for e in summary.editions] == ["Shipped data: One set"]
    assert summary.created["control"] == 1
    assert m.StatusReport.objects.published().count() == 2
    assert set(m.StatusReport.objects.values_list("public_id", "traffic")) == {
        ("open-people", "people"), ("open-goods", "goods"),
    }  # fmt: skip
    assert m.Holder.objects.get().force.slug == "part"
    assert m.Membership.objects.published().get().umbrella.slug == "whole"
    assert m.Toll.objects.get().killed_low == 18
    assert m.Answer.objects.get().passages.get().public_id == "words"


def test_a_second_run_changes_nothing(folder):
    folder.load()
    before = counts()
    summary = folder.load()
    assert counts() == before
    assert not summary.changed
    assert sum(summary.unchanged.values()) == sum(len(r) for r in folder.rows.values()) - 3 + 1


def test_a_check_writes_nothing_and_still_finds_what_only_the_database_knows(folder):
    summary = folder.load(check=True)
    assert summary.created["control"] == 1
    assert not any(counts().values())
    folder.set("posts", 1, country="IQ")
    assert folder.refused(check=True)


# One spoilt cell: file, column, cell → what the sentence says.
BAD_CELLS = [
    ("posts", "latitude", "NaN", "“NaN” is no decimal number"),
    ("posts", "latitude", "1e400", "is no decimal number"),
    ("posts", "latitude", "91", "91 is no latitude"),
    ("posts", "longitude", "-180.5", "is no longitude"),
    ("posts", "radius_m", "0", "is no radius"),
    ("posts", "radius_m", "10000000", "is no radius"),
    ("posts", "precision", "about", "“about” is not known. Write one of: exact, near"),
    ("forces", "name", '=HYPERLINK("http://evil")', "would run as a formula"),
    ("forces", "name", "-2+3+cmd|' /C calc'!A0", "would run as a formula"),
    ("forces", "colour", "red", "six hex digits"),
    ("memberships", "umbrella", "nobody", "There is no row “nobody” in forces.csv."),
    ("control", "as_of", "2019-02-30", "February 2019 has 28 days"),
    ("control", "as_of", "2019-09~", "is not read as a date"),
    ("control", "passage", "nowhere", "There is no row “nowhere” in passages.csv."),
    ("control", "subject", "beta-iq", "There is no row “beta-iq” in posts.csv."),
    ("control", "forces", "part part", "The same entry stands here twice"),
    ("control", "forces", "", "This cell must not be blank"),
    ("status", "traffic", "people camels", "“camels” is not known"),
    ("passages", "exact", "word " * 41, "at most 40 words; this one has 41"),
    ("passages", "end", "17", "its position another number"),
    ("passages", "exact", "held by\x07the part", "invisible character U+0007"),
    ("documents", "url", "javascript:alert(1)", "is no address that starts with http"),
    ("documents", "sha256", "abc", "64 hexadecimal digits"),
    ("tolls", "killed_high", "17", "The lower number is greater"),
    ("tolls", "killed_low", "-1", "is no whole number"),
    ("names", "language", "English", "A language tag"),
    ("answers", "passages", "gone", "There is no row “gone” in passages.csv."),
    ("crossings", "frontier", "zz", "There is no row “zz” in frontiers.csv."),
]


@pytest.mark.parametrize(("name", "column", "cell", "sentence"), BAD_CELLS)
def test_a_bad_cell_is_told_by_file_row_and_column_and_nothing_is_written(
    folder, name, column, cell, sentence
):
    problems = folder.set(name, **{column: cell}).refused()
    assert len(problems) == 1, problems
    where, _, said = problems[0].partition(": ")
    assert where in (f"{name}.csv, row 2, column {column}", f"{name}.csv, row 2")
    assert sentence in said
    assert not any(counts().values())


def test_all_problems_of_all_files_are_told_at_once_and_only_once(folder):
    folder.set("posts", latitude="x").set("control", as_of="yesterday").set("wires", name="")
    assert [problem.split(": ")[0] for problem in folder.refused()] == [
        "control.csv, row 2, column as_of",
        "posts.csv, row 2, column latitude",
        "wires.csv, row 2, column name",
    ]


def test_an_id_that_stands_twice_names_the_first_row(folder):
    folder.rows["control"].append(dict(folder.rows["control"][0]))
    folder.write()
    assert folder.refused() == ["control.csv, row 3, column id: “held” already stands in row 2."]


# One spoilt file: what its bytes become → what the sentence says.
BAD_FILES = [
    (lambda raw: b"\xef\xbb\xbf" + raw, "wires.csv: The file starts with a byte order mark"),
    (lambda raw: raw.replace(b"\n", b"\r\n"), "wires.csv: Line 1 ends with a carriage return"),
    (lambda raw: raw.replace(b",", b";"), "wires.csv, row 1: The columns are not separated by commas"),
    (lambda raw: b"\x89PNG\r\n\x1a\n\x00\x00\xff", "wires.csv: This is not UTF-8 text: byte 0, line 1"),
    (lambda raw: raw + b"\x00\x00", "wires.csv: The file holds NUL characters"),
    (lambda raw: b"", "wires.csv: The file is empty"),
    (lambda raw: raw.replace(b"name", b"nom"), "wires.csv, row 1, column nom: This column is not known"),
    (lambda raw: raw.replace(b",note", b",name"), "wires.csv, row 1, column note: This column is missing"),
    (lambda raw: raw + b"b,B\n", "wires.csv, row 3: The row has 2 cells, the header 3"),
    (lambda raw: raw + b"\n", "wires.csv, row 3: The row is blank"),
    (lambda raw: raw + b'b,"B\n', "wires.csv, row 3: This is not well-formed CSV"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "sentence"), BAD_FILES)
def test_a_bad_file_is_refused_in_words_and_nothing_is_written(folder, spoil, sentence):
    path = folder.file("wires")
    path.write_bytes(spoil(path.read_bytes()))
    problems = folder.refused()
    assert any(problem.startswith(sentence) for problem in problems), problems
    assert all(problem.startswith("wires.csv") for problem in problems), problems
    assert not any(counts().values())


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_file_whatever_it_holds_breaks_the_reading(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("fuzz") / "wires.csv"
    for content in (raw, b"id,name,note\n" + raw):
        path.write_bytes(content)
        rows, problems = read_table(path, TABLES["wires"])
        assert problems or all(row.good for row in rows)


def test_a_missing_file_is_told_where_its_rows_are_named(folder):
    folder.file("passages").unlink()
    assert "control.csv, row 2, column passage: There is no row “words” in passages.csv." in folder.refused()


def test_a_folder_that_is_missing_or_empty_or_holds_an_unknown_file_is_refused(tmp_path, folder):
    with pytest.raises(SeedError, match="There is no such folder"):
        load(tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SeedError, match="There is no seed file here"):
        load(tmp_path / "empty")
    (tmp_path / "pasages.csv").write_text("id\n")
    assert any("pasages.csv: This file is not known" in problem for problem in folder.refused())


def test_a_crossing_with_one_post_is_refused(folder):
    del folder.rows["posts"][1]
    folder.write()
    assert any("crossings.csv, row 2: A crossing is published with both" in p for p in folder.refused())


def test_places_names_and_documents_are_updated(folder):
    folder.load()
    folder.set("posts", name="New name", latitude="34.6").set("documents", title="Its title")
    folder.set("names", role="former")
    summary = folder.load()
    assert dict(summary.updated) == {"posts": 1, "documents": 1, "names": 1}
    assert [edition.number for edition in summary.editions] == [2]  # readers see it: one edition for all
    assert m.Post.objects.get(slug="alpha-iq").point.y == 34.6
    assert m.Name.objects.get(text="Alfa").role == "former"


def test_a_quote_that_a_published_report_cites_keeps_its_words(folder):
    folder.load()
    problems = folder.set("passages", exact="held by the port").refused()
    assert problems == [
        "passages.csv, row 2, column exact: A published report cites this quote. "
        "Give the corrected quote an id of its own."
    ]
    folder.set("passages", exact="held by the part", note="seen again").load()
    assert m.Passage.objects.get().note == "seen again"


def test_what_an_editor_withdrew_stays_withdrawn(folder):
    from crossings.publishing import workflow

    folder.load()
    workflow.withdraw([m.ControlReport.objects.get()])
    assert not folder.load().changed
    summary = folder.set("control", as_of="2019-10-01").load()
    assert summary.withdrawn == ["control.csv, row 2: held"]
    assert m.ControlReport.objects.get().state == m.State.WITHDRAWN


def test_a_row_that_was_taken_out_is_told_and_not_deleted(folder):
    folder.load()
    folder.rows["control"].clear()
    folder.write()
    assert folder.load().removed == ["control: held"]
    assert m.ControlReport.objects.published().count() == 1


def test_a_line_is_read_from_the_geojson_beside_the_file(folder, tmp_path):
    line = '{"features": [{"geometry": {"type": "LineString", "coordinates": [[41, 34], [42, 35]]}}]}'
    (tmp_path / "line.geojson").write_text(line)
    folder.set("frontiers", line_file="line.geojson").load()
    assert m.Frontier.objects.get().line.coords == ((41, 34), (42, 35))
    assert "no file in the same folder" in folder.set("frontiers", line_file="../line.geojson").refused()[0]
    assert "cannot be read as GeoJSON" in folder.set("frontiers", line_file="wires.csv").refused()[0]


def test_the_command_lists_every_problem_and_ends_with_an_error(folder, tmp_path):
    folder.set("wires", name="").set("posts", latitude="x")
    err = io.StringIO()
    with pytest.raises(CommandError, match="2 problems; nothing was written"):
        call_command("load_seeds", tmp_path, stderr=err)
    assert "wires.csv, row 2, column name: This cell must not be blank." in err.getvalue()


def test_the_command_says_what_it_did_and_that_there_is_nothing_to_do(folder, tmp_path):
    out = io.StringIO()
    call_command("load_seeds", tmp_path, "--check", stdout=out)
    assert "Checked only: nothing was written." in out.getvalue()
    call_command("load_seeds", tmp_path, stdout=out)
    assert "control: 1 new" in out.getvalue()
    assert "Edition 1: Shipped data: One set" in out.getvalue()
    call_command("load_seeds", tmp_path, stdout=out)
    assert "Nothing to do: all" in out.getvalue()


def test_the_shipped_files_load_twice_with_the_second_run_changing_nothing(db, tmp_path):
    shutil.copytree(Path(__file__).resolve().parent.parent / "seeds", tmp_path / "seeds")
    load(tmp_path / "seeds")
    before = counts()
    assert not load(tmp_path / "seeds").changed
    assert counts() == before
