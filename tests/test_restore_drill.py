"""The drill: fill, back up while it is written to, restore elsewhere, start there: the same site."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crossings.database.sqlite import open_spatialite
from tests.clusters import Cluster, empty_cluster, owned, programs, running_cluster
from tests.processes import ROOT, Server, clean_environment, manage, serving

pytestmark = pytest.mark.slow

Rows = Callable[[str], list[tuple[Any, ...]]]

NAME = "crossings.sqlite3"
HOST = "crossings.example.org"  # pages name it
#: Documents are many and alike; of every other kind of page all are compared.
DOCUMENTS = 10


def wire_columns(rows: Rows) -> list[str]:
    try:
        return [name for (name,) in rows("SELECT name FROM pragma_table_info('crossings_wire')")]
    except psycopg.Error:
        listed = "SELECT column_name FROM information_schema.columns WHERE table_name = 'crossings_wire'"
        return [name for (name,) in rows(listed)]


def pair(rows: Rows, name: str) -> str:
    """A statement that adds two wires; the other columns are those of one that is there."""
    columns = [column for column in wire_columns(rows) if column != "id"]
    chosen = [f"'{name}-' || side" if column in {"slug", "name"} else column for column in columns]
    sides = "(SELECT 'left' AS side UNION SELECT 'right') AS sides"
    first = "(SELECT * FROM crossings_wire ORDER BY id LIMIT 1) AS one"
    return (
        f"INSERT INTO crossings_wire ({', '.join(columns)}) SELECT {', '.join(chosen)} FROM {first}, {sides}"
    )


class Writer(threading.Thread):
    """Adds pairs of wires, each pair in one transaction, until it is stopped. No public page shows them."""

    def __init__(self, rows: Rows, execute: Callable[[str], Any]) -> None:
        super().__init__()
        self.rows, self.execute, self.stopped, self.pairs = rows, execute, threading.Event(), 0

    def run(self) -> None:
        while not self.stopped.is_set():
            self.execute(pair(self.rows, f"pair-{self.pairs}"))
            self.pairs += 1


@contextmanager
def writing(rows: Rows, execute: Callable[[str], Any]) -> Iterator[Writer]:
    writer = Writer(rows, execute)
    writer.start()
    try:
        while writer.pairs < 20 and writer.is_alive():
            time.sleep(0.01)
        yield writer
        assert writer.is_alive()
    finally:
        writer.stopped.set()
        writer.join()


def hashes(rows: Rows, tables: list[str], binary: str) -> dict[str, tuple[int, str]]:
    """Number and hash of the rows of every table, without the pairs that were written meanwhile."""
    found = {}
    for table in tables:
        wanted = " WHERE slug NOT LIKE 'pair-%'" if table == "crossings_wire" else ""
        lines = sorted(repr(row) for row in rows(f'SELECT * FROM "{table}"{wanted}'))
        found[table] = (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    assert found[binary][0] > 0
    return found


def addresses(rows: Rows) -> list[str]:
    """The public pages, downloads and data."""

    def slugs(table: str, end: str = "") -> list[str]:
        return [slug for (slug,) in rows(f"SELECT slug FROM {table} ORDER BY id {end}")]

    files = ("crossings", "posts", "sites", "control", "status", "strikes")
    return [
        *(
            "/",
            "/crossings/",
            "/forces/",
            "/documents/",
            "/differs/",
            "/method/",
            "/download/",
            "/frontiers.json",
        ),
        *("/?on=2019-09-30", "/?on=2019-09-30&edition=1", "/maps/all/days.json", "/maps/all/strikes.json"),
        *(f"/maps/{slug}/" for slug in slugs("crossings_region")),
        *(f"/crossings/{slug}/" for slug in slugs("crossings_crossing")),
        *(f"/forces/{slug}/" for slug in slugs("crossings_force")),
        *(f"/documents/{slug}/" for slug in slugs("crossings_document", f"LIMIT {DOCUMENTS}")),
        *(f"/popup/post/{slug}/?on=2019-09-30" for slug in slugs("crossings_post")),
        *(f"/download/{name}.geojson" for name in files),
    ]


def pages(server: Server, paths: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for path in paths:
        status, _headers, body = server.get(path, Host=HOST)
        body = re.sub(rb'"generated": "[^"]*"', b"", body)
        found[path] = (status, hashlib.sha256(body).hexdigest())
    assert sum(status == 200 for status, _hash in found.values()) > 40
    return found


def site_of(home: Path, paths: list[str], log: Path, **variables: str) -> dict[str, tuple[int, str]]:
    environment = clean_environment(home, SITE_URL=f"http://{HOST}", ALLOWED_HOSTS=HOST, **variables)
    with serving(environment, log) as server:
        return pages(server, paths)


def succeed(*arguments: str, **variables: Any) -> None:
    done = manage(*arguments, env=clean_environment(**variables))
    assert done.returncode == 0, done.stderr


# --- SpatiaLite


def sqlite_rows(file: Path) -> Rows:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        with closing(open_spatialite(file, readonly=True)) as database:
            return database.execute(sql).fetchall()

    return rows


def sqlite_tables(rows: Rows) -> list[str]:
    names = [name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [name for name in names if re.match("crossings_|auth_|django_migrations", name)]


def test_a_restored_spatialite_database_is_the_same_site(tmp_path):
    home, elsewhere, copy = tmp_path / "home", tmp_path / "elsewhere", tmp_path / "copy.sqlite3"
    with serving(clean_environment(home), tmp_path / "first.log"):
        pass
    rows = sqlite_rows(home / NAME)
    paths = addresses(rows)
    before = hashes(rows, sqlite_tables(rows), "crossings_passage")
    expected = site_of(home, paths, tmp_path / "home.log")

    def execute(sql: str) -> None:
        with closing(open_spatialite(home / NAME)) as database, database:
            database.execute(sql)

    with writing(rows, execute) as writer:
        succeed("backup", str(copy), data_dir=home)
        written = writer.pairs
    shutil.copytree(home / "static", elsewhere / "static")
    succeed("restore", str(copy), data_dir=elsewhere)

    there = sqlite_rows(elsewhere / NAME)
    assert hashes(there, sqlite_tables(there), "crossings_passage") == before
    (count,) = there("SELECT count(*) FROM crossings_wire WHERE slug LIKE 'pair-%'")[0]
    assert count % 2 == 0
    assert 40 <= count <= 2 * (written + 1)
    assert site_of(elsewhere, paths, tmp_path / "elsewhere.log") == expected


# --- PostgreSQL


def postgres_rows(cluster: Cluster, database: str = "crossings") -> Rows:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        with cluster.connect(database) as connection:
            return connection.execute(sql).fetchall()

    return rows


def postgres_tables(rows: Rows) -> list[str]:
    names = [name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return sorted(name for name in names if re.match("crossings_|auth_|django_migrations", name))


def test_a_restored_postgis_database_is_the_same_site(tmp_path):
    home, elsewhere, copy = tmp_path / "home", tmp_path / "elsewhere", tmp_path / "copy.dump"
    with running_cluster() as cluster:
        here = {"DATABASE_URL": cluster.url()}
        with serving(clean_environment(home, **here), tmp_path / "first.log"):
            pass
        rows = postgres_rows(cluster)
        paths = addresses(rows)
        before = hashes(rows, postgres_tables(rows), "crossings_passage")
        expected = site_of(home, paths, tmp_path / "home.log", **here)

        def execute(sql: str) -> None:
            with cluster.connect() as connection:
                connection.execute(sql)

        with writing(rows, execute):
            succeed("backup", str(copy), data_dir=home, **here)
        cluster.create("elsewhere")
        there = {"DATABASE_URL": cluster.url("elsewhere")}
        shutil.copytree(home / "static", elsewhere / "static")
        succeed("restore", str(copy), data_dir=elsewhere, **there)

        restored = postgres_rows(cluster, "elsewhere")
        assert hashes(restored, postgres_tables(restored), "crossings_passage") == before
        (count,) = restored("SELECT count(*) FROM crossings_wire WHERE slug LIKE 'pair-%'")[0]
        assert count >= 40
        assert count % 2 == 0
        assert site_of(elsewhere, paths, tmp_path / "elsewhere.log", **there) == expected


def documented(heading: str, folder: Path) -> list[str]:
    """The lines of configuration that docs/deploy.md gives under a comment, with the archive in `folder`."""
    text = (ROOT / "docs" / "deploy.md").read_text()
    found = re.search(rf"```ini\n# {re.escape(heading)}\n(.*?)```", text, re.DOTALL)
    assert found, heading
    return found[1].replace("/var/lib/postgresql/archive", str(folder)).strip().splitlines()


def test_postgresql_comes_back_as_it_was_at_a_moment(tmp_path):
    """As docs/deploy.md describes it: a base backup, an archive of the log, a moment before the accident."""
    with empty_cluster() as store, empty_cluster() as second:
        archive, base = store.folder / "archive", second.data
        archive.mkdir()
        owned(archive)
        with running_cluster(*documented("postgresql.conf: keep the log", archive)) as first:
            succeed("migrate", "-v0", data_dir=tmp_path / "home", DATABASE_URL=first.url())
            succeed("load_seeds", "-v0", data_dir=tmp_path / "home", DATABASE_URL=first.url())
            rows = postgres_rows(first)
            copy = tmp_path / "base"
            command = [programs() / "pg_basebackup", "-D", copy, "--checkpoint=fast"]
            subprocess.run(command, env=first.environment(), check=True, capture_output=True)
            with first.connect() as connection:
                connection.execute(pair(rows, "after-the-backup"))
            expected = hashes(rows, postgres_tables(rows), "crossings_passage")
            time.sleep(1)
            (moment,) = rows("SELECT now()::text")[0]
            time.sleep(1)
            with first.connect() as connection:  # the accident
                connection.execute("TRUNCATE crossings_document CASCADE")
            rows("SELECT pg_switch_wal()")
            first.stop()

        shutil.copytree(copy, base)
        for path in (base, *base.rglob("*")):
            owned(path)
        lines = documented("postgresql.conf: come back", archive)
        with (base / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines).replace("2026-11-21 09:30:00+00", moment) + "\n")
        (base / "recovery.signal").touch()
        owned(base / "recovery.signal")
        second.password = first.password
        second.start()

        restored = postgres_rows(second)
        until = time.monotonic() + 60
        while restored("SELECT pg_is_in_recovery()") == [(True,)] and time.monotonic() < until:
            time.sleep(0.2)
        assert hashes(restored, postgres_tables(restored), "crossings_passage") == expected
