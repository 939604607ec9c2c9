"""Answers computed once for an edition and a selection, until something is edited.

An edition never changes, but the names, places and documents beside it may: each save in this process
starts afresh, and what another process cached expires after a minute.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from typing import cast

from django.core.cache import cache
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

SECONDS = 60
STAMP = "stamp"


def cached(name: str, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
    """What `make` gives, or gave within the last minute for the same name and key."""
    stamp = _stamp()
    digest = sha256(repr((name, stamp, key)).encode()).hexdigest()
    return cast(bytes, cache.get_or_set(digest, make, SECONDS))


def revision() -> str:
    """What every key of something made from the data has to hold: it changes when the data does."""
    return f"{_stamp()}-{int(time.time()) // SECONDS}"


def connect() -> None:
    """Forget what is cached when anything is saved, deleted or linked."""
    for signal in (post_save, post_delete, m2m_changed):
        signal.connect(_forget, dispatch_uid=f"crossings.cached.{id(signal)}")


def _forget(sender: type[Model], **_: object) -> None:
    if sender._meta.app_label == "crossings":
        cache.set(STAMP, _fresh_stamp(), None)


def _stamp() -> str:
    return cast(str, cache.get_or_set(STAMP, _fresh_stamp, None))


def _fresh_stamp() -> str:
    return secrets.token_hex(8)
