"""What an answer rests on: the public reports about posts with their passages, and answers put beside them.

`Explanations` asks the database a fixed number of times, however many reports there are; the rest is put
together from the timelines that the map uses, so that a page cannot say otherwise than the map.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, TypeVar

from django.db.models import Prefetch, Q, QuerySet

from crossings.assessment import Answer, DatedWires, Timeline
from crossings.models import (
    ControlReport,
    Force,
    Holder,
    ObservationReport,
    Passage,
    Post,
    StatusReport,
)
from crossings.models.reports import PeriodReport, SubjectReport
from crossings.wording.levels import Sureness

from .citations import passages_of, spoken_of, telling_bases, with_passages
from .scope import ReportT, Scope
from .snapshot import Snapshot
from .timelines import UNQUALIFIED

DAY = datetime.timedelta(days=1)
LEADING = 3  # reports shown at once; the others stand under a heading

PeriodReportT = TypeVar("PeriodReportT", bound=PeriodReport, covariant=True)
Leading = tuple[list["CitedReport[PeriodReport]"], list["CitedReport[PeriodReport]"]]


@dataclass(frozen=True, slots=True)
class CitedReport(Generic[PeriodReportT]):
    """One report as a page shows it; reports of one passage that differ in the traffic alone are one."""

    report: PeriodReportT
    passages: tuple[Passage, ...]
    forces: tuple[Force, ...] = ()
    traffics: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        ident: str = self.report.public_id
        return ident

    @property
    def spoken_of(self) -> str:
        """What the words about a post speak of: place, base or crossing; "" for the post itself."""
        return spoken_of(self.report)

    @property
    def first_day(self) -> datetime.date:
        return self.report.first_day or datetime.date.min


AnyCited = CitedReport[PeriodReport]
SubjectCited = CitedReport[SubjectReport]


def split_leading(reports: Sequence[AnyCited]) -> Leading:
    """The reports to show first, and the others: one of each wire, those with a quote before references."""
    by_wire: dict[int, AnyCited] = {}
    for cited in sorted(reports, key=lambda cited: not cited.report.main_passage.is_quote):
        by_wire.setdefault(cited.report.main_passage.wire_id, cited)
    leading = [cited for cited in reports if cited in by_wire.values()][:LEADING]
    return leading, [cited for cited in reports if cited not in leading]


@dataclass(frozen=True, slots=True)
class ExplainedAlternative:
    """One of several values that are reported, with its own reports."""

    forces: tuple[Force, ...]
    status: str
    stance: str
    wires: tuple[str, ...]
    reports: tuple[SubjectCited, ...]

    @property
    def leading(self) -> Leading:
        return split_leading(self.reports)


@dataclass(frozen=True, slots=True)
class DatedWire:
    """A wire by its name, and the day of its last own words; None where they came later."""

    name: str
    on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to one question about a post on a day, with the reports that carry it.

    `wires` are the names of the independent wires that speak of the day; `also` others that agree, each with
    its date; `ahead` the next reports, which agree, of an answer that lies between, whose wires are `before`
    and `after`.
    """

    answer: Answer
    on: datetime.date
    traffics: tuple[str, ...]  # empty: who holds it
    direction: str
    forces: tuple[Force, ...]
    status: str
    sure: Sureness
    wires: tuple[str, ...]
    supporting: tuple[SubjectCited, ...]
    sides: tuple[ExplainedAlternative, ...]
    unused: tuple[SubjectCited, ...]
    ahead: tuple[SubjectCited, ...] = ()
    also: tuple[DatedWire, ...] = ()
    before: tuple[DatedWire, ...] = ()
    after: tuple[DatedWire, ...] = ()

    @property
    def level(self) -> str:
        return self.answer.level

    @property
    def sources_named(self) -> bool:
        """Whether there is any source to name; where several values are on the table, each names its own."""
        return not self.sides and bool(self.wires or self.also or self.before or self.after)

    @property
    def leading(self) -> Leading:
        return split_leading(self.supporting)


class Explanations:
    """The public reports about some posts and their crossings, of the snapshot's edition and sources."""

    def __init__(self, snapshot: Snapshot, posts: Iterable[Post]) -> None:
        self.snapshot = snapshot
        self.posts = list(posts)

    @cached_property
    def _about(self) -> dict[int | None, dict[str, SubjectCited]]:
        found: dict[int | None, dict[str, SubjectCited]] = {post.pk: {} for post in self.posts}
        scope, about = self.snapshot.scope, Q(post__in=self.posts)
        for cited in (*control_reports(scope, about), *status_reports(scope, about)):
            found[cited.report.post_id][cited.key] = cited
        return found

    def about(self, post: Post) -> Mapping[str, SubjectCited]:
        """Control and status reports about a post by their ids, those never assessed included."""
        return self._about[post.pk]

    @cached_property
    def observations(self) -> list[CitedReport[ObservationReport]]:
        """What was observed at the posts and at their crossings, in the order of time."""
        about = Q(post__in=self.posts) | Q(crossing__in={post.crossing_id for post in self.posts})
        return observations(self.snapshot.scope, about)

    def unassessed(self, post: Post, first: datetime.date, last: datetime.date) -> list[AnyCited]:
        """What speaks of these days and is never assessed: observations, plans, roles that give no value."""
        observed = [cited for cited in self.observations if cited.report.post_id in (None, post.pk)]
        reported = [cited for cited in self.about(post).values() if not cited.report.is_assessed]
        shown: list[AnyCited] = [*observed, *reported]
        return deduplicate(cited for cited in shown if touches(cited.report, first, last))

    def control(self, post: Post, on: datetime.date) -> Explanation:
        """Who held the post on a day, and who says so."""
        return self._explain(post, self.snapshot.timelines_of(post).control, on, (), "both")

    def status(self, post: Post, on: datetime.date) -> list[Explanation]:
        """Its status per traffic and direction; traffic with the same answer from the same words is one."""
        rows: dict[Hashable, Explanation] = {}
        for traffic, direction, timeline in self.snapshot.timelines_of(post).questions():
            row = self._explain(post, timeline, on, (traffic,), direction)
            key = _grouping_key(row)
            rows[key] = _joined(rows[key], row) if key in rows else row
        return list(rows.values())

    def _explain(
        self, post: Post, timeline: Timeline, on: datetime.date, traffics: tuple[str, ...], direction: str
    ) -> Explanation:
        answer = timeline.on(on)
        forces, status = self.value(answer.value, traffics)
        return Explanation(
            answer=answer,
            on=on,
            traffics=traffics,
            direction=direction,
            forces=forces,
            status=status,
            sure=self.snapshot.sure(timeline, answer, on),
            wires=self.wires(post, answer.wires),
            supporting=self.named(post, answer.supporting),
            sides=tuple(
                ExplainedAlternative(
                    *self.value(alternative.value, traffics),
                    stance=alternative.stance,
                    wires=self.wires(post, alternative.wires),
                    reports=self.named(post, alternative.reports),
                )
                for alternative in answer.alternatives
            ),
            unused=self.named(post, answer.unused),
            ahead=self.named(post, answer.ahead),
            also=self.dated_wires(post, answer.also),
            before=self.dated_wires(post, _but(answer.before, on - DAY if answer.after_on == on else None)),
            after=self.dated_wires(post, _but(answer.after, on)),
        )

    def value(self, value: Iterable[str], traffics: Sequence[str]) -> tuple[tuple[Force, ...], str]:
        """A value as forces (who holds it) or as a status."""
        return ((), next(iter(value), "")) if traffics else (self.snapshot.forces_of(value), "")

    def named(self, post: Post, keys: Iterable[str]) -> tuple[SubjectCited, ...]:
        """The reports with these ids, in the order of time, those of one passage put together."""
        about = self.about(post)
        return tuple(deduplicate(about[key] for key in keys if key in about))

    def wires(self, post: Post, slugs: Iterable[str]) -> tuple[str, ...]:
        """Names of wires, from the reports about the post."""
        names = self._wire_names(post)
        return tuple(sorted(names.get(slug, slug) for slug in slugs))

    def dated_wires(self, post: Post, wires: DatedWires) -> tuple[DatedWire, ...]:
        """Wires by name with the days of their words, in the order of these."""
        names = self._wire_names(post)
        found = (DatedWire(names.get(slug, slug), day) for slug, day in wires.items())
        return tuple(sorted(found, key=lambda wire: (wire.on or datetime.date.max, wire.name)))

    def _wire_names(self, post: Post) -> dict[str, str]:
        wires = (cited.report.main_passage.wire for cited in self.about(post).values())
        return {wire.slug: wire.name for wire in wires}


