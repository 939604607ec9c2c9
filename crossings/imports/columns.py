"""The seed files in the order in which they are loaded. Their columns are derived from the models' fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.gis.db import models
from django.db.models import CASCADE, Field, ForeignKey, ManyToManyField, Model

from crossings import models as m
from crossings.models.evidence import MAX_QUOTE_WORDS
from crossings.models.fields import EDTFField, PublicIdField
from geodata import csv_tables
from geodata.csv_tables import SeedColumn, Table

if TYPE_CHECKING:
    ModelField = Field[Any, Any]
    Reader = Callable[[str], object]

#: File name without `.csv` → the model that its rows become. A file comes after those that its ids name.
FILES: Final[dict[str, type[Model]]] = {
    "source_sets": m.SourceSet,
    "wires": m.Wire,
    "forces": m.Force,
    "frontiers": m.Frontier,
    "crossings": m.Crossing,
    "posts": m.Post,
    "sites": m.Site,
    "regions": m.Region,
    "names": m.Name,
    "documents": m.Document,
    "passages": m.Passage,
    "backings": m.Backing,
    "memberships": m.Membership,
    "control": m.ControlReport,
    "status": m.StatusReport,
    "observations": m.ObservationReport,
    "strike_events": m.StrikeEvent,
    "strike_reports": m.StrikeReport,
    "disagreements": m.Disagreement,
}
#: The same for files whose rows are parts of rows of another file.
PART_FILES: Final[dict[str, type[Model]]] = {
    "tolls": m.Toll,
    "attributions": m.Attribution,
    "answers": m.Answer,
}
#: The columns that together are unique, where a row has no id.
_KEYS: Final = {
    "names": ("owner_kind", "owner", "text", "language"),
    "tolls": ("report", "group", "said_by"),
    "attributions": ("report", "speaker", "kind", "accused"),
    "answers": ("disagreement", "order"),
}
TABLE_OF: Final = {model: name for name, model in FILES.items()}
#: Which table an id in the column `subject` or `owner` stands in, by the word in the column before it.
OWNER_TABLES: Final = {"crossing": "crossings", "post": "posts", "site": "sites", "frontier": "frontiers",
                       "force": "forces"}  # fmt: skip

#: Not for forms: there a correction starts as a copy, which sets it.
SUPERSEDES: Final = "supersedes"
_RENAMED: Final = {"line": "line_file", "main_passage": "passage"}
#: These have a default in forms, but in a file they are written out.
_ALWAYS_GIVEN: Final = ("of",)
_VERBATIM: Final = ("exact", "prefix", "suffix")
_READERS_BY_NAME: Final[dict[str, Reader]] = {
    "colour": csv_tables.colour,
    "exact": csv_tables.quote(MAX_QUOTE_WORDS),
    "radius_m": csv_tables.metres,
}
_READERS_BY_TYPE: Final[tuple[tuple[type[ModelField], Reader], ...]] = (
    (PublicIdField, csv_tables.slug),
    (EDTFField, csv_tables.edtf),
    (models.URLField, csv_tables.web_address),
    (models.IntegerField, csv_tables.whole),
)


@dataclass(frozen=True, slots=True)
class SeedFile:
    """One seed file and the model that its rows become."""

    table: Table
    model: type[Model]

    @property
    def name(self) -> str:
        return self.table.name

    def column_of(self, field: str) -> str:
        """The column that fills this field of the model; the field's own name where there is none."""
        return next((column.name for column in self.table.columns if column.field == field), field)


@dataclass(frozen=True, slots=True)
class Kind(SeedFile):
    """A file whose rows are objects of their own; `key` is the model's field for the id, if it has one."""

    key: str

    def column_of(self, field: str) -> str:
        if field in shared_fields(self.model)[1]:
            return shared_fields(self.model)[0]
        return SeedFile.column_of(self, field)


@dataclass(frozen=True, slots=True)
class PartKind(SeedFile):
    """A file whose rows are parts of rows of the file `parent`: compared, written and frozen with them."""

    parent: str
    parent_field: str


