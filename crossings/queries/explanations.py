"""What an answer rests on: the public reports about posts with their passages, and answers put beside them.

`Evidence` asks the database a fixed number of times, however many reports there are; the rest is put
together from the same lanes that the map uses, so that a page cannot say otherwise than the map.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from crossings.assessment import Answer, Timeline, clash_control, clash_status
from crossings.assessment.stretches import spans_of
from crossings.models import ControlReport, Force, Holder, ObservationReport, Passage, Post, StatusReport

from .scope import ReportT
from .snapshot import Snapshot, last_reported
from .timelines import DIRECTIONS, UNQUALIFIED, PostTimelines

CONTROL = "control"
LEADING = 3  # reports shown at once; the others wait under a heading


@dataclass(frozen=True, slots=True)
class CitedReport:
    """One report as a page shows it; reports of one passage that differ in the traffic alone are one."""

    report: Any
    passages: tuple[Passage, ...]
    forces: tuple[Force, ...] = ()
    traffics: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.report.public_id

    @property
    def first_day(self) -> datetime.date:
        return getattr(self.report, "first_day", None) or datetime.date.min


def split_leading(reports: tuple[CitedReport, ...]) -> tuple[list[CitedReport], list[CitedReport]]:
    """The reports to show first, and the others: one of each wire, those with a quote before references."""
    by_wire: dict[int, CitedReport] = {}
    for said in sorted(reports, key=lambda s: not s.report.main_passage.is_quote):
        by_wire.setdefault(said.report.main_passage.wire_id, said)
    first = [said for said in reports if said in by_wire.values()][:LEADING]
    return first, [said for said in reports if said not in first]


@dataclass(frozen=True, slots=True)
class ExplainedAlternative:
    """One of several values on the table, with its own reports."""

    forces: tuple[Force, ...]
    status: str
    stance: str
    wires: tuple[str, ...]
    reports: tuple[CitedReport, ...]

    @property
    def leading(self) -> tuple[list[CitedReport], list[CitedReport]]:
        return split_leading(self.reports)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to one question about a post on a day, with the reports that carry it.

    `wires` are the names of the independent wires that say at least this; `ahead` the next reports, which
    agree, of an answer that lies between.
    """

    answer: Answer
    on: datetime.date
    traffics: tuple[str, ...]  # empty: who holds it
    direction: str
    forces: tuple[Force, ...]
    status: str
    wires: tuple[str, ...]
    supporting: tuple[CitedReport, ...]
    sides: tuple[ExplainedAlternative, ...]
    unused: tuple[CitedReport, ...]
    ahead: tuple[CitedReport, ...] = ()

    @property
    def level(self) -> str:
        return self.answer.level

    @property
    def since(self) -> datetime.date | None:
        """The day of the last word, where it lies behind."""
        return last_reported(self.answer, self.on)

    @property
    def leading(self) -> tuple[list[CitedReport], list[CitedReport]]:
        return split_leading(self.supporting)

    @property
    def ahead_on(self) -> datetime.date | None:
        """The first day that the next report is sure of."""
        days = [day for said in self.ahead if (day := _sure_day(said.report))]
        return min((day for day in days if day > self.on), default=None)


def _sure_day(report: Any) -> datetime.date | None:
    if report.starts_max or report.as_of_max:
        return report.starts_max or report.as_of_max
    return report.ends_min - datetime.timedelta(days=1) if report.ends_min else None