def _but(wires: DatedWires, day: datetime.date | None) -> DatedWires:
    """Without a day that lies within a period of which the words speak, and is no date that they give."""
    return {wire: None if on == day else on for wire, on in wires.items()}


def _grouping_key(row: Explanation) -> Hashable:
    """What has to be the same for people and goods to be one answer."""
    answer = row.answer
    if row.traffics[0] not in UNQUALIFIED or row.sides:
        return row.traffics, row.direction
    return (
        row.direction, answer.level, answer.value, answer.stale, answer.far, answer.age_days, answer.indirect,
        answer.told_in, answer.last_disagree, row.wires, row.also, row.sure,
    )  # fmt: skip


def _joined(a: Explanation, b: Explanation) -> Explanation:
    """Two kinds of traffic with the same answer as one, with the reports of both."""
    return replace(
        a,
        traffics=(*a.traffics, *b.traffics),
        supporting=tuple(deduplicate((*a.supporting, *b.supporting))),
        unused=tuple(deduplicate((*a.unused, *b.unused))),
        ahead=tuple(deduplicate((*a.ahead, *b.ahead))),
    )


def touches(report: PeriodReport, first: datetime.date, last: datetime.date) -> bool:
    """Whether the words of a report speak of any of these days."""
    begin, end = report.first_day, report.last_day
    if begin is None or end is None:
        return False
    open_below = bool(report.ends) and not report.starts and report.ends_min is None
    return (begin <= last or open_below) and end >= first


def deduplicate(reports: Iterable[CitedReport[PeriodReportT]]) -> list[CitedReport[PeriodReportT]]:
    """In the order of time; those that say the same of several kinds of traffic, or twice, as one."""
    grouped: dict[Hashable, CitedReport[PeriodReportT]] = {}
    for cited in sorted(reports, key=lambda cited: (cited.first_day, cited.report.pk)):
        r = cited.report
        key = (
            r.kind, r.main_passage_id, getattr(r, "status", ""), getattr(r, "direction", ""), r.stance,
            getattr(r, "of", ""), getattr(r, "role", ""), r.starts, r.ends, r.as_of, r.note,
            tuple(force.pk for force in cited.forces), getattr(r, "summary", ""),
        )  # fmt: skip
        if key in grouped:
            traffics = dict.fromkeys((*grouped[key].traffics, *cited.traffics))
            cited = replace(grouped[key], traffics=tuple(traffics))
        grouped[key] = cited
    return list(grouped.values())


def _public(model: type[ReportT], scope: Scope, about: Q) -> QuerySet[ReportT]:
    return with_passages(telling_bases(scope.reports(model).filter(about))).order_by("first_day", "pk")


def control_reports(scope: Scope, about: Q) -> list[CitedReport[ControlReport]]:
    """Public control reports, in the order of time. Three queries."""
    holders = Prefetch("holders", Holder.objects.select_related("force"))
    rows = _public(ControlReport, scope, about).select_related("post", "site").prefetch_related(holders)
    return [
        CitedReport(row, tuple(passages_of(row)), forces=tuple(holder.force for holder in row.holders.all()))
        for row in rows
    ]


def status_reports(scope: Scope, about: Q) -> list[CitedReport[StatusReport]]:
    """Public status reports, in the order of time. Two queries."""
    rows = _public(StatusReport, scope, about)
    return [CitedReport(row, tuple(passages_of(row)), traffics=(row.traffic,)) for row in rows]


def observations(scope: Scope, about: Q) -> list[CitedReport[ObservationReport]]:
    """Public observation reports, in the order of time. Three queries."""
    rows = _public(ObservationReport, scope, about).select_related("post", "site", "crossing")
    return [
        CitedReport(row, tuple(passages_of(row)), forces=tuple(row.forces.all()))
        for row in rows.prefetch_related("forces")
    ]
