"""Every shipped quote against the full texts: the words, their place, their paragraph and their length."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crossings.models.evidence import MAX_QUOTE_WORDS
from geodata.formats import MAX_BYTES, Row

from .folders import read_sets


@dataclass(slots=True)
class QuoteCheck:
    """What was checked, and a sentence for each thing that does not hold."""

    quotes: int = 0
    bare: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    sha256: str
    text: str


def check_quotes(seeds: Path, folder: Path) -> QuoteCheck:
    """Check the quotes of the seed files under `seeds` against the texts in `folder`.

    A text belongs to the document with its SHA-256, else to the one whose id is its file name. A document
    with a SHA-256 and no text is a failure, as is every quote that does not stand where it is said to.
    """
    check = QuoteCheck()
    sets, problems = read_sets(seeds)
    check.failures += [str(problem) for problem in problems]
    texts = list(_texts(folder, check))
    found: dict[str, _Text] = {}
    unchecked: Counter[str] = Counter()
    for row in _rows(sets, "documents"):
        one = _text_of(row, texts, check)
        if one is not None:
            found[row.cells["id"]] = one
            check.texts[row.cells["id"]] = one.name
    for row in _rows(sets, "passages"):
        if not row.cells["exact"]:
            check.bare += 1
        elif row.cells["document"] in found:
            check.quotes += 1
            text = found[row.cells["document"]].text
            check.failures += [f"{row.file}, row {row.number}, {s}" for s in _faults(row.cells, text)]
        else:
            unchecked[row.cells["document"]] += 1
    for document, count in unchecked.items():
        check.failures.append(f"No full text of “{document}”: {count} of its quotes are not checked.")
    return check


def _rows(sets: list[Any], name: str) -> Iterator[Row]:
    for one in sets:
        yield from (row for row in one.rows.get(name, []) if row.good)


def _texts(folder: Path, check: QuoteCheck) -> Iterator[_Text]:
    if not folder.is_dir():
        check.failures.append(f"There is no folder {folder}.")
        return
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        raw = path.read_bytes()
        try:
            yield _Text(path.name, hashlib.sha256(raw).hexdigest(), raw.decode("utf-8"))
        except UnicodeDecodeError:
            continue  # a picture or the like; a text that is wanted and not found is told below


def _text_of(row: Row, texts: list[_Text], check: QuoteCheck) -> _Text | None:
    wanted, slug = row.cells["sha256"], row.cells["id"]
    if not wanted:
        return next((one for one in texts if Path(one.name).stem == slug), None)
    for one in texts:
        if one.sha256 == wanted:
            length = row.cells["characters"]
            if length is not None and length != len(one.text):
                check.failures.append(
                    f"{row.file}, row {row.number}, column characters: {one.name} has {len(one.text)} "
                    f"characters, not {length}."
                )
            return one
    named = next((one for one in texts if Path(one.name).stem == slug), None)
    where = f"{row.file}, row {row.number}, column sha256: "
    if named is None:
        check.failures.append(f"{where}the full text of “{slug}” is missing.")
    else:
        check.failures.append(f"{where}{named.name} is not the text that was quoted ({named.sha256}).")
    return named


def _faults(cells: dict[str, Any], text: str) -> Iterator[str]:
    exact, start, end = cells["exact"], cells["start"], cells["end"]
    if len(re.findall(r"\S+", exact)) > MAX_QUOTE_WORDS:
        yield f"column exact: “{cells['id']}” has more than {MAX_QUOTE_WORDS} words."
    if start is None or end is None:
        yield f"column start: “{cells['id']}” gives no position."
        return
    if text[start:end] != exact:
        elsewhere = text.find(exact)
        hint = f"it stands at {elsewhere}" if elsewhere >= 0 else "it stands nowhere in the text"
        yield f"column exact: “{cells['id']}” is not at {start} to {end}; {hint}."
        return
    if not text[:start].endswith(cells["prefix"]):
        yield f"column prefix: “{cells['id']}” does not follow these words."
    if not text.startswith(cells["suffix"], end):
        yield f"column suffix: “{cells['id']}” is not followed by these words."
    number = _paragraph(text, start)
    if cells["paragraph"] != number:
        yield f"column paragraph: “{cells['id']}” stands in paragraph {number}, not {cells['paragraph']}."


def _paragraph(text: str, start: int) -> int:
    """The paragraph of a character, counted from 1; a paragraph is a line that is not blank."""
    ahead = text[:start].split("\n")
    return sum(1 for line in ahead[:-1] if line.strip()) + 1
