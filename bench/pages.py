"""How long the server takes for each kind of page, and how large the answers are, at one size.

Runs inside a database that `bench.__main__` made: Django's test client, no network, one request at a time.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

ROUNDS: Final = 5
LIMIT: Final = 30.0  # seconds for one request's rounds; a slower page is measured once

#: Name and address; one crossing, post, force and document stand for the others.
PAGES: Final = {
    "home": "/",
    "region map": "/maps/{region}/",
    "day data": "/maps/{region}/days.json",
    "crossing": "/crossings/{crossing}/",
    "crossings": "/crossings/",
    "popup": "/popup/post/{post}/?on=2019-09-30",
    "force": "/forces/{force}/",
    "What differs": "/differs/",
    "documents": "/documents/",
    "a document": "/documents/{document}/",
    "method": "/method/",
    "downloads": "/download/",
    "strikes of a box": "/maps/{region}/strikes.json?on=2019-09-30",
}


@dataclass(frozen=True)
class Timing:
    """One address: first answer with empty caches and median of the next ones in ms, queries, bytes."""

    name: str
    status: int
    cold_ms: float
    warm_ms: float
    queries: int
    size: int


def measure(addresses: dict[str, str]) -> list[Timing]:
    client = Client()
    return [_timing(client, name, address) for name, address in addresses.items()]


def _timing(client: Client, name: str, address: str) -> Timing:
    cache.clear()
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        status, cold, size = _ask(client, address)
    asked = len(queries)  # now: the next request empties the log
    warm = []
    while len(warm) < ROUNDS and sum(warm) < LIMIT * 1000:
        warm.append(_ask(client, address)[1])
        if cold > LIMIT * 1000:
            break
    return Timing(name, status, cold, statistics.median(warm), asked, size)


def _ask(client: Client, address: str) -> tuple[int, float, int]:
    began = time.perf_counter()
    response = client.get(address)
    size = sum(map(len, response.streaming_content)) if response.streaming else len(response.content)
    return response.status_code, (time.perf_counter() - began) * 1000, size