def shared_fields(model: type[Model]) -> tuple[str, tuple[str, ...]]:
    """The foreign keys of which exactly one is set, and the name of the columns that they share."""
    if model is m.Name:
        return "owner", m.Name.OWNERS
    if hasattr(model, "subject"):
        return "subject", tuple(field.name for field in model._meta.fields if field.name in OWNER_TABLES)
    return "", ()


def _columns(model: type[Model]) -> Iterator[SeedColumn]:
    """The id, then the columns of every field that editors fill, in the model's order."""
    shared, alternatives = shared_fields(model)
    fields = [field for field in (*model._meta.fields, *model._meta.many_to_many) if _is_given(field)]
    fields.sort(key=lambda field: not isinstance(field, PublicIdField))
    for field in fields:
        if field.name in alternatives:
            if field.name == alternatives[0]:
                yield SeedColumn(f"{shared}_kind", csv_tables.choice(*alternatives), required=True)
                yield SeedColumn(shared, csv_tables.slug, required=True)
        elif isinstance(field, models.PointField):
            yield SeedColumn("latitude", csv_tables.latitude, required=True, field=field.name)
            yield SeedColumn("longitude", csv_tables.longitude, required=True, field=field.name)
        else:
            yield _column(model, field)


def _is_given(field: ModelField) -> bool:
    return (field.editable and not field.auto_created) or field.name == SUPERSEDES


def _column(model: type[Model], field: ModelField) -> SeedColumn:
    name = _RENAMED.get(field.name, field.name)
    if isinstance(field, PublicIdField):
        return SeedColumn("id", csv_tables.slug, required=True, field=field.name)
    if isinstance(field, ForeignKey):
        table = TABLE_OF[field.related_model]
        return SeedColumn(
            name,
            csv_tables.slug,
            required=not field.null,
            default=None,
            ref=table,
            field=field.name,
            optional=field.name == SUPERSEDES,
        )
    if isinstance(field, ManyToManyField):
        if field.name == "passages" and {"passage", "main_passage"} & {
            other.name for other in model._meta.fields
        }:
            name = "more_passages"
        table = TABLE_OF[field.related_model]
        return SeedColumn(
            name, csv_tables.slug, required=not field.blank, ref=table, many=True, field=field.name
        )
    if model is m.StatusReport and name == "traffic":  # one row for several kinds of traffic
        return SeedColumn(name, _reader(field), required=True, many=True, field=field.name)
    default = _default(field)
    return SeedColumn(
        name,
        _reader(field),
        required=not field.blank and default in ("", None),
        default=default,
        verbatim=name in _VERBATIM,
        field=field.name,
    )


def _default(field: ModelField) -> object:
    """What a blank cell means. The default of a plain text is for forms, not for files."""
    number = isinstance(field, models.IntegerField)
    if field.has_default() and (field.choices or number) and field.name not in _ALWAYS_GIVEN:
        return field.get_default()
    return None if number else ""


def _reader(field: ModelField) -> Reader:
    if field.choices:
        return csv_tables.choice(*(value for value, _label in field.flatchoices))
    if field.name in _READERS_BY_NAME:
        return _READERS_BY_NAME[field.name]
    return next((read for kind, read in _READERS_BY_TYPE if isinstance(field, kind)), str)


def _table(name: str, model: type[Model]) -> Table:
    return Table(name, tuple(_columns(model)), key=_KEYS.get(name, ("id",)))


def _kind(name: str, model: type[Model]) -> Kind:
    key = next((field.name for field in model._meta.fields if isinstance(field, PublicIdField)), "")
    return Kind(_table(name, model), model, key)


def _part(name: str, model: type[Model]) -> PartKind:
    """What vanishes with its parent is a part of it."""
    link = next(
        field
        for field in model._meta.fields
        if isinstance(field, ForeignKey) and field.remote_field.on_delete is CASCADE
    )
    return PartKind(_table(name, model), model, TABLE_OF[link.related_model], link.name)


KINDS: Final = tuple(_kind(name, model) for name, model in FILES.items())
PARTS: Final = tuple(_part(name, model) for name, model in PART_FILES.items())
