"""Features of what is reported: control and status reports, and strikes with their accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet

from crossings.models import (
    Attribution,
    ControlReport,
    Post,
    Site,
    StatusReport,
    StrikeEvent,
    StrikeReport,
    Toll,
)
from crossings.queries import citations
from crossings.queries.snapshot import Snapshot
from crossings.queries.strikes import account_reports, toll_of

from .geojson import Feature, feature
from .places import address, joined, open_on_map, position, provenance

CHUNK_ROWS = 500

RowT = TypeVar("RowT", bound=Model)
Shown = ControlReport | StatusReport
ShownT = TypeVar("ShownT", ControlReport, StatusReport)


def in_chunks(rows: QuerySet[RowT], size: int = CHUNK_ROWS) -> Iterator[RowT]:
    """The rows by primary key, `size` of them in memory at a time.

    Each chunk is a query of its own from where the last one ended, not one cursor for all: a reader on a slow
    line then holds neither a transaction open on PostgreSQL nor a snapshot on SQLite, whose transactions here
    would keep every writer out. An edition never changes, so the chunks fit together.
    """
    last = 0
    while True:
        chunk = list(rows.filter(pk__gt=last).order_by("pk")[:size])
        yield from chunk
        if len(chunk) < size:
            return
        last = chunk[-1].pk


def reports_shown(model: type[ShownT], snapshot: Snapshot) -> QuerySet[ShownT]:
    """Published reports, of any day, about what the selection shows.

    Reports about the frontier as a whole belong to no place: they are there when nothing narrows the place.
    """
    scope, selection = snapshot.scope, snapshot.selection
    if not selection.shows("control" if model is ControlReport else "status"):
        return scope.reports(model).none()
    about = Q(post__in=[day.post.pk for day in snapshot.days(scope.on)])
    about |= Q(site__in=[site.pk for site in snapshot.sites])
    narrowed = selection.bbox or selection.precision or selection.holder or selection.status or selection.q
    if not (scope.region or narrowed):
        about |= Q(frontier__isnull=False)
    return scope.reports(model).filter(about)


def control(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per control report; without a geometry where it is about the frontier as a whole."""
    return control_features(snapshot, reports_shown(ControlReport, snapshot))


def control_features(snapshot: Snapshot, rows: QuerySet[ControlReport]) -> Iterator[Feature]:
    """One feature per row, of those that the scope lets be seen, by primary key."""
    memberships = [
        {
            "member": membership.member.slug,
            "umbrella": membership.umbrella.slug,
            "since": membership.since_max,
            "until": membership.until_min,
        }
        for membership in snapshot.scope.memberships()
    ]
    for report in in_chunks(_whole(rows.prefetch_related("holders__force"))):
        yield _feature(snapshot, report, _control(report, memberships))


