"""PostgreSQL clusters with PostGIS for tests: each in a folder of its own, ended by its own pg_ctl."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.processes import free_port


def programs() -> Path:
    """The folder of the newest PostgreSQL that has PostGIS; skips where there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name)):
        control = Path(f"/usr/share/postgresql/{folder.parent.name}/extension/postgis.control")
        if (folder / "initdb").exists() and control.exists():
            return folder
    pytest.skip("PostgreSQL with PostGIS is not installed (bin/test --postgis installs it)")


def as_postgres(*command: object) -> None:
    """Run a program of PostgreSQL, which root may not."""
    words = [str(word) for word in command]
    if os.getuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    # No pipes: the server would inherit them and hold them open.
    done = subprocess.run(words, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, words


@dataclass
class Cluster:
    """A running cluster: where it is, and how to reach a database of it."""

    folder: Path
    password: str
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "crossings") -> str:
        return f"postgis://crossings:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "crossings") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="crossings", password=self.password, dbname=database
        )

    def create(self, database: str) -> None:
        with self.connect("postgres") as connection:
            connection.autocommit = True
            connection.execute(f'CREATE DATABASE "{database}"')

    def environment(self) -> dict[str, str]:
        """In which PostgreSQL's own programs reach it."""
        return {
            **os.environ,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "crossings",
            "PGPASSWORD": self.password,
        }

    def start(self) -> None:
        listen = f"-p {self.port} -k {self.folder} -h 127.0.0.1"
        as_postgres(
            programs() / "pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-o", listen, "start"
        )

    def stop(self, how: str = "fast") -> None:
        as_postgres(programs() / "pg_ctl", "-D", self.data, "-m", how, "-w", "stop")


@contextmanager
def empty_cluster() -> Iterator[Cluster]:
    """A folder for a cluster whose data somebody else puts there; stopped and deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="crossings-cluster-"))
    owned(folder)
    cluster = Cluster(folder, secrets.token_hex(16), free_port())
    try:
        yield cluster
    finally:
        if (cluster.data / "postmaster.pid").exists():
            cluster.stop("immediate")
        shutil.rmtree(folder)


@contextmanager
def running_cluster(*settings: str) -> Iterator[Cluster]:
    """A new cluster with the lines of configuration, and an empty database `crossings`."""
    with empty_cluster() as cluster:
        password = cluster.folder / "password"
        password.write_text(cluster.password + "\n")
        owned(password)
        as_postgres(
            programs() / "initdb", "-D", cluster.data, "-U", "crossings", "-A", "scram-sha-256",
            f"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        with (cluster.data / "postgresql.conf").open("a") as file:
            file.write("\n".join(["fsync = off", *settings]) + "\n")
        cluster.start()
        cluster.create("crossings")
        yield cluster


def owned(path: Path) -> None:
    """Give the path to the account that runs PostgreSQL."""
    path.chmod(0o700)
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(path, account.pw_uid, account.pw_gid)
