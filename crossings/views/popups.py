"""What the map opens for a post, a site or a strike: partials; whole pages for those opened by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from crossings.assessment.tolls import Range, toll_range
from crossings.models import Attribution, Passage, Post, Site, StrikeEvent, StrikeReport, Toll
from crossings.queries.citations import passages_of
from crossings.queries.explanations import (
    Explanations,
    control_reports,
    deduplicate,
    observations,
    status_reports,
)
from crossings.queries.snapshot import Snapshot, link_params

from .common import page, snapshot_of


@dataclass(frozen=True, slots=True)
class TollLine:
    """One row of a telling's toll with both its numbers as ranges."""

    toll: Toll
    killed: Range
    injured: Range


@dataclass(frozen=True, slots=True)
class StrikeAccount:
    """One document's telling of a strike: the report, its words and its tolls."""

    report: StrikeReport
    passages: list[Passage]
    tolls: list[TollLine]


@require_safe
def popup(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    """What is reported of one thing on the day asked for, with the words that say so."""
    snapshot = snapshot_of(request)
    if kind not in CONTEXTS:
        raise Http404(f"nothing opens as {kind!r}")
    context = {
        "scope": snapshot.scope,
        "on": snapshot.scope.on,
        "interval": snapshot.scope.interval,
        "keep": link_params(snapshot).query(),
        "show": link_params(snapshot).query(show=f"{kind}.{ident}"),
        **CONTEXTS[kind](snapshot, ident),
    }
    partial = f"popup/{kind}.html"
    if request.headers.get("Sec-Fetch-Dest") == "document":  # opened by itself, as without scripts
        response = page(request, "popup/page.html", {**context, "partial": partial})
    else:
        response = page(request, partial, context)
    patch_vary_headers(response, ["Sec-Fetch-Dest"])
    return response


def post_of(snapshot: Snapshot, slug: str) -> Post:
    """A post of a public crossing, its crossing and names loaded. Raises Http404."""
    for crossing in snapshot.crossings:
        for post in crossing.posts.all():
            post.crossing = crossing
            if post.slug == slug:
                return post
    raise Http404(f"no public post {slug}")


def _post(snapshot: Snapshot, ident: str) -> dict[str, Any]:
    post, on = post_of(snapshot, ident), snapshot.scope.on
    evidence = Explanations(snapshot, [post])
    control, status = evidence.control(post, on), evidence.status(post, on)
    changes = [it.answer.next_change for it in (control, *status)]
    next_change = min((day for day in changes if day and day <= snapshot.scope.last), default=None)
    return {
        "heading": post.name,
        "post": post,
        "control": control,
        "status": status,
        "beside": evidence.beside(post, *snapshot.scope.interval),
        "next_change": next_change,
        "change": next_change and snapshot.selection.query(on=next_change, show=f"post.{post.slug}"),
    }


def _site(snapshot: Snapshot, ident: str) -> dict[str, Any]:
    site = get_object_or_404(snapshot.scope.places(Site).prefetch_related("names"), slug=ident)
    about = Q(site=site)
    said = [
        *control_reports(snapshot, about),
        *status_reports(snapshot, about),
        *observations(snapshot, about),
    ]
    strikes = snapshot.scope.strikes().filter(site=site).order_by("when_min", "public_id")
    return {"heading": site.name, "site": site, "reports": deduplicate(said), "strikes": strikes}


def _strike(snapshot: Snapshot, ident: str) -> dict[str, Any]:
    strike = get_object_or_404(snapshot.scope.strikes().select_related("site"), public_id=ident)
    accounts = accounts_of(snapshot, strike)
    return {
        "heading": strike.summary,
        "strike": strike,
        "targets": strike.targets.all(),
        "tellings": accounts,
        "toll": toll_range(telling.report.tolls.all() for telling in accounts),
        "killed": [
            killed
            for telling in accounts
            if (killed := toll_range([telling.report.tolls.all()]).killed).reported
        ],
    }


def accounts_of(snapshot: Snapshot, strike: StrikeEvent) -> list[StrikeAccount]:
    """The public tellings of a strike with their words, tolls and attributions. Four queries."""
    passages = Passage.objects.select_related("document", "wire").in_order()
    blames = Attribution.objects.select_related("accused", "passage__document", "passage__wire")
    rows = (
        snapshot.scope.reports(StrikeReport)
        .filter(event=strike)
        .with_sources()
        .prefetch_related(Prefetch("passages", passages), "tolls", Prefetch("attributions", blames))
        .order_by("main_passage__document__published_min", "pk")
    )
    return [
        StrikeAccount(
            report=report,
            passages=passages_of(report),
            tolls=[
                TollLine(
                    toll,
                    killed=Range(toll.killed_low, toll.killed_high),
                    injured=Range(toll.injured_low, toll.injured_high),
                )
                for toll in report.tolls.all()
            ],
        )
        for report in rows
    ]


CONTEXTS = {"post": _post, "site": _site, "strike": _strike}
