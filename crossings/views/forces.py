"""The list of forces, and one force: what it held, who is said to back it, and its strikes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crossings.drawing.timeline_chart import ChartBand, ChartSegment, TimelineChart, draw_chart
from crossings.models import (
    Attribution,
    Backing,
    ControlReport,
    Force,
    ObservationReport,
    Post,
    StrikeEvent,
)
from crossings.queries.explanations import CitedReport, control_reports, deduplicate, observations
from crossings.queries.post_history import LEVELS, Span, held_by
from crossings.queries.snapshot import Snapshot, link_params
from crossings.wording.dates import in_words

from .common import page, snapshot_of


@dataclass(frozen=True, slots=True)
class Blame:
    """Who says of which strike that this force did it, or did not."""

    strike: StrikeEvent
    attribution: Attribution


@require_safe
def force_list(request: HttpRequest) -> HttpResponse:
    """All forces with the posts that each holds on the day, and how many it ever held."""
    snapshot = snapshot_of(request)
    held = {day.post.pk: day for day in snapshot.days(snapshot.scope.on)}
    rows = []
    for force in snapshot.forces.values():
        now = [day.post for day in held.values() if force.slug in day.holders]
        rows.append({"force": force, "now": now, "ever": len(held_by(snapshot, force))})
    context = {"nav": "forces", "on": snapshot.scope.on, "keep": link_params(snapshot).query(), "rows": rows}
    return page(request, "pages/forces.html", context)


@require_safe
def force_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is published about one force."""
    snapshot = snapshot_of(request)
    force = snapshot.forces.get(slug)
    if force is None:
        raise Http404(f"no force {slug}")
    held = held_by(snapshot, force)
    umbrella = next((one for one in snapshot.forces.values() if one.pk == force.umbrella_id), None)
    context = {
        "nav": "forces",
        "scope": snapshot.scope,
        "on": snapshot.scope.on,
        "force": force,
        "umbrella": umbrella,
        "members": [one for one in snapshot.forces.values() if one.umbrella_id == force.pk],
        "held": held,
        "picture": picture_of(snapshot, held) if held else None,
        "backed_by": backings(snapshot, Q(force=force)),
        "backs": backings(snapshot, Q(backer=force)),
        "blames": blames(snapshot, force),
        "struck": struck(snapshot, force),
        "named": named_in(snapshot, force),
        "keep": link_params(snapshot).query(),
        "map_query": link_params(snapshot).query(holder=(force.slug,)),
    }
    return page(request, "pages/force.html", context)


def picture_of(snapshot: Snapshot, held: list[tuple[Post, list[Span]]]) -> TimelineChart:
    """A band for every post that the force held, with its own stretches alone."""
    bands = [
        ChartBand(f"{post.crossing.name}: {post.name}", "control", tuple(_stretch(span) for span in spans))
        for post, spans in held
    ]
    begin = min(span.piece.first for _post, spans in held for span in spans).replace(month=1, day=1)
    return draw_chart(bands, begin, snapshot.scope.last, snapshot.scope.on)


def _stretch(span: Span) -> ChartSegment:
    piece = span.piece
    when = in_words(piece.first)
    if piece.last != piece.first:
        when = _("%(first)s to %(last)s") % {"first": when, "last": in_words(piece.last)}
    return ChartSegment(
        first=piece.first,
        last=piece.last,
        level=piece.level,
        stale=piece.stale,
        marks=tuple((one.colour, one.letter) for one in span.marks),
        age_days=piece.age_days,
        href=f"#{piece.id}",
        title=f"{span.post.name}, {when} ({LEVELS[piece.level]})",
    )


def backings(snapshot: Snapshot, about: Q) -> list[Backing]:
    """Public backings with their words. One query."""
    rows = snapshot.scope.backings().filter(about).order_by("backer__name", "pk")
    return list(rows.select_related("force", "backer", "passage__document", "passage__wire"))


def blames(snapshot: Snapshot, force: Force) -> list[Blame]:
    """Attributions of public strike reports that name this force as the accused, or as the speaker."""
    rows = (
        snapshot.scope.attributions()
        .filter(Q(accused=force) | Q(speaker_force=force))
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


def struck(snapshot: Snapshot, force: Force) -> list[StrikeEvent]:
    """Public strike events of which this force was a target, in the order of time."""
    return list(snapshot.scope.strikes().filter(targets=force).order_by("when_min", "public_id"))


def named_in(snapshot: Snapshot, force: Force) -> list[CitedReport]:
    """Reports that name the force and that no stretch above shows.

    As helper or bystander, of a site or the frontier, as a member of an umbrella, in plans and observations.
    """
    holding = ControlReport.objects.filter(holders__force=force).values("pk")
    said = [
        one
        for one in control_reports(snapshot, Q(pk__in=holding))
        if not one.report.is_assessed or force.umbrella_id or one.report.post_id is None
    ]
    watched = ObservationReport.objects.filter(forces=force).values("pk")
    return deduplicate([*said, *observations(snapshot, Q(pk__in=watched))])
