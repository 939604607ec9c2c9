"""The reports and wires behind an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from .activity import ActiveReport, State
from .answers import Alternative, DatedWires, Details
from .crossing import SURENESS
from .records import STANCES, Clash, Level, Value, to_date
from .resolution import Resolution, Side

if TYPE_CHECKING:
    from .timeline import Timeline

Active = Sequence[tuple[ActiveReport, State]]


def details_of(timeline: Timeline, day: int) -> Details:
    """The lists of the answer on a day, an ordinal."""
    active = timeline.active_on(day)
    resolution, names = timeline.resolve(day, active), timeline.wire_names
    used = [found for i, found in enumerate(active) if resolution.used >> i & 1]
    supporting = {report.dated.record.id for report, _ in used}
    up_to = day - 1 if resolution.level == "between" else day
    words = _last_own_words(timeline, active, resolution.value, day, up_to)
    ahead = None if resolution.after_on is None else to_date(resolution.after_on)
    behind = None if resolution.before_on is None else to_date(resolution.before_on)
    before = {wire: words.get(wire) or behind for wire in names(resolution.before)}
    after = dict.fromkeys(names(resolution.after), ahead)
    return Details(
        alternatives=tuple(_alternative(side, timeline, active, used, day) for side in resolution.sides),
        wires={**after, **before} if ahead else _dated(names(resolution.wires), words),
        also=_dated(names(resolution.also), words),
        before=before,
        after=after,
        supporting=tuple(sorted(supporting)),
        unused=tuple(sorted({report.dated.record.id for report, _ in active} - supporting)),
        ahead=_ahead(timeline, resolution),
    )


def _last_own_words(
    timeline: Timeline, active: Active, value: Value, day: int, up_to: int
) -> dict[str, date | None]:
    """For each wire that does not contradict a value the last day that its own dates are sure of."""
    clash: Clash = timeline.clash
    last: dict[str, int] = {}
    for report, _ in active:
        record, (begin, end) = report.dated.record, report.dated.own_words
        if record.stance == "denies" or begin > up_to:
            continue
        if not value or not clash(timeline.roll_up(record.value, day), value):
            last[record.wire] = max(last.get(record.wire, 0), min(end, up_to))
    return {wire: to_date(word) for wire, word in last.items()}


def _dated(wires: Iterable[str], words: dict[str, date | None]) -> DatedWires:
    return {wire: words.get(wire) for wire in sorted(wires)}


def _alternative(side: Side, timeline: Timeline, active: Active, used: Active, day: int) -> Alternative:
    mine = [
        (report, state)
        for report, state in used
        if (report.dated.record.stance == "denies") == side.denied
        and timeline.roll_up(report.dated.record.value, day) == side.value
    ]
    records = [report.dated.record for report, _ in mine]
    words = _last_own_words(timeline, active, side.value, day, day)
    if side.denied:
        wires: DatedWires = _dated({record.wire for record in records}, _words_of(mine, day))
    else:
        wires = _dated(timeline.wire_names(side.wires), words)
    return Alternative(
        value=side.value,
        wires=wires,
        also=_dated(timeline.wire_names(side.also), words),
        reports=tuple(sorted({record.id for record in records})),
        level=min((_level(state) for _, state in mine), key=SURENESS.index),
        stance=min((record.stance for record in records), key=STANCES.index),
        told_in=side.told_in,
    )


def _words_of(reports: Active, day: int) -> dict[str, date | None]:
    last: dict[str, date | None] = {}
    for report, _ in reports:
        begin, end = report.dated.own_words
        if begin <= day:
            last[report.dated.record.wire] = to_date(min(end, day))
    return last


def _level(state: State) -> Level:
    return "stated" if state.level == "stated" else "possible" if state.level == "possible" else "carried"


def _ahead(timeline: Timeline, resolution: Resolution) -> tuple[str, ...]:
    """The reports that have the next word of an answer that lies between."""
    on = resolution.after_on
    if on is None:
        return ()
    return tuple(
        sorted(
            {
                report.record.id
                for report in timeline.dated
                if report.record.stance == "states"
                and any(first <= on <= last for first, last, _ in report.words)
            }
        )
    )
