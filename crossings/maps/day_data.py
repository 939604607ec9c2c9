"""The data that moves the map: every post's segments, and the strikes of a year.

HTML in it comes from the same partials as the page's list, rendered here once per segment, so that the
browser never composes sentences.
"""

from __future__ import annotations

import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from crossings.models import Crossing, Force, Post, Site, StrikeEvent
from crossings.models.base import Positioned
from crossings.queries.scope import report_dates
from crossings.queries.snapshot import CrossingDay, PostDay, Snapshot, StatusLine, intervals
from crossings.wording.levels import least_sure
from geodata import basemap

MAX_STRIKES = 5000


def days(snapshot: Snapshot) -> dict[str, object]:
    """All that the browser needs to show any day without asking again."""
    scope = snapshot.scope
    first, last = scope.first, scope.last
    segments = {post.pk: snapshot.shown_segments(post, first, last) for post in snapshot.posts}
    changes = {day.first for shown in segments.values() for day in shown}
    changes |= {day.last + datetime.timedelta(days=1) for shown in segments.values() for day in shown}
    return {
        "edition": scope.edition_number,
        "first": first,
        "last": last,
        "latest": scope.latest,
        "ticks": report_dates(scope),
        "changes": sorted(day for day in changes if first < day <= last),
        "forces": {slug: _force(force) for slug, force in snapshot.forces.items()},
        "posts": [_post(snapshot, post, segments[post.pk]) for post in snapshot.posts],
        "crossings": [_crossing(snapshot, crossing) for crossing in snapshot.crossings],
        "sites": [_site(site) for site in snapshot.sites],
    }


def _force(force: Force) -> dict[str, object]:
    return {
        "name": force.name,
        "short": force.short_name,
        "colour": force.colour,
        "letter": force.letter,
        "url": reverse("force", args=[force.slug]),
    }


def _place(place: Positioned) -> dict[str, object]:
    return {
        "lon": place.point.x,
        "lat": place.point.y,
        "radius": place.radius_m,
        "precision": place.precision,
    }


def _post(snapshot: Snapshot, post: Post, segments: list[PostDay]) -> dict[str, object]:
    return {
        "id": post.slug,
        "crossing": post.crossing.slug,
        "name": post.name,
        "country": post.country,
        "half": half_of(post),
        **_place(post),
        "segments": [_segment(snapshot, day) for day in segments],
    }


def half_of(post: Post) -> str | None:
    """Left or right where both posts of a crossing share one point, the one further west on the left."""
    others = [other for other in post.crossing.posts.all() if other.pk != post.pk]
    if not others or others[0].point.coords != post.point.coords:
        return None
    known = basemap.longitudes()
    own, other = known.get(post.country), known.get(others[0].country)
    if own is None or other is None:  # a country that the basemap does not name: side A on the left
        own = other = 0.0
    return "left" if (own, post.side) < (other, others[0].side) else "right"


def _segment(snapshot: Snapshot, day: PostDay) -> dict[str, object]:
    return {
        "from": day.first,
        "to": day.last,
        "control": control_of(snapshot, day) if snapshot.selection.shows("control") else None,
        "status": status_of(day) if snapshot.selection.shows("status") else None,
        "html": render_to_string("map/_post.html", post_context(snapshot, day)),
    }


def control_of(snapshot: Snapshot, day: PostDay) -> dict[str, object]:
    """What the mark of a post shows and its accessible name says; `words` say how sure it is."""
    answer = day.control
    return {
        "level": answer.level,
        "holders": sorted(answer.value),
        "claims": [sorted(a.value) for a in answer.alternatives if a.stance != "denies"],
        "stale": answer.stale,
        "since": day.since,
        "words": snapshot.sure_of_control(day).words,
    }


def status_of(day: PostDay) -> dict[str, object]:
    """People and goods in one word, the less sure level of the two, and each by itself."""
    return {
        "shape": day.shape,
        "level": least_sure(line.answer.level for line in day.passing),
        **{line.traffic: line.value for line in day.passing},
    }


