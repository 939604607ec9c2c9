"""The list of forces, and one force: what it held, who is said to back it, and its strikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crossings.drawing.timeline_chart import Band, Picture, Stretch, draw
from crossings.models import (
    Attribution,
    Backing,
    ControlReport,
    Force,
    ObservationReport,
    Post,
    StrikeEvent,
    StrikeReport,
)
from crossings.queries.explanations import Said, control_reports, merged, observations
from crossings.queries.post_history import LEVELS, Span, held_by
from crossings.queries.snapshot import Board, kept
from crossings.wording.dates import in_words

from .common import board_of, page


@dataclass(frozen=True, slots=True)
class Blame:
    """Who says of which strike that this force did it, or did not."""

    strike: StrikeEvent
    attribution: Attribution


@require_safe
def force_list(request: HttpRequest) -> HttpResponse:
    """All forces with the posts that each holds on the day, and how many it ever held."""
    board = board_of(request)
    held = {day.post.pk: day for day in board.days(board.asked.on)}
    rows = []
    for force in board.forces.values():
        now = [day.post for day in held.values() if force.slug in day.holders]
        rows.append({"force": force, "now": now, "ever": len(held_by(board, force))})
    context = {"nav": "forces", "on": board.asked.on, "keep": kept(board).query(), "rows": rows}
    return page(request, "pages/forces.html", context)


@require_safe
def force_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is published about one force."""
    board = board_of(request)
    force = board.forces.get(slug)
    if force is None:
        raise Http404(f"no force {slug}")
    held = held_by(board, force)
    umbrella = next((one for one in board.forces.values() if one.pk == force.umbrella_id), None)
    context = {
        "nav": "forces",
        "asked": board.asked,
        "on": board.asked.on,
        "force": force,
        "umbrella": umbrella,
        "members": [one for one in board.forces.values() if one.umbrella_id == force.pk],
        "held": held,
        "picture": picture_of(board, held) if held else None,
        "backed_by": backings(board, Q(force=force)),
        "backs": backings(board, Q(backer=force)),
        "blames": blames(board, force),
        "struck": struck(board, force),
        "named": named_in(board, force),
        "keep": kept(board).query(),
        "map_query": kept(board).query(holder=(force.slug,)),
    }
    return page(request, "pages/force.html", context)


def picture_of(board: Board, held: list[tuple[Post, list[Span]]]) -> Picture:
    """A band for every post that the force held, with its own stretches alone."""
    bands = [
        Band(f"{post.crossing.name}: {post.name}", "control", tuple(_stretch(span) for span in spans))
        for post, spans in held
    ]
    begin = min(span.piece.first for _post, spans in held for span in spans).replace(month=1, day=1)
    return draw(bands, begin, board.asked.last, board.asked.on)


def _stretch(span: Span) -> Stretch:
    piece = span.piece
    when = in_words(piece.first)
    if piece.last != piece.first:
        when = _("%(first)s to %(last)s") % {"first": when, "last": in_words(piece.last)}
    return Stretch(
        first=piece.first,
        last=piece.last,
        level=piece.level,
        stale=piece.stale,
        marks=tuple((one.colour, one.letter) for one in span.marks),
        age_days=piece.age_days,
        href=f"#{piece.id}",
        title=f"{span.post.name}, {when} ({LEVELS[piece.level]})",
    )


def backings(board: Board, about: Q) -> Any:
    """Public backings with their words. One query."""
    rows = Backing.objects.published(board.asked.edition_number).filter(
        about, passage__document__source_set__slug__in=board.asked.sources
    )
    return list(
        rows.select_related("force", "backer", "passage__document", "passage__wire").order_by(
            "backer__name", "pk"
        )
    )


def blames(board: Board, force: Force) -> list[Blame]:
    """Attributions of public strike reports that name this force as the accused, or as the speaker."""
    asked = board.asked
    told = StrikeReport.objects.published(asked.edition_number).of_sources(asked.sources)
    rows = (
        Attribution.objects.filter(Q(accused=force) | Q(speaker_force=force), report__in=told)
        .select_related(
            "accused",
            "passage__document",
            "passage__wire",
            "report__event",
            "report__main_passage__document",
            "report__main_passage__wire",
        )
        .order_by("report__event__when_min", "pk")
    )
    return [Blame(row.report.event, row) for row in rows]


def struck(board: Board, force: Force) -> list[StrikeEvent]:
    """Public strike events of which this force was a target, in the order of time."""
    asked = board.asked
    told = StrikeReport.objects.published(asked.edition_number).of_sources(asked.sources)
    events = StrikeEvent.objects.filter(pk__in=told.values("event"), targets=force)
    return list(events.order_by("when_min", "public_id"))


def named_in(board: Board, force: Force) -> list[Said]:
    """Reports that name the force and that no stretch above shows.

    As helper or bystander, of a site or the frontier, as a member of an umbrella, in plans and observations.
    """
    holding = ControlReport.objects.filter(holders__force=force).values("pk")
    said = [
        one
        for one in control_reports(board, Q(pk__in=holding))
        if not one.assessed or force.umbrella_id or one.report.post_id is None
    ]
    watched = ObservationReport.objects.filter(forces=force).values("pk")
    return merged([*said, *observations(board, Q(pk__in=watched))])
