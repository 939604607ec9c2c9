"""Every conflict of a selection, with the reports and passages of each side."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar, cast

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crossings.assessment import Level, Segment, Timeline, clash_control, clash_status
from crossings.assessment.conflicts import DateConflict, TimelineConflict, date_conflicts, timeline_conflicts
from crossings.assessment.records import Value
from crossings.models import (
    Crossing,
    Disagreement,
    Force,
    ObservationReport,
    Passage,
    Post,
    StatusReport,
    StrikeEvent,
    StrikeReport,
)
from crossings.models.reports import SubjectReport
from crossings.wording.levels import Sureness
from crossings.wording.public_words import WORDS
from crossings.wording.traffic import traffic_in_words
from geodata.measure import gap_km
from geodata.text import fold

from .citations import passages_of
from .disagreements import cited_disagreements
from .explanations import (
    AnyCited,
    CitedReport,
    SubjectCited,
    control_reports,
    deduplicate,
    observations,
    status_reports,
)
from .snapshot import Snapshot, open_query
from .strikes import StrikeAccount, account_reports
from .timelines import DIRECTIONS

SubjectT = TypeVar("SubjectT", bound=SubjectReport, covariant=True)

NEAR_KM = 25.0  # from edge to edge of what is uncertain: nearer strikes are shown with their crossing
#: In the order in which the page shows them.
KINDS = {
    "disputed": gettext_lazy("Sources contradict each other"),
    "dates": gettext_lazy("One change, dated differently"),
    "lengths": gettext_lazy("One closure, counted differently"),
    "telling": WORDS["accounts_differ"],
    "question": gettext_lazy("What no map can hold"),
    "naming": gettext_lazy("Named or spelt differently"),
    "compatible": gettext_lazy("Compatible: one says more than the other"),
    "possible": gettext_lazy("Left open by the dates that sources give"),
}


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """One side with its passages: forces, a status or a text; not so, if the stance is "denies"."""

    forces: tuple[Force, ...] = ()
    status: str = ""
    text: str = ""
    when: str = ""  # EDTF, where dates are what differs
    stance: str = "states"
    reports: tuple[AnyCited, ...] = ()
    passages: tuple[Passage, ...] = ()
    account: StrikeAccount | None = None
    testifies: bool = True  # False for a mere name: who spells it so is no witness of anything

    @property
    def wires(self) -> tuple[str, ...]:
        """Names of the independent wires that carry it."""
        if not self.testifies:
            return ()
        return tuple(sorted({passage.wire.name for passage in self.passages}))

    @property
    def documents(self) -> int:
        return len({passage.document_id for passage in self.passages})


@dataclass(frozen=True, slots=True)
class Conflict:
    """One question that is answered in several ways."""

    kind: str
    key: str  # fragment of its address
    question: str
    crossing: Crossing | None
    sides: tuple[ConflictSide, ...]
    posts: tuple[Post, ...] = ()
    traffics: tuple[str, ...] = ()
    segments: tuple[tuple[datetime.date, datetime.date, Level], ...] = ()  # first day, last day, level
    note: str = ""
    event: StrikeEvent | None = None
    aspects: tuple[str, ...] = ()  # what differs between accounts
    map_query: str = ""  # opens the map where it shows
    template: str = ""  # the question with places for posts and traffic, where joining may name more of them

    @property
    def dated_segments(self) -> list[tuple[datetime.date, datetime.date, Sureness]]:
        """Its days, first and last, with how sure the answer is over them."""
        return [(first, last, Sureness(level)) for first, last, level in self.segments]

    @property
    def passages(self) -> frozenset[int]:
        return frozenset(passage.pk for side in self.sides for passage in side.passages)

    @property
    def wires(self) -> tuple[str, ...]:
        return tuple(sorted({wire for side in self.sides for wire in side.wires}))

    @property
    def show(self) -> str:
        """What the map opens for it."""
        if self.event:
            return f"strike.{self.event.public_id}"
        return f"post.{self.posts[0].slug}" if self.posts else ""

    @property
    def on(self) -> datetime.date | None:
        """A day on which the map shows it."""
        day: datetime.date | None = self.segments[0][0] if self.segments else None
        if self.event:
            day = self.event.when_max or self.event.when_min
        return day


@dataclass(frozen=True, slots=True)
class _QuestionReports:
    """One question of one post with the reports that answer it, by their ids."""

    post: Post
    traffics: tuple[str, ...]  # empty: who held it
    direction: str
    timeline: Timeline
    reports: dict[str, SubjectCited]

    @property
    def key(self) -> str:
        return "-".join((self.post.slug, *(self.traffics or ("control",))))

    def roll_up(self, value: Value, day: datetime.date) -> Value:
        """A value by the memberships of a day."""
        return self.timeline.roll_up(value, day.toordinal())

    @property
    def values(self) -> dict[str, Value]:
        return {key: cited.report.value for key, cited in self.reports.items()}


class Conflicts:
    """All conflicts of a snapshot. Queries are few and do not grow with the number of reports."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @cached_property
    def all(self) -> list[Conflict]:
        """In the order of KINDS. Those asked by hand hide what is derived from their passages alone."""
        questions = self._questions()
        derived = _joined([*self._of_timelines(), *self._lengths(), *self._accounts()])
        asked = [question.passages for question in questions]
        shown = [conflict for conflict in derived if not any(conflict.passages <= words for words in asked)]
        order = list(KINDS)
        conflicts = (self._with_map(conflict) for conflict in (*questions, *shown))
        return sorted(conflicts, key=lambda conflict: order.index(conflict.kind))

    def _with_map(self, conflict: Conflict) -> Conflict:
        scope = self.snapshot.scope
        if not (conflict.show and conflict.on):
            return conflict
        return replace(conflict, map_query=open_query(scope, min(conflict.on, scope.last), conflict.show))

    def by_crossing(self) -> list[tuple[Crossing | None, list[Conflict]]]:
        """Grouped by crossing, those of the frontier as a whole last."""
        groups: dict[int | None, list[Conflict]] = defaultdict(list)
        for conflict in self.all:
            groups[conflict.crossing.pk if conflict.crossing else None].append(conflict)
        rows: list[tuple[Crossing | None, list[Conflict]]] = [
            (crossing, groups[crossing.pk]) for crossing in self.snapshot.crossings if crossing.pk in groups
        ]
        return [*rows, *([(None, groups[None])] if None in groups else [])]

    # --- Several values, several dates

    def _of_timelines(self) -> Iterator[Conflict]:
        scope = self.snapshot.scope
        for question in self._question_reports():
            segments = question.timeline.segments(scope.first, scope.last)
            for found in timeline_conflicts(segments, question.values, question.roll_up):
                if conflict := self._clash(question, found):
                    yield conflict
            yield from self._dates(question, segments)

    def _question_reports(self) -> Iterator[_QuestionReports]:
        snapshot = self.snapshot
        about = Q(post__in=snapshot.posts)
        control = _by_post(control_reports(snapshot.scope, about))
        status = _by_post(status_reports(snapshot.scope, about))
        for post in snapshot.posts:
            timelines = snapshot.timelines_of(post)
            yield _QuestionReports(
                post, (), "both", timelines.control, {cited.key: cited for cited in control[post.pk]}
            )
            for traffic, direction, timeline in timelines.questions():
                directions = ("both", *(DIRECTIONS if direction == "both" else (direction,)))
                answering = {
                    cited.key: cited
                    for cited in status[post.pk]
                    if cited.report.traffic == traffic and cited.report.direction in directions
                }
                yield _QuestionReports(post, (traffic,), direction, timeline, dict(answering))

    def _clash(self, question: _QuestionReports, found: TimelineConflict) -> Conflict | None:
        sides = tuple(
            self._side(question, side.value, side.reports, "denies" if side.denies else "states")
            for side in found.sides
        )
        documents = {frozenset(passage.document_id for passage in side.passages) for side in sides}
        if found.kind != "disputed" and len(documents) == 1:
            return None  # the same documents report a change: nobody differs
        control, status = _("Who held %(post)s?"), _("Was %(post)s open to %(traffic)s?")
        return Conflict(
            kind=found.kind,
            key=f"{question.key}-{found.first}",
            question="",
            template=status if question.traffics else control,
            crossing=question.post.crossing,
            sides=sides,
            posts=(question.post,),
            traffics=question.traffics,
            segments=found.segments,
        )

    def _side(
        self, question: _QuestionReports, value: Value, keys: Iterable[str], stance: str
    ) -> ConflictSide:
        reports = deduplicate(question.reports[key] for key in keys if key in question.reports)
        stances = {cited.report.stance for cited in reports}
        return ConflictSide(
            forces=() if question.traffics else self.snapshot.forces_of(value),
            status=next(iter(value), "") if question.traffics else "",
            stance=stances.pop() if len(stances) == 1 else stance,
            reports=tuple(reports),
            passages=_passages(reports),
        )

    def _dates(self, question: _QuestionReports, segments: Sequence[Segment]) -> Iterator[Conflict]:
        records = [cited.report.as_record() for cited in question.reports.values()]
        clash = clash_status if question.traffics else clash_control
        for found in date_conflicts(records, clash, segments, question.roll_up):
            texts: dict[str, list[str]] = defaultdict(list)
            for key in found.reports:
                texts[getattr(question.reports[key].report, found.name)].append(key)
            dates = sorted(texts, key=lambda text: (text.strip("[."), text))
            yield Conflict(
                kind="dates",
                key=f"{question.key}-{found.name}-{min(found.reports)}",
                question="",
                template=self._date_template(question, found),
                crossing=question.post.crossing,
                sides=tuple(
                    replace(self._side(question, found.value, texts[text], "states"), when=text)
                    for text in dates
                ),
                posts=(question.post,),
                traffics=question.traffics,
            )

    def _date_template(self, question: _QuestionReports, found: DateConflict) -> str:
        """The question with places for post and traffic, which `_asked` fills."""
        if not question.traffics:
            forces = self.snapshot.forces_of(found.value)
            who = " + ".join(force.name for force in forces).replace("%", "%%")
            begins, ends = _("When did %(who)s take %(post)s?"), _("When did %(who)s lose %(post)s?")
            return (begins if found.name == "starts" else ends) % {"who": who, "post": "%(post)s"}
        status = str(StatusReport.Status(next(iter(found.value))).label)
        begins = _("From when was %(post)s %(status)s to %(traffic)s?")
        ends = _("Until when was %(post)s %(status)s to %(traffic)s?")
        left = {"status": status, "post": "%(post)s", "traffic": "%(traffic)s"}
        return (begins if found.name == "starts" else ends) % left

    # --- Lengths of closures, accounts of strikes

    def _lengths(self) -> Iterator[Conflict]:
        """Closures of one crossing that observers count from days that exclude each other."""
        crossings = {post.crossing_id for post in self.snapshot.posts}
        if not crossings:
            return
        about = Q(topic=ObservationReport.Topic.CLOSURE, crossing__in=crossings)
        closures: dict[Crossing, list[CitedReport[ObservationReport]]] = defaultdict(list)
        for cited in observations(self.snapshot.scope, about):
            closures[cast(Crossing, cited.report.crossing)].append(cited)
        for crossing, rows in closures.items():
            texts: dict[str, list[AnyCited]] = defaultdict(list)
            for cited in rows:
                texts[cited.report.summary].append(cited)
            if len(texts) > 1:
                yield Conflict(
                    kind="lengths",
                    key=f"{crossing.slug}-closure",
                    question=_("How long was %(crossing)s closed?") % {"crossing": crossing.name},
                    crossing=crossing,
                    sides=tuple(
                        ConflictSide(text=text, reports=tuple(group), passages=_passages(group))
                        for text, group in texts.items()
                    ),
                )

    def _accounts(self) -> Iterator[Conflict]:
        scope = self.snapshot.scope
        reports = Prefetch("reports", account_reports(scope), to_attr="accounts")
        for event in self.snapshot.strikes(scope.first, scope.last).prefetch_related(reports):
            accounts: list[StrikeReport] = event.accounts
            if aspects := _aspects(accounts):
                yield Conflict(
                    kind="telling",
                    key=f"strike-{event.public_id}",
                    question=event.summary,
                    crossing=self._near(event),
                    sides=tuple(_account_side(report) for report in accounts),
                    event=event,
                    aspects=aspects,
                )

    def _near(self, event: StrikeEvent) -> Crossing | None:
        """The crossing that the strike lay nearest to, within NEAR_KM of a post."""
        gaps = [
            (gap_km(event.point.coords, event.radius_m, post.point.coords, post.radius_m), post.crossing)
            for post in self.snapshot.all_posts
        ]
        gap, crossing = min(gaps, key=lambda found: found[0], default=(NEAR_KM, None))
        return crossing if gap < NEAR_KM else None

    # --- Asked by hand

    def _questions(self) -> list[Conflict]:
        scope = self.snapshot.scope
        rows = scope.disagreements().select_related("crossing")
        if scope.region:
            rows = rows.filter(crossing__in=self.snapshot.crossings)
        conflicts = (
            Conflict(
                kind=_kind(found.row),
                key=found.row.public_id,
                question=found.row.question,
                crossing=found.row.crossing,
                sides=tuple(
                    ConflictSide(
                        text=given.answer.text,
                        passages=given.passages,
                        testifies=_kind(found.row) != "naming",
                    )
                    for given in found.answers
                ),
                note=found.row.note,
            )
            for found in cited_disagreements(scope, rows)
        )
        return [conflict for conflict in conflicts if self._fits(conflict)]

    def _fits(self, conflict: Conflict) -> bool:
        """Whether a question by hand is among what the filters on place and text let through."""
        selection = self.snapshot.selection
        places = {post.crossing_id for post in self.snapshot.posts}
        if selection.bbox and not (conflict.crossing and conflict.crossing.pk in places):
            return False
        if not selection.q:
            return True
        texts = [conflict.question, conflict.note, *(side.text for side in conflict.sides)]
        texts += [passage.exact for side in conflict.sides for passage in side.passages]
        wanted = fold(selection.q)
        return any(selection.q.casefold() in t.casefold() or (wanted and wanted in fold(t)) for t in texts)


