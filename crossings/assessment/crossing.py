"""A crossing as one: its two posts' statuses for one kind of traffic put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .answers import Answer
from .records import PASSABLE, Level

#: From the surest to the least sure.
SURENESS: tuple[Level, ...] = ("stated", "between", "possible", "carried", "disputed", "unknown")


@dataclass(frozen=True, slots=True)
class CrossingStatus:
    """Both posts of a crossing as one status, or `value` None: then each side is to be named by itself."""

    value: Literal["open", "closed"] | None
    level: Level
    stale: bool
    far: bool
    sides: tuple[Answer, Answer]


def crossing_status(a: Answer, b: Answer) -> CrossingStatus:
    """Both posts as one: closed if either is, open if both are, otherwise each side is to be named.

    It is as sure as the surest side that is closed, or as the less sure of two that are open.
    """
    sides = (a, b)
    closed = [side for side in sides if side.value and not side.value & PASSABLE]
    if closed:
        best = min(closed, key=_sureness)
        return CrossingStatus("closed", best.level, best.stale, best.far, sides)
    if all(side.value == {"open"} for side in sides):
        worst = max(sides, key=_sureness)
        return CrossingStatus("open", worst.level, worst.stale, worst.far, sides)
    return CrossingStatus(None, "unknown", False, False, sides)


def _sureness(answer: Answer) -> tuple[int, bool, bool]:
    return SURENESS.index(answer.level), answer.stale, answer.far
