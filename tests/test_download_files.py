"""A download is made once, whole, in bounded space, and asked for again for nothing."""

from __future__ import annotations

import gzip
import os
import threading
import time

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from crossings.downloads import files
from crossings.queries import cache

from .downloading import fill
from .factories import make_report, make_site

PATH = "/download/control.geojson?on=2019-09-30"


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def filled(db):
    fill()


def made() -> set[str]:
    return {path.name for path in files.folder().iterdir()}


def open_file(name: str, size: int, encoding: str = files.PLAIN) -> bytes:
    with files.make(name, (os.urandom(1000) for _n in range(size // 1000)), encoding) as found:
        return found.read()


def test_the_same_selection_is_made_once_until_something_changes(client, filled):
    first = client.get(PATH).getvalue()
    names = made()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(PATH).getvalue() == first
        assert client.get("/download/control.geojson?on=2019-09-30&view=7/34.4/41").getvalue() == first
    assert made() == names
    assert not any("crossings_holder" in query["sql"] for query in seen)

    make_report(crossing="newcomer", forces=("reds",), as_of="2019-09-30")

    assert b"newcomer" in client.get(PATH).getvalue()
    assert b"newcomer" not in first


def test_the_order_of_a_file_is_not_that_of_the_disk(client, filled):
    """PostgreSQL gives rows as they lie there, which a restore changes."""
    site = make_site("camp")
    reports = [make_report(site=site, forces=("reds",), as_of=f"2019-09-{day}") for day in (10, 11, 12)]
    before = client.get("/download/sites.geojson").getvalue().partition(b'"features"')[2]
    with connection.cursor() as cursor:  # puts the first row behind the others
        cursor.execute("UPDATE crossings_controlreport SET note = note WHERE id = %s", [reports[0].pk])

    assert client.get("/download/sites.geojson").getvalue().partition(b'"features"')[2] == before


def test_another_selection_another_kind_another_edition_is_another_file(client, filled):
    paths = [PATH, f"{PATH}&holder=reds", f"{PATH}&days=7", PATH.replace("control", "posts")]
    early = client.get(PATH).getvalue()
    make_report(crossing="newcomer")
    paths.append(f"{PATH}&edition=1")
    answers = [client.get(path) for path in paths]

    found = [answer.getvalue() for answer in answers if answer.status_code == 200]
    assert len({early, *found}) == len(found) + 1
    assert len(found) >= 4


def test_a_file_not_modified_is_answered_in_short(client, filled):
    first = client.get(PATH)
    names = made()
    files.forget()

    again = client.get(PATH, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert made() == set() != names
    make_report(crossing="newcomer")
    assert client.get(PATH, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_browser_that_takes_gzip_gets_the_same_compressed_once(client, filled):
    plain = client.get(PATH)
    packed = client.get(PATH, headers={"Accept-Encoding": "gzip, br"})

    body = packed.getvalue()
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain.getvalue()
    assert int(packed["Content-Length"]) == len(body) < int(plain["Content-Length"])
    assert packed["ETag"] != plain["ETag"]
    assert {"Accept-Encoding"} <= {name.strip() for name in packed["Vary"].split(",")}


def test_a_file_that_would_be_too_large_is_refused_in_a_sentence_and_leaves_nothing(client, filled):
    with override_settings(DOWNLOADS_BYTES=2000):
        answer = client.get(PATH)

    assert answer.status_code == 400
    assert "larger than" in answer.json()["error"]
    assert made() == set()


def test_a_file_that_cannot_be_made_to_its_end_leaves_nothing():
    def broken():
        yield b"begun"
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        files.make("name", broken(), files.PLAIN)

    assert made() == set()


def test_what_was_used_longest_ago_makes_room_and_is_still_read_to_its_end(settings):
    settings.DOWNLOADS_BYTES = 1_000_000
    open_file("old", 200_000)
    reading = files.find("old", files.PLAIN)
    open_file("used", 200_000)
    for age, name in ((300, "old"), (200, "used")):
        for ending in (files.PLAIN, files.COMPRESSED):
            past = time.time() - age
            os.utime(files.folder() / f"{name}{ending}", (past, past))

    open_file("new", 200_000)

    assert "old" not in made()
    assert {"used", "new"} <= made()
    assert sum(path.stat().st_size for path in files.folder().iterdir()) <= settings.DOWNLOADS_BYTES
    with reading:
        assert len(reading.read()) == 200_000


def test_who_asks_while_a_file_is_made_waits_for_it():
    started, times = threading.Event(), []

    def slowly():
        started.set()
        times.append(1)
        time.sleep(0.2)
        yield b"made"

    def ask() -> None:
        with files.make("name", slowly(), files.PLAIN) as found:
            assert found.read() == b"made"

    threads = [threading.Thread(target=ask) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert times == [1]


def test_nobody_else_reads_them():
    open_file("name", 1000)

    assert files.folder().stat().st_mode & 0o077 == 0


def test_the_state_of_the_data_is_part_of_every_name(db):
    before = cache.revision()
    make_report()
    assert files.key(before, "posts") != files.key(cache.revision(), "posts")
