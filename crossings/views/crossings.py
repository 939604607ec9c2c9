"""The list of crossings, and one crossing through the years."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crossings.assessment.tolls import TollRange, toll_range
from crossings.drawing.locator_map import LocatorMap, LocatorMark, draw_locator
from crossings.drawing.timeline_chart import ChartBand, ChartSegment, TimelineChart, draw_chart
from crossings.models import Answer, Crossing, Disagreement, Passage, Post, StrikeEvent, StrikeReport
from crossings.queries.explanations import Explanations, deduplicate
from crossings.queries.post_history import LEVELS, Lane, differing, first_known, stretches, timelines_of
from crossings.queries.snapshot import PostDay, Snapshot, last_reported, link_params
from crossings.queries.timelines import UNQUALIFIED
from crossings.wording.dates import in_words
from geodata.bbox import BBox
from geodata.measure import gap_km
from geodata.selection import Selection, SelectionError, View

from .common import page, snapshot_of

DEFAULT_KM, MIN_KM, MAX_KM = 50.0, 1, 500
KM_PER_DEGREE = 110.5  # of latitude, where it is shortest
MAP_ZOOM = 10
#: The picture reaches no further back, or the years that matter shrink; the table has every stretch.
PICTURE_FIRST = datetime.date(2011, 1, 1)
_KM = re.compile(r"\d{1,3}(\.\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Near:
    """A strike and the least distance that it may have had to either post, in kilometres."""

    strike: StrikeEvent
    km: float
    toll: TollRange


@dataclass(frozen=True, slots=True)
class Given:
    """One answer with those of its passages that the chosen sources hold."""

    answer: Answer
    passages: list[Passage]

    @property
    def wires(self) -> int:
        return len({passage.wire_id for passage in self.passages})


@dataclass(frozen=True, slots=True)
class Question:
    """A disagreement with the answers that the chosen sources give."""

    row: Disagreement
    answers: tuple[Given, ...]


@require_safe
def crossing_list(request: HttpRequest) -> HttpResponse:
    """All public crossings with what is known of them on the day."""
    snapshot = snapshot_of(request)
    on = snapshot.scope.on
    rows = [
        (crossing, [snapshot.day_of(post, on) for post in _posts(crossing)])
        for crossing in snapshot.crossings
    ]
    context = {
        "nav": "crossings",
        "on": on,
        "keep": link_params(snapshot).query(),
        "rows": [(crossing, [_side(snapshot, day) for day in days]) for crossing, days in rows],
    }
    return page(request, "pages/crossings.html", context)


def _side(snapshot: Snapshot, day: PostDay) -> dict[str, Any]:
    """One post in the list; how sure its status is, is said of the less sure of people and goods."""
    lines = [line for line in day.status if line.traffic in UNQUALIFIED]
    unsure = max(lines, key=lambda line: list(LEVELS).index(line.answer.level))
    return {
        "post": day.post,
        "day": day,
        "forces": [snapshot.forces[slug] for slug in sorted(day.holders) if slug in snapshot.forces],
        "status_level": unsure.answer.level,
        "status_stale": unsure.answer.stale,
        "status_since": last_reported(unsure.answer, day.first),
    }


@require_safe
def crossing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one crossing. `km` is how far strikes may lie; 1 to 500, else a SelectionError."""
    snapshot, km = snapshot_of(request), km_of(request)
    crossing = next((one for one in snapshot.crossings if one.slug == slug), None)
    if crossing is None:
        raise Http404(f"no public crossing {slug}")
    posts = _posts(crossing)
    scope, evidence = snapshot.scope, Explanations(snapshot, posts)
    lanes = [(post, timelines_of(evidence, post)) for post in posts]
    every = [lane for _post, own in lanes for lane in own]
    near = strikes_near(snapshot, posts, km)
    context = {
        "nav": "crossings",
        "scope": scope,
        "on": scope.on,
        "crossing": crossing,
        "sides": [
            {"post": post, "all": [evidence.control(post, scope.on), *evidence.status(post, scope.on)]}
            for post in posts
        ],
        "picture": timeline(snapshot, every, near),
        "earlier": (first_known(every) or scope.on) < PICTURE_FIRST,
        "lanes": lanes,
        "key": [[force] for force in snapshot.forces.values() if force.pk in named_in(every)],
        "differing": differing(every),
        "disagreements": disagreements_of(snapshot, crossing),
        "observations": deduplicate(evidence.observations),
        "beside": deduplicate(
            said for post in posts for said in evidence.about(post).values() if not said.report.is_assessed
        ),
        "near": near,
        "km": f"{km:g}",
        "locator": locator(posts, near, km),
        "keep": link_params(snapshot).query(),
        "hidden": link_params(snapshot),
        "downloads": downloads(snapshot, posts, km),
        "map_query": map_query(snapshot, posts),
        "citation": citation(request, snapshot, crossing),
    }
    return page(request, "pages/crossing.html", context)


