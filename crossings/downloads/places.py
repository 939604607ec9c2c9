"""Features of places: crossings, posts with their assessment, and sites."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.urls import reverse

from crossings.assessment import Alternative, Answer
from crossings.models import ControlReport, Crossing, ObservationReport, Passage, Post, Site, StatusReport
from crossings.models.base import Positioned
from crossings.models.reports import Report
from crossings.queries import citations
from crossings.queries.scope import Scope
from crossings.queries.snapshot import CrossingDay, PostDay, Snapshot, StatusLine, last_reported, open_query
from crossings.queries.timelines import UNQUALIFIED
from crossings.wording.levels import least_sure
from geodata.measure import WGS84
from geodata.precision import precision

from .geojson import Feature, feature

Reports = Mapping[str, Report]  # by public id


def address(path: str, query: str = "") -> str:
    """An absolute address on this site."""
    return f"{settings.SITE_URL}{path}" + (f"?{query}" if query else "")


def open_on_map(scope: Scope, on: datetime.date, show: str) -> str:
    return address(reverse("home"), open_query(scope, on, show))


def joined(items: Iterable[str]) -> str:
    return "; ".join(items)


def names(place: Crossing | Post | Site) -> dict[str, object]:
    """Columns of a place's names (prefetched)."""
    found = [{"text": n.text, "language": n.language, "role": n.role} for n in place.names.all()]
    return {"names": found, "names_text": joined(f"{n['text']} ({n['language']})" for n in found) or None}


def position(place: Positioned | None) -> dict[str, object]:
    """Columns of a place's exactness; all empty for None (a frontier has no position)."""
    if place is None:
        return dict.fromkeys(("precision", "radius_m", "where_prec", "geo_precision", "position_source"))
    code = precision(place.precision)
    return {
        "precision": code.code,
        "radius_m": float(place.radius_m),
        "where_prec": code.where_prec,
        "geo_precision": code.geo_precision,
        "position_source": place.position_source or None,
    }


def provenance(reports: Iterable[Report], further: Iterable[Passage] = ()) -> dict[str, object]:
    """Columns of what something rests on."""
    reports = list(reports)
    return {"wires": citations.wires(reports), "citations": citations.citations(reports, further)}


# --- Posts


