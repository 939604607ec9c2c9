"""How sure an answer is, with what its reports say of themselves."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from weakref import WeakKeyDictionary

from crossings.assessment import Answer, ReportRecord, Timeline
from crossings.wording.levels import Sureness

#: What words about a post can speak of, in the order in which it is told.
SUBJECTS = ("place", "base", "crossing")

_records: WeakKeyDictionary[Timeline, Mapping[str, ReportRecord]] = WeakKeyDictionary()


def sureness(
    timeline: Timeline,
    answer: Answer,
    on: datetime.date,
    since: datetime.date | None,
    of_bases: Callable[[], Collection[str]],
) -> Sureness:
    """How sure the answer of a day is, last reported on `since`. `of_bases`: ids of passages about a base.

    Where one report speaks of a period around the day, the day before and the day itself are days of its
    words but no dates that it gives: then neither is shown.
    """
    stance: str = ""
    of: tuple[str, ...] = ()
    if answer.level == "possible" or answer.indirect:
        records = _records_of(timeline)
        used = [records[key] for key in answer.supporting if key in records]
        stances = {record.stance for record in used}
        stance = stances.pop() if len(stances) == 1 else ""
        subjects = {_subject(record, of_bases) for record in used} if answer.indirect else set()
        of = tuple(subject for subject in SUBJECTS if subject in subjects)
    dated = answer.after_on != on
    return Sureness(
        level=answer.level,
        stale=answer.stale,
        far=answer.far,
        since=since,
        before=answer.before_on if dated else None,
        after=answer.after_on if dated else None,
        last_disagree=answer.last_disagree,
        stance=stance,
        of=of,
    )


def _records_of(timeline: Timeline) -> Mapping[str, ReportRecord]:
    found = _records.get(timeline)
    if found is None:
        found = _records[timeline] = {dated.record.id: dated.record for dated in timeline.dated}
    return found


def _subject(record: ReportRecord, of_bases: Callable[[], Collection[str]]) -> str:
    return "base" if record.of == "place" and record.passage in of_bases() else record.of