def status(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per status report."""
    return status_features(snapshot, reports_shown(StatusReport, snapshot))


def status_features(snapshot: Snapshot, rows: QuerySet[StatusReport]) -> Iterator[Feature]:
    """One feature per row, of those that the scope lets be seen, by primary key."""
    for report in in_chunks(_whole(rows)):
        own = {"status": report.status, "traffic": report.traffic, "direction": report.direction}
        yield _feature(snapshot, report, own)


def _whole(rows: QuerySet[ShownT]) -> QuerySet[ShownT]:
    return citations.with_passages(rows).select_related("post__crossing", "site", "frontier")


def _feature(snapshot: Snapshot, report: Shown, own: Mapping[str, object]) -> Feature:
    place = report.post or report.site
    properties = {
        "id": report.public_id,
        **_subject(report, place),
        **own,
        **_period(report),
        **position(place),
        "url": address("/", citations.map_query(report, snapshot.scope)),
        "citations": citations.citations([report]),
    }
    return feature(report.public_id, place.point if place else None, properties)


def _subject(report: Shown, place: Post | Site | None) -> dict[str, object]:
    kind = "post" if report.post_id else "site" if report.site_id else "frontier"
    return {
        "subject_kind": kind,
        "subject": report.subject.slug,
        "subject_name": report.subject.name,
        "crossing": report.post.crossing.slug if report.post else None,
        "country": (place.country or None) if place else None,
        "of": report.of,
    }


def _period(report: Shown) -> dict[str, object]:
    dates: dict[str, object] = {}
    for name in report.edtf_fields:
        dates[name] = getattr(report, name) or None
        dates[f"{name}_min"] = getattr(report, f"{name}_min")
        dates[f"{name}_max"] = getattr(report, f"{name}_max")
    document = report.main_passage.document
    return {
        **dates,
        "stance": report.stance,
        "speaker": report.speaker or None,
        "wire": report.main_passage.wire.slug,
        "source_set": document.source_set.slug,
        "document": document.slug,
        "publisher": citations.publisher(document),
        "published": document.published or None,
        "published_min": document.published_min,
        "published_max": document.published_max,
        "passage": report.main_passage.public_id,
        "note": report.note or None,
        "published_in": report.published_in_id,
    }


def _control(report: ControlReport, memberships: Sequence[Mapping[str, object]]) -> dict[str, object]:
    held = [
        {
            "id": holder.force.slug,
            "name": holder.force.name,
        }
        for holder in report.holders.all()
    ]
    return {
        "role": report.role,
        "forces": held,
        "force": joined(holder["id"] for holder in held) or None,
        "force_names": joined(holder["name"] for holder in held) or None,
        "memberships": [row for row in memberships if row["member"] in {force["id"] for force in held}],
    }


# --- Strikes


def strikes(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per strike of the interval, with every published account of it."""
    return strike_features(snapshot, snapshot.strikes(*snapshot.scope.interval))


def strike_features(snapshot: Snapshot, rows: QuerySet[StrikeEvent]) -> Iterator[Feature]:
    """One feature per row, of those that the scope lets be seen, by primary key."""
    accounts = Prefetch("reports", account_reports(snapshot.scope), to_attr="accounts")
    for event in in_chunks(rows.select_related("site").prefetch_related("targets", accounts)):
        yield feature(event.public_id, event.point, _strike(snapshot, event))


def _strike(snapshot: Snapshot, event: StrikeEvent) -> dict[str, object]:
    accounts: list[StrikeReport] = event.accounts  # type: ignore[attr-defined]  # prefetched under that name
    scope = snapshot.scope
    toll = toll_of(accounts)
    targets = [{"id": force.slug, "name": force.name} for force in event.targets.all()]
    blames = [(report, blame) for report in accounts for blame in report.attributions.all()]
    attributions = [_attribution(report, blame) for report, blame in blames]
    accused = (row["accused"] for row in attributions if row["kind"] not in ("denies", "no_comment"))
    return {
        "id": event.public_id,
        "summary": event.summary,
        "when": event.when,
        "when_min": event.when_min,
        "when_max": event.when_max,
        "means": event.means,
        "grade": event.grade,
        "grade_why": event.grade_why or None,
        "site": event.site.slug if event.site else None,
        "targets": targets,
        "target": joined(target["id"] for target in targets) or None,
        "killed_low": toll.killed.low,
        "killed_high": toll.killed.high,
        "injured_low": toll.injured.low,
        "injured_high": toll.injured.high,
        "tolls": [_toll(report, row) for report in accounts for row in report.tolls.all()],
        "attributions": attributions,
        "accused": joined(dict.fromkeys(slug for slug in accused if slug)) or None,
        "tellings": len(accounts),
        **position(event),
        "url": open_on_map(scope, min(event.when_max or scope.on, scope.on), f"strike.{event.public_id}"),
        **provenance(accounts, [blame.passage for _, blame in blames if blame.passage]),
    }


def _toll(report: StrikeReport, row: Toll) -> dict[str, object]:
    numbers = ("group", "killed_low", "killed_high", "injured_low", "injured_high")
    return {
        "report": report.public_id,
        **{name: getattr(row, name) for name in numbers},
        "said_by": row.said_by or None,
        "scope": row.scope or None,
    }


def _attribution(report: StrikeReport, blame: Attribution) -> dict[str, str | None]:
    passage = blame.passage or report.main_passage
    return {
        "report": report.public_id,
        "speaker": blame.speaker,
        "speaker_force": blame.speaker_force.slug if blame.speaker_force else None,
        "kind": blame.kind,
        "accused": blame.accused.slug if blame.accused else None,
        "quote": passage.exact or None,
        "passage": passage.public_id,
    }
