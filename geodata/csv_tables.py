"""Editors' CSV files, read and checked cell by cell before anything is written.

A `Table` says which columns a file has and how each cell is read. `read_table` gives the rows that are
good in themselves and a `Problem` for each cell that is not: file, row (as a spreadsheet counts them,
the header is row 1), column and a sentence. Nothing here knows a database; whether an id that a cell
names exists is for the caller to say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from . import dates
from .errors import GeodataError

MAX_BYTES: Final = 50_000_000
MAX_CELL: Final = 20_000

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_HOST = re.compile(r"https?://[^\s/]+\S*")
#: Cells that a spreadsheet would run; whoever opens our files or downloads must not be harmed by them.
_FORMULA = re.compile(r"[=+@\t\r-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class CellError(GeodataError):
    """A cell that cannot be read; the message says what came and what would be right."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one file. `row` is 0 for the file as a whole, `column` empty for the whole row."""

    file: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row:
            where.append(f"row {self.row}")
        if self.column:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class SeedColumn:
    """One column: its name in the header, how a cell is read, and whether it may be blank.

    `ref` names the table whose ids the cell holds, several with blanks between if `many`. A `verbatim`
    cell keeps the blanks around its text, as quotes must. `default` stands for a blank cell. `field` is what
    the caller's model calls the value. A file may leave an `optional` column out.
    """

    name: str
    read: Callable[[str], object] = str
    required: bool = False
    default: object = ""
    ref: str = ""
    many: bool = False
    verbatim: bool = False
    field: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file: `<name>.csv` with these columns; the `key` columns together are unique."""

    name: str
    columns: tuple[SeedColumn, ...]
    key: tuple[str, ...] = ("id",)


@dataclass(slots=True)
class SeedRow:
    """One row that was read. `good` is False if a problem was reported for it."""

    file: str
    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    good: bool = True

    def problem(self, column: str, sentence: str) -> Problem:
        self.good = False
        return Problem(self.file, self.number, column, sentence)


def read_table(path: Path, table: Table, shown: str = "") -> tuple[list[SeedRow], list[Problem]]:
    """Read one CSV file (UTF-8 without BOM, LF line ends, commas, one header row).

    Returns every row with the cells that could be read, bad rows marked, and all problems in file order.
    Never raises for what is in the file. `shown` is the file's name in the problems.
    """
    shown = shown or path.name
    try:
        text = _text(path)
    except GeodataError as error:
        return [], [Problem(shown, 0, "", str(error))]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        problems = _check_header(header, table, shown)
        if problems:
            return [], problems
        rows = []
        for number, cells in enumerate(reader, start=2):
            row, found = _read_row(cells, header, table, shown, number)
            rows.append(row)
            problems += found
    except csv.Error as error:
        return [], [Problem(shown, reader.line_num, "", f"This is not well-formed CSV ({error}).")]
    problems += _duplicates(rows, table)
    return rows, problems


def _text(path: Path) -> str:
    """The file as text, or a GeodataError that says what to do about it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CellError(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
        raw = path.read_bytes()
    except OSError as error:
        raise CellError(f"The file cannot be read: {error.strerror}.") from error
    if not raw:
        raise CellError("The file is empty; even without rows it needs its header.")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise CellError("The file starts with a byte order mark. Save it as UTF-8 without BOM.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CellError(
            f"This is not UTF-8 text: byte {error.start}, line {line}. Save it as UTF-8."
        ) from error
    if "\x00" in text:
        raise CellError("The file holds NUL characters, so it is no text file.")
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        raise CellError(f"Line {line} ends with a carriage return. Save the file with Unix line ends (LF).")
    return text


def _check_header(header: list[str], table: Table, shown: str) -> list[Problem]:
    known = [column.name for column in table.columns]
    if len(header) <= 1 and any(sign in "".join(header) for sign in ";\t|"):
        return [Problem(shown, 1, "", "The columns are not separated by commas. Save the file with commas.")]
    problems = [
        Problem(shown, 1, name, f"This column is not known. The columns are: {', '.join(known)}.")
        for name in dict.fromkeys(header)
        if name not in known
    ]
    problems += [
        Problem(shown, 1, column.name, "This column is missing.")
        for column in table.columns
        if column.name not in header and not column.optional
    ]
    problems += [
        Problem(shown, 1, name, "This column is there twice.")
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    return problems


def _read_row(
    cells: list[str], header: list[str], table: Table, shown: str, number: int
) -> tuple[SeedRow, list[Problem]]:
    row = SeedRow(shown, number)
    if len(cells) != len(header):
        sentence = f"The row has {len(cells)} cells, the header {len(header)}."
        return row, [row.problem("", sentence if cells else "The row is blank. Take it out.")]
    given = dict(zip(header, cells, strict=True))
    problems = []
    for column in table.columns:
        try:
            row.cells[column.name] = _read_cell(given.get(column.name, ""), column)
        except GeodataError as error:
            problems.append(row.problem(column.name, str(error)))
    return row, problems


def _read_cell(raw: str, column: SeedColumn) -> object:
    text = raw if column.verbatim else raw.strip()
    if not text.strip():
        if column.required:
            raise CellError("This cell must not be blank.")
        return [] if column.many else column.default
    if len(text) > MAX_CELL:
        raise CellError(f"The cell has {len(text)} characters; at most {MAX_CELL} are read.")
    if found := _CONTROL.search(text):
        raise CellError(f"The cell holds the invisible character U+{ord(found[0]):04X}. Take it out.")
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        raise CellError(f"A cell that starts with “{text[0]}” would run as a formula in a spreadsheet.")
    if column.many:
        return _list(text, column.read)
    return column.read(text)


def _list(text: str, read: Callable[[str], object]) -> list[object]:
    parts = [read(part) for part in text.split()]
    if len(set(parts)) != len(parts):
        raise CellError("The same entry stands here twice.")
    return parts


def _duplicates(rows: list[SeedRow], table: Table) -> list[Problem]:
    first: dict[tuple[object, ...], int] = {}
    problems = []
    for row in rows:
        key = tuple(row.cells.get(name) for name in table.key)
        if None in key:
            continue
        if key in first:
            shown = ", ".join(str(part) for part in key)
            sentence = f"“{shown}” already stands in row {first[key]}."
            problems.append(row.problem(table.key[0], sentence))
        first.setdefault(key, row.number)
    return problems


# How cells are read. Each takes a text that is not blank and returns a value or raises GeodataError.


def slug(text: str) -> str:
    """An id as links carry it.

    >>> slug("qaim-iq")
    'qaim-iq'
    """
    if not _SLUG.fullmatch(text):
        raise CellError(f"“{_shown(text)}” is no id. An id has letters, digits and hyphens, at most 80.")
    return text


def edtf(text: str) -> str:
    """A vague date in its canonical form; raises DateError in words."""
    return dates.parse(text).text


def whole(text: str) -> int:
    """A number of people, characters, rows: 0 or more."""
    if not _WHOLE.fullmatch(text):
        raise CellError(f"“{_shown(text)}” is no whole number from 0 to 999999999.")
    return int(text)


def number(text: str) -> float:
    """A decimal number; NaN, infinity and exponents are refused."""
    if not _NUMBER.fullmatch(text):
        raise CellError(f"“{_shown(text)}” is no decimal number such as 34.3975.")
    return float(text)


def latitude(text: str) -> float:
    """Degrees north, −90 to 90."""
    return _within(number(text), 90, "latitude")


def longitude(text: str) -> float:
    """Degrees east, −180 to 180."""
    return _within(number(text), 180, "longitude")


def metres(text: str) -> float:
    """A radius: more than 0, less than 10,000 km."""
    value = number(text)
    if not 0 < value < 1e7:
        raise CellError(f"“{text}” is no radius. It is more than 0 and less than 10,000,000 metres.")
    return value


def colour(text: str) -> str:
    if not _COLOUR.fullmatch(text):
        raise CellError(f"“{_shown(text)}” is no colour. Write six hex digits, as in #0072B2.")
    return text


def web_address(text: str) -> str:
    """An address that a link may carry: http or https only, never javascript: or data:."""
    if not _HOST.fullmatch(text):
        raise CellError(f"“{_shown(text)}” is no address that starts with http:// or https://.")
    return text


def choice(*allowed: str) -> Callable[[str], str]:
    """A reader for one of these words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise CellError(f"“{_shown(text)}” is not known. Write one of: {', '.join(allowed)}.")
        return text

    return read


def quote(words: int) -> Callable[[str], str]:
    """A reader for a verbatim quote of at most so many words."""

    def read(text: str) -> str:
        count = len(re.findall(r"\S+", text))
        if count > words:
            raise CellError(f"A quote has at most {words} words; this one has {count}.")
        return text

    return read


def _within(value: float, limit: int, name: str) -> float:
    if not -limit <= value <= limit:
        raise CellError(f"{value:g} is no {name}. It lies between −{limit} and {limit} degrees.")
    return value


def _shown(text: str) -> str:
    """The text as it may stand in a message: short, invisible characters made visible."""
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)
