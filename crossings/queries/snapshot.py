"""What is on the map for a selection: posts with their stretches, sites and strikes.

The list, the map, the counts and the downloads all come from here, so that they cannot differ.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from crossings.assessment import Answer, CrossingStatus, crossing_status
from crossings.models import (
    ControlReport,
    Crossing,
    Force,
    Holder,
    Name,
    ObservationReport,
    Post,
    Region,
    Site,
    StrikeEvent,
)
from crossings.models.strikes import StrikeEventQuerySet
from geodata.bbox import BBox
from geodata.selection import PRECISIONS, Selection, SelectionError

from .scope import Scope
from .search import Found, find
from .timelines import UNQUALIFIED, PostTimelines, load

#: A region's map reaches this far around its posts, in degrees: what was struck nearby belongs to it.
REGION_MARGIN = 0.75


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The status of one kind of traffic on one day (direction "both", "outbound" or "inbound")."""

    traffic: str
    direction: str
    answer: Answer

    @property
    def value(self) -> str:
        return _status_value(self.answer)

    def as_dict(self, on: datetime.date) -> dict[str, Any]:
        """What pages and files say of it on a day: the value and how sure it is."""
        answer = self.answer
        return {
            "traffic": self.traffic,
            "direction": self.direction,
            "value": self.value,
            "level": answer.level,
            "stale": answer.stale,
            "indirect": answer.indirect,
            "wires": answer.wire_count,
            "since": last_reported(answer, on),
        }


@dataclass(frozen=True, slots=True)
class PostDay:
    """One post from one day to another, both included, over which nothing but ages changes."""

    post: Post
    first: datetime.date
    last: datetime.date
    control: Answer
    status: tuple[StatusLine, ...]

    @property
    def holders(self) -> frozenset[str]:
        """Slugs of the forces that hold it, or that are said to where that is disputed."""
        named = set(self.control.value)
        for alternative in self.control.alternatives:
            if alternative.stance != "denies":
                named |= alternative.value
        return frozenset(named)

    @property
    def shape(self) -> str:
        """The status of people and goods as one word; "mixed" where they differ."""
        values = {line.value for line in self.status if line.traffic in UNQUALIFIED}
        return values.pop() if len(values) == 1 else "mixed"

    @property
    def since(self) -> datetime.date | None:
        """The day of the last word on who held it, where that lies behind."""
        return last_reported(self.control, self.first)


@dataclass(frozen=True, slots=True)
class CrossingDay:
    """Both posts of a crossing on one day, those that the selection shows."""

    crossing: Crossing
    posts: tuple[PostDay, ...]
    both: tuple[PostDay, ...]

    @property
    def traffic(self) -> list[tuple[str, CrossingStatus]]:
        """The crossing as a whole, for people and for goods."""
        rows = []
        for kind in UNQUALIFIED:
            sides = [line.answer for day in self.both for line in day.status if line.traffic == kind]
            if len(sides) == 2:
                rows.append((kind, crossing_status(*sides)))
        return rows


def _status_value(answer: Answer) -> str:
    if answer.level == "unknown":
        return "unknown"
    if len(answer.value) == 1:
        return next(iter(answer.value))
    return "disputed"


def last_reported(answer: Answer, first: datetime.date) -> datetime.date | None:
    if answer.age_days is None or answer.level not in ("carried", "between", "possible", "disputed"):
        return None
    return first - datetime.timedelta(days=answer.age_days)


def named_forces(scope: Scope) -> QuerySet[Force]:
    """Forces that a published row names, and the umbrellas of these.

    Asked force by force, each stopping at the first such row: forces are few, rows may be many.
    """
    me, control = OuterRef("pk"), scope.reports(ControlReport)
    blamed, backing = scope.attributions(), scope.backings()
    rows = (
        Holder.objects.filter(force=me, report__in=control),
        Holder.objects.filter(counts_for=me, report__in=control),
        scope.reports(ObservationReport).filter(forces=me),
        blamed.filter(accused=me),
        blamed.filter(speaker_force=me),
        scope.strikes().filter(targets=me),
        backing.filter(force=me),
        backing.filter(backer=me),
    )
    named = reduce(or_, (Q(Exists(found)) for found in rows))
    members = Force.objects.filter(named).values("umbrella")
    return Force.objects.filter(named | Q(pk__in=members.filter(umbrella__isnull=False)))


