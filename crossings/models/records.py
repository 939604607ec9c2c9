"""A report as the assessment reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from crossings.assessment import Bounds, Record

from .reports import ControlReport, StatusReport


def record_of(report: ControlReport | StatusReport, value: Iterable[str]) -> Record:
    """The report as the assessment reads it. Raises RecordError when its dates give no day to stand on."""
    return Record(
        id=report.public_id,
        value=frozenset(value),
        starts=_bounds(report, "starts"),
        ends=_bounds(report, "ends"),
        as_of=_bounds(report, "as_of"),
        stance=report.stance,
        of=report.of,
        role=getattr(report, "role", ""),
        wire=report.main_passage.wire.slug,
    )


def _bounds(report: Any, name: str) -> Bounds | None:
    low: date | None = getattr(report, f"{name}_min")
    high: date | None = getattr(report, f"{name}_max")
    return Bounds(low, high) if low or high else None
