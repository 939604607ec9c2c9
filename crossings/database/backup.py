"""A consistent copy of a database that is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .sqlite import damage, open_spatialite


class BackupError(Exception):
    """Why no copy was made, as one sentence."""


def backup(database: dict[str, Any], target: Path | None, folder: Path) -> Path:
    """Copy the database to target, or to a new dated file in folder, and return where it is.

    The copy appears under its name only when it is complete, and only its owner can read it.
    Raises BackupError where the target is already there or the copy fails.
    """
    spatialite = database["ENGINE"].endswith("spatialite")
    if target is None:
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        target = folder / f"crossings-{moment}{'.sqlite3' if spatialite else '.dump'}"
    if target.exists():
        raise BackupError(_("%(file)s is already there: name another file.") % {"file": target})
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        if spatialite:
            copy_sqlite(Path(database["NAME"]), draft)
        else:
            _dump_postgis(database, draft)
        os.link(draft, target)  # unlike a rename it never replaces a file that appeared meanwhile
    except (OSError, sqlite3.Error) as error:
        raise BackupError(_("No backup was made: %(reason)s.") % {"reason": error}) from error
    finally:
        with suppress(OSError):  # where it could not even be made
            draft.unlink()
    return target


def copies(folder: Path) -> list[tuple[Path, datetime]]:
    """The backups in a folder with the times at which they were made (UTC), the oldest first."""
    if not folder.is_dir():
        return []
    files = (file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    found = [(file, datetime.fromtimestamp(file.stat().st_mtime, UTC)) for file in files]
    return sorted(found, key=lambda copy: copy[1])


def copy_sqlite(source: Path, draft: Path) -> None:
    """A sound copy of a SQLite file with its -wal, in one file. Raises BackupError or sqlite3.Error."""
    if not source.is_file():
        raise BackupError(_("There is no database at %(file)s yet.") % {"file": source})
    with (
        closing(open_spatialite(source, readonly=True)) as live,
        closing(open_spatialite(draft)) as copy,
    ):
        live.backup(copy)  # all pages in one step: one read snapshot, which in WAL mode stops no writer
        copy.execute("PRAGMA journal_mode=DELETE")  # the copy is one file, complete without a -wal beside it
        reason = damage(copy)
    if reason is not None:
        raise BackupError(
            _("The copy is damaged, and so may be the database: %(reason)s.") % {"reason": reason}
        )


def _dump_postgis(database: dict[str, Any], draft: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupError(_("pg_dump is missing: install the postgresql-client package."))
    environment = postgres_environment(database)
    command = [program, "--format=custom", "--no-owner", f"--file={draft}", "--dbname", str(database["NAME"])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  (fixed program)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pg_dump failed"])[-1].rstrip(".")
        raise BackupError(_("No backup was made: %(reason)s.") % {"reason": reason})


def postgres_environment(database: dict[str, Any]) -> dict[str, str]:
    """The environment in which PostgreSQL's own programs reach the database.

    Not by arguments: these show in the list of processes.
    """
    variables = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    return os.environ | {
        variables[key]: str(database[key]) for key in variables if database.get(key) not in (None, "")
    }
