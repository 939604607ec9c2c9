"""What an operator watches: counts and times of all worker processes, for Prometheus.

The workers write them to files in the folder PROMETHEUS_MULTIPROC_DIR, which has to be in the environment
before this module is imported, and the master reads them. Without it nobody reads what a process counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    multiprocess,
    start_http_server,
)
from prometheus_client.registry import Collector

requests = Counter("crossings_requests", "Answers, by kind of page.", ["route", "method", "status"])
seconds = Histogram(
    "crossings_request_seconds",
    "From the request to the answer, without sending it.",
    ["route"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)
in_progress = Gauge("crossings_requests_in_progress", "Answers being made.", multiprocess_mode="livesum")
downloads_in_progress = Gauge(
    "crossings_downloads_in_progress", "Downloads being made or sent.", multiprocess_mode="livesum"
)
downloads_made = Counter("crossings_downloads_made", "Files that were not there yet.", ["name"])
refused = Counter("crossings_refused", "Requests refused with 429, by limit.", ["limit"])
clients_cut = Counter("crossings_clients_cut", "Connections given up because the client did not read.")


class _Workers(Collector):
    """The files of all workers; the gauges of those that have died do not count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all = multiprocess.MultiProcessCollector(None, str(folder))

    def collect(self) -> Iterable[Metric]:
        for file in self.folder.glob("gauge_live*_*.db"):
            process_id = int(file.stem.rpartition("_")[2])
            if not _alive(process_id):
                multiprocess.mark_process_dead(process_id, str(self.folder))
        return self.all.collect()


def _alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def serve(host: str, port: int, folder: Path) -> None:
    """Answer at the address, in a thread of this process. Raises OSError where it cannot be used."""
    registry = CollectorRegistry()
    registry.register(_Workers(folder))
    start_http_server(port, host, registry)
