"""What readers judged of drawn reports, kept as a CSV file that only ever grows."""

from __future__ import annotations

import csv
import datetime
import fcntl
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from crossings.models import REPORT_MODELS

from .sample import DrawnRow

VERDICTS: Final = {
    "right": "the words say what the row says",
    "overstated": "the row says more, or more surely, than the words",
    "wrong": "the words say something else",
    "misdated": "another time, or one more exact or vaguer",
    "misplaced": "another place, side or scope",
    "speaker": "another speaker or stance, or one that is missing",
    "unclear": "cannot be judged: say what is missing",
}
DRAWN: Final = tuple(field.name for field in fields(DrawnRow))
FILLED: Final = ("verdict", "what_is_right")
SHEET: Final = ("seed", *DRAWN, *FILLED)
RECORDED: Final = ("recorded_on", "judge", *SHEET)
#: A spreadsheet takes a cell that begins so for a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
MAX_BYTES: Final = 20_000_000


class VerdictError(ValueError):
    """What cannot be recorded: one sentence for each cell, naming row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


def sheet(rows: Iterable[DrawnRow], seed: int) -> str:
    """The drawn rows as CSV, with empty columns for the verdict."""
    return _csv(SHEET, ({"seed": str(seed), **row.as_dict()} for row in rows))


def record(sheet_file: Path, log: Path, judge: str, on: datetime.date) -> int:
    """Append the verdicts of a filled sheet to the log; how many. All of them or none.

    Raises VerdictError naming row and column of each bad cell, OSError for files that cannot be used.
    """
    if not judge.strip():
        raise VerdictError([_("Name who judged (--by).")])
    rows = _read(sheet_file, SHEET)
    problems = [sentence for number, row in rows for sentence in _problems(number, row)]
    if not rows:
        problems.append(_("%s has no rows.") % sheet_file)
    if problems:
        raise VerdictError(problems)
    with log.open("a+", encoding="utf-8", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two who record at once append one after the other
        known = _recorded(file, log)
        twice = [
            _("row %(row)d, column id: %(id)s was recorded for %(judge)s already.")
            % {"row": number, "id": row["id"], "judge": judge}
            for number, row in rows
            if (row["seed"], row["id"], judge) in known
        ]
        if twice:
            raise VerdictError(twice)
        stamp = {"recorded_on": on.isoformat(), "judge": judge}
        text = _csv(RECORDED, ({**stamp, **row} for _number, row in rows), header=file.tell() == 0)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return len(rows)


def _recorded(file: io.TextIOWrapper, log: Path) -> set[tuple[str, str, str]]:
    """Seed, id and judge of each row that the log has. Leaves the file at its end."""
    file.seek(0)
    text = file.read()
    if not text:
        return set()
    if not text.endswith("\n"):
        raise VerdictError([_("%s: the last line is not whole; end or remove it.") % log])
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if tuple(reader.fieldnames or ()) != RECORDED:
        raise VerdictError(
            [_("%(log)s: the columns are %(columns)s.") % {"log": log, "columns": ", ".join(RECORDED)}]
        )
    return {(row["seed"], row["id"], row["judge"]) for row in reader}


def _read(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their numbers as a spreadsheet counts them, the header being row 1."""
    if path.stat().st_size > MAX_BYTES:
        raise VerdictError([_("%s is larger than any sheet that was drawn.") % path])
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VerdictError([_("%s is not UTF-8; save it as “CSV UTF-8”.") % path]) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise VerdictError([_("row 1: there is no column %s.") % column for column in missing])
        return [
            (number, {column: (row[column] or "").strip() for column in columns})
            for number, row in enumerate(reader, start=2)
        ]
    except csv.Error as error:
        raise VerdictError(
            [_("row %(row)d: %(error)s.") % {"row": reader.line_num, "error": error}]
        ) from error


def _problems(number: int, row: dict[str, str]) -> Iterable[str]:
    verdict = row["verdict"]
    if verdict not in VERDICTS:
        allowed = ", ".join(VERDICTS)
        shown = f"“{verdict[:40]}”" if verdict else _("nothing")
        yield _("row %(row)d, column verdict: %(is)s; it is one of %(allowed)s.") % {
            "row": number, "is": shown, "allowed": allowed,
        }  # fmt: skip
    elif verdict != "right" and not row["what_is_right"]:
        yield _("row %d, column what_is_right: say what the words say.") % number
    if not row["seed"].lstrip("'-").isdigit():
        yield _("row %d, column seed: the number that the rows were drawn with.") % number
    model = next((model for model in REPORT_MODELS if model().kind == row["kind"]), None)
    if model is None:
        yield _("row %(row)d, column kind: there is no kind “%(kind)s”.") % {
            "row": number,
            "kind": row["kind"][:40],
        }
    elif not model.objects.filter(public_id=row["id"]).exists():
        yield _("row %(row)d, column id: there is no report “%(id)s”.") % {
            "row": number,
            "id": row["id"][:80],
        }


def _csv(columns: Sequence[str], rows: Iterable[dict[str, str]], *, header: bool = True) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows({name: defused(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def defused(cell: str) -> str:
    """A cell that a spreadsheet shows as text: a formula gets an apostrophe before it.

    >>> defused("=1+1"), defused("Qaim")
    ("'=1+1", 'Qaim')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell
