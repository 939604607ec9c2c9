"""The status of a post, for each kind of traffic in each direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .activity import Limits, OtherValues
from .dating import DatedReport, dated_reports
from .records import (
    DIRECTIONS,
    IMPASSABLE,
    PASSABLE,
    TRAFFICS,
    UNQUALIFIED,
    Memberships,
    ReportRecord,
    clash_status,
)
from .timeline import Timeline, assessed_records

#: Traffic and direction.
Cell = tuple[str, str]
CELLS: tuple[Cell, ...] = tuple((traffic, direction) for traffic in TRAFFICS for direction in DIRECTIONS)
NOTHING_REPORTED = Timeline((), clash_status, Memberships(), Limits())


@dataclass(frozen=True, slots=True)
class StatusTimelines:
    """All that was reported of what can pass a post.

    `cells` has a timeline for every traffic and direction; those that cannot differ are one object.
    `reported` are the kinds of traffic that some report names.
    """

    cells: Mapping[Cell, Timeline] = field(default_factory=lambda: dict.fromkeys(CELLS, NOTHING_REPORTED))
    reported: frozenset[str] = frozenset()

    def timeline(self, traffic: str, direction: str) -> Timeline:
        """One question; KeyError for a traffic or direction that there is not."""
        return self.cells[traffic, direction]

    def questions(self) -> list[tuple[str, str, Timeline]]:
        """People and goods always, other traffic where reported; "both" where the directions are one."""
        rows: list[tuple[str, str, Timeline]] = []
        for traffic in TRAFFICS:
            if traffic not in self.reported | UNQUALIFIED:
                continue
            ways = [(direction, self.cells[traffic, direction]) for direction in DIRECTIONS]
            if ways[0][1] is ways[1][1]:
                rows.append((traffic, "both", ways[0][1]))
            else:
                rows += [(traffic, direction, timeline) for direction, timeline in ways]
        return rows


def status_timelines(records: Iterable[ReportRecord], control: Timeline) -> StatusTimelines:
    """What can pass a post, from all its status reports and who held it (`control`, of the same post).

    Impassable is so for every traffic in every direction, until something passes. A closing that names no
    traffic ends what is carried as open to other traffic, unless its own words except that.
    Raises RecordError for a control record.
    """
    found = assessed_records(records, "status")
    of_cell = {cell: tuple(i for i, r in enumerate(found) if _answers(r, cell)) for cell in CELLS}
    dated = {
        of: dated_reports([found[i] for i in of], clash_status, Memberships())
        for of in dict.fromkeys(of_cell.values())
    }
    passing = _passing(dated.values()) if any(r.value == IMPASSABLE for r in found) else None
    changes = tuple(day.toordinal() for day in control.changes_of_hands())
    closings = _Closings(found, {cell: dated[of] for cell, of in of_cell.items()})
    built: dict[tuple[tuple[int, ...], tuple[int, ...]], Timeline] = {}
    cells = {}
    for cell, of in of_cell.items():
        key = of, closings.of(cell) if of else ()
        if key not in built:
            limits = Limits(changes, key[1], passing)
            built[key] = Timeline(dated[of], clash_status, Memberships(), limits)
        cells[cell] = built[key] if of else NOTHING_REPORTED
    return StatusTimelines(cells, frozenset().union(*(r.traffic for r in found)))


def _answers(record: ReportRecord, cell: Cell) -> bool:
    traffic, direction = cell
    if record.value == IMPASSABLE:
        return True
    return traffic in record.traffic and record.direction in ("both", direction)


def _passing(dated: Iterable[Sequence[DatedReport]]) -> OtherValues:
    passable = (
        r for reports in dated for r in reports if r.record.value <= PASSABLE and r.record.stance == "states"
    )
    return OtherValues(dict.fromkeys(passable), Memberships())


class _Closings:
    """The days on which closings that name no traffic begin, for the traffic that they do not except."""

    def __init__(self, records: Sequence[ReportRecord], dated: Mapping[Cell, Sequence[DatedReport]]) -> None:
        unqualified = _unqualified(records)
        self._excepted = {
            (record.passage, traffic, direction)
            for record in records
            if record.passage and record.value <= PASSABLE and record.stance != "denies"
            for traffic in record.traffic
            for direction in DIRECTIONS
            if record.direction in ("both", direction)
        }
        self._begin: dict[str, set[tuple[int, str]]] = {direction: set() for direction in DIRECTIONS}
        for (traffic, direction), reports in dated.items():
            if traffic in UNQUALIFIED:
                self._begin[direction].update(
                    (report.words[0][0], report.record.passage)
                    for report in reports
                    if report.record in unqualified
                )

    def of(self, cell: Cell) -> tuple[int, ...]:
        """The first days of the closings that end what is carried as open here; in order."""
        traffic, direction = cell
        if traffic in UNQUALIFIED:
            return ()
        return tuple(
            sorted(
                {
                    day
                    for day, passage in self._begin[direction]
                    if (passage, traffic, direction) not in self._excepted
                }
            )
        )


def _unqualified(records: Sequence[ReportRecord]) -> set[ReportRecord]:
    """Closings that name no traffic, whether told as one record or as one for each kind of traffic."""
    groups: dict[object, list[ReportRecord]] = {}
    for r in records:
        if r.value == {"closed"} and r.stance == "states":
            words = r.passage or r.id
            groups.setdefault((words, r.starts, r.ends, r.as_of, r.of, r.direction), []).append(r)
    return {
        record
        for group in groups.values()
        if frozenset().union(*(r.traffic for r in group)) >= UNQUALIFIED
        for record in group
    }
