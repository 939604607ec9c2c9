"""The toll of one strike over its accounts: a range, never a sum of what two of them both give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class TollRow(Protocol):
    """What is read of a toll: see `models.Toll`."""

    group: str
    killed_low: int | None
    killed_high: int | None
    injured_low: int | None
    injured_high: int | None
    said_by: str
    scope: str


@dataclass(frozen=True, slots=True)
class Range:
    """Low and high, both included. No low: "up to high". No high: "low or more". Neither: not reported."""

    low: int | None = None
    high: int | None = None

    @property
    def reported(self) -> bool:
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class TollRange:
    """Killed and injured over all accounts, and how many accounts give a number of either."""

    killed: Range = Range()
    injured: Range = Range()
    accounts: int = 0

    @property
    def reported(self) -> bool:
        return self.killed.reported or self.injured.reported


def toll_range(accounts: Iterable[Iterable[TollRow]]) -> TollRange:
    """The range over accounts, each a report's tolls. Tolls of a wider scope than the event do not count.

    Within an account each speaker's own total counts: the row for all, or else the groups added up.
    """
    totals = {"killed": list[Range](), "injured": list[Range]()}
    counted = 0
    for account in accounts:
        rows = [row for row in account if not row.scope]
        found = {what: _totals(rows, what) for what in totals}
        counted += any(found.values())
        for what, ranges in found.items():
            totals[what] += ranges
    return TollRange(_widest(totals["killed"]), _widest(totals["injured"]), counted)


def _totals(rows: list[TollRow], what: str) -> list[Range]:
    speakers: dict[str, list[TollRow]] = {}
    for row in rows:
        speakers.setdefault(row.said_by, []).append(row)
    totals = [_total(own, what) for own in speakers.values()]
    return [total for total in totals if total.reported]


def _total(rows: list[TollRow], what: str) -> Range:
    whole = [row for row in rows if row.group == "all" and _range(row, what).reported]
    parts = [found for row in whole or rows if (found := _range(row, what)).reported]
    if not parts:
        return Range()
    lows = [part.low for part in parts]
    highs = [part.high for part in parts]
    return Range(
        sum(low or 0 for low in lows) if any(low is not None for low in lows) else None,
        None if None in highs else sum(high or 0 for high in highs),
    )


def _range(row: TollRow, what: str) -> Range:
    return Range(getattr(row, f"{what}_low"), getattr(row, f"{what}_high"))


def _widest(totals: list[Range]) -> Range:
    """The lowest low and the highest high; open where some account leaves that side open."""
    if not totals:
        return Range()
    lows = [total.low for total in totals]
    highs = [total.high for total in totals]
    return Range(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )
