"""One thing in the database that is not right, named so that an editor finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Model


class ProblemRow(TypedDict):
    model: str
    id: str
    field: str
    right: str


@dataclass(frozen=True, slots=True)
class DataProblem:
    """A row, the field that is wrong, and what would be right, in a sentence."""

    model: str
    ident: str  # the id in links, or the key where there is none
    field: str
    right: str

    def __str__(self) -> str:
        return f"{self.model} {self.ident}, {self.field}: {self.right}"

    def as_dict(self) -> ProblemRow:
        return {"model": self.model, "id": self.ident, "field": self.field, "right": self.right}


def problem(row: Model, field: str, right: str) -> DataProblem:
    return DataProblem(type(row).__name__, ident(row), field, right)


def ident(row: Model) -> str:
    """The id that links carry; else the primary key."""
    return str(getattr(row, "public_id", None) or getattr(row, "slug", None) or row.pk)


def in_order(problems: Iterable[DataProblem]) -> Iterator[DataProblem]:
    """Each once, by model and id."""
    yield from sorted(dict.fromkeys(problems), key=lambda p: (p.model, p.ident, p.field, p.right))
