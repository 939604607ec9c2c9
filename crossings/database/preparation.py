"""From nothing, an older version or an interrupted start to a database that can be served."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .backup import BackupError, backup
from .sqlite import damage, open_spatialite

Say = Callable[[str], None]

#: A database up to this size, in bytes, is checked whole at every start (about 0.1 s for 8 MB).
CHECKED_WHOLE = 100_000_000
ADVISORY_LOCK = 0x43524F53  # any number, the same for every copy that shares a PostgreSQL database


class PreparationError(ImproperlyConfigured):
    """Why the database cannot be served, as one sentence for the operator."""


def sqlite_file() -> Path | None:
    """The database file; None on PostgreSQL."""
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


def prepare_database(say: Say) -> None:
    """Check the file, migrate with a backup before, and load the shipped data into a new database.

    An interrupted first start begins anew; an interrupted upgrade is brought to its end. Raises
    PreparationError for a database that only a person can judge.
    """
    file = sqlite_file()
    if file is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            _bring_up_to_date(say)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
        return
    begun = file.with_name(f"{file.name}.first-start")
    check_file(file, begun, say)
    if not file.exists():
        begun.touch(mode=0o600)
    _bring_up_to_date(say)
    begun.unlink(missing_ok=True)


def check_file(file: Path, begun: Path, say: Say) -> None:
    """Refuse an empty or damaged file in a sentence; remove what an interrupted first start has left."""
    if not file.exists():
        return
    if begun.exists() and not _holds_work(file):
        say("The first start was interrupted: it begins anew")
        connection.close()
        for ending in ("-wal", "-shm", ""):
            Path(f"{file}{ending}").unlink(missing_ok=True)
        return
    if file.stat().st_size == 0:
        raise PreparationError(
            f"The database file {file} is empty: delete it to begin anew, "
            "or put a backup in its place with bin/manage restore FILE."
        )
    try:
        with closing(open_spatialite(file)) as database:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            reason = damage(database) if file.stat().st_size <= CHECKED_WHOLE else None
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise PreparationError(f"The database of DATABASE_URL cannot be used: {error}.") from error
        reason = str(error)
    if reason:
        raise PreparationError(
            f"The database file {file} is damaged ({reason}): "
            "put a backup in its place with bin/manage restore FILE."
        )


def _holds_work(file: Path) -> bool:
    """Whether anything that a person would miss is in the database: an account or a document."""
    try:
        with closing(open_spatialite(file, readonly=True)) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
            return any(
                table in tables and database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
                for table in ("auth_user", "crossings_document")
            )
    except sqlite3.Error:
        return False


def _bring_up_to_date(say: Say) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    stamp = settings.DATA_DIR / "migrated"
    if plan:
        if executor.loader.applied_migrations:
            _back_up(say)
        stamp.unlink(missing_ok=True)
        say(f"Bringing the database up to date ({len(plan)} migrations)")
        call_command("migrate", interactive=False, verbosity=1)
    elif not stamp.is_file() or stamp.read_text() != _state(executor):
        # What follows the last migration (permissions, spatial indexes) may not have run.
        say("Checking permissions and spatial indexes")
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    else:
        say("The database is up to date")
        _load_seeds(say)
        return
    stamp.write_text(_state(MigrationExecutor(connection)))
    _load_seeds(say)


def _back_up(say: Say) -> None:
    try:
        made = backup(connection.settings_dict, None, settings.DATA_DIR / "backups")
    except BackupError as error:
        raise PreparationError(
            f"The database is not migrated because no backup could be made. {error}"
        ) from error
    say(f"The database is backed up to {made}")


def _state(executor: MigrationExecutor) -> str:
    """A text that differs for every database and every set of applied migrations."""
    described: dict[str, Any] = connection.settings_dict
    applied = sorted(".".join(key) for key in executor.loader.applied_migrations)
    text = "\n".join([str(described["ENGINE"]), str(described["HOST"]), str(described["NAME"]), *applied])
    return hashlib.sha256(text.encode()).hexdigest()


def _load_seeds(say: Say) -> None:
    """Fill a database that holds no document yet with the shipped data."""
    if apps.get_model("crossings", "Document").objects.exists():
        return
    say("Loading the shipped data (seeds/)")
    call_command("load_seeds")
