"""Files of downloads on disk, made once for a state of the data and a selection, with a bound in bytes.

A server sends a file without a thread that waits for its reader; a file is whole before its name is there.
"""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from crossings.publishing.takedown import taken_down

#: Beside a file the same, compressed; both begin with the file's key.
PLAIN, COMPRESSED = "", ".gz"
DRAFT: Final = ".draft-"
#: Seconds after which a draft belongs to a process that has died.
ABANDONED: Final = 3600

_making = threading.Lock()


class TooLarge(Exception):
    """The file would take more than half of the space for downloads; `limit` is that half in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def folder() -> Path:
    return Path(settings.DATA_DIR) / "downloads"


def key(revision: str, *parts: object) -> str:
    """The name of the file for a state of the data and whatever else decides what is in it."""
    return sha256(repr((revision, parts)).encode()).hexdigest()


def find(name: str, encoding: str) -> BinaryIO | None:
    """The open file, if it has been made; from now on it counts as used last."""
    try:
        found = (folder() / f"{name}{encoding}").open("rb")
    except FileNotFoundError:
        return None
    os.utime(found.fileno())
    return found


def make(name: str, chunks: Iterable[bytes], encoding: str) -> BinaryIO:
    """Write the file, plain and compressed, and open the one asked for.

    One at a time in a process; who waited finds it made. Raises TooLarge, or OSError where the disk is full.
    """
    with _making:
        return find(name, encoding) or _write(name, chunks, encoding)


def _write(name: str, chunks: Iterable[bytes], encoding: str) -> BinaryIO:
    limit = settings.DOWNLOADS_BYTES // 2
    home = folder()
    home.mkdir(mode=0o700, exist_ok=True)
    draft = home / f"{DRAFT}{os.getpid()}"
    zipped = home / f"{DRAFT}{os.getpid()}{COMPRESSED}"
    try:
        with (
            draft.open("wb") as plain,
            zipped.open("wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=5, mtime=0) as packed,
        ):
            for chunk in chunks:
                plain.write(chunk)
                packed.write(chunk)
                if plain.tell() + raw.tell() > limit:
                    raise TooLarge(limit)
        _make_room(draft.stat().st_size + zipped.stat().st_size)
        for source, ending in ((zipped, COMPRESSED), (draft, PLAIN)):
            with suppress(FileExistsError):  # another process was faster; readers may have its file already
                os.link(source, home / f"{name}{ending}")
        return (zipped if encoding == COMPRESSED else draft).open("rb")
    finally:
        for path in (draft, zipped):
            path.unlink(missing_ok=True)


def _make_room(needed: int) -> None:
    """Delete the files used longest ago until the others fit; who is reading one reads it to its end."""
    found = []
    for path in folder().iterdir():
        with suppress(FileNotFoundError):
            status = path.stat()
            if not path.name.startswith(DRAFT):
                found.append((status.st_mtime, status.st_size, path))
            elif time.time() - status.st_mtime > ABANDONED:
                path.unlink()
    total = sum(size for _used, size, _path in found) + needed
    for _used, size, path in sorted(found):
        if total > settings.DOWNLOADS_BYTES:
            path.unlink(missing_ok=True)
            total -= size


def forget() -> None:
    """Delete every file: at the start, and when something was taken down."""
    with suppress(FileNotFoundError):
        for path in folder().iterdir():
            path.unlink(missing_ok=True)


def _forget_taken_down(**_: object) -> None:
    forget()


taken_down.connect(_forget_taken_down, dispatch_uid="crossings.downloads")