def _posts(crossing: Crossing) -> list[Post]:
    posts = list(crossing.posts.all())
    for post in posts:
        post.crossing = crossing
    return posts


def km_of(request: HttpRequest) -> float:
    """How far strikes are looked for, in kilometres. Raises SelectionError."""
    given = request.GET.getlist("km")
    text = given[-1].strip() if given else ""
    if not text:
        return DEFAULT_KM
    if not _KM.fullmatch(text) or not MIN_KM <= float(text) <= MAX_KM:
        raise SelectionError("km", text, f"Write a distance from {MIN_KM} to {MAX_KM} kilometres, as in 50.")
    return float(text)


def strikes_near(snapshot: Snapshot, posts: list[Post], km: float) -> list[Near]:
    """Public strikes that may have hit within `km` of a post, in the order of time.

    Geodesic, from the edge of one circle of uncertainty to the edge of the other, so that "may" is meant.
    """
    scope = snapshot.scope
    events = snapshot.strikes(scope.first, scope.last)
    widest = events.aggregate(m=Max("radius_m"))["m"]
    if widest is None:
        return []
    told = scope.reports(StrikeReport)
    rows = events.inside(box_around(posts, km + widest / 1000)).prefetch_related(
        "targets", Prefetch("reports", told.prefetch_related("tolls"), to_attr="accounts")
    )
    near = []
    for event in rows:
        gap = min(gap_km(event.point.coords, event.radius_m, p.point.coords, p.radius_m) for p in posts)
        if gap <= km:
            near.append(Near(event, gap, toll_range(t.tolls.all() for t in event.accounts)))
    return near


def box_around(posts: list[Post], km: float) -> BBox:
    """A box that holds every point within `km` of the posts' circles; all longitudes where it meets ±180°."""
    up = (km + max(post.radius_m for post in posts) / 1000) / KM_PER_DEGREE
    south = max(-90.0, min(post.point.y for post in posts) - up)
    north = min(90.0, max(post.point.y for post in posts) + up)
    shrink = math.cos(math.radians(min(max(abs(south), abs(north)), 89.9)))
    aside = up / shrink
    west = min(post.point.x for post in posts) - aside
    east = max(post.point.x for post in posts) + aside
    if west < -180 or east > 180 or max(abs(south), abs(north)) >= 89.9:
        west, east = -180.0, 180.0
    return BBox(west, south, east, north)


def timeline(snapshot: Snapshot, lanes: list[Lane], near: list[Near]) -> TimelineChart:
    """The picture of years: a band per lane, and one for the strikes nearby."""
    bands = [
        ChartBand(label_of(lane), "status" if lane.traffics else "control", stretches(lane)) for lane in lanes
    ]
    if near:
        ticks = tuple(
            ChartSegment(
                first=one.strike.when_min or snapshot.scope.first,
                last=one.strike.when_max or snapshot.scope.last,
                level="strike",
                href=f"#strike-{one.strike.public_id}",
                title=f"{one.strike.summary}, {in_words(one.strike.when)}",
            )
            for one in near
        )
        bands.append(ChartBand(_("Strikes nearby"), "strikes", ticks))
    begin = max(first_known(lanes) or snapshot.scope.first, PICTURE_FIRST)
    return draw_chart(
        bands, min(begin, snapshot.scope.last).replace(month=1, day=1), snapshot.scope.last, snapshot.scope.on
    )


