"""One question about one post over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from heapq import heappop, heappush

from .activity import FIRST_DAY, FOREVER, LAST_DAY, ActiveReport, Limits, State, active_reports
from .answers import Answer, Segment
from .dating import DatedReport, dated_reports
from .details import details_of
from .records import (
    STALE_AFTER_DAYS,
    TOLD_LATER_DAYS,
    Clash,
    Kind,
    Membership,
    Memberships,
    RecordError,
    ReportRecord,
    Value,
    clash_control,
    to_date,
)
from .resolution import Question, Resolution, Side, resolve
from .tally import Tally
from .wires import WireBits, WireSet
from .words import WordAxis

#: So many interval boundaries share one list of the reports that are active around them.
BLOCK = 64
#: A last word on each day by itself.
DAILY = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Days from `start` on with one resolution, kept without what lists reports and wires.

    `last_word` is a day, DAILY where every day has a word of its own, None where none was yet. `before_on`
    and `after_on` are likewise DAILY for the day before and the day itself.
    """

    start: int
    light: Resolution
    stale: bool
    last_word: int | None
    used: int

    @property
    def shown(self) -> tuple[object, ...]:
        """What has to differ for a reader to call it a change."""
        sides = frozenset((side.value, side.denied) for side in self.light.sides)
        return self.light.level, self.light.value, sides, self.stale, self.light.far


