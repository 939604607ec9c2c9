"""Who may use the database file: one start at a time prepares it, any number serve it, a restore is alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class Busy(Exception):
    """Somebody else holds the lock."""


def _file(database: Path, ending: str) -> Path:
    """Never deleted: two processes could each hold the lock of a file of that name."""
    return database.with_name(f"{database.name}.{ending}")


@contextmanager
def _locked(file: Path, how: int) -> Iterator[None]:
    """Hold a lock until the block ends, or the process does. Raises Busy with fcntl.LOCK_NB."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError as error:
            raise Busy(str(file)) from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def preparing(database: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """One start at a time: calls `waiting` once and waits where another start is under way."""
    file = _file(database, "preparing")
    with ExitStack() as stack:
        try:
            stack.enter_context(_locked(file, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except Busy:
            waiting()
            stack.enter_context(_locked(file, fcntl.LOCK_EX))
        yield


@contextmanager
def serving(database: Path) -> Iterator[None]:
    """Shared by all who serve the database. Raises Busy while it is being restored."""
    with _locked(_file(database, "serving"), fcntl.LOCK_SH | fcntl.LOCK_NB):
        yield


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Raises Busy while anybody prepares or serves the database."""
    with (
        _locked(_file(database, "preparing"), fcntl.LOCK_EX | fcntl.LOCK_NB),
        _locked(_file(database, "serving"), fcntl.LOCK_EX | fcntl.LOCK_NB),
    ):
        yield
