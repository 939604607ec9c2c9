"""From published reports to timelines: the records that the assessment reads, by post."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from typing import cast

from django.db.models import Prefetch, QuerySet

from crossings.assessment import (
    DIRECTIONS,
    Membership,
    RecordError,
    ReportRecord,
    StatusTimelines,
    Timeline,
    control_timeline,
    status_timelines,
)
from crossings.models import ControlReport, Holder, StatusReport
from crossings.models.reports import SubjectReport

from .cache import cached
from .scope import ReportT, Scope

__all__ = ["DIRECTIONS", "UNQUALIFIED", "PostTimelines", "load"]

#: What is meant where no kind of traffic is named.
UNQUALIFIED = (StatusReport.Traffic.PEOPLE.value, StatusReport.Traffic.GOODS.value)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PostTimelines:
    """All that was reported of one post: who held it, and a status per traffic and direction.

    `unreadable` are the ids of published reports that the rule cannot read: the answers do without them.
    """

    control: Timeline = field(default_factory=lambda: control_timeline(()))
    status: StatusTimelines = field(default_factory=StatusTimelines)
    unreadable: tuple[str, ...] = ()

    def questions(self) -> list[tuple[str, str, Timeline]]:
        """People and goods always, other traffic where reported; both directions as one where they agree."""
        return self.status.questions()


def load(scope: Scope) -> dict[int, PostTimelines]:
    """Timelines by the primary key of their post. Few queries; cached by edition and sources."""
    edition = scope.edition
    if edition is None:
        return {}
    return cached("timelines", (edition.number, scope.sources), lambda: _load(scope))


def _load(scope: Scope) -> dict[int, PostTimelines]:
    memberships = _memberships(scope)
    holders = Prefetch("holders", Holder.objects.select_related("force"))
    control, unreadable = _records(_of_posts(ControlReport, scope).prefetch_related(holders))
    status, others = _records(_of_posts(StatusReport, scope))
    timelines = {}
    for post in {*control, *status, *unreadable, *others}:
        held = control_timeline(control.get(post, ()), memberships)
        passing = status_timelines(status.get(post, ()), held)
        timelines[post] = PostTimelines(held, passing, (*unreadable.get(post, ()), *others.get(post, ())))
    return timelines


def _memberships(scope: Scope) -> list[Membership]:
    return [membership.as_record() for membership in scope.memberships()]


def _records(
    reports: QuerySet[ReportT],
) -> tuple[dict[int, list[ReportRecord]], dict[int, list[str]]]:
    """The records by post, and by post the ids of reports that the rule cannot read, which are logged."""
    records: dict[int, list[ReportRecord]] = defaultdict(list)
    unreadable: dict[int, list[str]] = defaultdict(list)
    for report in cast("QuerySet[SubjectReport]", reports):
        post = cast(int, report.post_id)
        try:
            records[post].append(report.as_record())
        except RecordError as error:
            log.error("%s %s cannot be assessed: %s", report._meta.label, report.public_id, error)
            unreadable[post].append(report.public_id)
    return records, unreadable


def _of_posts(model: type[ReportT], scope: Scope) -> QuerySet[ReportT]:
    """Published reports about posts of published crossings, each with its wire and document."""
    rows = scope.reports(model).filter(post__isnull=False)
    return rows.select_related("main_passage__wire", "main_passage__document").order_by("pk")
