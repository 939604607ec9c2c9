"""What a page says in our own words: its text without quotes, names, ids, scripts and lists of columns."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from .world import MODELS, VOID, text_fields

ROOT = Path(__file__).resolve().parent.parent

#: A name or a quote stands in these: a source's or an editor's words, not ours.
THEIRS = frozenset({"bdi", "blockquote", "code", "script", "style", "cite"})
SPOKEN = ("aria-label", "title", "alt", "placeholder")


class OwnWords(HTMLParser):
    """The text of a page that is ours, and the attributes that are read out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._stack: list[tuple[str, bool]] = []  # tag, and whether what stands in it is not ours
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        theirs = (
            tag in THEIRS
            or ("lang" in found and tag != "html")
            or "mono" in (found.get("class") or "").split()
            or "address" in (found.get("class") or "").split()
            or (found.get("id") or "").startswith("columns-")
        )
        if not (theirs or self._theirs):
            self.words += [value for name in SPOKEN if (value := found.get(name))]
        if tag not in VOID:
            self._stack.append((tag, theirs))

    def handle_endtag(self, tag: str) -> None:
        while self._stack and any(name == tag for name, _ in self._stack):
            if self._stack.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        self.words.append("…" if self._theirs else data)

    @property
    def _theirs(self) -> bool:
        return any(theirs for _, theirs in self._stack)


def own_words(html: str, theirs: list[str]) -> str:
    """Our words on a page. `theirs`: texts of the database that stand where no element can set them apart."""
    text = OwnWords(html).text
    for words in theirs:
        text = text.replace(" ".join(words.split()), "…")
    return text


def plain(html: str) -> str:
    """All text without tags, as one line; what stands in SVG is left out."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


# --- Replaced words


class Row(NamedTuple):
    name: str
    phrase: str
    meaning: str
    instead_of: list[str]


def table() -> list[Row]:
    """The rows of docs/wording.md."""
    rows = []
    for line in (ROOT / "docs" / "wording.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            replaced = [part.strip() for part in cells[3].split(";") if part.strip()]
            rows.append(Row(cells[0].strip("`"), cells[1], cells[2], replaced))
    return rows


REPLACED = sorted({old for row in table() for old in row.instead_of})
OLD = re.compile(rf"(?<![\w’'-])({'|'.join(map(re.escape, REPLACED))})(?![\w-])", re.IGNORECASE)


def words_of_sources() -> list[str]:
    """Texts of the database with a replaced word in them, the longest first."""
    texts = {
        str(value)
        for model in MODELS
        for field in text_fields(model)
        for value in model._base_manager.values_list(field.name, flat=True)
        if value and OLD.search(str(value))
    }
    return sorted(texts, key=len, reverse=True)
