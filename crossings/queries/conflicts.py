"""Every difference of a selection, with the words of each side: what the page "What differs" shows."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crossings.assessment import Record, Segment, Timeline, clash_control, clash_status
from crossings.assessment.conflicts import TimelineConflict, date_conflicts, timeline_conflicts
from crossings.assessment.records import Clash, Value
from crossings.assessment.tolls import Range, TollRange, toll_range
from crossings.models import (
    Answer,
    Attribution,
    Crossing,
    Force,
    ObservationReport,
    Passage,
    Post,
    StatusReport,
    StrikeEvent,
    StrikeReport,
)
from geodata.measure import gap_km
from geodata.text import fold

from . import citations
from .explanations import CitedReport, control_reports, deduplicate, observations, status_reports
from .snapshot import Snapshot
from .timelines import DIRECTIONS, PostTimelines

NEAR_KM = 25.0  # from edge to edge of what is uncertain: nearer strikes are told with their crossing
#: In the order in which the page shows them.
KINDS = {
    "disputed": gettext_lazy("Sources contradict each other"),
    "dates": gettext_lazy("One change, dated differently"),
    "lengths": gettext_lazy("One closure, counted differently"),
    "telling": gettext_lazy("One strike, told differently"),
    "question": gettext_lazy("What no map can hold"),
    "compatible": gettext_lazy("Compatible: one says more than the other"),
    "possible": gettext_lazy("Left open by the dates that sources give"),
}


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """One answer with its words: forces, a status, or a text; `denies` where it says that this was not so."""

    forces: tuple[Force, ...] = ()
    status: str = ""
    text: str = ""
    when: str = ""  # EDTF, where dates are what differs
    stance: str = "states"
    reports: tuple[CitedReport, ...] = ()
    passages: tuple[Passage, ...] = ()
    telling: StrikeReport | None = None
    toll: TollRange | None = None

    @property
    def wires(self) -> tuple[str, ...]:
        """Names of the independent wires that carry it."""
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
    stretches: tuple[tuple[datetime.date, datetime.date, str], ...] = ()
    note: str = ""
    event: StrikeEvent | None = None
    aspects: tuple[str, ...] = ()  # what differs between tellings
    map_query: str = ""  # opens the map where it shows
    wording: str = ""  # the question with places for posts and traffic, which putting together fills anew

    @property
    def passages(self) -> frozenset[int]:
        return frozenset(p.pk for side in self.sides for p in side.passages)

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
        if self.event:
            return self.event.when_max or self.event.when_min
        return self.stretches[0][0] if self.stretches else None


@dataclass(frozen=True, slots=True)
class _Lane:
    """One question of one post with the reports that answer it."""

    post: Post
    traffics: tuple[str, ...]  # empty: who held it
    timeline: Timeline
    said: dict[str, CitedReport]
    values: dict[str, Value]
    clash: Clash
    direction: str = "both"
    records: tuple[Record, ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        return "-".join((self.post.slug, *(self.traffics or ("control",))))


class Conflicts:
    """All differences of a board. Queries are few and do not grow with the number of reports."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @cached_property
    def all(self) -> list[Conflict]:
        """Those asked by hand hide what is derived from no other words than theirs."""
        questions = self._questions()
        derived = [*self._of_lanes(), *self._lengths(), *self._tellings()]
        told = [question.passages for question in questions]
        kept = [one for one in _put_together(derived) if not any(one.passages <= words for words in told)]
        order = list(KINDS)
        return sorted(
            (self._with_map(one) for one in (*questions, *kept)), key=lambda one: order.index(one.kind)
        )

    def _with_map(self, one: Conflict) -> Conflict:
        scope = self.snapshot.scope
        if not (one.show and one.on):
            return one
        return replace(one, map_query=citations.open_query(scope, min(one.on, scope.last), one.show))

    def by_crossing(self) -> list[tuple[Crossing | None, list[Conflict]]]:
        """Grouped by crossing, those of the frontier as a whole last."""
        groups: dict[int | None, list[Conflict]] = defaultdict(list)
        for one in self.all:
            groups[one.crossing.pk if one.crossing else None].append(one)
        rows = [
            (crossing, groups[crossing.pk]) for crossing in self.snapshot.crossings if crossing.pk in groups
        ]
        return [*rows, *([(None, groups[None])] if None in groups else [])]

    # --- Lanes

    def _of_lanes(self) -> Iterator[Conflict]:
        for lane in self._lanes():
            segments = lane.timeline.segments(self.snapshot.scope.first, self.snapshot.scope.last)
            for found in timeline_conflicts(segments, lane.values):
                if one := self._clash(lane, found):
                    yield one
            yield from self._dates(lane, segments)

    def _lanes(self) -> Iterator[_Lane]:
        snapshot = self.snapshot
        posts = Q(post__in=snapshot.posts)
        control = _by_post(control_reports(snapshot, posts))
        status = _by_post(status_reports(snapshot, posts))
        for post in snapshot.posts:
            lanes = snapshot.lanes.get(post.pk) or PostTimelines()
            held = {s.key: s for s in control[post.pk] if s.report.is_assessed}
            values = {key: s.report.value for key, s in held.items()}
            yield _Lane(post, (), lanes.control, held, values, clash_control, records=_records(held))
            for traffic, direction, timeline in lanes.questions():
                directions = ("both", *(DIRECTIONS if direction == "both" else (direction,)))
                passed = {
                    s.key: s
                    for s in status[post.pk]
                    if s.report.is_assessed
                    and s.report.traffic == traffic
                    and s.report.direction in directions
                }
                values = {key: s.report.value for key, s in passed.items()}
                records = _records(passed)
                yield _Lane(
                    post, (traffic,), timeline, passed, values, clash_status, direction, records
                )  # fmt: skip

    def _clash(self, lane: _Lane, found: TimelineConflict) -> Conflict | None:
        sides = tuple(
            self._side(lane, one.value, one.reports, "denies" if one.denies else "states")
            for one in found.sides
        )
        documents = {frozenset(p.document_id for p in side.passages) for side in sides}
        if found.kind != "disputed" and len(documents) == 1:
            return None  # the same documents tell a change: nobody differs
        return Conflict(
            kind=found.kind,
            key=f"{lane.key}-{found.first}",
            question="",
            wording=_("Was %(post)s open to %(traffic)s?") if lane.traffics else _("Who held %(post)s?"),
            crossing=lane.post.crossing,
            sides=sides,
            posts=(lane.post,),
            traffics=lane.traffics,
            stretches=found.stretches,
        )

    def _side(self, lane: _Lane, value: Value, reports: Iterable[str], stance: str) -> ConflictSide:
        said = deduplicate(lane.said[key] for key in reports if key in lane.said)
        stances = {s.report.stance for s in said}
        return ConflictSide(
            forces=() if lane.traffics else self._forces(value),
            status=next(iter(value), "") if lane.traffics else "",
            stance=stances.pop() if len(stances) == 1 else stance,
            reports=tuple(said),
            passages=_passages(said),
        )

    def _forces(self, slugs: Iterable[str]) -> tuple[Force, ...]:
        return tuple(self.snapshot.forces[slug] for slug in sorted(slugs) if slug in self.snapshot.forces)

    def _dates(self, lane: _Lane, segments: Sequence[Segment]) -> Iterator[Conflict]:
        for found in date_conflicts(lane.records, lane.clash, segments):
            texts: dict[str, list[str]] = defaultdict(list)
            for key in found.reports:
                texts[getattr(lane.said[key].report, found.name)].append(key)
            dates = sorted(texts, key=lambda text: (text.strip("[."), text))
            yield Conflict(
                kind="dates",
                key=f"{lane.key}-{found.name}-{min(found.reports)}",
                question="",
                wording=self._date_wording(lane, found.name, found.value),
                crossing=lane.post.crossing,
                sides=tuple(
                    replace(self._side(lane, found.value, texts[text], "states"), when=text) for text in dates
                ),
                posts=(lane.post,),
                traffics=lane.traffics,
            )

    def _date_wording(self, lane: _Lane, name: str, value: Value) -> str:
        """The question with places for post and traffic, which `_asked` fills."""
        if not lane.traffics:
            who = " + ".join(force.name for force in self._forces(value)).replace("%", "%%")
            begins, ends = _("When did %(who)s take %(post)s?"), _("When did %(who)s lose %(post)s?")
            return (begins if name == "starts" else ends) % {"who": who, "post": "%(post)s"}
        status = str(StatusReport.Status(next(iter(value))).label)
        begins = _("From when was %(post)s %(status)s to %(traffic)s?")
        ends = _("Until when was %(post)s %(status)s to %(traffic)s?")
        kept = {"status": status, "post": "%(post)s", "traffic": "%(traffic)s"}
        return (begins if name == "starts" else ends) % kept

    # --- Lengths of closures, tellings of strikes

    def _lengths(self) -> Iterator[Conflict]:
        """Closures of one crossing that observers count from days that exclude each other."""
        crossings = {post.crossing_id for post in self.snapshot.posts}
        about = Q(topic=ObservationReport.Topic.CLOSURE, crossing__in=crossings)
        told: dict[int, list[CitedReport]] = defaultdict(list)
        for said in observations(self.snapshot, about) if crossings else ():
            told[said.report.crossing_id].append(said)
        for rows in told.values():
            texts: dict[str, list[CitedReport]] = defaultdict(list)
            for one in rows:
                texts[one.report.summary].append(one)
            if len(texts) > 1:
                crossing = rows[0].report.crossing
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

    def _tellings(self) -> Iterator[Conflict]:
        scope = self.snapshot.scope
        told = scope.reports(StrikeReport)
        passages = Passage.objects.select_related("document__source_set", "wire")
        blamed = Attribution.objects.select_related("accused", "speaker_force")
        blamed = blamed.prefetch_related(Prefetch("passage", passages))
        reports = citations.with_passages(told.order_by("pk")).prefetch_related(
            "tolls", Prefetch("attributions", blamed)
        )
        rows = self.snapshot.strikes(scope.first, scope.last)
        for event in rows.prefetch_related(Prefetch("reports", reports, to_attr="told")):
            if aspects := _aspects(event.told):
                yield Conflict(
                    kind="telling",
                    key=f"strike-{event.public_id}",
                    question=event.summary,
                    crossing=self._near(event),
                    sides=tuple(_telling(report) for report in event.told),
                    event=event,
                    aspects=aspects,
                )

    def _near(self, event: StrikeEvent) -> Crossing | None:
        """The crossing that the strike lay nearest to, within NEAR_KM of a post."""
        gaps = [
            (gap_km((event.point.x, event.point.y), event.radius_m, (p.point.x, p.point.y), p.radius_m), c)
            for c in self.snapshot.crossings
            for p in c.posts.all()
        ]
        gap, crossing = min(gaps, key=lambda found: found[0], default=(NEAR_KM, None))
        return crossing if gap < NEAR_KM else None

    # --- Asked by hand

    def _questions(self) -> list[Conflict]:
        snapshot = self.snapshot
        scope = snapshot.scope
        passages = scope.passages().select_related("document__source_set", "wire").in_order()
        answers = Answer.objects.prefetch_related(Prefetch("passages", passages))
        rows = scope.disagreements().select_related("crossing")
        shown = {crossing.pk: crossing for crossing in snapshot.crossings}
        if scope.region:
            rows = rows.filter(crossing__in=shown)
        found = []
        for row in rows.prefetch_related(Prefetch("answers", answers)):
            sides = tuple(
                ConflictSide(text=answer.text, passages=tuple(answer.passages.all()))
                for answer in row.answers.all()
                if answer.passages.all()
            )
            one = Conflict("question", row.public_id, row.question, row.crossing, sides, note=row.note)
            if sides and self._fits(one):
                found.append(one)
        return found

    def _fits(self, one: Conflict) -> bool:
        """Whether a question by hand is among what the filters on place and text let through."""
        selection = self.snapshot.selection
        places = {post.crossing_id for post in self.snapshot.posts}
        if selection.bbox and not (one.crossing and one.crossing.pk in places):
            return False
        if not selection.q:
            return True
        texts = [one.question, one.note, *(side.text for side in one.sides)]
        texts += [p.exact for side in one.sides for p in side.passages]
        wanted = fold(selection.q)
        return any(selection.q.casefold() in t.casefold() or (wanted and wanted in fold(t)) for t in texts)


