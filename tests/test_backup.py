"""A backup is whole and sound, of the shipped data while it is being written to; a restore brings it back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crossings.database import backup as backups
from crossings.database.sqlite import open_spatialite
from tests.processes import assert_one_sentence, clean_environment, manage, run

NAME = "crossings.sqlite3"


@pytest.fixture
def home(prepared, tmp_path) -> Path:
    """A folder of its own with a copy of that database, in WAL mode as a running site has it."""
    folder = tmp_path / "home"
    shutil.copytree(prepared, folder)
    return folder


class Writer(threading.Thread):
    """Adds pairs of places with geometry, each pair in one transaction, until it is stopped."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file, self.stopped, self.pairs = file, threading.Event(), 0

    def run(self) -> None:
        with closing(open_spatialite(self.file)) as database:
            database.isolation_level = None
            database.execute("PRAGMA journal_mode=WAL")
            columns = [
                row[1] for row in database.execute("PRAGMA table_info(crossings_site)") if row[1] != "id"
            ]
            names = ", ".join(f'"{name}"' for name in columns)
            chosen = ", ".join("?" if name == "slug" else f'"{name}"' for name in columns)
            first = f"SELECT {chosen} FROM crossings_site ORDER BY id LIMIT 1"
            insert = f"INSERT INTO crossings_site ({names}) {first}"
            while not self.stopped.is_set():
                database.execute("BEGIN IMMEDIATE")
                for side in ("left", "right"):
                    database.execute(insert, (f"pair-{self.pairs}-{side}",))
                database.execute("COMMIT")
                self.pairs += 1


@pytest.fixture
def writer(home) -> Iterator[Writer]:
    thread = Writer(home / NAME)
    thread.start()
    while thread.pairs < 20 and thread.is_alive():
        time.sleep(0.01)
    assert thread.is_alive()
    yield thread
    thread.stopped.set()
    thread.join()


def whole_pairs(file: Path) -> int:
    """How many pairs the copy holds; fails where one half is missing, a row is unsound or unindexed."""
    with closing(open_spatialite(file, readonly=True)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        slugs = [slug for (slug,) in copy.execute("SELECT slug FROM crossings_site WHERE slug LIKE 'pair-%'")]
        assert copy.execute("SELECT CheckSpatialIndex('crossings_site', 'point')").fetchone() == (1,)
    halves = {slug.rpartition("-")[0] for slug in slugs}
    assert len(slugs) == 2 * len(halves)
    return len(halves)


def test_a_backup_of_the_shipped_data_under_writes_is_whole(home, writer, tmp_path):
    before = writer.pairs
    target = tmp_path / "copy.sqlite3"
    done = manage("backup", str(target), env=clean_environment(home))
    assert done.returncode == 0, done.stderr
    assert target.name in done.stdout
    assert whole_pairs(target) >= before
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert writer.pairs > before, "writing did not go on"
    assert not list(tmp_path.glob(".copy*")), "a draft was left behind"


def test_a_backup_without_a_name_gets_a_dated_one(home):
    done = manage("backup", env=clean_environment(home))

    (made,) = (home / "backups").iterdir()
    assert re.fullmatch(r"crossings-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite3", made.name)
    assert str(made) in done.stdout


def test_a_backup_never_replaces_a_file(home, tmp_path):
    (tmp_path / "precious").write_text("precious")

    done = manage("backup", str(tmp_path / "precious"), env=clean_environment(home))

    assert done.returncode == 1
    assert "already there" in done.stderr
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize("target", ["/dev/null/copy.sqlite3", "/proc/copy.sqlite3"])
def test_a_backup_that_cannot_be_written_is_a_sentence(home, target):
    assert_one_sentence(manage("backup", target, env=clean_environment(home)), "No backup was made")


def test_there_is_nothing_to_back_up_before_the_first_start(tmp_path):
    assert_one_sentence(manage("backup", env=clean_environment(tmp_path)), "There is no database")
    assert not (tmp_path / NAME).exists()


def overwrite_a_page(file: Path) -> None:
    """Damage the b-tree of a large table as a bad disk does."""
    with closing(sqlite3.connect(file)) as database:
        size = database.execute("PRAGMA page_size").fetchone()[0]
        page = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'crossings_passage'"
        ).fetchone()[0]
        database.execute("PRAGMA journal_mode=DELETE")
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(os.urandom(size))


