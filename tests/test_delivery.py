"""Clients that do not read, do not send or go away hold no thread, and get nothing that looks whole."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from crossings.runtime import delivery
from crossings.runtime.delivery import UNDER_WAY, Delivery

T = TypeVar("T")
SIZE = 256 * 20_000


class Client:
    """The other end of a connection: what it sent, what it got, and whether it reads."""

    def __init__(self, path: str, reads: bool = True, pieces: int = 1_000_000, **request: Any) -> None:
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.get("method", "GET"),
            "scheme": "http",
            "path": path,
            "query_string": b"",
            "headers": request.get("headers", []),
            "client": (request.get("address", "192.0.2.1"), 50000),
            "server": ("127.0.0.1", 8000),
        }
        self.sent = request.get("sent", [{"type": "http.request", "body": b"", "more_body": False}])
        self.left = pieces if reads else 1
        self.got: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self.sent:
            await asyncio.sleep(20)
            raise AssertionError("the server waits for a client that sends nothing")
        return self.sent.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            self.left -= 1
            if self.left < 0:
                await asyncio.sleep(20)
                raise AssertionError("the server waits for a client that does not read")
        self.got.append(message)

    @property
    def status(self) -> int:
        return int(self.got[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.got[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.got[1:])

    @property
    def whole(self) -> bool:
        return len(self.got) > 1 and not self.got[-1]["more_body"]


Start = Callable[[str, list[tuple[str, str]]], None]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """A page, a large body in pieces, a large file, what it was asked, and a fault."""
    path = environ["PATH_INFO"]
    if path == "/fault":
        raise RuntimeError("a fault")
    start("200 OK", [("Content-Type", "text/plain")])
    if path.startswith("/download/"):
        file = Path(path.removeprefix("/download")).open("rb")  # noqa: SIM115
        return environ["wsgi.file_wrapper"](file)
    if path == "/large":
        return (b"x" * 1000 for _n in range(SIZE // 1000))
    if path == "/asked":
        names = [f"{k}={v}" for k, v in environ.items() if k.startswith("HTTP_") or k == UNDER_WAY]
        return [str(sorted(names)).encode(), environ["wsgi.input"].read()]
    return [b"page"]


def delivering(seconds: float = 30) -> Delivery:
    return Delivery(
        application,
        threads=2,
        download_threads=1,
        seconds=seconds,
        behind_proxy=False,
        is_download=lambda path: path.startswith("/download/") or path == "/asked",
    )


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: where browser tests ran before, this one has an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def ask(client: Client, served: Delivery | None = None) -> Client:
    run((served or delivering())(client.scope, client.receive, client.send))
    return client


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    return path


@pytest.mark.parametrize("kind", ["file", "large"])
def test_clients_that_stop_reading_hold_no_thread(file, kind):
    path = f"/download{file}" if kind == "file" else "/large"

    async def under_pressure() -> tuple[Client, float]:
        served = delivering()
        stalled = [Client(path, reads=False) for _n in range(32)]
        tasks = [asyncio.create_task(served(c.scope, c.receive, c.send)) for c in stalled]
        while not all(c.got for c in stalled):
            await asyncio.sleep(0.01)
        page, began = Client("/"), time.monotonic()
        await asyncio.wait_for(served(page.scope, page.receive, page.send), 5)
        took = time.monotonic() - began
        assert not any(task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return page, took

    page, took = run(under_pressure())

    assert page.body == b"page"
    assert took < 1


def test_a_client_that_takes_too_long_is_cut_before_the_end(file):
    client = Client(f"/download{file}", pieces=3)

    ask(client, delivering(seconds=0.1))

    assert not client.whole
    assert len(client.body) == 3 * delivery.PIECE < int(client.headers[b"content-length"]) == SIZE


@pytest.mark.parametrize("path", ["/large", "/"])
def test_a_body_has_its_length_and_comes_whole(path):
    client = ask(Client(path))

    assert client.whole
    assert int(client.headers[b"content-length"]) == len(client.body) == (SIZE if path == "/large" else 4)


def test_a_file_deleted_meanwhile_is_sent_to_its_end(file):
    expected = file.read_bytes()
    client = Client(f"/download{file}")
    send = client.send

    async def and_delete(message: dict[str, Any]) -> None:
        file.unlink(missing_ok=True)
        await send(message)

    run(delivering()(client.scope, client.receive, and_delete))

    assert client.whole
    assert client.body == expected


def test_head_is_answered_without_a_body(file):
    client = ask(Client(f"/download{file}", method="HEAD"))

    assert (client.status, client.body, client.whole) == (200, b"", True)


def test_downloads_of_a_reader_are_counted_until_they_have_been_sent(file):
    async def count() -> list[str]:
        served = delivering()
        stalled = [Client(f"/download{file}", reads=False, address=a) for a in ("192.0.2.1", "192.0.2.2")]
        tasks = [asyncio.create_task(served(c.scope, c.receive, c.send)) for c in stalled]
        while not all(c.got for c in stalled):
            await asyncio.sleep(0.01)
        found = []
        for end in (False, True):
            if end:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            asked = Client("/asked")
            await served(asked.scope, asked.receive, asked.send)
            found.append(asked.body.decode())
        assert not served.under_way
        return found

    before, after = run(count())

    assert f"{UNDER_WAY}=2" in before
    assert f"{UNDER_WAY}=1" in after


def test_a_request_that_does_not_come_to_its_end_is_refused(monkeypatch):
    begun = {"type": "http.request", "body": b"x" * 2000, "more_body": True}

    assert ask(Client("/", sent=[begun]), delivering(seconds=0.1)).status == 408
    monkeypatch.setattr(delivery, "LARGEST_REQUEST", 3000)
    assert ask(Client("/", sent=[dict(begun), dict(begun)])).status == 413
    assert ask(Client("/", sent=[begun, {"type": "http.disconnect"}])).got == []


def test_a_body_in_pieces_is_read_whole():
    sent = [
        {"type": "http.request", "body": b"one", "more_body": True},
        {"type": "http.request", "body": b"two"},
    ]

    assert ask(Client("/asked", sent=sent, method="POST")).body.endswith(b"onetwo")


def test_no_header_passes_for_another():
    headers = [
        (b"x_forwarded_for", b"spoofed"),
        (b"accept", b"*/*"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
    ]

    said = ask(Client("/asked", headers=headers)).body.decode()

    assert "spoofed" not in said
    assert "HTTP_COOKIE=a=1; b=2" in said
    assert ask(Client("/asked", headers=[(b"accept", b"x")] * 200)).status == 400


def test_a_fault_is_answered_and_logged(caplog):
    client = ask(Client("/fault"))

    assert (client.status, client.whole) == (500, True)
    assert "a fault" in caplog.text


def test_what_an_answer_holds_is_let_go_in_the_thread_that_made_it():
    """Django closes its database connections there."""
    threads = []

    class Result(list[bytes]):
        def close(self) -> None:
            threads.append(threading.current_thread())

    def closing(_environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        threads.append(threading.current_thread())
        start("200 OK", [])
        return Result([b"x"])

    served = delivering()
    served.application = closing
    ask(Client("/"), served)

    assert threads[0] is threads[1] is not threading.main_thread()