def _by_post(said: Iterable[CitedReport]) -> dict[int, list[CitedReport]]:
    found: dict[int, list[CitedReport]] = defaultdict(list)
    for one in said:
        found[one.report.post_id].append(one)
    return found


def _records(said: dict[str, CitedReport]) -> tuple[Record, ...]:
    return tuple(one.report.as_record() for one in said.values())


def _passages(said: Iterable[CitedReport]) -> tuple[Passage, ...]:
    return tuple({p.pk: p for one in said for p in one.passages}.values())


def _traffic(traffics: Sequence[str]) -> str:
    labels = [str(StatusReport.Traffic(traffic).label) for traffic in traffics]
    return labels[0] if len(labels) == 1 else _(" and ").join([", ".join(labels[:-1]), labels[-1]])


def _aspects(told: Sequence[StrikeReport]) -> tuple[str, ...]:
    """What differs between tellings of one strike, in words."""
    if len(told) < 2:
        return ()
    found = (
        (_("the day"), [report.when for report in told]),
        (_("the toll"), [toll_range([report.tolls.all()]) for report in told]),
        (
            _("who is blamed"),
            [{(blame.kind, blame.accused_id) for blame in report.attributions.all()} for report in told],
        ),
    )
    return tuple(word for word, values in found if any(value != values[0] for value in values))


