"""What can be filtered by: the columns of a collection with one value each, and where the database has them.

A queryable means the same as the column of its name in every feature; a test asks both the same questions.
`many` are columns that join several values: a comparison holds where it holds of one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import Promise

from crossings.downloads.columns import ExportColumn
from crossings.models import Holder, StrikeEvent
from crossings.queries.scope import Scope

GEOMETRY: Final = "geometry"

#: How kinds of columns read in JSON Schema.
SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "day": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "yes/no": {"type": "boolean"},
    "list": {"type": "array", "items": {}},
    "geometry": {"format": "geometry-point"},
}

#: Rows of several values of the outer row, and the name of the value in them.
Several = Callable[[Scope], tuple[QuerySet[Any], str]]


@dataclass(frozen=True, slots=True)
class Queryable:
    """One name in filters: its kind and, for rows, the expression or the subquery that gives its values."""

    name: str
    kind: str  # one of SCHEMAS
    what: str | Promise
    expression: Combinable | None = None
    several: Several | None = None
    many: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        return {**SCHEMAS[self.kind], "title": self.name, "description": str(self.what)}


#: Columns that join the ids of several forces.
JOINED: Final = ("force", "target", "accused", "holder")


def in_memory(columns: tuple[ExportColumn, ...]) -> dict[str, Queryable]:
    """Every column with one value, by name, and the geometry."""
    found = {
        column.name: Queryable(column.name, column.kind, column.what, many=column.name in JOINED)
        for column in columns
        if column.kind != "list"
    }
    return {**found, GEOMETRY: _geometry()}


def in_rows(
    columns: tuple[ExportColumn, ...],
    expressions: dict[str, Combinable],
    several: dict[str, Several],
) -> dict[str, Queryable]:
    """Those columns that the database has, by name, and the geometry."""
    found = {}
    for column in columns:
        if column.name in several:
            found[column.name] = Queryable(
                column.name, column.kind, column.what, several=several[column.name], many=True
            )
        elif column.name in expressions:
            found[column.name] = Queryable(column.name, column.kind, column.what, expressions[column.name])
    return {**found, GEOMETRY: _geometry()}


def _geometry() -> Queryable:
    return Queryable(GEOMETRY, "geometry", "The point; empty where something has none")


def _text(*paths: str) -> Combinable:
    """The first of these that is not empty; features have null for an empty text."""
    values = [NullIf(F(path), Value(""), output_field=TextField()) for path in paths]
    return values[0] if len(values) == 1 else Coalesce(*values, output_field=TextField())


def _plain(*names: str) -> dict[str, Combinable]:
    return {name: F(name) for name in names}


_PERIOD: Final = {
    f"{name}{suffix}": F(f"{name}{suffix}") if suffix else _text(name)
    for name in ("starts", "ends", "as_of")
    for suffix in ("", "_min", "_max")
}
REPORT: Final[dict[str, Combinable]] = {
    "id": F("public_id"),
    "subject": _text("post__slug", "site__slug", "frontier__slug"),
    "subject_name": _text("post__name", "site__name", "frontier__name"),
    "crossing": F("post__crossing__slug"),
    "country": _text("post__country", "site__country"),
    "of": F("of"),
    **_PERIOD,
    "stance": F("stance"),
    "speaker": _text("speaker"),
    "wire": F("main_passage__wire__slug"),
    "source_set": F("main_passage__document__source_set__slug"),
    "document": F("main_passage__document__slug"),
    "published": _text("main_passage__document__published"),
    "note": _text("note"),
    "published_in": F("published_in_id"),
    "precision": Coalesce(F("post__precision"), F("site__precision")),
    "radius_m": Coalesce(F("post__radius_m"), F("site__radius_m")),
}
CONTROL: Final = {**REPORT, **_plain("role")}
STATUS: Final = {**REPORT, **_plain("status", "traffic", "direction")}
STRIKES: Final[dict[str, Combinable]] = {
    "id": F("public_id"),
    "grade_why": _text("grade_why"),
    "site": F("site__slug"),
    **_plain("summary", "when", "when_min", "when_max", "means", "grade", "precision", "radius_m"),
}


def _forces(scope: Scope) -> tuple[QuerySet[Any], str]:
    return Holder.objects.filter(report=OuterRef("pk")), "force__slug"


def _targets(scope: Scope) -> tuple[QuerySet[Any], str]:
    return StrikeEvent.targets.through.objects.filter(strikeevent=OuterRef("pk")), "force__slug"


def _accused(scope: Scope) -> tuple[QuerySet[Any], str]:
    """Whom the scope's own reports blame: those of drafts and of withdrawn reports say nothing here."""
    blames = scope.attributions().filter(report__event=OuterRef("pk"), accused__isnull=False)
    return blames.exclude(kind__in=("denies", "no_comment")), "accused__slug"


SEVERAL_CONTROL: Final[dict[str, Several]] = {"force": _forces}
SEVERAL_STRIKES: Final[dict[str, Several]] = {"target": _targets, "accused": _accused}