def post_context(snapshot: Snapshot, day: PostDay) -> dict[str, object]:
    """What templates/map/_post.html needs for one post over a segment; a kind not shown is empty."""
    shows = snapshot.selection.shows
    return {
        "post": day.post,
        "day": day,
        "control": control_context(snapshot, day) if shows("control") else None,
        "status": [_status_context(snapshot, day, line) for line in day.status] if shows("status") else [],
    }


def control_context(snapshot: Snapshot, day: PostDay) -> dict[str, object]:
    """Who held it, with the forces as objects."""
    answer = day.control
    affirmed = {a.value for a in answer.alternatives if a.stance != "denies"}
    return {
        "sure": snapshot.sure_of_control(day),
        "holders": snapshot.forces_of(answer.value),
        "alternatives": [
            {
                "forces": snapshot.forces_of(a.value),
                "stance": a.stance,
                "repeated": a.stance == "denies" and a.value in affirmed,
            }
            for a in answer.alternatives
        ],
        "sources": answer.wire_count,
        "unreadable": len(snapshot.timelines_of(day.post).unreadable),
    }


def _status_context(snapshot: Snapshot, day: PostDay, line: StatusLine) -> dict[str, object]:
    values = {value for alternative in line.answer.alternatives for value in alternative.value}
    return {
        "traffic": line.traffic,
        "direction": line.direction,
        "value": line.value,
        "sure": snapshot.sure_of_status(day, line),
        "sources": line.answer.wire_count,
        "values": sorted(values),
    }


def _crossing(snapshot: Snapshot, crossing: Crossing) -> dict[str, object]:
    scope = snapshot.scope
    posts = list(crossing.posts.all())
    starts = {scope.first}
    for post in posts:
        starts.update(day.first for day in snapshot.segments(post, scope.first, scope.last))
    segments: list[dict[str, object]] = []
    for begin, end in intervals(sorted(starts), scope.last):
        both = tuple(snapshot.day_of(post, begin) for post in posts)
        html = render_to_string(
            "map/_crossing.html", crossing_context(snapshot, CrossingDay(crossing, both, both))
        )
        if segments and segments[-1]["html"] == html:
            segments[-1]["to"] = end
        else:
            segments.append({"from": begin, "to": end, "html": html})
    anchor = min(posts, key=lambda post: (post.radius_m, post.side))
    return {
        "id": crossing.slug,
        "name": crossing.name,
        "url": reverse("crossing", args=[crossing.slug]),
        "lon": anchor.point.x,
        "lat": anchor.point.y,
        "segments": segments,
    }


def crossing_context(snapshot: Snapshot, day: CrossingDay) -> dict[str, object]:
    """What templates/map/_crossing.html needs: the crossing and its traffic as a whole."""
    return {"crossing": day.crossing, "traffic": day.traffic if snapshot.selection.shows("status") else []}


def _site(site: Site) -> dict[str, object]:
    return {
        "id": site.slug,
        "name": site.name,
        "kind": site.kind,
        **_place(site),
        "html": render_to_string("map/_site.html", {"site": site}),
    }


def strikes(snapshot: Snapshot, year: int) -> dict[str, object]:
    """Strikes whose possible days touch a year, at most MAX_STRIKES of them, and how many there are."""
    events = snapshot.strikes(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    total = events.count()
    return {
        "year": year,
        "total": total,
        "capped": total > MAX_STRIKES,
        "strikes": [_strike(event) for event in events.prefetch_related("targets")[:MAX_STRIKES]],
    }


def _strike(event: StrikeEvent) -> dict[str, object]:
    return {
        "id": event.public_id,
        **_place(event),
        "min": event.when_min,
        "max": event.when_max,
        "grade": event.grade,
        "means": event.means,
        "label": event.summary,
        "html": render_to_string("map/_strike.html", {"strike": event}),
    }
