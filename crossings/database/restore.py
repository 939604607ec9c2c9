"""Putting a backup in the database's place, the present one kept aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from .backup import BackupError, backup, copy_sqlite, postgres_environment
from .locks import Busy, alone
from .sqlite import damage, open_spatialite

#: Entries of a dump that only a superuser can restore, and that are there before: the extension itself.
NOT_RESTORED = ("EXTENSION", "COMMENT - EXTENSION")


class RestoreError(Exception):
    """Why nothing was restored, as one sentence. The present database is then as it was."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: rows by table of the restored database, and where the one before is kept."""

    rows: dict[str, int]
    aside: Path | None


def restore(database: dict[str, Any], source: Path, folder: Path) -> Restored:
    """Put the backup `source` in the place of the database, whose present state is kept in `folder`.

    The site must be stopped. The file is checked before anything is touched, and what stands in the
    database's place afterwards is compared with it. Raises RestoreError.
    """
    if not source.is_file():
        raise RestoreError(_("There is no file %(file)s.") % {"file": source})
    try:
        if database["ENGINE"].endswith("spatialite"):
            return _restore_sqlite(Path(database["NAME"]), source)
        return _restore_postgis(database, source, folder)
    except Busy as error:
        raise RestoreError(_("The site is running: stop it first, then restore.")) from error
    except (BackupError, OSError, sqlite3.Error) as error:
        raise RestoreError(
            _("Nothing was restored: %(reason)s.") % {"reason": str(error).rstrip(".")}
        ) from error


# --- SpatiaLite: one file


def _restore_sqlite(target: Path, source: Path) -> Restored:
    if target.exists() and source.resolve() == target.resolve():
        raise RestoreError(_("%(file)s is the database itself; name a backup.") % {"file": source})
    with alone(target):
        expected = _check_backup(source)
        draft = target.with_name(f".{target.name}.restoring.{os.getpid()}")
        try:
            draft.touch(mode=0o600)
            _copy(source, draft)
            if (found := _rows(draft)) != expected:
                raise RestoreError(_("The copy of %(file)s differs from it.") % {"file": source})
            aside = _keep_aside(target)
            os.replace(draft, target)
            _flush_folder(target.parent)
        finally:
            with suppress(OSError):
                draft.unlink()
    return Restored(found, aside)


def _check_backup(file: Path) -> dict[str, int]:
    """Rows by table. Raises RestoreError where the file is no whole backup of this program's database."""
    not_ours = RestoreError(_("%(file)s is no backup of a Crossings database.") % {"file": file})
    try:
        with closing(open_spatialite(file, readonly=True)) as database:
            if reason := damage(database):
                raise RestoreError(_("%(file)s is damaged: %(reason)s.") % {"file": file, "reason": reason})
            tables = {
                name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            if not {"django_migrations", "crossings_edition"} <= tables:
                raise not_ours
            applied = {
                name
                for (name,) in database.execute("SELECT name FROM django_migrations WHERE app = 'crossings'")
            }
    except sqlite3.DatabaseError as error:
        raise not_ours from error
    if newer := sorted(applied - known_migrations()):
        raise RestoreError(
            _("%(file)s comes from a newer version of the program (%(names)s): upgrade, then restore.")
            % {"file": file, "names": ", ".join(newer)}
        )
    return _rows(file)


def known_migrations() -> set[str]:
    """Names of the migrations of `crossings` that this version has."""
    folder = Path(__file__).resolve().parent.parent / "migrations"
    return {path.stem for path in folder.glob("[0-9]*.py")}


def _rows(file: Path) -> dict[str, int]:
    with closing(open_spatialite(file, readonly=True)) as database:
        names = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND (name LIKE 'crossings\\_%' ESCAPE '\\' OR name LIKE 'auth\\_%' ESCAPE '\\'"
                " OR name = 'django_migrations') ORDER BY name"
            )
        ]
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  (own tables)
            for name in names
        }


def _copy(source: Path, draft: Path) -> None:
    copy_sqlite(source, draft)
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _keep_aside(target: Path) -> Path | None:
    """A second name for the present database, with what its -wal still holds; its place stays taken."""
    if not target.exists():
        return None
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    aside = target.with_name(f"{target.name}.before-{moment}")
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(target)) as present,
    ):  # a damaged one is kept as it is
        present.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.link(target, aside)
    for ending in ("-wal", "-shm"):  # gone after a checkpoint; of a damaged database they are evidence
        beside = Path(f"{target}{ending}")
        if beside.exists():
            os.replace(beside, f"{aside}{ending}")
    return aside


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- PostGIS: pg_restore


def _restore_postgis(database: dict[str, Any], source: Path, folder: Path) -> Restored:
    program = shutil.which("pg_restore")
    if program is None:
        raise RestoreError(_("pg_restore is missing: install the postgresql-client package."))
    environment = postgres_environment(database)
    listing = _run(program, "--list", str(source), environment=environment)
    entries = listing.splitlines()
    if not any(" TABLE public crossings_edition " in line for line in entries):
        raise RestoreError(_("%(file)s is no backup of a Crossings database.") % {"file": source})
    _make_extension(database)
    aside = backup(database, None, folder)
    wanted = [line for line in entries if not any(f" {kind} " in line for kind in NOT_RESTORED)]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.write("\n".join(wanted) + "\n")
        chosen.flush()
        _run(
            program, "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
            f"--use-list={chosen.name}", "--dbname", str(database["NAME"]), str(source),
            environment=environment,
        )  # fmt: skip
    return Restored({}, aside)


def _make_extension(database: dict[str, Any]) -> None:
    """PostGIS in an empty database; where it is there already this needs no right."""
    try:
        with psycopg.connect(
            host=database["HOST"] or None,
            port=database["PORT"] or None,
            user=database["USER"] or None,
            password=database["PASSWORD"] or None,
            dbname=database["NAME"],
        ) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except psycopg.Error as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise RestoreError(
            _("The database has no PostGIS, and it cannot be made: %(reason)s.") % {"reason": reason}
        ) from error


def _run(program: str, *arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603  (fixed program)
        [program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if "error" in line.lower()]
        reason = (lines or [f"{Path(program).name} failed"])[0].rstrip(".")
        raise RestoreError(_("Nothing was restored: %(reason)s.") % {"reason": reason})
    return done.stdout
