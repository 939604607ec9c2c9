"""A post through the years: every stretch of days with one answer, and the reports that it rests on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crossings.assessment import Answer, Segment, Timeline
from crossings.drawing.timeline_chart import ChartSegment
from crossings.models import Force, Post, StatusReport
from crossings.wording.dates import in_words

from .explanations import CitedReport, ExplainedAlternative, Explanations, deduplicate
from .snapshot import Snapshot, last_reported
from .timelines import UNQUALIFIED, PostTimelines

LEVELS = {
    "stated": gettext_lazy("stated"),
    "between": gettext_lazy("between reports"),
    "possible": gettext_lazy("possible"),
    "carried": gettext_lazy("carried forward"),
    "disputed": gettext_lazy("disputed"),
    "unknown": gettext_lazy("no report"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Days from `first` to `last`, both included, over which the answer is equally sure."""

    id: str  # its anchor on the page
    first: datetime.date
    last: datetime.date
    level: str
    stale: bool
    since: datetime.date | None
    age_days: int | None
    wires: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that follow each other with the same value; `sides` where several values are on the table."""

    forces: tuple[Force, ...]
    status: str
    sides: tuple[ExplainedAlternative, ...]
    pieces: tuple[Piece, ...]
    supporting: tuple[CitedReport, ...]
    unused: tuple[CitedReport, ...]

    @property
    def first(self) -> datetime.date:
        return self.pieces[0].first

    @property
    def last(self) -> datetime.date:
        return self.pieces[-1].last

    @property
    def known(self) -> bool:
        return self.pieces[0].level != "unknown"

    @property
    def named(self) -> tuple[Force, ...]:
        """Forces that hold it or are said to, without those of whom that is only denied."""
        said = [force for side in self.sides if side.stance != "denies" for force in side.forces]
        return self.forces or tuple(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class Lane:
    """One question about one post through the years; without traffics: who held it."""

    post: Post
    traffics: tuple[str, ...]
    direction: str
    runs: tuple[Run, ...]

    @property
    def known(self) -> list[Run]:
        return [run for run in self.runs if run.known]

    def rows(self) -> Iterator[tuple[Run, Piece]]:
        """Every piece with its run, in the order of time."""
        for run in self.runs:
            for piece in run.pieces:
                yield run, piece


def timelines_of(evidence: Explanations, post: Post) -> list[Lane]:
    """All lanes of a post over the days of the time line: who held it, then what could pass."""
    snapshot = evidence.snapshot
    kept = snapshot.lanes.get(post.pk) or PostTimelines()
    lanes = [_lane(evidence, post, kept.control, (), "both")]
    rows: dict[Any, Lane] = {}
    for traffic, direction, timeline in kept.questions():
        lane = _lane(evidence, post, timeline, (traffic,), direction)
        key = _same(lane)
        rows[key] = _together(rows[key], lane) if key in rows else lane
    return [*lanes, *rows.values()]


def _same(lane: Lane) -> Any:
    """What has to be the same for people and goods to share a lane: every stretch, and how sure it is."""
    if lane.traffics[0] not in UNQUALIFIED or any(run.sides for run in lane.runs):
        return lane.traffics, lane.direction
    pieces = tuple((run.status, p.first, p.last, p.level, p.stale, p.wires) for run, p in lane.rows())
    return lane.direction, pieces


def _together(one: Lane, other: Lane) -> Lane:
    """Two lanes with the same stretches as one, with the words of both."""
    runs = tuple(
        replace(
            mine,
            supporting=tuple(deduplicate((*mine.supporting, *theirs.supporting))),
            unused=tuple(deduplicate((*mine.unused, *theirs.unused))),
        )
        for mine, theirs in zip(one.runs, other.runs, strict=True)
    )
    return replace(one, traffics=(*one.traffics, *other.traffics), runs=runs)


def _lane(
    evidence: Explanations, post: Post, timeline: Timeline, traffics: tuple[str, ...], direction: str
) -> Lane:
    scope = evidence.snapshot.scope
    groups: list[tuple[Any, list[tuple[Piece, Answer]]]] = []
    for segment in timeline.segments(scope.first, scope.last):
        answer = segment.answer
        value = (answer.value, tuple((a.value, a.stance == "denies") for a in answer.alternatives))
        piece = _piece(post, traffics, direction, segment)
        if not groups or groups[-1][0] != value:
            groups.append((value, []))
        groups[-1][1].append((piece, answer))
    runs = tuple(_run(evidence, post, traffics, rows) for _, rows in groups)
    return Lane(post, traffics, direction, runs)


def _piece(post: Post, traffics: tuple[str, ...], direction: str, segment: Segment) -> Piece:
    answer = segment.answer
    return Piece(
        id="-".join(("seg", post.slug, *(traffics or ("control",)), direction, str(segment.first))),
        first=segment.first,
        last=segment.last,
        level=answer.level,
        stale=answer.stale,
        since=last_reported(answer, segment.first),
        age_days=answer.age_days,
        wires=answer.wire_count,
    )


def _run(
    evidence: Explanations, post: Post, traffics: tuple[str, ...], rows: Sequence[tuple[Piece, Answer]]
) -> Run:
    answers = [answer for _, answer in rows]
    supporting = dict.fromkeys(key for answer in answers for key in answer.supporting)
    unused = dict.fromkeys(key for answer in answers for key in answer.unused if key not in supporting)
    forces, status = evidence.value(answers[0].value, traffics)
    return Run(
        forces=forces,
        status=status,
        sides=_sides(evidence, post, traffics, answers),
        pieces=tuple(piece for piece, _ in rows),
        supporting=evidence.named(post, supporting),
        unused=evidence.named(post, unused),
    )


def _sides(
    evidence: Explanations, post: Post, traffics: tuple[str, ...], answers: Sequence[Answer]
) -> tuple[ExplainedAlternative, ...]:
    """Each value on the table over these answers, with all its reports."""
    found: dict[Any, list[Any]] = {}
    for answer in answers:
        for a in answer.alternatives:
            found.setdefault((a.value, a.stance == "denies"), []).append(a)
    return tuple(
        ExplainedAlternative(
            *evidence.value(value, traffics),
            stance=same[0].stance,
            wires=tuple(sorted({wire for a in same for wire in a.wires})),
            reports=evidence.named(post, dict.fromkeys(key for a in same for key in a.reports)),
        )
        for (value, _), same in found.items()
    )


def stretches(lane: Lane) -> tuple[ChartSegment, ...]:
    """The lane for the picture; every stretch that is known leads to its words."""
    return tuple(
        ChartSegment(
            first=piece.first,
            last=piece.last,
            level=piece.level,
            stale=piece.stale,
            marks=tuple((force.colour, force.letter) for force in run.named),
            status=_status(run),
            age_days=piece.age_days,
            href=f"#{piece.id}" if run.known else "",
            title=_title(run, piece),
        )
        for run, piece in lane.rows()
    )


def _status(run: Run) -> str:
    return "disputed" if run.sides and not run.named else run.status


def _title(run: Run, piece: Piece) -> str:
    """One stretch in words, as a reader who points at it sees it."""
    if piece.level == "unknown":
        value = _("unknown")
    elif run.status:
        value = str(StatusReport.Status(run.status).label)
    else:
        value = " / ".join(force.name for force in run.named) or _("disputed")
    when = in_words(piece.first)
    if piece.last != piece.first:
        when = _("%(first)s to %(last)s") % {"first": when, "last": in_words(piece.last)}
    return f"{value}, {when} ({LEVELS[piece.level]})"


def first_known(lanes: Iterable[Lane]) -> datetime.date | None:
    """The first day that any of these lanes knows something of."""
    return min((run.first for lane in lanes for run in lane.known), default=None)


def differing(lanes: Iterable[Lane]) -> list[tuple[Lane, Run]]:
    """The runs in which sources differ."""
    return [(lane, run) for lane in lanes for run in lane.runs if run.sides]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch over which a force held a post, alone or with `others`, or is one of those said to."""

    post: Post
    piece: Piece
    marks: tuple[Force, ...]
    others: tuple[Force, ...]
    sure: bool  # one undisputed answer


def held_by(snapshot: Snapshot, force: Force) -> list[tuple[Post, list[Span]]]:
    """For every public post that a force held or is said to have held, its stretches. No query of its own."""
    found = []
    for crossing in snapshot.crossings:
        for post in crossing.posts.all():
            post.crossing = crossing
            kept = snapshot.lanes.get(post.pk) or PostTimelines()
            segments = kept.control.segments(snapshot.scope.first, snapshot.scope.last)
            spans = [span for segment in segments if (span := _span(snapshot, post, segment, force))]
            if spans:
                found.append((post, spans))
    return found


def _span(snapshot: Snapshot, post: Post, segment: Segment, force: Force) -> Span | None:
    answer = segment.answer
    named = set(answer.value)
    for a in answer.alternatives:
        if a.stance != "denies":
            named |= a.value
    if force.slug not in named:
        return None
    forces = tuple(snapshot.forces[slug] for slug in sorted(named) if slug in snapshot.forces)
    return Span(
        post=post,
        piece=_piece(post, (), "both", segment),
        marks=forces,
        others=tuple(one for one in forces if one.slug != force.slug),
        sure=bool(answer.value),
    )