class Snapshot:
    """Everything a selection shows. Queries are few and do not grow with the number of rows."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.selection: Selection = scope.selection
        self._check_forces()

    def _check_forces(self) -> None:
        """Refuse ids of forces that nothing public names. Raises SelectionError naming the parameter."""
        for parameter in ("holder", "accused", "target"):
            for slug in getattr(self.selection, parameter):
                if slug not in self.forces:
                    raise SelectionError(
                        parameter, slug, "There is no force with this id; /forces/ lists them."
                    )

    @cached_property
    def lanes(self) -> Mapping[int, PostTimelines]:
        return load(self.scope)

    @cached_property
    def forces(self) -> dict[str, Force]:
        """Forces that something public names, by their ids."""
        named = named_forces(self.scope.with_all_sources())
        return {force.slug: force for force in named.prefetch_related("names")}

    @cached_property
    def found(self) -> Found | None:
        return find(self.selection.q, self.scope.with_all_sources()) if self.selection.q else None

    @cached_property
    def crossings(self) -> list[Crossing]:
        """Public crossings of the region with both posts, whatever the filters."""
        rows = self.scope.places(Crossing).select_related("frontier")
        names = Name.objects.order_by("language", "role", "pk")
        posts = Post.objects.prefetch_related(Prefetch("names", names))
        return list(rows.prefetch_related(Prefetch("posts", posts), Prefetch("names", names)))

    @cached_property
    def posts(self) -> list[Post]:
        """Posts that the filters on place, precision and text let through."""
        if not (self.selection.shows("control") or self.selection.shows("status")):
            return []
        kept = []
        for crossing in self.crossings:
            for post in crossing.posts.all():
                post.crossing = crossing
                if self._place_fits(post) and (self.found is None or post.pk in self.found.posts):
                    kept.append(post)
        return kept

    def _place_fits(self, place: Any) -> bool:
        box = self.selection.bbox
        if box and not (box.west <= place.point.x <= box.east and box.south <= place.point.y <= box.north):
            return False
        at_least = self.selection.precision
        return not at_least or PRECISIONS.index(place.precision) <= PRECISIONS.index(at_least)

    def _day_fits(self, day: PostDay) -> bool:
        selection = self.selection
        if selection.holder and not day.holders.intersection(selection.holder):
            return False
        shown = {line.value for line in day.status if line.traffic in UNQUALIFIED}
        return not selection.status or bool(shown.intersection(selection.status))

    def day_of(self, post: Post, on: datetime.date) -> PostDay:
        """One post on one day, filters apart."""
        lanes = self.lanes.get(post.pk) or PostTimelines()
        status = tuple(StatusLine(t, d, lane.on(on)) for t, d, lane in lanes.questions())
        return PostDay(post, on, on, lanes.control.on(on), status)

    def days(self, on: datetime.date) -> list[PostDay]:
        """The posts shown on a day."""
        return [day for post in self.posts if self._day_fits(day := self.day_of(post, on))]

    def crossing_days(self, on: datetime.date) -> list[CrossingDay]:
        """The posts shown on a day, by crossing; a crossing is shown with at least one of its posts."""
        shown: dict[int, list[PostDay]] = {}
        for day in self.days(on):
            shown.setdefault(day.post.crossing_id, []).append(day)
        return [
            CrossingDay(
                crossing,
                tuple(shown[crossing.pk]),
                tuple(self.day_of(post, on) for post in crossing.posts.all()),
            )
            for crossing in self.crossings
            if crossing.pk in shown
        ]

    def stretches(self, post: Post, first: datetime.date, last: datetime.date) -> Iterator[PostDay]:
        """The post's days as runs over which neither control nor any status changes, filters apart."""
        lanes = self.lanes.get(post.pk) or PostTimelines()
        questions = lanes.questions()
        starts = {first}
        for lane in (lanes.control, *(lane for _, _, lane in questions)):
            starts.update(segment.first for segment in lane.segments(first, last))
        for begin, end in runs(sorted(starts), last):
            status = tuple(StatusLine(t, d, lane.on(begin)) for t, d, lane in questions)
            yield PostDay(post, begin, end, lanes.control.on(begin), status)

    def shown_stretches(self, post: Post, first: datetime.date, last: datetime.date) -> list[PostDay]:
        return [day for day in self.stretches(post, first, last) if self._day_fits(day)]

    @cached_property
    def sites(self) -> list[Site]:
        if not self.selection.shows("sites"):
            return []
        rows = self.scope.places(Site).prefetch_related("names")
        box = region_box(self.scope.region, self.crossings)
        return [
            site
            for site in rows
            if self._place_fits(site)
            and (self.found is None or site.pk in self.found.sites)
            and (box is None or _inside(box, site.point))
        ]

    def strikes(self, first: datetime.date, last: datetime.date) -> StrikeEventQuerySet[StrikeEvent]:
        """Public strike events whose possible days touch first…last, as a queryset."""
        selection, scope = self.selection, self.scope
        if not selection.shows("strikes"):
            return StrikeEvent.objects.none()
        events = scope.strikes().filter(
            Q(when_min__lte=last) | Q(when_min=None), Q(when_max__gte=first) | Q(when_max=None)
        )
        for box in (selection.bbox, region_box(scope.region, self.crossings)):
            events = events.inside(box) if box else events
        if selection.grade:
            events = events.filter(grade__in=selection.grade)
        if selection.precision:
            allowed = PRECISIONS[: PRECISIONS.index(selection.precision) + 1]
            events = events.filter(precision__in=allowed)
        if selection.target:
            events = events.filter(targets__slug__in=selection.target).distinct()
        if selection.accused:
            blamed = scope.attributions().filter(accused__slug__in=selection.accused)
            events = events.filter(Exists(blamed.filter(report__event=OuterRef("pk"))))
        if self.found is not None:
            events = events.filter(pk__in=self.found.strikes)
        return events.order_by("when_min", "public_id")

    def counts(self, on: datetime.date) -> dict[str, int]:
        """How many of each thing are shown on the day; the keys are those of the page's data-count."""
        days = self.days(on)
        counts: Counter[str] = Counter()
        for day in days:
            if self.selection.shows("control"):
                counts[f"level:{day.control.level}"] += 1
                counts.update(f"holder:{slug}" for slug in day.holders)
            if self.selection.shows("status"):
                counts[f"status:{day.shape}"] += 1
        counts["posts"] = len(days)
        counts["crossings"] = len({day.post.crossing_id for day in days})
        counts["sites"] = len(self.sites)
        counts["strikes"] = self.strikes(*self.selection.interval(on)).count()
        return dict(counts)


def runs(
    starts: Iterable[datetime.date], last: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """First and last days of the runs that begin on these days, the final one ending on `last`."""
    starts = list(starts)
    for i, begin in enumerate(starts):
        end = starts[i + 1] - datetime.timedelta(days=1) if i + 1 < len(starts) else last
        yield begin, end


def region_box(region: Region | None, crossings: Iterable[Crossing]) -> BBox | None:
    """The box around a region's posts, with its margin; None for the whole map."""
    points = [post.point for crossing in crossings for post in crossing.posts.all()]
    if region is None or not points:
        return None
    return BBox(
        max(-180, min(p.x for p in points) - REGION_MARGIN),
        max(-90, min(p.y for p in points) - REGION_MARGIN),
        min(180, max(p.x for p in points) + REGION_MARGIN),
        min(90, max(p.y for p in points) + REGION_MARGIN),
    )


def _inside(box: BBox, point: Any) -> bool:
    return box.west <= point.x <= box.east and box.south <= point.y <= box.north


def link_params(snapshot: Snapshot) -> Selection:
    """What of a selection goes along to other pages: the day, where it was asked for, edition and sources."""
    scope = snapshot.selection
    return Selection(on=scope.on, edition=scope.edition, sources=scope.sources)
