"""Spatial indexes that stay true on SpatiaLite.

Remaking a table (AlterField, AddConstraint, AddField with a default) drops the triggers that keep
SpatiaLite's R*Tree in step, without a word: later rows never reach the index. So after every
migration each index is made again where its triggers are gone, filled, and checked.
"""

from __future__ import annotations

from django.apps import apps
from django.contrib.gis.db.models import GeometryField
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


class SpatialIndexError(RuntimeError):
    """An index still differs from its table after it was rebuilt."""


def repair(connection: BaseDatabaseWrapper) -> list[str]:
    """Recreate, recover and check every spatial index of a SpatiaLite database.

    Returns the "table.column" names that were checked; nothing on another database, whose indexes
    need no help. Raises SpatialIndexError when an index cannot be mended.
    """
    if getattr(connection.ops, "spatialite", False) is not True:
        return []
    tables = set(connection.introspection.table_names())
    checked = []
    with connection.cursor() as cursor:
        for table, column in _indexed_columns():
            if table in tables:
                _repair_one(cursor, table, column)
                checked.append(f"{table}.{column}")
    return checked


def _indexed_columns() -> list[tuple[str, str]]:
    """Asked of the models, because a remade table has forgotten that it had an index."""
    return [
        (model._meta.db_table, str(field.column))
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, GeometryField) and field.spatial_index
    ]


def _repair_one(cursor: CursorWrapper, table: str, column: str) -> None:
    if not _has_triggers(cursor, table, column):
        if _is_enabled(cursor, table, column):
            cursor.execute("SELECT DisableSpatialIndex(%s, %s)", [table, column])
        cursor.execute(f'DROP TABLE IF EXISTS "idx_{table}_{column}"')
        cursor.execute("SELECT CreateSpatialIndex(%s, %s)", [table, column])
    if _check(cursor, table, column) != 1:
        cursor.execute("SELECT RecoverSpatialIndex(%s, %s, 1)", [table, column])
    if _check(cursor, table, column) != 1:
        raise SpatialIndexError(f"The spatial index of {table}.{column} differs from its table.")


def _has_triggers(cursor: CursorWrapper, table: str, column: str) -> bool:
    """The three triggers that keep an R*Tree in step with inserts, updates and deletes."""
    names = [f"{prefix}_{table}_{column}" for prefix in ("gii", "giu", "gid")]
    cursor.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        " AND lower(name) IN (lower(%s), lower(%s), lower(%s))",
        names,
    )
    return cursor.fetchone()[0] == len(names)


def _is_enabled(cursor: CursorWrapper, table: str, column: str) -> bool:
    """Whether SpatiaLite believes in the index; disabling one that it does not know prints an error."""
    cursor.execute(
        "SELECT spatial_index_enabled FROM geometry_columns"
        " WHERE f_table_name = lower(%s) AND f_geometry_column = lower(%s)",
        [table, column],
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def _check(cursor: CursorWrapper, table: str, column: str) -> int | None:
    cursor.execute("SELECT CheckSpatialIndex(%s, %s)", [table, column])
    return cursor.fetchone()[0]
