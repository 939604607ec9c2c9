"""The shipped data in a test database: the first file that needs it loads it, the others of a run copy it."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from django.core.management import call_command
from django.db import connection

#: What loading writes to. Content types, groups and the rest are made by migrating.
PREFIX = "crossings_"
Rows = dict[str, tuple[list[str], list[tuple[object, ...]]]]


def load(folder: Path) -> None:
    """Load what is shipped, or copy it from an earlier load of the same run, whose rows are kept in `folder`.

    Only on SpatiaLite: PostgreSQL would also need its sequences set.
    """
    file = folder / "shipped-rows.pickle"
    if connection.vendor != "sqlite":
        call_command("load_seeds", verbosity=0)
    elif file.exists() and (kept := pickle.loads(file.read_bytes()))[0] == _content_types():
        _write(kept[1])
    else:
        call_command("load_seeds", verbosity=0)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_bytes(pickle.dumps((_content_types(), _read())))
        draft.replace(file)  # whole or not at all: another worker may be looking


def _content_types() -> list[tuple[object, ...]]:
    """Review steps point to them by number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, app_label, model FROM django_content_type ORDER BY id")
        return list(cursor.fetchall())


def _read() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(PREFIX):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


def _write(rows: Rows) -> None:
    """References are checked when the transaction ends, so the order of tables does not matter."""
    with connection.cursor() as cursor:
        for table, (columns, values) in rows.items():
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