def _kind(row: Disagreement) -> str:
    return "naming" if row.kind == Disagreement.Kind.NAMING else "question"


def _by_post(reports: Iterable[CitedReport[SubjectT]]) -> dict[int | None, list[CitedReport[SubjectT]]]:
    """Those that are assessed, by the primary key of their post."""
    found: dict[int | None, list[CitedReport[SubjectT]]] = defaultdict(list)
    for cited in reports:
        if cited.report.is_assessed:
            found[cited.report.post_id].append(cited)
    return found


def _passages(reports: Iterable[AnyCited]) -> tuple[Passage, ...]:
    return tuple({passage.pk: passage for cited in reports for passage in cited.passages}.values())


def _aspects(accounts: Sequence[StrikeReport]) -> tuple[str, ...]:
    """What differs between accounts of one strike, in words."""
    if len(accounts) < 2:
        return ()
    aspects: tuple[tuple[str, list[object]], ...] = (
        (_("the day"), [report.when for report in accounts]),
        (_("the toll"), [StrikeAccount(report, []).toll for report in accounts]),
        (
            _("who is blamed"),
            [{(blame.kind, blame.accused_id) for blame in report.attributions.all()} for report in accounts],
        ),
    )
    return tuple(word for word, values in aspects if any(value != values[0] for value in values))


