"""Django's cache in the memory of a process, bounded in bytes instead of entries."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

#: What bookkeeping costs beside a value: its key, its time, their places in two dictionaries.
ENTRY_BYTES = 500


class SizedLocMemCache(LocMemCache):
    """Values leave in the order in which they were last asked for, once all together exceed MAX_BYTES."""

    # Of Django's class, where the stubs leave them out.
    _cache: OrderedDict[str, bytes]
    _expire_info: dict[str, float | None]
    _delete: Callable[[str], bool]

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._max_bytes = int(params.get("OPTIONS", {}).get("MAX_BYTES", 32_000_000))

    def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        """Called with the lock held; `value` is pickled."""
        self._delete(key)
        if len(value) + ENTRY_BYTES > self._max_bytes:
            return
        held = self.bytes_held() + len(value) + ENTRY_BYTES
        while held > self._max_bytes:
            oldest, left = self._cache.popitem()
            del self._expire_info[oldest]
            held -= len(left) + ENTRY_BYTES
        self._cache[key] = value
        self._cache.move_to_end(key, last=False)
        self._expire_info[key] = self.get_backend_timeout(timeout)

    def bytes_held(self) -> int:
        """All values with their bookkeeping, in bytes."""
        return sum(len(value) + ENTRY_BYTES for value in self._cache.values())
