"""The pictures of years of a crossing and of a force, composed from their histories."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from crossings.drawing.timeline_chart import (
    ChartBand,
    ChartSegment,
    TimelineChart,
    draw_chart,
    earliest_start,
)
from crossings.models import Force, Post, StatusReport
from crossings.wording.dates import in_words, interval_in_words
from crossings.wording.public_words import word
from crossings.wording.traffic import question_in_words

from .post_history import HeldInterval, HistorySegment, QuestionHistory, ValueInterval, first_known
from .scope import Scope
from .strikes import NearStrike


def crossing_chart(
    scope: Scope, histories: Sequence[QuestionHistory], near: Sequence[NearStrike]
) -> TimelineChart:
    """A band per question, and one for the strikes nearby."""
    bands = [
        ChartBand(
            question_in_words(history.post.name, history.traffics, history.direction),
            "status" if history.traffics else "control",
            tuple(_segment(interval, segment) for interval, segment in history.rows()),
        )
        for history in histories
    ]
    if near:
        bands.append(ChartBand(_("Strikes nearby"), "strikes", tuple(_tick(scope, row) for row in near)))
    begin = max(first_known(histories) or scope.first, earliest_start(scope.last))
    return draw_chart(bands, min(begin, scope.last).replace(month=1, day=1), scope.last, scope.on)


def force_chart(scope: Scope, held: Sequence[tuple[Post, Sequence[HeldInterval]]]) -> TimelineChart:
    """A band for every post that the force held, with nothing but its own intervals."""
    bands = [
        ChartBand(
            f"{post.crossing.name}: {post.name}",
            "control",
            tuple(_held_segment(interval) for interval in intervals),
        )
        for post, intervals in held
    ]
    begin = min(interval.segment.first for _post, intervals in held for interval in intervals)
    return draw_chart(bands, begin.replace(month=1, day=1), scope.last, scope.on)


def _segment(interval: ValueInterval, segment: HistorySegment) -> ChartSegment:
    """One segment; each that is known leads to its words on the page."""
    return ChartSegment(
        first=segment.first,
        last=segment.last,
        level=segment.level,
        stale=segment.sure.stale,
        marks=_marks(interval.named),
        status="disputed" if interval.sides and not interval.named else interval.status,
        age_days=segment.age_days,
        href=f"#{segment.id}" if interval.known else "",
        title=_title(_value_in_words(interval, segment), segment),
    )


def _held_segment(interval: HeldInterval) -> ChartSegment:
    segment = interval.segment
    return ChartSegment(
        first=segment.first,
        last=segment.last,
        level=segment.level,
        stale=segment.sure.stale,
        marks=_marks(interval.forces),
        age_days=segment.age_days,
        href=f"#{segment.id}",
        title=_title(interval.post.name, segment),
    )


def _tick(scope: Scope, near: NearStrike) -> ChartSegment:
    strike = near.strike
    return ChartSegment(
        first=strike.when_min or scope.first,
        last=strike.when_max or scope.last,
        level="strike",
        href=f"#strike-{strike.public_id}",
        title=f"{strike.summary}, {in_words(strike.when)}",
    )


def _marks(forces: Sequence[Force]) -> tuple[tuple[str, str], ...]:
    return tuple((force.colour, force.letter) for force in forces)


def _value_in_words(interval: ValueInterval, segment: HistorySegment) -> str:
    if segment.level == "unknown":
        return word("unknown")
    if interval.status:
        return str(StatusReport.Status(interval.status).label)
    return " / ".join(force.name for force in interval.named) or word("disputed")


def _title(what: str, segment: HistorySegment) -> str:
    """One segment in words, as a reader who points at it sees it."""
    return f"{what}, {interval_in_words(segment.first, segment.last)} ({segment.sure.words})"
