"""One lane over time: the only part of the rule that callers need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from .judging import runs_of
from .records import Answer, Kind, Record, RecordError, Segment, clash_control, clash_status
from .stretches import life, spans_of


class Timeline:
    """One lane, built once: what it says on any day. Raises RecordError if control and status are mixed.

    `handovers` are the days on which the holder of the post changed: a status is not carried past them.
    """

    def __init__(self, records: Iterable[Record], *, handovers: Iterable[date] = ()) -> None:
        # Sorted and without repeats, so that neither order nor duplicates can matter.
        lane = sorted({r for r in records if r.assessed}, key=lambda r: (r.id, r.wire, repr(r)))
        if len({r.kind for r in lane}) > 1:
            raise RecordError("a lane holds either control or status, not both")
        clash = clash_status if lane and lane[0].kind == "status" else clash_control
        changes = sorted(day.toordinal() for day in handovers)
        spans = spans_of(lane, clash)
        self._runs = runs_of(spans, [life(s, spans, changes, clash) for s in spans], changes, clash)
        self._starts = [start for start, _ in self._runs]
        self._changes = self._changes_after_each_run()

    def _changes_after_each_run(self) -> list[date | None]:
        changes: list[date | None] = [None] * len(self._runs)
        for i in range(len(self._runs) - 2, -1, -1):
            start, later = self._runs[i + 1]
            changes[i] = date.fromordinal(start) if later.shown != self._runs[i][1].shown else changes[i + 1]
        return changes

    def on(self, day: date) -> Answer:
        """The answer on one day."""
        at = day.toordinal()
        return self._answer(bisect_right(self._starts, at) - 1, at)

    def _answer(self, i: int, at: int) -> Answer:
        verdict = self._runs[i][1]
        age = None if verdict.last_word is None else max(0, at - verdict.last_word)
        return replace(verdict.answer, age_days=age, next_change=self._changes[i])

    def segments(self, first: date, last: date) -> list[Segment]:
        """Maximal runs of days with one answer, age apart, from `first` to `last`, both included.

        A run that grows stale is split there. Raises ValueError if `first` is after `last`.
        """
        if first > last:
            raise ValueError(f"segments: {first} is after {last}")
        begin, end = first.toordinal(), last.toordinal()
        segments = []
        for i in range(bisect_right(self._starts, begin) - 1, bisect_right(self._starts, end)):
            start = max(begin, self._starts[i])
            stop = min(end, self._starts[i + 1] - 1) if i + 1 < len(self._starts) else end
            segments.append(Segment(date.fromordinal(start), date.fromordinal(stop), self._answer(i, start)))
        return segments

    def handovers(self) -> tuple[date, ...]:
        """For a control lane, the days on which the post passed to others.

        A post has passed to others when none of those who held it ever since the last change still holds it:
        a partner who joins or leaves is no change. Days without one undisputed value decide nothing; when
        others hold the post after them, the change is put on the first of them, since it may have been then.
        """
        days, core, doubt = [], frozenset[str](), 0
        for start, verdict in self._runs:
            value = verdict.answer.value
            if not value:
                doubt = doubt or start
                continue
            if core and not core & value:
                days.append(date.fromordinal(doubt or start))
                core = value
            core, doubt = core & value or value, 0
        return tuple(days)


def control_timeline(records: Iterable[Record]) -> Timeline:
    """The control lane of a post. Raises RecordError for a status record."""
    lane = list(records)
    _only("control", lane)
    return Timeline(lane)


def status_timeline(records: Iterable[Record], control: Timeline) -> Timeline:
    """A status lane; not carried past a change of holder in `control`, the same post's control lane."""
    lane = list(records)
    _only("status", lane)
    return Timeline(lane, handovers=control.handovers())


def _only(kind: Kind, lane: Sequence[Record]) -> None:
    for record in lane:
        if record.kind != kind:
            raise RecordError(f"report {record.id}: not a {kind} report")
