"""From published reports to timelines: the records that the assessment reads, by question and post."""

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
#: What is meant where no kind of traffic is named.
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
            timelines = {d: self.status[traffic, d] for d in DIRECTIONS if (traffic, d) in self.status}
            different = {id(timeline) for timeline in timelines.values()}
            if len(timelines) == len(DIRECTIONS) and len(different) == 1:
                rows.append((traffic, "both", timelines[DIRECTIONS[0]]))
            elif timelines:
                rows += [(traffic, direction, timeline) for direction, timeline in timelines.items()]
            elif traffic in UNQUALIFIED:
                rows.append((traffic, "both", Timeline(())))
        return rows


def load(scope: Scope) -> dict[int, PostTimelines]:
    """Timelines by the primary key of their post. Three queries; cached for a minute per edition and sources.

    An edition never changes, so what is cached cannot be wrong for the reports; the minute bounds how long a
    document that was moved to another source set still counts for its old one.
    """
    edition = scope.edition
    if edition is None:
        return {}
    key = f"timelines:{edition.number}:{edition.at.timestamp()}:{','.join(scope.sources)}"
    found = cache.get_or_set(key, lambda: _load(scope), CACHE_SECONDS)
    return cast("dict[int, PostTimelines]", found)


def _load(scope: Scope) -> dict[int, PostTimelines]:
    control = _control_records(scope)
    status = _status_records(scope)
    timelines = {}
    for post in {*control, *status}:
        held = control_timeline(control.get(post, ()))
        timelines[post] = PostTimelines(held, _status_timelines(status.get(post, {}), held))
    return timelines


def _status_timelines(records: Mapping[Question, list[Record]], held: Timeline) -> dict[Question, Timeline]:
    """One timeline per question; both directions share one where no report tells them apart."""
    timelines: dict[Question, Timeline] = {}
    for traffic in {traffic for traffic, _ in records}:
        both = records.get((traffic, "both"), [])
        shared = status_timeline(both, held) if both else None
        for direction in DIRECTIONS:
            own = records.get((traffic, direction))
            if own:
                timelines[traffic, direction] = status_timeline([*both, *own], held)
            elif shared:
                timelines[traffic, direction] = shared
    return timelines


def _control_records(scope: Scope) -> dict[int, list[Record]]:
    holders = Prefetch("holders", Holder.objects.select_related("force", "counts_for"))
    records: dict[int, list[Record]] = defaultdict(list)
    for report in _of_posts(ControlReport, scope).prefetch_related(holders):
        records[cast(int, report.post_id)].append(report.as_record())
    return records


def _status_records(scope: Scope) -> dict[int, dict[Question, list[Record]]]:
    records: dict[int, dict[Question, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for report in _of_posts(StatusReport, scope):
        records[cast(int, report.post_id)][report.traffic, report.direction].append(report.as_record())
    return records


def _of_posts(model: type[ReportT], scope: Scope) -> QuerySet[ReportT]:
    """Published reports about posts of published crossings, each with its wire."""
    rows = scope.reports(model).filter(post__isnull=False)
    return rows.select_related("main_passage__wire").order_by("pk")
