"""What is cached holds until something is written, in every process; what a browser has costs one query."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crossings.models import ControlReport, Crossing, Document, Name, Region, StrikeEvent, revision
from crossings.publishing import workflow
from crossings.queries.cache import cached
from crossings.runtime.sized_cache import ENTRY_BYTES, SizedLocMemCache
from tests.factories import make_crossing, make_force, make_passage, make_region, make_report, make_site
from tests.world import ARGUMENTS, body_of, make_world, one_of_each

#: Ways to write that send no signal, or another one than a save.
WRITES: dict[str, Callable[[], Any]] = {
    "save": lambda: Document.objects.first().save(),
    "update": lambda: Document.objects.update(note="n"),
    "update of a state": lambda: workflow.withdraw([ControlReport.objects.filter(state="published").first()]),
    "update by an expression": lambda: Crossing._base_manager.update(note=F("name")),
    "create": lambda: make_passage(),
    "bulk_create": lambda: Name.objects.bulk_create([Name(text="x", language="en", force=make_force())]),
    "delete": lambda: Name.objects.first().delete(),
    "delete of many": lambda: Name.objects.all().delete(),
    "a link": lambda: Region.objects.first().crossings.clear(),
    "a row of a link": lambda: StrikeEvent.targets.through._base_manager.create(
        strikeevent=StrikeEvent.objects.first(), force=make_force("greens")
    ),
}


def fill() -> None:
    make_report("control")
    make_report("strike")
    make_region("west", [make_crossing()])
    for text in ("a", "b"):
        Name.objects.create(text=text, language="en", force=make_force())


class Counting:
    """An answer that counts how often it was computed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> bytes:
        self.count += 1
        return str(self.count).encode()


@pytest.mark.django_db
def test_an_answer_is_computed_once_until_something_is_written() -> None:
    fill()
    answer = Counting()
    for n, write in enumerate(WRITES.values(), 1):
        assert [cached("a", (), answer) for _ in range(3)] == [str(n).encode()] * 3
        write()
    assert cached("a", (1,), answer) != cached("a", (2,), answer)


@pytest.mark.django_db
def test_what_was_computed_before_a_write_is_not_kept_for_after_it() -> None:
    fill()

    def overtaken() -> bytes:
        Document.objects.update(note="written meanwhile")
        return b"old"

    assert cached("a", (), overtaken) == b"old"
    assert cached("a", (), lambda: b"new") == b"new"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_kept() -> None:
    fill()

    class Stop(Exception):
        pass

    def write_and_stop() -> None:
        with transaction.atomic():
            Document.objects.update(note="never there")
            cached("a", (), lambda: b"never there")
            raise Stop

    before = revision.current()
    with pytest.raises(Stop):
        write_and_stop()
    assert revision.current() == before
    Document.objects.update(note="there")
    assert cached("a", (), lambda: b"there") == b"there"


@pytest.mark.django_db(transaction=True)
def test_a_row_created_outside_of_a_transaction_renews_the_revision() -> None:
    fill()
    before = revision.current()
    make_force("greens")
    assert revision.current() != before


@pytest.mark.django_db(transaction=True)
def test_another_connection_sees_a_new_revision_only_with_what_it_stands_for() -> None:
    fill()
    seen: list[tuple[str, str]] = []

    def look() -> None:
        seen.append((revision.current(), Document.objects.values_list("note", flat=True)[0]))
        connection.close()

    def from_elsewhere() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    from_elsewhere()
    if connection.vendor != "sqlite":  # in memory and shared, a reader waits for the writer
        with transaction.atomic():
            Document.objects.update(note="written")
            from_elsewhere()
        assert seen[1] == seen[0]
    else:
        Document.objects.update(note="written")
    from_elsewhere()
    assert seen[-1][0] != seen[0][0]
    assert seen[-1][1] == "written"


