"""The site as an operator runs it, for a browser to look at: granian, hashed files, the shipped data."""

from __future__ import annotations

import fcntl
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.processes import ROOT, SECONDS, clean_environment, free_port

READY = "createsuperuser"  # in the last line that the start prints
#: Collecting takes 10 s, so the files stay here between runs: the start itself finds out whether they hold.
COLLECTED = Path(tempfile.gettempdir()) / f"crossings-tests-{os.getuid()}" / "collected"


@contextmanager
def shared_site(folder: Path) -> Iterator[str]:
    """The address of one site for all workers of a run, which share folder.

    The first to ask starts it, and stops it once no other worker uses it any more.
    """
    folder.mkdir(exist_ok=True)
    address = folder / "address"
    with (folder / "turn").open("w") as turn, (folder / "users").open("w") as users:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if address.exists():
            fcntl.flock(users, fcntl.LOCK_SH)
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield address.read_text()
            return
        with _running(folder / "data") as url:
            address.write_text(url)
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield url
            fcntl.flock(turn, fcntl.LOCK_EX)  # from here on a worker that asks starts its own
            fcntl.flock(users, fcntl.LOCK_EX)
            address.unlink()


@contextmanager
def _running(data: Path) -> Iterator[str]:
    """The site on a free port with everything in data, loaded and ready; ended by its process id."""
    data.mkdir(exist_ok=True)
    log = data / "log"
    port = free_port()
    with _database() as variables:
        with _static_files(data), log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "crossings.serve"],
                cwd=ROOT,
                env=clean_environment(data, PORT=str(port), WORKERS="1", **variables),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait(process, log)
            except BaseException:
                _end(process)
                raise
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    while READY not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() - began < SECONDS, log.read_text()
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _static_files(data: Path) -> Iterator[None]:
    """Collected files from earlier runs; only one start at a time may add to them."""
    COLLECTED.mkdir(parents=True, exist_ok=True)
    link = data / "static"
    if not link.is_symlink():
        link.symlink_to(COLLECTED, target_is_directory=True)
    with (COLLECTED.parent / "collecting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _database() -> Iterator[dict[str, str]]:
    """With DATABASE_URL on PostGIS: a database of its own on that server, dropped afterwards."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgis:"):
        yield {}
        return
    parts = urlsplit(url)
    name = f"crossings_browser_{secrets.token_hex(4)}"
    with psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
