"""From the cells of one row to the values of one model object, and what differs from the stored one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import GEOSException, GEOSGeometry, LineString, Point
from django.db.models import Model
from django.utils.translation import gettext as _

from geodata.csv_tables import Row

from .columns import KINDS, OWNERS, PARTS, SUBJECTS, Kind

Resolve = Callable[[Row, str, str, str], Model]
#: The rows of each part file that belong to one row.
Parts = dict[str, list[Row]]

#: Where the model's field is called otherwise than the column that fills it.
COLUMN_OF = {
    "slug": "id", "public_id": "id", "point": "latitude", "line": "line_file", "main_passage": "passage",
    "passages": "more_passages", "post": "subject", "site": "subject", "frontier": "subject",
    "crossing": "subject",
}  # fmt: skip
_HANDLED = {"id", "latitude", "longitude", "subject_kind", "subject", "owner_kind", "owner", "line_file"}


class RowError(Exception):
    """A cell that fits its column and yet cannot be used; names the column."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


@dataclass(slots=True)
class Record:
    """One part of a row, such as a toll: its values and the row that it comes from."""

    row: Row
    fields: dict[str, Any]
    many: dict[str, list[Model]]


@dataclass(slots=True)
class Built:
    """The values of one object; `key` is set for rows without an id (names)."""

    fields: dict[str, Any]
    many: dict[str, list[Model]]
    key: Any = None
    parts: dict[str, list[Record]] = field(default_factory=dict)


def build(kind: Kind, row: Row, resolve: Resolve, folder: Path) -> Built:
    """The model's values for one good row. `resolve` finds the object that an id means, or raises."""
    built = Built({}, {})
    cells = row.cells
    report = "passage" in cells and "more_passages" in cells
    for column in kind.table.columns:
        name, value = column.name, cells[column.name]
        if name in _HANDLED:
            continue
        if column.many and column.ref:
            target = "passages" if name == "more_passages" else name
            built.many[target] = [resolve(row, name, column.ref, key) for key in value]
        elif column.ref:
            target = "main_passage" if report and name == "passage" else name
            built.fields[target] = resolve(row, name, column.ref, value) if value else None
        else:
            built.fields[name] = value
    if "latitude" in cells:
        built.fields["point"] = Point(cells["longitude"], cells["latitude"], srid=4326)
    if "subject" in cells:
        _point_at(built, row, resolve, "subject", SUBJECTS)
    if "owner" in cells:
        owner = _point_at(built, row, resolve, "owner", OWNERS)
        built.key = (cells["owner_kind"], owner.pk, cells["text"], cells["language"])
    if "line_file" in cells:
        built.fields["line"] = _line(folder, cells["line_file"])
    return built


def _point_at(built: Built, row: Row, resolve: Resolve, column: str, tables: dict[str, str]) -> Model:
    """Set the one foreign key that the word before the id names; the others stay as they are."""
    kind = row.cells[f"{column}_kind"]
    built.fields[kind] = resolve(row, column, tables[kind], row.cells[column])
    return built.fields[kind]


def _line(folder: Path, name: str) -> LineString | None:
    """The one line of a GeoJSON file beside the CSV; its coordinates are taken as they stand."""
    if not name:
        return None
    path = folder / name
    if path.parent != folder:
        raise RowError("line_file", _("“%s” is no file in the same folder.") % name)
    try:
        data = json.loads(path.read_text("utf-8"))
        geometries = [GEOSGeometry(json.dumps(one["geometry"]), srid=4326) for one in data["features"]]
    except (OSError, ValueError, KeyError, TypeError, GEOSException) as error:
        raise RowError("line_file", _("“%s” cannot be read as GeoJSON.") % name) from error
    if len(geometries) != 1 or not isinstance(geometries[0], LineString):
        raise RowError("line_file", _("“%s” must hold exactly one line.") % name)
    return geometries[0]


def part_records(parts: Parts, resolve: Resolve) -> dict[str, list[Record]]:
    """The parts of one row, file by file."""
    found: dict[str, list[Record]] = {}
    for part in PARTS:
        for row in parts.get(part.name, []):
            record = Record(row, {}, {})
            for column in part.table.columns:
                name, value = column.name, row.cells[column.name]
                if name == part.parent_field:
                    continue
                if column.many and column.ref:
                    record.many[name] = [resolve(row, name, column.ref, key) for key in value]
                elif column.ref:
                    record.fields[name] = resolve(row, name, column.ref, value) if value else None
                else:
                    record.fields[name] = value
            found.setdefault(part.name, []).append(record)
    return found


def differences(obj: Model, built: Built) -> list[str]:
    """The names of the fields and parts in which the stored object is not what the row says."""
    found = [name for name, value in built.fields.items() if _differs(obj, name, value)]
    for name, values in built.many.items():
        if {value.pk for value in values} != {value.pk for value in getattr(obj, name).all()}:
            found.append(name)
    for part in PARTS:
        if _kind_of(obj) == part.parent:
            new = {_frozen(record.fields, record.many) for record in built.parts.get(part.name, [])}
            if new != stored_parts(obj, part.name):
                found.append(part.name)
    return found


def stored_parts(obj: Model, name: str) -> set[Any]:
    """What hangs on a stored object, in a form that compares with a row's records."""
    part = next(part for part in PARTS if part.name == name)
    columns = [column for column in part.table.columns if column.name != part.parent_field]
    found = set()
    for child in part.model._default_manager.filter(**{part.parent_field: obj}):
        fields = {c.name: getattr(child, c.name) for c in columns if not c.many}
        many = {c.name: list(getattr(child, c.name).all()) for c in columns if c.many}
        found.add(_frozen(fields, many))
    return found


def _kind_of(obj: Model) -> str:
    return next((kind.name for kind in KINDS if kind.model is type(obj)), "")


def _frozen(fields: dict[str, Any], many: dict[str, list[Model]]) -> Any:
    plain = tuple(sorted((name, str(getattr(v, "pk", v))) for name, v in fields.items()))
    return plain, tuple(sorted((name, frozenset(v.pk for v in values)) for name, values in many.items()))


def _differs(obj: Model, name: str, value: Any) -> bool:
    if isinstance(value, Model):
        return getattr(obj, f"{name}_id") != value.pk
    stored = getattr(obj, name)
    if isinstance(value, Point | LineString) and isinstance(stored, Point | LineString):
        return bool(stored.coords != value.coords)
    return bool(stored != value)
