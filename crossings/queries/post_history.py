"""A post through the years: every interval with one value, and the reports that it rests on."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crossings.assessment import Alternative, Answer, Level, Segment, Timeline
from crossings.models import Force, Post
from crossings.wording.levels import Sureness

from .explanations import ExplainedAlternative, Explanations, SubjectCited, deduplicate
from .snapshot import Snapshot, holders_named
from .timelines import UNQUALIFIED

Side = tuple[frozenset[str], bool]  # a value, and whether it is denied


@dataclass(frozen=True, slots=True)
class HistorySegment:
    """Days from `first` to `last`, both included, over which the answer is equally sure."""

    id: str  # its anchor on the page
    first: datetime.date
    last: datetime.date
    sure: Sureness
    age_days: int | None
    wires: int

    @property
    def level(self) -> Level:
        return self.sure.level

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class ValueInterval:
    """Segments that follow each other with the same value; `sides` where several values are reported."""

    forces: tuple[Force, ...]
    status: str
    sides: tuple[ExplainedAlternative, ...]
    segments: tuple[HistorySegment, ...]
    supporting: tuple[SubjectCited, ...]
    unused: tuple[SubjectCited, ...]

    @property
    def first(self) -> datetime.date:
        return self.segments[0].first

    @property
    def last(self) -> datetime.date:
        return self.segments[-1].last

    @property
    def known(self) -> bool:
        return self.segments[0].level != "unknown"

    @property
    def named(self) -> tuple[Force, ...]:
        """Forces that hold it or are said to, without those of whom that is only denied."""
        alternatives = (force for side in self.sides if side.stance != "denies" for force in side.forces)
        return self.forces or tuple(dict.fromkeys(alternatives))


@dataclass(frozen=True, slots=True)
class QuestionHistory:
    """One question about one post through the years; without traffics: who held it."""

    post: Post
    traffics: tuple[str, ...]
    direction: str
    intervals: tuple[ValueInterval, ...]

    @property
    def known(self) -> list[ValueInterval]:
        return [interval for interval in self.intervals if interval.known]

    def rows(self) -> Iterator[tuple[ValueInterval, HistorySegment]]:
        """Every segment with its interval, in the order of time."""
        for interval in self.intervals:
            for segment in interval.segments:
                yield interval, segment


def histories_of(explanations: Explanations, post: Post) -> list[QuestionHistory]:
    """All questions of a post over the days of the time line: who held it, then what could pass."""
    timelines = explanations.snapshot.timelines_of(post)
    held = _history(explanations, post, timelines.control, (), "both")
    rows: dict[Hashable, QuestionHistory] = {}
    for traffic, direction, timeline in timelines.questions():
        history = _history(explanations, post, timeline, (traffic,), direction)
        key = _grouping_key(history)
        rows[key] = _joined(rows[key], history) if key in rows else history
    return [held, *rows.values()]


def _grouping_key(history: QuestionHistory) -> Hashable:
    """What has to be the same for people and goods to be one history: every segment, and how sure it is."""
    if history.traffics[0] not in UNQUALIFIED or any(interval.sides for interval in history.intervals):
        return history.traffics, history.direction
    return history.direction, tuple((v.status, s.first, s.last, s.sure, s.wires) for v, s in history.rows())


def _joined(a: QuestionHistory, b: QuestionHistory) -> QuestionHistory:
    """Two histories with the same segments as one, with the reports of both."""
    intervals = tuple(
        replace(
            mine,
            supporting=tuple(deduplicate((*mine.supporting, *theirs.supporting))),
            unused=tuple(deduplicate((*mine.unused, *theirs.unused))),
        )
        for mine, theirs in zip(a.intervals, b.intervals, strict=True)
    )
    return replace(a, traffics=(*a.traffics, *b.traffics), intervals=intervals)


def _history(
    explanations: Explanations, post: Post, timeline: Timeline, traffics: tuple[str, ...], direction: str
) -> QuestionHistory:
    scope = explanations.snapshot.scope
    groups: list[tuple[Hashable, list[tuple[HistorySegment, Answer]]]] = []
    for segment in timeline.segments(scope.first, scope.last):
        answer = segment.answer
        value = (answer.value, tuple(_side(alternative) for alternative in answer.alternatives))
        sure = explanations.snapshot.sure(timeline, answer, segment.first)
        row = _segment(post, traffics, direction, segment, sure)
        if not groups or groups[-1][0] != value:
            groups.append((value, []))
        groups[-1][1].append((row, answer))
    intervals = tuple(_interval(explanations, post, traffics, rows) for _, rows in groups)
    return QuestionHistory(post, traffics, direction, intervals)


def _side(alternative: Alternative) -> Side:
    return alternative.value, alternative.stance == "denies"


def _segment(
    post: Post, traffics: tuple[str, ...], direction: str, segment: Segment, sure: Sureness
) -> HistorySegment:
    answer = segment.answer
    return HistorySegment(
        id="-".join(("seg", post.slug, *(traffics or ("control",)), direction, str(segment.first))),
        first=segment.first,
        last=segment.last,
        sure=sure,
        age_days=answer.age_days,
        wires=answer.wire_count,
    )


def _interval(
    explanations: Explanations,
    post: Post,
    traffics: tuple[str, ...],
    rows: Sequence[tuple[HistorySegment, Answer]],
) -> ValueInterval:
    answers = [answer for _, answer in rows]
    supporting = dict.fromkeys(key for answer in answers for key in answer.supporting)
    unused = dict.fromkeys(key for answer in answers for key in answer.unused if key not in supporting)
    forces, status = explanations.value(answers[0].value, traffics)
    return ValueInterval(
        forces=forces,
        status=status,
        sides=_sides(explanations, post, traffics, answers),
        segments=tuple(segment for segment, _ in rows),
        supporting=explanations.named(post, supporting),
        unused=explanations.named(post, unused),
    )


def _sides(
    explanations: Explanations, post: Post, traffics: tuple[str, ...], answers: Sequence[Answer]
) -> tuple[ExplainedAlternative, ...]:
    """Each reported value over these answers, with all its reports."""
    found: dict[Side, list[Alternative]] = {}
    for answer in answers:
        for alternative in answer.alternatives:
            found.setdefault(_side(alternative), []).append(alternative)
    return tuple(
        ExplainedAlternative(
            *explanations.value(value, traffics),
            stance=same[0].stance,
            wires=explanations.wires(post, {wire for a in same for wire in a.wires}),
            reports=explanations.named(post, dict.fromkeys(key for a in same for key in a.reports)),
        )
        for (value, _), same in found.items()
    )


def first_known(histories: Iterable[QuestionHistory]) -> datetime.date | None:
    """The first day that any of these histories knows something of."""
    return min((interval.first for history in histories for interval in history.known), default=None)


def named_in(histories: Iterable[QuestionHistory]) -> set[int]:
    """Primary keys of the forces in these histories."""
    return {force.pk for history in histories for interval in history.intervals for force in interval.named}


def conflicting(histories: Iterable[QuestionHistory]) -> list[tuple[QuestionHistory, ValueInterval]]:
    """The intervals in which sources differ."""
    return [(history, interval) for history in histories for interval in history.intervals if interval.sides]


# --- One force through the years


@dataclass(frozen=True, slots=True)
class HeldInterval:
    """Days over which a force held a post, alone or with `others`, or is one of those said to."""

    post: Post
    segment: HistorySegment
    forces: tuple[Force, ...]
    others: tuple[Force, ...]
    sure: bool  # one undisputed answer


def held_by(snapshot: Snapshot, force: Force) -> list[tuple[Post, list[HeldInterval]]]:
    """For every public post that a force held or is said to have held, when. No query of its own."""
    scope = snapshot.scope
    found = []
    for post in snapshot.all_posts:
        segments = snapshot.timelines_of(post).control.segments(scope.first, scope.last)
        held = [interval for segment in segments if (interval := _held(snapshot, post, segment, force))]
        if held:
            found.append((post, held))
    return found


def _held(snapshot: Snapshot, post: Post, segment: Segment, force: Force) -> HeldInterval | None:
    named = holders_named(segment.answer)
    if force.slug not in named:
        return None
    forces = snapshot.forces_of(named)
    sure = snapshot.sure(snapshot.timelines_of(post).control, segment.answer, segment.first)
    return HeldInterval(
        post=post,
        segment=_segment(post, (), "both", segment, sure),
        forces=forces,
        others=tuple(other for other in forces if other.slug != force.slug),
        sure=bool(segment.answer.value),
    )