def _account_side(report: StrikeReport) -> ConflictSide:
    passages = {passage.pk: passage for passage in passages_of(report)}
    for blame in report.attributions.all():
        if blame.passage:
            passages.setdefault(blame.passage.pk, blame.passage)
    shown = list(passages.values())
    return ConflictSide(stance=report.stance, passages=tuple(shown), account=StrikeAccount(report, shown))


# --- Several conflicts that rest on the same passages, as one


def _joined(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """Conflicts of several posts or kinds of traffic with the same sides as one, each with its question."""
    grouped: dict[Hashable, Conflict] = {}
    for conflict in conflicts:
        key = _grouping_key(conflict)
        if key not in grouped:
            grouped[key] = conflict
            continue
        same = grouped[key]
        grouped[key] = replace(
            same,
            posts=tuple(dict.fromkeys((*same.posts, *conflict.posts))),
            traffics=tuple(dict.fromkeys((*same.traffics, *conflict.traffics))),
            sides=tuple(
                replace(a, reports=tuple(deduplicate((*a.reports, *b.reports))))
                for a, b in zip(same.sides, conflict.sides, strict=True)
            ),
        )
    return [_asked(conflict) for conflict in grouped.values()]


def _grouping_key(conflict: Conflict) -> Hashable:
    """What has to be the same for two conflicts to be one; each strike stands for itself."""
    sides = tuple(
        (s.text, s.status, s.when, s.stance, s.forces, frozenset(passage.pk for passage in s.passages))
        for s in conflict.sides
    )
    crossing = conflict.crossing and conflict.crossing.pk
    return (
        conflict.kind, crossing, bool(conflict.traffics), conflict.segments, sides,
        conflict.key if conflict.event else None,
    )  # fmt: skip


def _asked(conflict: Conflict) -> Conflict:
    """With the question in words."""
    if not conflict.template:
        return conflict
    posts = _(" and ").join(post.name for post in conflict.posts)
    traffic = traffic_in_words(conflict.traffics) if conflict.traffics else ""
    return replace(conflict, question=conflict.template % {"post": posts, "traffic": traffic})
