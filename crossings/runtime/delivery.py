"""An ASGI application that runs a WSGI one in a few threads, and never lets a client hold one of them.

A server that sends a body from the thread that made it loses the thread to every client that stops
reading. Here a thread runs the application to its end and leaves the body in memory or on disk; a task
of the event loop sends it, each piece within a time. As the body is complete before its first byte is
sent, it has a Content-Length, and one that is cut short never looks whole.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.types import WSGIEnvironment

from asgiref.wsgi import WsgiToAsgiInstance

from . import metrics
from .addresses import client_address, reader

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[str, str]]

#: Bytes of a body that are kept in memory; the rest is on disk.
IN_MEMORY = 256 * 1024
#: Bytes sent at once. With a time for each it is also the slowest that a client may read.
PIECE = 64 * 1024
#: The most bytes that a request may have, as in the nginx settings of docs/deploy.md.
LARGEST_REQUEST = 50 * 1024 * 1024
#: The most bytes of an answer that is no file.
LARGEST_ANSWER = 1024 * 1024 * 1024
#: The key of the WSGI environment that holds how many downloads the reader has under way, this one included.
UNDER_WAY = "crossings.downloads_under_way"

log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that the application does not see, with its status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class ClientGone(Exception):
    """Nobody waits for an answer any more."""


class FileBody:
    """`wsgi.file_wrapper`: a file that the application wants sent as it is."""

    def __init__(self, file: IO[bytes], block_size: int = PIECE) -> None:
        self.file, self.block_size = file, block_size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")

    def close(self) -> None:
        self.file.close()


@dataclass
class Answer:
    """A complete answer: its body stands in an open file from the present position on."""

    status: int
    headers: Headers
    body: IO[bytes]
    size: int


@dataclass
class Delivery:
    """`application` behind ASGI. `threads` run it; downloads have `download_threads` of their own.

    `seconds` is how long a client may take for each piece that it sends or reads.
    """

    application: Callable[..., Iterable[bytes]]
    threads: int
    download_threads: int
    seconds: float
    behind_proxy: bool
    is_download: Callable[[str], bool]
    under_way: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.pages = ThreadPoolExecutor(self.threads, thread_name_prefix="page")
        self.downloads = ThreadPoolExecutor(self.download_threads, thread_name_prefix="download")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"There is no {scope['type']} here.")
        head = scope["method"] == "HEAD"
        try:
            with SpooledTemporaryFile(IN_MEMORY) as body:
                await self._read(receive, body)
                environ = _environ(scope, body)
                await self._answer(environ, send, head)
        except Refused as refused:
            await self._send(_plain(refused.status), send, head)
        except ClientGone:
            pass

    async def _read(self, receive: Receive, body: IO[bytes]) -> None:
        """The request's body into a file. Raises Refused for one that is too large or too slow."""
        size, more = 0, True
        while more:
            try:
                message = await asyncio.wait_for(receive(), self.seconds)
            except TimeoutError as error:
                raise Refused(HTTPStatus.REQUEST_TIMEOUT) from error
            if message["type"] == "http.disconnect":
                raise ClientGone
            data = message.get("body", b"")
            size += len(data)
            if size > LARGEST_REQUEST:
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            body.write(data)
            more = message.get("more_body", False)
        body.seek(0)

    async def _answer(self, environ: WSGIEnvironment, send: Send, head: bool) -> None:
        download = self.is_download(environ["PATH_INFO"])
        with self._counted(environ) if download else _nothing():
            pool = self.downloads if download else self.pages
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(pool, self._run, environ)
            with answer.body:
                await self._send(answer, send, head)

    @contextmanager
    def _counted(self, environ: WSGIEnvironment) -> Iterator[None]:
        """Tell the application how many downloads this reader has under way, until this one has ended."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        who = reader(client_address(environ.get("REMOTE_ADDR", ""), forwarded, self.behind_proxy))
        self.under_way[who] += 1
        environ[UNDER_WAY] = self.under_way[who]
        try:
            with metrics.downloads_in_progress.track_inprogress():
                yield
        finally:
            self.under_way[who] -= 1
            if not self.under_way[who]:
                del self.under_way[who]

    async def _send(self, answer: Answer, send: Send, head: bool) -> None:
        """Every piece within the time.

        A client that takes longer loses the connection, which the server closes short of the Content-Length.
        """
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        left = 0 if head else answer.size
        while left > PIECE:
            await self._piece(answer.body.read(PIECE), send, more=True)
            left -= PIECE
        await self._piece(answer.body.read(left), send, more=False)

    async def _piece(self, data: bytes, send: Send, more: bool) -> None:
        message = {"type": "http.response.body", "body": data, "more_body": more}
        try:
            await asyncio.wait_for(send(message), self.seconds)
        except TimeoutError as error:
            metrics.clients_cut.inc()
            raise ClientGone from error

    # --- In a thread

    def _run(self, environ: WSGIEnvironment) -> Answer:
        """Run the application to its end and keep its body. Never raises."""
        try:
            return self._run_application(environ)
        except Exception:
            log.exception("No answer to %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _run_application(self, environ: WSGIEnvironment) -> Answer:
        started: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _error: object = None) -> None:
            started.append((status, headers))

        result = self.application(environ, start_response)
        try:
            body, size = _kept(result)
        finally:
            if hasattr(result, "close"):
                result.close()  # in this thread, whose database connection it lets go
        text, headers = started[-1]
        status = int(text.partition(" ")[0])
        return Answer(status, _with_length(status, headers, size, environ["REQUEST_METHOD"]), body, size)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _kept(result: Iterable[bytes]) -> tuple[IO[bytes], int]:
    """The body as an open file, and how many bytes follow its position."""
    if isinstance(result, FileBody) and hasattr(result.file, "fileno"):
        descriptor = os.dup(result.file.fileno())  # the file stays readable, deleted or not
        size = os.fstat(descriptor).st_size - os.lseek(descriptor, 0, os.SEEK_CUR)
        return os.fdopen(descriptor, "rb"), size
    body, size = SpooledTemporaryFile(IN_MEMORY), 0  # noqa: SIM115  (closed when it is sent)
    for chunk in result:
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise ValueError("The answer is too large.")
        body.write(chunk)
    body.seek(0)
    return body, size


def _with_length(status: int, headers: Headers, size: int, method: str) -> Headers:
    """The headers with the length of the body, where there may be one and none is given."""
    given = any(name.lower() == "content-length" for name, _value in headers)
    bodiless = status < 200 or status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
    return headers if given or bodiless or method == "HEAD" else [*headers, ("Content-Length", str(size))]


def _environ(scope: Message, body: IO[bytes]) -> WSGIEnvironment:
    """The request as PEP 3333 has it. Raises Refused for headers or an address that cannot be read."""
    named = [(name, value) for name, value in scope["headers"] if b"_" not in name]  # _ would pass for -
    cookies = [value for name, value in named if name == b"cookie"]
    headers = [item for item in named if item[0] != b"cookie"]
    if cookies:
        headers.append((b"cookie", b"; ".join(cookies)))  # HTTP/2 sends one header for each
    instance = WsgiToAsgiInstance(None)
    instance.scope = {**scope, "headers": headers}
    try:
        environ = dict(instance.build_environ(instance.scope, body))
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST) from error
    return environ | {"wsgi.file_wrapper": FileBody, "wsgi.input_terminated": True}


def _plain(status: HTTPStatus) -> Answer:
    text = f"{status.value} {status.phrase}\n".encode()
    body = io.BytesIO(text)
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text)))]
    return Answer(status, headers, body, len(text))