def test_a_damaged_database_gives_no_backup(home):
    overwrite_a_page(home / NAME)

    done = manage("backup", env=clean_environment(home))

    assert_one_sentence(done, "damaged")
    assert not list((home / "backups").iterdir())


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(open_spatialite(file, readonly=True)) as database:
        listed = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'crossings%'"
        )
        return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in listed.fetchall()}


def test_a_restore_gives_the_rows_of_the_backup_and_keeps_the_present_database(home, tmp_path):
    """That the pages are the same, too, is rehearsed in test_restore_drill.py."""
    expected = rows(home / NAME)
    shutil.copy(home / NAME, tmp_path / "copy.sqlite3")
    with closing(open_spatialite(home / NAME)) as database, database:
        database.execute("DELETE FROM crossings_statusreport_passages")

    done = manage("restore", str(tmp_path / "copy.sqlite3"), env=clean_environment(home))

    assert done.returncode == 0, done.stderr
    assert rows(home / NAME) == expected
    (aside,) = home.glob(f"{NAME}.before-*")
    assert str(aside) in done.stdout
    assert rows(aside)["crossings_statusreport_passages"] == []
    assert expected["crossings_passage"]


@pytest.mark.parametrize("kind", ["text", "another", "damaged", "newer"])
def test_a_restore_checks_the_file_before_it_touches_anything(home, tmp_path, kind):
    file = tmp_path / "given.sqlite3"
    if kind == "text":
        file.write_text("no database")
    elif kind == "another":
        with closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE toy (n int)")
    else:
        shutil.copy(home / NAME, file)
        if kind == "damaged":
            overwrite_a_page(file)
        else:
            with closing(sqlite3.connect(file)) as database, database:
                database.execute(
                    "INSERT INTO django_migrations (app, name, applied)"
                    " VALUES ('crossings', '9999_later', '2100-01-01')"
                )
    before = (home / NAME).read_bytes()

    done = manage("restore", str(file), env=clean_environment(home))

    words = {"damaged": "damaged", "newer": "newer version"}.get(kind, "no backup of a Crossings database")
    assert_one_sentence(done, words)
    assert (home / NAME).read_bytes() == before
    assert not list(home.glob(f"{NAME}.before-*"))


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_postgis_can_be_restored(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("runs on PostGIS: bin/test --postgis")
    call_command("load_seeds", verbosity=0)
    count = "SELECT count(*) FROM crossings_passage"
    with connection.cursor() as cursor:
        cursor.execute(count)
        (rows,) = cursor.fetchone()

    call_command("backup", str(tmp_path / "copy.dump"))
    with pytest.raises(CommandError, match="already there"):
        call_command("backup", str(tmp_path / "copy.dump"))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE crossings_edition, crossings_document CASCADE")
    call_command("restore", str(tmp_path / "copy.dump"))

    with connection.cursor() as cursor:
        cursor.execute(count)
        assert cursor.fetchone() == (rows,)
    assert rows > 100
    listing = run("pg_restore", "--list", tmp_path / "copy.dump", env=clean_environment(tmp_path))
    assert "django_migrations" in listing.stdout


def test_without_pg_dump_the_backup_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    database = {"ENGINE": "django.contrib.gis.db.backends.postgis", "NAME": "crossings"}

    with pytest.raises(backups.BackupError, match="postgresql-client"):
        backups.backup(database, tmp_path / "copy.dump", tmp_path)

    assert list(tmp_path.iterdir()) == []
