"""What the map opens for a post, a site or a strike: partials; whole pages for those opened by themselves."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from crossings.models import Site
from crossings.queries.explanations import (
    AnyCited,
    Explanations,
    control_reports,
    deduplicate,
    observations,
    status_reports,
)
from crossings.queries.snapshot import Snapshot, link_params
from crossings.queries.strikes import accounts_of, toll_of, wider_tolls

from .common import page, snapshot_of


@require_safe
def popup(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    """What is reported of one thing on the day asked for, with the words that say so."""
    snapshot = snapshot_of(request)
    if kind not in CONTEXTS:
        raise Http404(f"nothing opens as {kind!r}")
    keep = link_params(snapshot.scope)
    context = {
        "scope": snapshot.scope,
        "on": snapshot.scope.on,
        "interval": snapshot.scope.interval,
        "keep": keep.query(),
        "show": keep.query(show=f"{kind}.{ident}"),
        **CONTEXTS[kind](snapshot, ident),
    }
    partial = f"popup/{kind}.html"
    if request.headers.get("Sec-Fetch-Dest") == "document":  # opened by itself, as without scripts
        response = page(request, "popup/page.html", {**context, "partial": partial})
    else:
        response = page(request, partial, context)
    patch_vary_headers(response, ["Sec-Fetch-Dest"])
    return response


def _post(snapshot: Snapshot, slug: str) -> dict[str, object]:
    post, on = next((post for post in snapshot.all_posts if post.slug == slug), None), snapshot.scope.on
    if post is None:
        raise Http404(f"no public post {slug}")
    explanations = Explanations(snapshot, [post])
    unreadable = snapshot.timelines_of(post).unreadable
    control, status = explanations.control(post, on), explanations.status(post, on)
    changes = [explanation.answer.next_change for explanation in (control, *status)]
    next_change = min((day for day in changes if day and day <= snapshot.scope.last), default=None)
    return {
        "heading": post.name,
        "post": post,
        "control": control,
        "status": status,
        "unreadable": len(unreadable),
        "unassessed": explanations.unassessed(post, *snapshot.scope.interval),
        "next_change": next_change,
        "change": next_change and snapshot.selection.query(on=next_change, show=f"post.{post.slug}"),
    }


def _site(snapshot: Snapshot, slug: str) -> dict[str, object]:
    scope = snapshot.scope
    site = get_object_or_404(scope.places(Site).prefetch_related("names"), slug=slug)
    about = Q(site=site)
    reports: list[AnyCited] = [
        *control_reports(scope, about),
        *status_reports(scope, about),
        *observations(scope, about),
    ]
    strikes = scope.strikes().filter(site=site).order_by("when_min", "public_id")
    return {"heading": site.name, "site": site, "reports": deduplicate(reports), "strikes": strikes}


def _strike(snapshot: Snapshot, public_id: str) -> dict[str, object]:
    strike = get_object_or_404(snapshot.scope.strikes().select_related("site"), public_id=public_id)
    accounts = accounts_of(snapshot.scope, strike)
    return {
        "heading": strike.summary,
        "strike": strike,
        "targets": strike.targets.all(),
        "accounts": accounts,
        "toll": toll_of(account.report for account in accounts),
        "wider": wider_tolls(account.report for account in accounts),
        "killed": [killed for account in accounts if (killed := account.toll.killed).reported],
    }


CONTEXTS = {"post": _post, "site": _site, "strike": _strike}
