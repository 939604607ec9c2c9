"""From published reports to lanes: the records that the assessment reads, one lane per question of a post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from django.core.cache import cache
from django.db.models import Prefetch, QuerySet

from crossings.assessment import Record, Timeline, control_timeline, status_timeline
from crossings.models import ControlReport, Holder, StatusReport

from .scope import ReportT, Scope

TRAFFICS = tuple(StatusReport.Traffic.values)
DIRECTIONS = (StatusReport.Direction.OUTBOUND.value, StatusReport.Direction.INBOUND.value)
#: What words mean that name no kind of traffic.
UNQUALIFIED = (StatusReport.Traffic.PEOPLE.value, StatusReport.Traffic.GOODS.value)
CACHE_SECONDS = 60

Question = tuple[str, str]  # traffic, direction


@dataclass(frozen=True, slots=True)
class PostTimelines:
    """All that was reported of one post: who held it, and a status per traffic and direction."""

    control: Timeline = field(default_factory=lambda: control_timeline(()))
    status: Mapping[Question, Timeline] = field(default_factory=dict)

    def questions(self) -> list[tuple[str, str, Timeline]]:
        """People and goods always, other traffic where reported; both directions as one where they agree."""
        rows: list[tuple[str, str, Timeline]] = []
        for traffic in TRAFFICS:
            lanes = {d: lane for d in DIRECTIONS if (lane := self.status.get((traffic, d)))}
            different = {id(lane) for lane in lanes.values()}
            if len(lanes) == len(DIRECTIONS) and len(different) == 1:
                rows.append((traffic, "both", lanes[DIRECTIONS[0]]))
            elif lanes:
                rows += [(traffic, direction, lane) for direction, lane in lanes.items()]
            elif traffic in UNQUALIFIED:
                rows.append((traffic, "both", Timeline(())))
        return rows


def load(scope: Scope) -> dict[int, PostTimelines]:
    """Lanes by the primary key of their post. Three queries; kept for a minute per edition and sources.

    An edition never changes, so what is kept cannot be wrong for the reports; the minute bounds how long a
    document that was moved to another source set still counts for its old one.
    """
    edition = scope.edition
    if edition is None:
        return {}
    key = f"lanes:{edition.number}:{edition.at.timestamp()}:{','.join(scope.sources)}"
    kept = cache.get(key)
    if kept is None:
        kept = _load(scope)
        cache.set(key, kept, CACHE_SECONDS)
    return kept


def _load(scope: Scope) -> dict[int, PostTimelines]:
    control = _control_records(scope)
    status = _status_records(scope)
    lanes = {}
    for post in {*control, *status}:
        held = control_timeline(control.get(post, ()))
        lanes[post] = PostTimelines(held, _status_lanes(status.get(post, {}), held))
    return lanes


def _status_lanes(records: dict[Question, list[Record]], held: Timeline) -> dict[Question, Timeline]:
    """One timeline per question; both directions share one where nothing tells them apart."""
    lanes: dict[Question, Timeline] = {}
    for traffic in {traffic for traffic, _ in records}:
        both = records.get((traffic, "both"), [])
        shared = status_timeline(both, held) if both else None
        for direction in DIRECTIONS:
            own = records.get((traffic, direction))
            if own:
                lanes[traffic, direction] = status_timeline([*both, *own], held)
            elif shared:
                lanes[traffic, direction] = shared
    return lanes


def _control_records(scope: Scope) -> dict[int, list[Record]]:
    holders = Holder.objects.select_related("force", "counts_for")
    records: dict[int, list[Record]] = defaultdict(list)
    for report in _of_posts(ControlReport, scope).prefetch_related(Prefetch("holders", holders)):
        records[cast(int, report.post_id)].append(report.as_record())
    return records


def _status_records(scope: Scope) -> dict[int, dict[Question, list[Record]]]:
    records: dict[int, dict[Question, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for report in _of_posts(StatusReport, scope):
        records[cast(int, report.post_id)][report.traffic, report.direction].append(report.as_record())
    return {post: dict(questions) for post, questions in records.items()}


def _of_posts(model: type[ReportT], scope: Scope) -> QuerySet[ReportT]:
    """Published reports about posts of published crossings, each with its wire."""
    return scope.reports(model).filter(post__isnull=False).select_related("main_passage__wire").order_by("pk")