class Timeline:
    """One question about a post, built once: what is so on any day, as far as reported.

    `control_timeline` and `status_timelines` build them.
    """

    def __init__(
        self, dated: Sequence[DatedReport], clash: Clash, memberships: Memberships, limits: Limits
    ) -> None:
        bits = WireBits()
        axis = WordAxis(dated, memberships, bits)
        self._dated = dated
        self._active = active_reports(dated, axis, limits, clash, memberships)
        self._question = Question(axis, limits, clash, memberships, bits)
        self._runs = list(_runs(self._active, self._question))
        self._starts = [run.start for run in self._runs]
        self._next_changes = _next_changes(self._runs)
        self._blocks: list[list[int]] | None = None

    @property
    def dated(self) -> Sequence[DatedReport]:
        """The reports that are read, with their days."""
        return self._dated

    def on(self, day: date) -> Answer:
        """The answer on one day."""
        at = day.toordinal()
        return self._answer(bisect_right(self._starts, at) - 1, at)

    def segments(self, first: date, last: date) -> list[Segment]:
        """The segments from `first` to `last`, both included; the outer ones are cut there.

        Raises ValueError if `first` is after `last`.
        """
        if first > last:
            raise ValueError(f"segments: {first} is after {last}")
        begin, end = first.toordinal(), last.toordinal()
        found = []
        for i in range(bisect_right(self._starts, begin) - 1, bisect_right(self._starts, end)):
            start = max(begin, self._starts[i])
            stop = min(end, self._starts[i + 1] - 1) if i + 1 < len(self._starts) else end
            found.append(Segment(to_date(start), to_date(stop), self._answer(i, start)))
        return found

    def _answer(self, i: int, at: int) -> Answer:
        run, light = self._runs[i], self._runs[i].light
        last = at if run.last_word == DAILY else run.last_word
        return Answer(
            level=light.level,
            value=light.value,
            last_reported=_date(last),
            age_days=None if last is None else at - last,
            before_on=_date(at - 1 if light.before_on == DAILY else light.before_on),
            after_on=_date(at if light.after_on == DAILY else light.after_on),
            stale=run.stale,
            far=light.far,
            indirect=light.indirect,
            last_disagree=light.last_disagree,
            told_in=light.told_in,
            passed_by=_date(light.passed_by),
            next_change=self._next_changes[i],
            find_details=partial(details_of, self, at),
        )

    @property
    def clash(self) -> Clash:
        """When two values of this question clash."""
        return self._question.clash

    def active_on(self, day: int) -> list[tuple[ActiveReport, State]]:
        """The reports that are active on a day, an ordinal, in the order of their ids."""
        if self._blocks is None:
            self._blocks = _blocks(self._active, self._starts)
        block = self._blocks[(bisect_right(self._starts, day) - 1) // BLOCK]
        near = (self._active[i] for i in block)
        return [(active, active.state(day)) for active in near if active.first <= day <= active.last]

    def resolve(self, day: int, active: Sequence[tuple[ActiveReport, State]]) -> Resolution:
        """The answer of a day, an ordinal, from the reports active on it."""
        memberships = self._question.memberships
        tally = Tally(memberships.epoch(day), memberships, self._question.bits)
        for i, (report, state) in enumerate(active):
            tally.add(report.dated.record, 1 << i, state)
        return resolve(tally, day, self._question)

    def wire_names(self, wires: WireSet) -> list[str]:
        """The wires of a resolution by their names, in order."""
        return self._question.bits.names(wires)

    def roll_up(self, value: Value, day: int) -> Value:
        """The value by the memberships of a day, an ordinal."""
        memberships = self._question.memberships
        return memberships.roll_up(value, memberships.epoch(day))

    def changes_of_hands(self) -> tuple[date, ...]:
        """For control: the days on which the post changed hands, and the first of any days of doubt before.

        It changes hands when none of those who held it ever since the last change still does: a partner who
        joins or leaves is no change, and neither is a force that joins an umbrella. Days without one
        undisputed value decide nothing; when others hold the post after them it may have been then.
        """
        days, core, doubt, used = set(), frozenset[str](), None, None
        for run in self._runs:
            value = run.light.value
            if not value:
                doubt = doubt or run.start
                continue
            core = self.roll_up(core, run.start)
            if core and not core & value and (doubt is not None or used != run.used):
                days |= {run.start, doubt or run.start}
                core = frozenset()
            core, doubt, used = core & value or value, None, run.used
        return tuple(to_date(day) for day in sorted(days))


def control_timeline(records: Iterable[ReportRecord], memberships: Iterable[Membership] = ()) -> Timeline:
    """Who held a post. `memberships` may name any forces. Raises RecordError for a status record."""
    assessed = assessed_records(records, "control")
    rolled = Memberships(memberships, {force for record in assessed for force in record.value})
    return Timeline(dated_reports(assessed, clash_control, rolled), clash_control, rolled, Limits())


def assessed_records(records: Iterable[ReportRecord], kind: Kind) -> list[ReportRecord]:
    """The records that count, each once, by their ids. Raises RecordError for one of another kind."""
    found = dict.fromkeys(records)
    for record in found:
        if record.kind != kind:
            raise RecordError(f"report {record.id}: not a {kind} report")
    return sorted((record for record in found if record.assessed), key=lambda record: record.id)


def _date(day: int | None) -> date | None:
    return None if day is None else to_date(day)


def _next_changes(runs: Sequence[Run]) -> list[date | None]:
    changes: list[date | None] = [None] * len(runs)
    for i in range(len(runs) - 2, -1, -1):
        differs = runs[i + 1].shown != runs[i].shown
        changes[i] = to_date(runs[i + 1].start) if differs else changes[i + 1]
    return changes


def _blocks(active: Sequence[ActiveReport], starts: Sequence[int]) -> list[list[int]]:
    """For every BLOCK of runs the reports that are active on one of their days."""
    blocks: list[list[int]] = [[] for _ in range(0, len(starts), BLOCK)]
    for i, report in enumerate(active):
        first = (bisect_right(starts, report.first) - 1) // BLOCK
        last = (bisect_right(starts, report.last) - 1) // BLOCK
        for block in range(first, last + 1):
            blocks[block].append(i)
    return blocks


# --- The sweep


class _Sweep:
    """The active reports while the days go by: a tally, and their last words."""

    def __init__(self, active: Sequence[ActiveReport], question: Question) -> None:
        self.active, self.question = active, question
        self.tally = Tally(0, question.memberships, question.bits)
        self.states: dict[int, State] = {}
        self.changed = True  # whether the tally is another one than when this was last set to False
        self._marks = [hash((report.dated.record.id, i)) for i, report in enumerate(active)]
        #: Last words of reports that are not stated, the latest first: (minus their day, report).
        self._words: list[tuple[int, int]] = []

    def change(self, i: int, day: int) -> None:
        """A report may be something else from this day on."""
        report = self.active[i]
        state = report.state(day) if day <= report.last else None
        before = self.states.get(i)
        if state != before:
            self.changed = True
            self._count(i, before, -1)
            self._count(i, state, 1)
        if state is None:
            self.states.pop(i, None)
            return
        self.states[i] = state
        if state.level != "stated" and report.dated.record.stance != "denies":
            begun = [last for first, last, _ in report.dated.words if first <= day]
            if begun:
                heappush(self._words, (-max(begun), i))

    def _count(self, i: int, state: State | None, by: int) -> None:
        if state is not None:
            self.tally.add(self.active[i].dated.record, self._marks[i], state, by)

    def enter(self, epoch: int) -> None:
        """Count by the memberships of another epoch."""
        if epoch == self.tally.epoch:
            return
        self.changed = True
        self.tally = Tally(epoch, self.question.memberships, self.question.bits)
        for i, state in self.states.items():
            self._count(i, state, 1)

    def last_word(self, day: int) -> int | None:
        """The last word up to a day of the reports used: a day, DAILY, or None."""
        if any(group.stated for group in self.tally.groups.values()):
            return DAILY
        while self._words and not self._counts(self._words[0][1]):
            heappop(self._words)
        if not self._words:
            return None
        last = -self._words[0][0]
        return DAILY if last > day else last

    def _counts(self, i: int) -> bool:
        state = self.states.get(i)
        return state is not None and state.level != "stated"


def _runs(active: Sequence[ActiveReport], question: Question) -> Iterator[Run]:
    """Runs of days, from the first day there is; no two that follow each other are alike."""
    changes: dict[int, list[int]] = {day: [] for day in _cuts(active, question)}
    for i, report in enumerate(active):
        for day in report.changes():
            changes.setdefault(day, []).append(i)
    sweep, before = _Sweep(active, question), None
    lights: dict[Resolution, Resolution] = {}
    told, found = _told_from(active), Resolution()
    days = sorted(day for day in changes if FIRST_DAY <= day <= LAST_DAY)
    for n, day in enumerate(days):
        for i in changes[day]:
            sweep.change(i, day)
        sweep.enter(question.memberships.epoch(day))
        if sweep.changed or day in told or not _stands_by_itself(found):
            found = resolve(sweep.tally, day, question)
            sweep.changed = False
        elif found.level in ("stated", "unknown"):
            continue
        resolution = _undated(found, day)
        last = None if resolution.level == "unknown" else sweep.last_word(day)
        end = days[n + 1] if n + 1 < len(days) else FOREVER
        for start, stale in _split_where_stale(resolution, last, day, end):
            key = resolution, stale, last
            if key != before:
                before = key
                light = _light(resolution)  # few differ: thousands of runs share them
                yield Run(start, lights.setdefault(light, light), stale, last, resolution.used)


def _stands_by_itself(resolution: Resolution) -> bool:
    """Whether it follows from the active reports alone, whatever words lie before and after."""
    return bool(resolution.sides) or resolution.level in ("stated", "unknown")


def _cuts(active: Sequence[ActiveReport], question: Question) -> set[int]:
    """Days on which an answer may change although no report does."""
    cuts = {FIRST_DAY, *question.axis.cuts(), *question.memberships.firsts, *_told_from(active)}
    for day in (*question.limits.changes, *question.limits.closings):
        cuts.update((day, day + 1))  # between the day before and the day itself, on this day alone
    for report in active:
        cuts.update(day for day in (report.dated.begun, report.dated.over) if day)
    return cuts


def _told_from(active: Sequence[ActiveReport]) -> set[int]:
    """For each stated report the first day on which its text is not yet one of over a year later."""
    return {
        report.dated.record.published.earliest.toordinal() - TOLD_LATER_DAYS
        for report in active
        if report.dated.stated and report.dated.record.published and report.dated.record.published.earliest
    }


def _undated(resolution: Resolution, day: int) -> Resolution:
    """With DAILY for words on the day itself and on the day before, which move with the days."""
    if resolution.level != "between" or resolution.after_on != day:
        return resolution
    before = DAILY if resolution.before_on == day - 1 else resolution.before_on
    return resolution._replace(before_on=before, after_on=DAILY)


def _split_where_stale(
    resolution: Resolution, last: int | None, day: int, end: int
) -> list[tuple[int, bool]]:
    """What rests only on carried reports is stale once the last of them is more than a year old."""
    if last is None or last == DAILY or not (resolution.level == "carried" or resolution.last_disagree):
        return [(day, False)]
    stale_from = last + STALE_AFTER_DAYS + 1
    if stale_from <= day:
        return [(day, True)]
    return [(day, False), (stale_from, True)] if stale_from < end else [(day, False)]


def _light(found: Resolution) -> Resolution:
    """Without the sets of wires, which are found again when they are asked for."""
    return Resolution(
        level=found.level,
        value=found.value,
        sides=tuple(Side(side.value, side.denied, side.level) for side in found.sides),
        before_on=found.before_on,
        after_on=found.after_on,
        far=found.far,
        indirect=found.indirect,
        last_disagree=found.last_disagree,
        told_in=found.told_in,
        passed_by=found.passed_by,
    )