def posts(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per post that is shown on the day."""
    return post_features(snapshot, snapshot.days(snapshot.scope.on))


def post_features(snapshot: Snapshot, days: Sequence[PostDay]) -> Iterator[Feature]:
    """One feature per post and days; what is said of it is said of the first of them."""
    control, status = supporting(snapshot, days)
    for day in days:
        yield feature(day.post.slug, day.post.point, _post(snapshot, day, control, status))


def supporting(snapshot: Snapshot, days: Iterable[PostDay]) -> tuple[Reports, Reports]:
    """The control and the status reports that these answers rest on, by id. Six queries at most."""
    held, passed = set[str](), set[str]()
    for day in days:
        held.update(day.control.supporting)
        passed.update(ident for line in day.status for ident in line.answer.supporting)
    return _by_id(ControlReport, snapshot, held), _by_id(StatusReport, snapshot, passed)


def _by_id(model: type[Report], snapshot: Snapshot, idents: set[str]) -> Reports:
    rows = snapshot.scope.reports(model).filter(public_id__in=idents)
    return {report.public_id: report for report in citations.with_passages(rows)} if idents else {}


def _post(snapshot: Snapshot, day: PostDay, control: Reports, status: Reports) -> dict[str, object]:
    post, on = day.post, day.first
    used = [control[ident] for ident in day.control.supporting if ident in control]
    lines = dict.fromkeys(ident for line in day.status for ident in line.answer.supporting)
    used += [status[ident] for ident in lines if ident in status]
    return {
        "id": post.slug,
        "name": post.name,
        **names(post),
        "crossing": post.crossing.slug,
        "crossing_name": post.crossing.name,
        "country": post.country,
        "side": post.side,
        "on": on,
        **_if(snapshot.selection.shows("control"), _control(snapshot, day.control, on)),
        **_if(snapshot.selection.shows("status"), _status(day, on)),
        **position(post),
        "url": open_on_map(snapshot.scope, on, f"post.{post.slug}"),
        **provenance(used),
    }


def _if(shown: bool, columns: dict[str, object]) -> dict[str, object]:
    """The columns of a kind that the selection shows; of one that it does not, their names alone."""
    return columns if shown else dict.fromkeys(columns)


def _status(day: PostDay, on: datetime.date) -> dict[str, object]:
    return {
        "shape": day.shape,
        "status": [line.as_dict(on) for line in day.status],
        **_flat_status(day.status),
    }


def _control(snapshot: Snapshot, answer: Answer, on: datetime.date) -> dict[str, object]:
    holders = sorted(answer.value)
    alternatives = [_alternative(alternative) for alternative in answer.alternatives]
    return {
        "control_level": answer.level,
        "holders": holders,
        "holder": joined(holders) or None,
        "holder_names": joined(_force_names(snapshot, holders)) or None,
        "alternatives": alternatives,
        "alternatives_text": joined(_in_text(alternative) for alternative in alternatives) or None,
        "control_sources": answer.wire_count,
        "control_source_names": joined(sorted(answer.wires)) or None,
        "control_also": len(answer.also),
        "control_also_names": joined(sorted(answer.also)) or None,
        "control_since": last_reported(answer, on),
        "control_age_days": answer.age_days,
        "control_stale": answer.stale,
        "control_far": answer.far,
        "control_passed_by": answer.passed_by,
        "control_told_in": answer.told_in,
        "control_last_disagree": answer.last_disagree,
        "control_indirect": answer.indirect,
        "control_next_change": answer.next_change,
    }


def _force_names(snapshot: Snapshot, slugs: Iterable[str]) -> list[str]:
    return [snapshot.forces[slug].name if slug in snapshot.forces else slug for slug in slugs]


class AlternativeRow(TypedDict):
    """One of several values, as the column `alternatives` lists it."""

    holders: list[str]
    stance: str
    level: str
    wires: int
    reports: list[str]


def _alternative(alternative: Alternative) -> AlternativeRow:
    return {
        "holders": sorted(alternative.value),
        "stance": alternative.stance,
        "level": alternative.level,
        "wires": len(alternative.wires),
        "reports": list(alternative.reports),
    }


def _in_text(alternative: AlternativeRow) -> str:
    return f"{' + '.join(alternative['holders'])} ({alternative['stance']}, {alternative['level']})"


def _flat_status(status: Iterable[StatusLine]) -> dict[str, str | None]:
    """One column per kind of traffic; people and goods with their level."""
    flat: dict[str, str | None] = {}
    for traffic in StatusReport.Traffic.values:
        lines = [line for line in status if line.traffic == traffic]
        values = {line.value for line in lines}
        flat[traffic] = None if not values else values.pop() if len(values) == 1 else "by direction"
        if traffic in UNQUALIFIED:
            flat[f"{traffic}_level"] = least_sure(line.answer.level for line in lines)
    return flat


# --- Crossings


def crossings(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per crossing of which at least one post is shown on the day."""
    return crossing_features(snapshot, snapshot.crossing_days(snapshot.scope.on))


def crossing_features(snapshot: Snapshot, days: Sequence[CrossingDay]) -> Iterator[Feature]:
    """One feature per crossing, these being days of the snapshot's own day."""
    _, status = supporting(snapshot, (side for day in days for side in day.both))
    for day in days:
        place, radius = middle([side.post for side in day.both])
        yield feature(day.crossing.slug, place, _crossing(snapshot, day, radius, status))


def middle(sides: list[Post]) -> tuple[Point, float]:
    """The point between the posts and a radius in metres that holds both with their uncertainty.

    The point itself where both share one.
    """
    a, b = sides[0], sides[-1]
    if a.point.coords == b.point.coords:
        return a.point, max(a.radius_m, b.radius_m)
    azimuth, _, metres = WGS84.inv(a.point.x, a.point.y, b.point.x, b.point.y)
    lon, lat, _ = WGS84.fwd(a.point.x, a.point.y, azimuth, metres / 2)
    return Point(round(lon, 6), round(lat, 6), srid=4326), metres / 2 + max(a.radius_m, b.radius_m)


def _crossing(snapshot: Snapshot, day: CrossingDay, radius: float, status: Reports) -> dict[str, object]:
    crossing, on = day.crossing, snapshot.scope.on
    lines = [line for side in day.both for line in side.status if line.traffic in UNQUALIFIED]
    used = dict.fromkeys(ident for line in lines for ident in line.answer.supporting)
    sides = {side.post.side: side for side in day.both}
    return {
        "id": crossing.slug,
        "name": crossing.name,
        **names(crossing),
        "frontier": crossing.frontier.slug,
        "country_a": _country(sides.get("a")),
        "country_b": _country(sides.get("b")),
        "post_a": sides["a"].post.slug if "a" in sides else None,
        "post_b": sides["b"].post.slug if "b" in sides else None,
        "on": on,
        **_whole(day, sides),
        "position": "shared" if len({side.post.point.coords for side in day.both}) == 1 else "midpoint",
        "radius_m": round(float(radius), 1),
        "note": crossing.note or None,
        "url": address(reverse("crossing", args=[crossing.slug]), snapshot.selection.query(on=on)),
        **provenance(status[ident] for ident in used if ident in status),
    }


def _country(side: PostDay | None) -> str | None:
    return side.post.country if side else None


def _whole(day: CrossingDay, sides: Mapping[str, PostDay]) -> dict[str, str | None]:
    """People and goods: the crossing as one, then each side."""
    flat: dict[str, str | None] = {}
    wholes = dict(day.traffic)
    for traffic in UNQUALIFIED:
        whole = wholes.get(traffic)
        flat[traffic] = whole.value if whole and whole.value else "by side"
        flat[f"{traffic}_level"] = whole.level if whole and whole.value else None
        for name in ("a", "b"):
            flat[f"{traffic}_{name}"] = _flat_status(sides[name].status)[traffic] if name in sides else None
    return flat


# --- Sites


def sites(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per site that is shown, with the reports about it."""
    return site_features(snapshot, snapshot.sites)


def site_features(snapshot: Snapshot, sites: Sequence[Site]) -> Iterator[Feature]:
    """One feature per site, of those that the snapshot shows."""
    reports = _about_sites(snapshot, sites)
    for site in sites:
        yield feature(site.slug, site.point, _site(snapshot, site, reports.get(site.pk, [])))


def _about_sites(snapshot: Snapshot, sites: Sequence[Site]) -> dict[int, list[Report]]:
    """Published reports by the primary key of their site. Six queries at most."""
    scope = snapshot.scope
    found: dict[int, list[Report]] = {}
    for model in (ControlReport, StatusReport, ObservationReport):
        rows: QuerySet[Any] = scope.reports(model)
        of_sites = rows.filter(site__in=[site.pk for site in sites]).order_by("pk")
        for report in citations.with_passages(of_sites):
            found.setdefault(report.site_id, []).append(report)
    return found


def _site(snapshot: Snapshot, site: Site, reports: list[Report]) -> dict[str, object]:
    return {
        "id": site.slug,
        "name": site.name,
        **names(site),
        "kind": site.kind,
        "country": site.country or None,
        "note": site.note or None,
        "reports": len(reports),
        **position(site),
        "url": open_on_map(snapshot.scope, snapshot.scope.on, f"site.{site.slug}"),
        **provenance(reports),
    }
