"""A small folder of seed files that a test can spoil, and what the database holds after loading it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from crossings import models as m
from crossings.imports.columns import KINDS, PARTS
from crossings.imports.loader import SeedError, Summary, load

COLUMNS = {kind.name: [c.name for c in kind.table.columns] for kind in (*KINDS, *PARTS)}
POSITION = {"precision": "near", "radius_m": "1500"}

MINIMUM: dict[str, list[dict[str, str]]] = {
    "source_sets": [{"id": "one", "name": "One set"}],
    "wires": [{"id": "wire-a", "name": "A"}],
    "forces": [
        {"id": "part", "name": "Part", "short_name": "P", "kind": "militia", "colour": "#000000",
         "letter": "P"},
        {"id": "whole", "name": "Whole", "short_name": "W", "kind": "coalition", "colour": "#E69F00",
         "letter": "W"},
    ],
    "frontiers": [{"id": "xy", "name": "X–Y", "country_a": "IQ", "country_b": "SY"}],
    "crossings": [{"id": "alpha", "name": "Alpha", "frontier": "xy"}],
    "posts": [
        {"id": "alpha-iq", "crossing": "alpha", "side": "a", "country": "IQ", "name": "Alpha IQ",
         "latitude": "34.5", "longitude": "41", **POSITION},
        {"id": "alpha-sy", "crossing": "alpha", "side": "b", "country": "SY", "name": "Alpha SY",
         "latitude": "34.5", "longitude": "41", **POSITION},
    ],
    "sites": [{"id": "town", "name": "Town", "kind": "town", "latitude": "34", "longitude": "41",
               **POSITION}],
    "names": [{"owner_kind": "crossing", "owner": "alpha", "text": "Alfa", "language": "en"}],
    "documents": [{"id": "doc", "source_set": "one", "publisher": "The Paper", "language": "en",
                   "published": "2019-09-30", "characters": "100"}],
    "passages": [{"id": "words", "document": "doc", "wire": "wire-a", "exact": "held by the part",
                  "start": "0", "end": "16", "paragraph": "1"}],
    "memberships": [{"id": "part-whole", "member": "part", "umbrella": "whole", "passage": "words"}],
    "control": [{"id": "held", "subject_kind": "post", "subject": "alpha-iq", "of": "post", "forces": "part",
                 "as_of": "2019-09-30", "passage": "words"}],
    "status": [{"id": "open", "subject_kind": "post", "subject": "alpha-iq", "of": "post", "status": "open",
                "traffic": "people goods", "starts": "2019-09", "passage": "words"}],
    "strike_events": [{"id": "hit", "summary": "A strike", "when": "2019-09-09", "grade": "fair",
                       "latitude": "34", "longitude": "41", **POSITION}],
    "strike_reports": [{"id": "told", "event": "hit", "passage": "words"}],
    "tolls": [{"report": "told", "killed_low": "18"}],
    "attributions": [{"report": "told", "speaker": "X", "kind": "blames", "accused": "whole"}],
    "disagreements": [{"id": "question", "question": "Who?"}],
    "answers": [{"disagreement": "question", "order": "1", "text": "They", "passages": "words"}],
}  # fmt: skip


class Folder:
    """A small folder of seed files that a test can spoil."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = {name: [dict(row) for row in rows] for name, rows in MINIMUM.items()}
        self.write()

    def write(self) -> Path:
        for name, rows in self.rows.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, COLUMNS[name], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            self.file(name).write_text(text.getvalue(), "utf-8")
        return self.path

    def file(self, name: str) -> Path:
        return self.path / f"{name}.csv"

    def set(self, table: str, row: int = 0, /, **cells: str) -> Folder:
        self.rows[table][row] |= cells
        self.write()
        return self

    def load(self, **options: bool) -> Summary:
        return load(self.path, **options)

    def refused(self, **options: bool) -> list[str]:
        with pytest.raises(SeedError) as caught:
            self.load(**options)
        return [str(problem) for problem in caught.value.problems]


def counts() -> dict[str, int]:
    models = [
        *(kind.model for kind in KINDS),
        *(part.model for part in PARTS),
        m.Holder,
        m.Edition,
        m.ReviewStep,
    ]
    return {model.__name__: model._default_manager.count() for model in models}
