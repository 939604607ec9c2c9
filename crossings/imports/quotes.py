"""Every shipped quote against the full texts: the words, their place, their paragraph and their length."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geodata.csv_tables import MAX_BYTES, SeedRow

from .folders import SeedSet, read_sets


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
    sets, problems = read_sets(seeds)  # too long a quote is among the problems
    check.failures += [str(problem) for problem in problems]
    texts = list(_texts(folder, check))
    found: dict[str, _Text] = {}
    unchecked: Counter[str] = Counter()
    for row in _rows(sets, "documents"):
        text = _text_of(row, texts, check)
        if text is not None:
            found[row.cells["id"]] = text
            check.texts[row.cells["id"]] = text.name
    for row in _rows(sets, "passages"):
        if not row.cells["exact"]:
            check.bare += 1
            if row.cells["lead"]:
                sentence = _("“%s” gives a subject and no quote that it could stand before.")
                check.failures.append(str(row.problem("lead", sentence % row.cells["id"])))
        elif row.cells["document"] in found:
            check.quotes += 1
            words = found[row.cells["document"]].text
            check.failures += [str(row.problem(*fault)) for fault in quote_faults(row.cells, words)]
        else:
            unchecked[row.cells["document"]] += 1
    for document, count in unchecked.items():
        sentence = ngettext(
            "No full text of “%(id)s”: %(n)d quote is not checked.",
            "No full text of “%(id)s”: %(n)d quotes are not checked.",
            count,
        )
        check.failures.append(sentence % {"id": document, "n": count})
    return check


def _rows(sets: list[SeedSet], name: str) -> Iterator[SeedRow]:
    for seed_set in sets:
        yield from (row for row in seed_set.rows.get(name, []) if row.good)


def _texts(folder: Path, check: QuoteCheck) -> Iterator[_Text]:
    if not folder.is_dir():
        check.failures.append(_("There is no folder %s.") % folder)
        return
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        raw = path.read_bytes()
        try:
            yield _Text(path.name, hashlib.sha256(raw).hexdigest(), raw.decode("utf-8"))
        except UnicodeDecodeError:
            continue  # a picture or the like; a text that is missing is reported in `_text_of`


def _text_of(row: SeedRow, texts: list[_Text], check: QuoteCheck) -> _Text | None:
    wanted, slug = row.cells["sha256"], row.cells["id"]
    named = next((text for text in texts if Path(text.name).stem == slug), None)
    if not wanted:
        return named
    for text in texts:
        if text.sha256 == wanted:
            if row.cells["characters"] not in (None, len(text.text)):
                sentence = _("%(file)s has %(n)d characters.") % {"file": text.name, "n": len(text.text)}
                check.failures.append(str(row.problem("characters", sentence)))
            return text
    if named is None:
        sentence = _("The full text of “%s” is missing.") % slug
    else:
        sentence = _("%(file)s is not the text that was quoted: its SHA-256 is %(sha256)s.")
        sentence %= {"file": named.name, "sha256": named.sha256}
    check.failures.append(str(row.problem("sha256", sentence)))
    return named


def quote_faults(cells: dict[str, Any], text: str) -> Iterator[tuple[str, str]]:
    """Column and sentence of each thing that does not hold of one quote.

    `cells` are id, exact, start, end, prefix, suffix, lead and paragraph of a passage.
    """
    exact, start, end = cells["exact"], cells["start"], cells["end"]
    shown = {"id": cells["id"], "start": start, "end": end}
    if start is None or end is None:
        yield "start", _("“%(id)s” gives no position.") % shown
        return
    if text[start:end] != exact:
        place = text.find(exact)
        hint = _("it stands at %d") % place if place >= 0 else _("it stands nowhere in the text")
        yield "exact", _("“%(id)s” is not at %(start)d to %(end)d; ") % shown + hint + "."
        return
    if not text[:start].endswith(cells["prefix"]):
        yield "prefix", _("“%(id)s” does not follow these words.") % shown
    if not text.startswith(cells["suffix"], end):
        yield "suffix", _("“%(id)s” is not followed by these words.") % shown
    if missing := _not_said_before(cells["lead"], text[:start]):
        sentence = _("“%(id)s”: before the quote the text nowhere says: %(words)s.")
        yield "lead", sentence % {**shown, "words": ", ".join(missing)}
    number = _paragraph(text, start)
    if cells["paragraph"] != number:
        yield "paragraph", _("“%(id)s” stands in paragraph %(n)d.") % {**shown, "n": number}


def _not_said_before(lead: str, before: str) -> list[str]:
    """Words of a subject in brackets that do not stand in the text before the quote; an ’s is no word."""
    known = set(_words(before))
    return [word for word in _words(lead) if word not in known]


def _words(text: str) -> list[str]:
    return [re.sub(r"[’']s$", "", word) for word in re.findall(r"\w+(?:[’'-]\w+)*", text.casefold())]


def _paragraph(text: str, start: int) -> int:
    """The paragraph of a character, counted from 1; a paragraph is a line that is not blank."""
    ahead = text[:start].split("\n")
    return sum(1 for line in ahead[:-1] if line.strip()) + 1
