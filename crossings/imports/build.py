"""From the cells of one row to the values of one model object, and what differs from the stored one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.gis.geos import GEOSException, GEOSGeometry, LineString, Point
from django.db.models import Model
from django.utils.translation import gettext as _

from geodata.csv_tables import SeedColumn, SeedRow

from .columns import OWNER_TABLES, PARTS, SUPERSEDES, TABLE_OF, Kind, PartKind, shared_fields

#: Finds the object that the id in a cell means (row, column, table, id), or raises.
Resolve = Callable[[SeedRow, str, str, str], Model]
#: The rows of each part file that belong to one row.
Parts = dict[str, list[SeedRow]]


class RowError(Exception):
    """A cell that fits its column and yet cannot be used; names the column."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


@dataclass(slots=True)
class RowRecord:
    """What a row says of one object or part: the values of its fields, and of its many-to-many links."""

    row: SeedRow
    fields: dict[str, object] = field(default_factory=dict)
    many: dict[str, list[Model]] = field(default_factory=dict)
    #: The stored row that this one replaces when it is published.
    supersedes: Model | None = None
    #: The parts of the row, such as tolls, file by file.
    parts: dict[str, list[RowRecord]] = field(default_factory=dict)

    def comparable(self) -> object:
        return _comparable(self.fields, self.many)


def build(kind: Kind, row: SeedRow, resolve: Resolve, folder: Path) -> RowRecord:
    """The values of one good row of a file in `folder`. Raises RowError, or what `resolve` raises."""
    record = RowRecord(row)
    for column in kind.table.columns:
        if column.field and column.field not in (kind.key, "point", "line", SUPERSEDES):
            _fill(record, column, resolve)
    cells = row.cells
    if replaced := cells.get(SUPERSEDES):
        record.supersedes = resolve(row, SUPERSEDES, kind.name, replaced)
    if "latitude" in cells:
        record.fields["point"] = Point(cells["longitude"], cells["latitude"], srid=4326)
    if "line_file" in cells:
        record.fields["line"] = _line(folder, cells["line_file"])
    if shared := shared_fields(kind.model)[0]:
        # The one foreign key that the word before the id names; the others stay as they are.
        owner = cells[f"{shared}_kind"]
        record.fields[owner] = resolve(row, shared, OWNER_TABLES[owner], cells[shared])
    return record


def build_parts(parts: Parts, resolve: Resolve) -> dict[str, list[RowRecord]]:
    """The parts of one row, file by file."""
    found: dict[str, list[RowRecord]] = {}
    for part in PARTS:
        for row in parts.get(part.name, []):
            record = RowRecord(row)
            for column in _own_columns(part):
                _fill(record, column, resolve)
            found.setdefault(part.name, []).append(record)
    return found


def _fill(record: RowRecord, column: SeedColumn, resolve: Resolve) -> None:
    row, value = record.row, record.row.cells[column.name]
    if column.many and column.ref:
        record.many[column.field] = [resolve(row, column.name, column.ref, key) for key in value]
    elif column.ref:
        record.fields[column.field] = resolve(row, column.name, column.ref, value) if value else None
    else:
        record.fields[column.field] = value


def _own_columns(part: PartKind) -> list[SeedColumn]:
    return [column for column in part.table.columns if column.field != part.parent_field]


def _line(folder: Path, name: str) -> LineString | None:
    """The one line of a GeoJSON file beside the CSV; its coordinates are taken as they stand."""
    if not name:
        return None
    path = folder / name
    if path.parent != folder:
        raise RowError("line_file", _("“%s” is no file in the same folder.") % name)
    try:
        data = json.loads(path.read_text("utf-8"))
        geometries = [
            GEOSGeometry(json.dumps(feature["geometry"]), srid=4326) for feature in data["features"]
        ]
    except (OSError, ValueError, KeyError, TypeError, GEOSException) as error:
        raise RowError("line_file", _("“%s” cannot be read as GeoJSON.") % name) from error
    if len(geometries) != 1 or not isinstance(geometries[0], LineString):
        raise RowError("line_file", _("“%s” must hold exactly one line.") % name)
    return geometries[0]


def differences(stored: Model, record: RowRecord) -> list[str]:
    """The names of the fields and parts in which the stored object is not what the row says."""
    found = [name for name, value in record.fields.items() if _differs(stored, name, value)]
    for name, values in record.many.items():
        if {value.pk for value in values} != {linked.pk for linked in getattr(stored, name).all()}:
            found.append(name)
    for part in PARTS:
        if TABLE_OF[type(stored)] == part.parent:
            given = {child.comparable() for child in record.parts.get(part.name, [])}
            if given != _stored_parts(stored, part):
                found.append(part.name)
    return found


def _stored_parts(stored: Model, part: PartKind) -> set[object]:
    """What belongs to a stored object, in a form that compares with a row's records."""
    columns = _own_columns(part)
    found = set()
    for child in part.model._default_manager.filter(**{part.parent_field: stored}):
        fields = {column.field: getattr(child, column.field) for column in columns if not column.many}
        many = {column.field: list(getattr(child, column.field).all()) for column in columns if column.many}
        found.add(_comparable(fields, many))
    return found


def _comparable(fields: Mapping[str, object], many: Mapping[str, list[Model]]) -> object:
    plain = tuple(sorted((name, str(getattr(value, "pk", value))) for name, value in fields.items()))
    links = sorted((name, frozenset(value.pk for value in values)) for name, values in many.items())
    return plain, tuple(links)


def _differs(stored: Model, name: str, value: object) -> bool:
    if isinstance(value, Model):
        return bool(getattr(stored, f"{name}_id") != value.pk)
    held = getattr(stored, name)
    if isinstance(value, Point | LineString) and isinstance(held, Point | LineString):
        return bool(held.coords != value.coords)
    return bool(held != value)
