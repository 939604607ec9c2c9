"""The SQLite file: how connections open it, and how they notice that it is no longer the file at its path."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.translation import gettext as _

#: The first word of statements that only read, or that end what was begun before.
READING = frozenset(
    {"SELECT", "PRAGMA", "EXPLAIN", "VALUES", "WITH", "ROLLBACK", "COMMIT", "RELEASE", "SAVEPOINT"}
)


class DatabaseReplaced(OperationalError):
    """The database file was deleted or replaced while this process had it open: a write would be lost."""


def connect() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(_prepare, dispatch_uid="crossings.database.sqlite")


def _prepare(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        # mod_spatialite sets the busy timeout to 5 s while it loads, whatever the connection was opened with.
        cursor.execute(f"PRAGMA busy_timeout = {settings.BUSY_TIMEOUT * 1000:d}")
    opened = identity(connection.settings_dict["NAME"])
    connection.opened_file = opened  # type: ignore[attr-defined]  # what `replaced` compares with
    if opened is not None and _refuse_lost_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(_refuse_lost_writes)


def identity(name: Any) -> tuple[int, int] | None:
    """Device and inode of a database file; None where there is none, as for one in memory."""
    try:
        status = os.stat(name)
    except (OSError, TypeError, ValueError):
        return None
    return status.st_dev, status.st_ino


def replaced(connection: BaseDatabaseWrapper) -> bool:
    """Whether the file that this connection has open is not the one at its path. False on PostgreSQL."""
    opened = getattr(connection, "opened_file", None)
    return opened is not None and identity(connection.settings_dict["NAME"]) != opened


def _refuse_lost_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    # SQLite goes on writing to a deleted file without a word.
    if sql.lstrip("( \n\t").partition(" ")[0].upper() not in READING and replaced(context["connection"]):
        raise DatabaseReplaced(
            _(
                "The database file was deleted or replaced while the site was running. Nothing was saved. "
                "Restart the site."
            )
        )
    return execute(sql, params, many, context)


def open_spatialite(file: Path, *, readonly: bool = False, timeout: float = 20) -> sqlite3.Connection:
    """A plain connection that knows SpatiaLite's functions, which the tables' constraints call.

    Raises sqlite3.Error where the file is no database or the extension cannot be loaded. `timeout` is in
    seconds.
    """
    mode = "ro" if readonly else "rwc"
    database = sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=timeout)
    try:
        database.enable_load_extension(True)
        database.load_extension(settings.SPATIALITE_LIBRARY_PATH)
        database.enable_load_extension(False)
    except BaseException:
        database.close()
        raise
    return database


def damage(database: sqlite3.Connection) -> str | None:
    """What SQLite's quick check finds wrong with an open database, on one line; None when it is sound.

    The check evaluates every table constraint, so the connection must come from `open_spatialite`.
    """
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    return (
        None if verdict == "ok" else " ".join(str(verdict).removeprefix("*** in database main ***").split())
    )