class Explanations:
    """The public reports about some posts and their crossings, of the board's edition and sources."""

    def __init__(self, snapshot: Snapshot, posts: Iterable[Post]) -> None:
        self.snapshot = snapshot
        self.posts = list(posts)

    @cached_property
    def _about(self) -> dict[int, dict[str, CitedReport]]:
        found: dict[int, dict[str, CitedReport]] = {post.pk: {} for post in self.posts}
        about = Q(post__in=list(found))
        for said in control_reports(self.snapshot, about):
            found[said.report.post_id][said.key] = said
        for said in status_reports(self.snapshot, about):
            found[said.report.post_id][said.key] = said
        return found

    def about(self, post: Post) -> Mapping[str, CitedReport]:
        """Control and status reports about a post by their ids, those never assessed included."""
        return self._about[post.pk]

    @cached_property
    def observations(self) -> list[CitedReport]:
        """What was observed at the posts and at their crossings, in the order of time."""
        about = Q(post__in=self.posts) | Q(crossing__in={post.crossing_id for post in self.posts})
        return observations(self.snapshot, about)

    def beside(self, post: Post, first: datetime.date, last: datetime.date) -> list[CitedReport]:
        """What speaks of these days and is never assessed: observations, plans, helpers and bystanders."""
        shown = [s for s in self.observations if s.report.post_id in (None, post.pk)]
        shown += [s for s in self.about(post).values() if not s.report.is_assessed]
        return deduplicate(s for s in shown if touches(s.report, first, last))

    def control(self, post: Post, on: datetime.date) -> Explanation:
        """Who held the post on a day, and who says so."""
        lanes = self.snapshot.lanes.get(post.pk) or PostTimelines()
        return self._explain(post, lanes.control, on, (), "both")

    def status(self, post: Post, on: datetime.date) -> list[Explanation]:
        """Its status per traffic and direction; traffic with the same answer from the same words is one."""
        lanes = self.snapshot.lanes.get(post.pk) or PostTimelines()
        rows: dict[Any, Explanation] = {}
        for traffic, direction, lane in lanes.questions():
            row = self._explain(post, lane, on, (traffic,), direction)
            key = _same(row)
            rows[key] = _together(rows[key], row) if key in rows else row
        return list(rows.values())

    def _explain(
        self, post: Post, lane: Timeline, on: datetime.date, traffics: tuple[str, ...], direction: str
    ) -> Explanation:
        answer = lane.on(on)
        forces, status = self.value(answer.value, traffics)
        said = Explanation(
            answer=answer,
            on=on,
            traffics=traffics,
            direction=direction,
            forces=forces,
            status=status,
            wires=self.wires(post, answer.wires.get(answer.value, ()), answer),
            supporting=self.named(post, answer.supporting),
            sides=tuple(
                ExplainedAlternative(
                    *self.value(a.value, traffics),
                    stance=a.stance,
                    wires=self.wires(post, a.wires, answer),
                    reports=self.named(post, a.reports),
                )
                for a in answer.alternatives
            ),
            unused=self.named(post, answer.unused),
        )
        if answer.level != "between":
            return said
        return replace(said, ahead=self._ahead(post, on, traffics, direction))

    def _ahead(
        self, post: Post, on: datetime.date, traffics: tuple[str, ...], direction: str
    ) -> tuple[CitedReport, ...]:
        """The next reports of the lane: those that the assessment found to agree, by its own reckoning."""
        lane = [s for s in self.about(post).values() if _in_lane(s, traffics, direction)]
        spans = spans_of([s.report.as_record() for s in lane], clash_status if traffics else clash_control)
        at = on.toordinal()
        words = [(span.word, span.record.id) for span in spans if span.record.stance == "states"]
        nearest = min((word for word, _ in words if word > at), default=None)
        return self.named(post, [key for word, key in words if word == nearest])

    def value(self, value: Iterable[str], traffics: Sequence[str]) -> tuple[tuple[Force, ...], str]:
        """A value as forces (who holds it) or as a status."""
        if traffics:
            return (), next(iter(value), "")
        return tuple(self.snapshot.forces[slug] for slug in sorted(value) if slug in self.snapshot.forces), ""

    def named(self, post: Post, keys: Iterable[str]) -> tuple[CitedReport, ...]:
        """The reports with these ids, in the order of time, those of one passage put together."""
        about = self.about(post)
        return tuple(deduplicate(about[key] for key in keys if key in about))

    def wires(self, post: Post, slugs: Iterable[str], answer: Answer) -> tuple[str, ...]:
        """Names of wires, from the reports that the answer knows."""
        about = self.about(post)
        known = {}
        for key in (*answer.supporting, *answer.unused):
            if key in about:
                wire = about[key].report.main_passage.wire
                known[wire.slug] = wire.name
        return tuple(sorted(known.get(slug, slug) for slug in slugs))


