"""A crossing as one: its two posts' statuses put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .records import PASSABLE, Answer, Level


@dataclass(frozen=True, slots=True)
class CrossingStatus:
    """Both posts of a crossing as one status, or `value` None: then each side is to be named by itself."""

    value: Literal["open", "closed"] | None
    level: Level
    stale: bool
    sides: tuple[Answer, Answer]


def crossing_status(a: Answer, b: Answer) -> CrossingStatus:
    """Both posts as one: closed if either is, open if both are, otherwise each side is to be named.

    It is as sure as the surest side that is closed, or as the less sure of two that are open.
    """
    sides = (a, b)
    closed = [s for s in sides if s.value and not s.value & PASSABLE]
    if closed:
        best = min(closed, key=_sureness)
        return CrossingStatus("closed", best.level, best.stale, sides)
    if all(s.value == {"open"} for s in sides):
        worst = max(sides, key=_sureness)
        return CrossingStatus("open", worst.level, worst.stale, sides)
    return CrossingStatus(None, "unknown", False, sides)


def _sureness(answer: Answer) -> tuple[int, bool]:
    return ("stated", "between", "possible", "carried", "disputed", "unknown").index(
        answer.level
    ), answer.stale