def _telling(report: StrikeReport) -> ConflictSide:
    passages = {p.pk: p for p in citations.passages_of(report)}
    for blame in report.attributions.all():
        if blame.passage:
            passages.setdefault(blame.passage.pk, blame.passage)
    for toll in report.tolls.all():
        # For the partial, which words a range wherever it comes from.
        vars(toll).update(
            killed=Range(toll.killed_low, toll.killed_high),
            injured=Range(toll.injured_low, toll.injured_high),
        )
    return ConflictSide(
        stance=report.stance,
        passages=tuple(passages.values()),
        telling=report,
        toll=toll_range([report.tolls.all()]),
    )


def _put_together(found: Iterable[Conflict]) -> list[Conflict]:
    """Differences of several posts or kinds of traffic that rest on the same words, as one."""
    kept: dict[Any, Conflict] = {}
    for one in found:
        key = (one.kind, one.crossing and one.crossing.pk, bool(one.traffics), one.stretches, _words(one))
        same = kept.get(key)
        if same is None or one.event:
            kept[(key, one.key) if one.event else key] = one
        else:
            kept[key] = replace(
                same,
                posts=tuple(dict.fromkeys((*same.posts, *one.posts))),
                traffics=tuple(dict.fromkeys((*same.traffics, *one.traffics))),
                sides=tuple(
                    replace(a, reports=tuple(deduplicate((*a.reports, *b.reports))))
                    for a, b in zip(same.sides, one.sides, strict=True)
                ),
            )
    return [_asked(one) for one in kept.values()]


def _words(one: Conflict) -> Any:
    """What has to be the same for two differences to be told in one breath."""
    return tuple(
        (s.text, s.status, s.when, s.stance, s.forces, frozenset(p.pk for p in s.passages)) for s in one.sides
    )


def _asked(one: Conflict) -> Conflict:
    """With the question in words."""
    if not one.wording:
        return one
    posts = _(" and ").join(post.name for post in one.posts)
    traffic = _traffic(one.traffics) if one.traffics else ""
    return replace(one, question=one.wording % {"post": posts, "traffic": traffic})
