"""Every shipped quote stands word for word where it is said to, and a wrong one is found out."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crossings.imports.columns import KINDS
from crossings.imports.quotes import check_quotes

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TEXT = "A headline\n\nThe crossing of Alpha opened on Monday, a reporter said.\nIt was\u00a0closed.\n"
QUOTE = "opened on Monday"


def shipped_quotes() -> int:
    with (SEEDS / "passages.csv").open(encoding="utf-8", newline="") as file:
        return sum(bool(row["exact"]) for row in csv.DictReader(file))


def test_every_shipped_quote_holds(texts):
    check = check_quotes(SEEDS, texts)
    assert check.failures == []
    assert len(check.texts) == 5
    assert check.quotes == shipped_quotes()


def test_the_command_says_what_it_checked(texts):
    out = io.StringIO()
    call_command("check_quotes", texts, stdout=out)
    assert f"{shipped_quotes()} quotes checked against 5 texts" in out.getvalue()
    assert "Every quote holds." in out.getvalue()


class Desk:
    """A shipped document with one quote, and the folder with its full text."""

    def __init__(self, path: Path) -> None:
        self.seeds, self.texts = path / "seeds", path / "texts"
        self.seeds.mkdir()
        self.texts.mkdir()
        (self.texts / "any-name.txt").write_bytes(TEXT.encode())
        start = TEXT.index(QUOTE)
        self.document = {
            "id": "doc", "source_set": "one", "publisher": "P", "language": "en",
            "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "characters": str(len(TEXT)),
        }  # fmt: skip
        self.passage = {
            "id": "words", "document": "doc", "wire": "w", "exact": QUOTE, "prefix": "of Alpha ",
            "suffix": ", a reporter", "start": str(start), "end": str(start + len(QUOTE)), "paragraph": "2",
        }  # fmt: skip

    def failures(self) -> list[str]:
        for name, row in (("documents", self.document), ("passages", self.passage)):
            columns = next([c.name for c in kind.table.columns] for kind in KINDS if kind.name == name)
            with (self.seeds / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerow(row)
        return check_quotes(self.seeds, self.texts).failures


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


def test_a_true_quote_holds(desk):
    assert desk.failures() == []


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"exact": "opened on Sunday"}, "column exact: “words” is not at 34 to 50; it stands nowhere"),
        ({"start": "33", "end": "49"}, "column exact: “words” is not at 33 to 49; it stands at 34"),
        ({"prefix": "of Beta "}, "column prefix: “words” does not follow these words"),
        ({"suffix": " they said"}, "column suffix: “words” is not followed by these words"),
        ({"paragraph": "3"}, "column paragraph: “words” stands in paragraph 2."),
        ({"start": "", "end": ""}, "column start: “words” gives no position"),
        (
            {"lead": "The port of Alpha"},
            "column lead: “words”: before the quote the text nowhere says: port.",
        ),
        ({"lead": "Reporter’s"}, "column lead: “words”: before the quote the text nowhere says: reporter."),
        (
            {"exact": "", "start": "", "end": "", "lead": "Alpha"},
            "column lead: “words” gives a subject and no",
        ),
        ({"exact": "word " * 41}, "A quote has at most 40 words; this one has 41."),
    ],
)
def test_a_wrong_quote_is_found_out(desk, cells, sentence):
    desk.passage |= cells
    assert len(desk.failures()) == 1
    assert sentence in desk.failures()[0]


def test_a_subject_in_the_words_of_the_text_before_holds(desk):
    desk.passage["lead"] = "Alpha’s crossing"
    assert desk.failures() == []


def test_a_space_that_does_not_break_is_not_a_space(desk):
    start = TEXT.index("was")
    desk.passage |= {"exact": "was closed", "start": str(start), "end": str(start + 10), "paragraph": "3",
                     "prefix": "It ", "suffix": "."}  # fmt: skip
    assert "it stands nowhere" in desk.failures()[0]
    desk.passage["exact"] = "was\u00a0closed"
    assert desk.failures() == []


def test_a_missing_text_is_a_failure_where_its_hash_is_shipped(desk):
    (desk.texts / "any-name.txt").unlink()
    assert desk.failures() == [
        "documents.csv, row 2, column sha256: The full text of “doc” is missing.",
        "No full text of “doc”: 1 quote is not checked.",
    ]


def test_a_text_that_was_changed_is_told_by_its_hash(desk):
    (desk.texts / "any-name.txt").rename(desk.texts / "doc.txt")
    with (desk.texts / "doc.txt").open("a") as file:
        file.write("more")
    (failure,) = desk.failures()
    assert "doc.txt is not the text that was quoted" in failure


def test_the_command_ends_with_an_error_if_a_quote_fails(desk):
    desk.passage["paragraph"] = "9"
    desk.failures()
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 check failed"):
        call_command("check_quotes", desk.texts, "--seeds", desk.seeds, stdout=io.StringIO(), stderr=err)
    assert "passages.csv, row 2, column paragraph" in err.getvalue()