def named_in(lanes: list[Lane]) -> set[int]:
    """Primary keys of the forces that the picture shows."""
    return {force.pk for lane in lanes for run in lane.runs for force in run.named}


def label_of(lane: Lane) -> str:
    """The label of a lane: its post, and what is asked of it."""
    post = f"\u2068{lane.post.name}\u2069"  # isolated, as bdi does where there are elements
    if not lane.traffics:
        return _("%(post)s: who held it") % {"post": post}
    words = {
        "people": _("people"), "goods": _("goods"), "aid": _("aid"),
        "refugees": _("refugees"), "official": _("official traffic"),
    }  # fmt: skip
    traffic = _(" and ").join(words.get(one, one) for one in lane.traffics)
    if lane.direction != "both":
        traffic += " (" + {"outbound": _("outbound"), "inbound": _("inbound")}[lane.direction] + ")"
    return _("%(post)s: %(traffic)s") % {"post": post, "traffic": traffic}


def locator(posts: list[Post], near: list[Near], km: float) -> LocatorMap:
    """A small map of the posts, the strikes nearby and the country around."""
    labels = {post.point.coords: post.name for post in posts}
    if len(labels) == 1:
        labels = dict.fromkeys(labels, posts[0].crossing.name)
    spots = [LocatorMark(n.strike.point.x, n.strike.point.y, n.strike.radius_m, "strike") for n in near]
    west = min(post.point.x for post in posts)
    for post in posts:
        label = labels.pop(post.point.coords, "")
        before = label == post.name and post.point.x == west
        spots.append(LocatorMark(post.point.x, post.point.y, post.radius_m, "post", label, before))
    anchor = posts[0].point
    return draw_locator(anchor.x, anchor.y, max(30.0, min(km * 1.1, 120.0)), spots)


def disagreements_of(snapshot: Snapshot, crossing: Crossing) -> list[Question]:
    """Questions about this crossing that documents answer differently and no map can hold. Three queries."""
    passages = snapshot.scope.passages().select_related("document", "wire").in_order()
    answers = Answer.objects.prefetch_related(Prefetch("passages", passages))
    rows = snapshot.scope.disagreements().filter(crossing=crossing)
    questions = []
    for row in rows.prefetch_related(Prefetch("answers", answers)):
        given = [Given(answer, list(answer.passages.all())) for answer in row.answers.all()]
        heard = tuple(one for one in given if one.passages)
        if heard:
            questions.append(Question(row, heard))
    return questions


def downloads(snapshot: Snapshot, posts: list[Post], km: float) -> list[tuple[str, str]]:
    """(name, query) of each download of this crossing."""
    narrow, wide = box_around(posts, 0), box_around(posts, km)
    chosen: Selection = link_params(snapshot)
    return [
        ("posts", chosen.query(bbox=narrow)),
        ("control", chosen.query(bbox=narrow)),
        ("status", chosen.query(bbox=narrow)),
        ("strikes", chosen.query(bbox=wide, since=min(snapshot.scope.first, snapshot.scope.on))),
    ]


def map_query(snapshot: Snapshot, posts: list[Post]) -> str:
    """The map of the day with this crossing in the middle."""
    middle = posts[0].point
    return link_params(snapshot).query(
        on=snapshot.scope.on,
        show=f"post.{posts[0].slug}",
        view=View(MAP_ZOOM, round(middle.y, 4), round(middle.x, 4)),
    )


def citation(request: HttpRequest, snapshot: Snapshot, crossing: Crossing) -> str:
    """A plain citation of the page: day and edition pinned, so that it reads the same later."""
    scope = snapshot.scope
    query = link_params(snapshot).query(on=scope.on, edition=scope.pin)
    address = request.build_absolute_uri(reverse("crossing", args=[crossing.slug]) + f"?{query}")
    return _("Crossings, “%(name)s”, as reported for %(day)s, edition %(edition)s, %(address)s") % {
        "name": crossing.name,
        "day": in_words(scope.on),
        "edition": scope.edition_number,
        "address": address,
    }