@pytest.mark.django_db
def test_the_map_changes_at_once_with_a_name_that_was_updated_without_a_signal(client: Client) -> None:
    fill()
    assert "Alpha (IQ)" in body_of(client.get("/maps/all/days.json"))
    Crossing.objects.first().posts.update(name="Renamed")
    assert "Renamed" in body_of(client.get("/maps/all/days.json"))


# --- ETags


@pytest.mark.django_db
def test_an_answer_that_the_browser_has_costs_one_query(client: Client) -> None:
    make_world()
    asked = 0
    for address in one_of_each(but=("basemap", "favicon", "health")):
        for query in ("", "?edition=1"):
            first = client.get(address + query)
            if first.status_code != 200:
                continue
            body_of(first)
            with CaptureQueriesContext(connection) as queries:
                again = client.get(address + query, headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, len(queries)) == (304, 1), address
            assert again["ETag"] == first["ETag"]
            assert "no-cache" in again["Cache-Control"]
            asked += 1
    assert asked > 2 * len(ARGUMENTS) - 12


@pytest.mark.django_db
def test_after_a_write_the_browser_gets_the_new_answer(client: Client) -> None:
    fill()
    for address in ("/", "/download/posts.geojson", "/maps/all/days.json", "/forces/"):
        first = client.get(address)
        Name.objects.update(source=address)
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
        other = client.get(address + "?q=a")
        assert other["ETag"] != client.get(address)["ETag"]


@pytest.mark.django_db
def test_pages_with_a_form_of_their_own_and_errors_have_no_such_name(client: Client) -> None:
    fill()
    name = client.get("/")["ETag"]
    for address in ("/admin/login/", "/healthz", "/crossings/nowhere/", "/?on=never"):
        response = client.get(address, headers={"If-None-Match": f"{name}, *"})
        assert response.status_code != 304, address
    assert client.get("/crossings/nowhere/", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.django_db
def test_a_popup_by_itself_is_another_answer(client: Client) -> None:
    make_site()
    part = client.get("/popup/site/base/")
    whole = client.get(
        "/popup/site/base/", headers={"Sec-Fetch-Dest": "document", "If-None-Match": part["ETag"]}
    )
    assert whole.status_code == 200


# --- How much is kept


def sized(name: str, most: int) -> SizedLocMemCache:
    return SizedLocMemCache(name, {"OPTIONS": {"MAX_BYTES": most}})


def test_the_cache_in_memory_is_bounded_in_bytes() -> None:
    kept = sized("bounded", 1_000_000)
    for n in range(660):
        kept.set(str(n), b"x" * 166_000)
        assert kept.bytes_held() <= 1_000_000
    assert kept.get("659") is not None
    assert kept.get("0") is None
    entry = len(pickle.dumps(b"x" * 166_000, pickle.HIGHEST_PROTOCOL)) + ENTRY_BYTES
    assert kept.bytes_held() == 1_000_000 // entry * entry


def test_it_keeps_what_was_asked_for_last_and_nothing_too_large() -> None:
    kept = sized("order", 4 * (ENTRY_BYTES + 100))
    for name in "abc":
        kept.set(name, b"x" * 60)
    kept.get("a")
    kept.set("d", b"x" * 60)
    kept.set("e", b"x" * 60)
    assert [name for name in "abcde" if kept.get(name)] == ["a", "c", "d", "e"]
    kept.set("a", b"x" * 10_000)
    assert kept.get("a") is None
    assert kept.get("c") is not None


@pytest.mark.django_db
def test_random_boxes_take_no_more_memory_than_allowed(client: Client) -> None:
    fill()
    assert type(cache._connections["default"]) is SizedLocMemCache  # type: ignore[attr-defined]
    for n in range(30):
        client.get(f"/maps/all/days.json?bbox={30 + n / 100},30,45,40")
    held = cache._connections["default"].bytes_held()  # type: ignore[attr-defined]
    assert 0 < held <= 32_000_000