def _in_lane(said: CitedReport, traffics: Sequence[str], direction: str) -> bool:
    report = said.report
    if not report.is_assessed:
        return False
    if not traffics:
        return report.kind == CONTROL
    directions = DIRECTIONS if direction == "both" else (direction,)
    return (
        report.kind == "status" and report.traffic in traffics and report.direction in ("both", *directions)
    )


def _same(row: Explanation) -> Any:
    """What has to be the same for people and goods to be told in one breath."""
    answer = row.answer
    if row.traffics[0] not in UNQUALIFIED or row.sides:
        return row.traffics, row.direction
    return (
        row.direction, answer.level, answer.value, answer.stale, answer.age_days, answer.indirect, row.wires,
        row.ahead_on,
    )  # fmt: skip


def _together(one: Explanation, other: Explanation) -> Explanation:
    """Two kinds of traffic with the same answer as one, with the words of both."""
    return replace(
        one,
        traffics=(*one.traffics, *other.traffics),
        supporting=tuple(deduplicate((*one.supporting, *other.supporting))),
        unused=tuple(deduplicate((*one.unused, *other.unused))),
        ahead=tuple(deduplicate((*one.ahead, *other.ahead))),
    )


def touches(report: Any, first: datetime.date, last: datetime.date) -> bool:
    """Whether the words of a report speak of any of these days."""
    begin, end = report.first_day, report.last_day
    open_below = report.ends and not report.starts and report.ends_min is None
    return begin is not None and (begin <= last or bool(open_below)) and end >= first


def deduplicate(reports: Iterable[CitedReport]) -> list[CitedReport]:
    """In the order of time; those that say the same of several kinds of traffic, or twice, as one."""
    kept: dict[Any, CitedReport] = {}
    for said in sorted(reports, key=lambda s: (s.first_day, s.report.pk)):
        r = said.report
        key = (
            r.kind, r.main_passage_id, getattr(r, "status", ""), getattr(r, "direction", ""), r.stance,
            getattr(r, "of", ""), getattr(r, "role", ""), r.starts, r.ends, r.as_of, r.note,
            tuple(force.pk for force in said.forces), getattr(r, "summary", ""),
        )  # fmt: skip
        if key in kept:
            traffics = dict.fromkeys((*kept[key].traffics, *said.traffics))
            said = replace(kept[key], traffics=tuple(traffics))
        kept[key] = said
    return list(kept.values())


def _public(model: type[ReportT], snapshot: Snapshot, about: Q) -> QuerySet[ReportT]:
    further = Passage.objects.select_related("document__source_set", "wire").in_order()
    return (
        snapshot.scope.reports(model)
        .filter(about)
        .with_sources()
        .prefetch_related(Prefetch("passages", further))
        .order_by("first_day", "pk")
    )


def control_reports(snapshot: Snapshot, about: Q) -> list[CitedReport]:
    """Public control reports, in the order of time. Three queries."""
    holders = Holder.objects.select_related("force", "counts_for")
    rows = _public(ControlReport, snapshot, about).prefetch_related(Prefetch("holders", holders))
    rows = rows.select_related("main_passage__document__source_set", "main_passage__wire", "post", "site")
    return [_said(r, forces=tuple(holder.force for holder in r.holders.all())) for r in rows]


def status_reports(snapshot: Snapshot, about: Q) -> list[CitedReport]:
    """Public status reports, in the order of time. Two queries."""
    rows = _public(StatusReport, snapshot, about)
    return [_said(r, traffics=(r.traffic,)) for r in rows]


def observations(snapshot: Snapshot, about: Q) -> list[CitedReport]:
    """Public observation reports, in the order of time. Three queries."""
    rows = _public(ObservationReport, snapshot, about).prefetch_related("forces")
    rows = rows.select_related(
        "main_passage__document__source_set", "main_passage__wire", "post", "site", "crossing"
    )
    return [_said(r, forces=tuple(r.forces.all())) for r in rows]


def _said(report: Any, **more: Any) -> CitedReport:
    return CitedReport(report, (report.main_passage, *report.passages.all()), **more)
