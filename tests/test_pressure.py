"""200 downloads that nobody reads, on a running bin/serve: other readers notice nothing."""

from __future__ import annotations

import os
import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from crossings.database.sqlite import open_spatialite
from tests.processes import Server, clean_environment, serving

STALLED = 200
PAGES = ("/", "/crossings/", "/documents/", "/method/")
LIMIT = 0.5  # seconds, within which 95 of 100 pages come
#: Far more than the system and the server hold for a connection.
NOTE = 20_000_000


def p95(server: Server, rounds: int = 10) -> float:
    taken = []
    for _round in range(rounds):
        for page in PAGES:
            began = time.perf_counter()
            assert server.get(page)[0] == 200
            taken.append(time.perf_counter() - began)
    return sorted(taken)[int(len(taken) * 0.95)]


def with_a_large_file(home: Path) -> None:
    """One place with a note that makes the download of places large; no page shows it."""
    with closing(open_spatialite(home / "crossings.sqlite3")) as database, database:
        database.execute(
            "UPDATE crossings_site SET note = ? WHERE id = (SELECT min(id) FROM crossings_site)",
            ("note " * (NOTE // 5),),
        )


def stalled(server: Server) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(b"GET /download/sites.geojson HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return connection


@pytest.mark.slow
def test_downloads_that_nobody_reads_leave_the_pages_quick_and_are_cut(tmp_path):
    home = tmp_path / "home"
    environment = clean_environment(home, DOWNLOADS_AT_ONCE="10000", CLIENT_SECONDS="60")
    with serving(environment, tmp_path / "first.log"):
        pass
    with_a_large_file(home)
    with serving(environment, tmp_path / "log") as server, ExitStack() as stack:
        p95(server, 2)  # each process reads its templates
        before = p95(server)
        for _number in range(STALLED):
            stack.enter_context(stalled(server))
        p95(server, 5)  # while the file is made and what the system holds of it is filled

        after = p95(server)

        busy = os.getloadavg()[0] > (os.cpu_count() or 1)
        print(f"p95 before {before:.3f} s, with {STALLED} stalled downloads {after:.3f} s, busy: {busy}")
        assert after < LIMIT + (before if busy else 0)
        assert server.stop() == 0, "they do not hold up a stop"


@pytest.mark.slow
def test_a_cut_download_is_seen_to_be_cut(tmp_path):
    home = tmp_path / "home"
    environment = clean_environment(home, CLIENT_SECONDS="1", DOWNLOADS_AT_ONCE="2", WORKERS="1")
    with serving(environment, tmp_path / "first.log"):
        pass
    with_a_large_file(home)
    with serving(environment, tmp_path / "log") as server, stalled(server) as connection:
        time.sleep(6)
        connection.settimeout(10)
        received = b""
        while data := connection.recv(1_000_000):
            received += data
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length"))
        assert len(body) < int(length.split()[1])

        # Its place is free again; a third at once is refused, and a page is not.
        with stalled(server), stalled(server):
            time.sleep(0.5)
            status, headers, body = server.get("/download/sites.geojson")
            assert (status, headers["retry-after"]) == (429, "10")
            assert b"Too many requests" in body
            assert server.get("/method/")[0] == 200
