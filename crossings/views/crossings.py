"""The list of crossings, and one crossing through the years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from crossings.drawing.locator_map import locate_posts
from crossings.drawing.timeline_chart import earliest_start
from crossings.models import Post
from crossings.queries.charts import crossing_chart
from crossings.queries.citations import plain_crossing
from crossings.queries.disagreements import cited_disagreements
from crossings.queries.explanations import Explanations, deduplicate
from crossings.queries.post_history import conflicting, first_known, histories_of, named_in
from crossings.queries.scope import Scope
from crossings.queries.snapshot import PostDay, Snapshot, StatusLine, link_params
from crossings.queries.strikes import box_around, strikes_near
from crossings.wording.levels import least_sure
from geodata.selection import SelectionError, View

from .common import page, snapshot_of

DEFAULT_KM, MIN_KM, MAX_KM = 50.0, 1, 500
LOCATOR_KM = (30.0, 120.0)  # the least and the most that the small map reaches
MAP_ZOOM = 10
_KM = re.compile(r"\d{1,3}(\.\d{1,3})?", re.ASCII)


@require_safe
def crossing_list(request: HttpRequest) -> HttpResponse:
    """All public crossings with what is known of them on the day."""
    snapshot = snapshot_of(request)
    on = snapshot.scope.on
    context = {
        "nav": "crossings",
        "on": on,
        "keep": link_params(snapshot.scope).query(),
        "rows": [
            (crossing, [_side(snapshot, snapshot.day_of(post, on)) for post in crossing.posts.all()])
            for crossing in snapshot.crossings
        ],
    }
    return page(request, "pages/crossings.html", context)


def _side(snapshot: Snapshot, day: PostDay) -> dict[str, object]:
    """One post in the list; how sure its status is, is said of the less sure of people and goods."""
    level = least_sure(line.answer.level for line in day.passing)
    least = next(line for line in day.passing if line.answer.level == level)
    return {
        "post": day.post,
        "day": day,
        "forces": snapshot.forces_of(day.holders),
        "sure": snapshot.sure_of_control(day),
        "status_sure": snapshot.sure_of_status(day, least),
        "status_values": _values(least) if day.shape == "disputed" else [],
    }


def _values(line: StatusLine) -> list[str]:
    """The statuses that are on the table where there are several."""
    return sorted({value for alternative in line.answer.alternatives for value in alternative.value})


@require_safe
def crossing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one crossing. `km` is how far strikes may lie; 1 to 500, else a SelectionError."""
    snapshot, km = snapshot_of(request), km_of(request)
    crossing = next((crossing for crossing in snapshot.crossings if crossing.slug == slug), None)
    if crossing is None:
        raise Http404(f"no public crossing {slug}")
    posts, scope, on = list(crossing.posts.all()), snapshot.scope, snapshot.scope.on
    explanations = Explanations(snapshot, posts)
    histories = [(post, histories_of(explanations, post)) for post in posts]
    every = [history for _post, own in histories for history in own]
    named, near = named_in(every), strikes_near(snapshot, posts, km)
    strikes, reach_km = [row.strike for row in near], min(max(LOCATOR_KM[0], km * 1.1), LOCATOR_KM[1])
    keep = link_params(scope)
    pinned = keep.query(on=scope.on, edition=scope.pin)
    # The address readers know, never the one that a request claims to have come by.
    address = settings.SITE_URL + reverse("crossing", args=[crossing.slug]) + f"?{pinned}"
    context = {
        "nav": "crossings",
        "scope": scope,
        "on": on,
        "crossing": crossing,
        "sides": [
            {
                "post": post,
                "all": [explanations.control(post, on), *explanations.status(post, on)],
                "unreadable": len(snapshot.timelines_of(post).unreadable),
            }
            for post in posts
        ],
        "picture": crossing_chart(scope, every, near),
        "earlier": (first_known(every) or scope.on) < earliest_start(scope.last),
        "histories": histories,
        "key": [[force] for force in snapshot.forces.values() if force.pk in named],
        "conflicting": conflicting(every),
        "disagreements": cited_disagreements(scope, scope.disagreements().filter(crossing=crossing)),
        "observations": deduplicate(explanations.observations),
        "unassessed": _unassessed(explanations),
        "near": near,
        "km": f"{km:g}",
        "locator": locate_posts(posts, crossing.name, strikes, reach_km),
        "keep": keep.query(),
        "hidden": keep,
        "downloads": _downloads(scope, posts, km),
        "map_query": _map_query(scope, posts[0]),
        "citation": plain_crossing(crossing, scope, address),
    }
    return page(request, "pages/crossing.html", context)


def _unassessed(explanations: Explanations) -> list[Any]:
    """Control and status reports that are shown and never assessed, in the order of time."""
    about = (cited for post in explanations.posts for cited in explanations.about(post).values())
    return deduplicate(cited for cited in about if not cited.report.is_assessed)


def km_of(request: HttpRequest) -> float:
    """How far strikes are looked for, in kilometres. Raises SelectionError."""
    given = request.GET.getlist("km")
    text = given[-1].strip() if given else ""
    if not text:
        return DEFAULT_KM
    if not _KM.fullmatch(text) or not MIN_KM <= float(text) <= MAX_KM:
        raise SelectionError("km", text, f"Write a distance from {MIN_KM} to {MAX_KM} kilometres, as in 50.")
    return float(text)


def _downloads(scope: Scope, posts: Sequence[Post], km: float) -> list[tuple[str, str]]:
    """(name, query) of each download of this crossing."""
    keep, narrow = link_params(scope), box_around(posts, 0)
    return [
        ("posts", keep.query(bbox=narrow)),
        ("control", keep.query(bbox=narrow)),
        ("status", keep.query(bbox=narrow)),
        ("strikes", keep.query(bbox=box_around(posts, km), since=min(scope.first, scope.on))),
    ]


def _map_query(scope: Scope, post: Post) -> str:
    """The map of the day with this post in the middle."""
    view = View(MAP_ZOOM, round(post.point.y, 4), round(post.point.x, 4))
    return link_params(scope).query(on=scope.on, show=f"post.{post.slug}", view=view)
