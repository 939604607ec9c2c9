"""Everything that has to hold and that no constraint of the database can express."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from crossings.imports.quotes import quote_faults
from crossings.models import Document, Passage

from . import records, reports
from .problems import DataProblem, in_order, problem

RULES: Final[tuple[Callable[[], Iterator[DataProblem]], ...]] = (
    reports.unreadable,
    reports.derived_dates,
    reports.reversed_dates,
    reports.passages,
    reports.blame,
    reports.places,
    reports.replaced,
    records.memberships,
    records.positions,
    records.quotes,
    records.states,
)


def problems(texts: Path | None = None) -> list[DataProblem]:
    """All that is wrong, by model and id. `texts` is a folder with full texts to hold quotes against."""
    found = [each for rule in RULES for each in rule()]
    if texts is not None:
        found += against_texts(texts)
    return list(in_order(found))


def against_texts(folder: Path) -> Iterator[DataProblem]:
    """Quotes that do not stand in the full text of their document, found by its SHA-256."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()] if folder.is_dir() else []
    by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}
    for document in Document.objects.exclude(sha256=""):
        path = by_hash.get(document.sha256)
        if path is None:
            right = _("the hash of a text in %s; none there has it") % folder
            yield problem(document, "sha256", right)
            continue
        text = path.read_bytes().decode("utf-8")
        for passage in Passage.objects.filter(document=document).exclude(exact=""):
            for field, sentence in quote_faults(_cells(passage), text):
                yield problem(passage, field, sentence)


def _cells(passage: Passage) -> dict[str, object]:
    names = ("exact", "start", "end", "prefix", "suffix", "lead", "paragraph")
    return {"id": passage.public_id, **{name: getattr(passage, name) for name in names}}
