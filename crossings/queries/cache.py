"""Answers computed once for a revision of the database and a selection.

The revision changes with every write, inside its transaction, so nothing that is kept has to be forgotten: it
is not asked for again. It is read before an answer is computed, so an answer that is overtaken by a write is
kept under the revision before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import TypeVar, cast

from django.core.cache import cache

from crossings.models import revision as stored

T = TypeVar("T")

#: Until then it is merely unused; the revision, not the clock, says whether it still holds.
SECONDS = 86_400

_of_request: ContextVar[str | None] = ContextVar("revision", default=None)


def cached(name: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
    """What `make` gives, or gave for the same name and key at this revision of the database."""
    digest = sha256(repr((name, revision(), key)).encode()).hexdigest()
    found = cast("T | None", cache.get(digest))
    if found is None:
        found = make()
        cache.set(digest, found, SECONDS)
    return found


def revision() -> str:
    """The revision that was read when the request began; outside of one, that of this moment. One query."""
    known = _of_request.get()
    return stored.current() if known is None else known


@contextmanager
def one_request() -> Iterator[None]:
    """Inside, `begin` reads the revision once for all that follows."""
    token = _of_request.set(None)
    try:
        yield
    finally:
        _of_request.reset(token)


def begin() -> str:
    """Read the revision that the request goes by. One query."""
    now = stored.current()
    _of_request.set(now)
    return now
