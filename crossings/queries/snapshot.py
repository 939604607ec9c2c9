"""What is on the map for a selection: posts with their assessments, sites and strikes.

The list, the map, the counts and the downloads all come from here, so that they cannot differ.
"""

from __future__ import annotations

import bisect
import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib.gis.db.models import Extent
from django.db.models import Exists, OuterRef, Q

from crossings.assessment import Answer, CrossingStatus, Timeline, crossing_status
from crossings.models import ControlReport, Crossing, Force, Post, Site, StrikeEvent
from crossings.wording.levels import Sureness
from geodata.bbox import WORLD, BBox, LonLat
from geodata.precision import at_least
from geodata.selection import Selection, SelectionError

from .scope import Scope
from .search import Found, find
from .sureness import sureness
from .timelines import UNQUALIFIED, PostTimelines, load

if TYPE_CHECKING:
    from crossings.models.base import Positioned
    from crossings.models.strikes import StrikeEventQuerySet

#: A region's map reaches this far around its posts, in degrees: what was struck nearby belongs to it.
REGION_MARGIN = 0.75
#: Degrees that a map shows around the outermost posts.
MAP_MARGIN = 0.35


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The status of one kind of traffic on one day (direction "both", "outbound" or "inbound")."""

    traffic: str
    direction: str
    answer: Answer

    @property
    def value(self) -> str:
        """A status, "unknown", or "disputed" where several are reported."""
        if self.answer.level == "unknown":
            return "unknown"
        return next(iter(self.answer.value)) if len(self.answer.value) == 1 else "disputed"

    def as_dict(self, on: datetime.date) -> dict[str, object]:
        """What pages and files say of it on a day: the value and how sure it is."""
        answer = self.answer
        return {
            "traffic": self.traffic,
            "direction": self.direction,
            "value": self.value,
            "level": answer.level,
            "stale": answer.stale,
            "far": answer.far,
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
        return holders_named(self.control)

    @property
    def passing(self) -> list[StatusLine]:
        """The status of people and goods."""
        return [line for line in self.status if line.traffic in UNQUALIFIED]

    @property
    def shape(self) -> str:
        """The status of people and goods as one word; "mixed" where they differ."""
        values = {line.value for line in self.passing}
        return values.pop() if len(values) == 1 else "mixed"

    @property
    def since(self) -> datetime.date | None:
        """The day on which who held it was last reported, where that lies behind."""
        return last_reported(self.control, self.first)


@dataclass(frozen=True, slots=True)
class CrossingDay:
    """Both posts of a crossing on one day, and those that the selection shows."""

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


def holders_named(answer: Answer) -> frozenset[str]:
    """Slugs of the forces in a control answer: the value's, and those of alternatives that nobody denies."""
    alternatives = (a.value for a in answer.alternatives if a.stance != "denies")
    return answer.value.union(*alternatives)


def last_reported(answer: Answer, first: datetime.date) -> datetime.date | None:
    """The day of the latest words that an answer rests on, where it lies before `first`, the answer's day."""
    day = answer.last_reported
    return day if day is not None and day < first else None


class Snapshot:
    """Everything that a selection shows. Queries are few and do not grow with the number of rows."""

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
    def timelines(self) -> Mapping[int, PostTimelines]:
        return load(self.scope)

    def timelines_of(self, post: Post) -> PostTimelines:
        return self.timelines.get(post.pk) or PostTimelines()

    @cached_property
    def _of_bases(self) -> frozenset[str]:
        """Ids of the passages on which public reports about a base rest. Asked for when first needed."""
        bases = self.scope.reports(ControlReport).filter(site__kind=Site.Kind.BASE)
        return frozenset(bases.values_list("main_passage__public_id", flat=True))

    def sure(self, timeline: Timeline, answer: Answer, on: datetime.date) -> Sureness:
        """How sure a timeline's answer of a day is."""
        return sureness(timeline, answer, on, last_reported(answer, on), lambda: self._of_bases)

    def sure_of_control(self, day: PostDay) -> Sureness:
        """How sure it is who held the post."""
        return self.sure(self.timelines_of(day.post).control, day.control, day.first)

    def sure_of_status(self, day: PostDay, line: StatusLine) -> Sureness:
        """How sure one line of the post's status is."""
        timelines = {(t, d): timeline for t, d, timeline in self.timelines_of(day.post).questions()}
        return self.sure(timelines[line.traffic, line.direction], line.answer, day.first)

    @cached_property
    def forces(self) -> dict[str, Force]:
        """Forces that something public names, by their ids."""
        return {force.slug: force for force in self.scope.forces().prefetch_related("names")}

    def forces_of(self, slugs: Iterable[str]) -> tuple[Force, ...]:
        """Forces by their ids, in the order of these; ids that nothing public names are left out."""
        return tuple(self.forces[slug] for slug in sorted(slugs) if slug in self.forces)

    @cached_property
    def found(self) -> Found | None:
        return find(self.selection.q, self.scope) if self.selection.q else None

    @cached_property
    def crossings(self) -> list[Crossing]:
        """Public crossings of the region with both posts, whatever the filters."""
        rows = self.scope.places(Crossing).select_related("frontier")
        return list(rows.prefetch_related("posts__names", "names"))

    @cached_property
    def all_posts(self) -> list[Post]:
        """The posts of these crossings."""
        return [post for crossing in self.crossings for post in crossing.posts.all()]

    @cached_property
    def posts(self) -> list[Post]:
        """Posts that the filters on place, precision and text let through."""
        if not (self.selection.shows("control") or self.selection.shows("status")):
            return []
        return [
            post
            for post in self.all_posts
            if self._place_fits(post) and (self.found is None or post.pk in self.found.posts)
        ]

    @cached_property
    def box(self) -> BBox:
        """What a map of these crossings looks at; without any, the frontiers' lines, else the world."""
        if self.all_posts:
            return BBox.around(self._points(), MAP_MARGIN)
        extent = self.scope.frontiers().aggregate(extent=Extent("line"))["extent"]
        return BBox(*extent).expanded(MAP_MARGIN) if extent else WORLD

    @cached_property
    def region_box(self) -> BBox | None:
        """The box around a region's posts, with its margin; None for the whole map."""
        if self.scope.region is None or not self.all_posts:
            return None
        return BBox.around(self._points(), REGION_MARGIN)

    def _points(self) -> list[LonLat]:
        return [post.point.coords for post in self.all_posts]

    def _place_fits(self, place: Positioned) -> bool:
        box, precision = self.selection.bbox, self.selection.precision
        if box and not box.contains(place.point.coords):
            return False
        return not precision or place.precision in at_least(precision)

    def _day_fits(self, day: PostDay) -> bool:
        selection = self.selection
        if selection.holder and not day.holders.intersection(selection.holder):
            return False
        shown = {line.value for line in day.passing}
        return not selection.status or bool(shown.intersection(selection.status))

    # --- Days

    def day_of(self, post: Post, on: datetime.date) -> PostDay:
        """One post on one day, filters apart."""
        return self._post_day(post, on, on)

    def _post_day(self, post: Post, first: datetime.date, last: datetime.date) -> PostDay:
        timelines = self.timelines_of(post)
        status = tuple(StatusLine(t, d, timeline.on(first)) for t, d, timeline in timelines.questions())
        return PostDay(post, first, last, timelines.control.on(first), status)

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

    def segments(self, post: Post, first: datetime.date, last: datetime.date) -> Iterator[PostDay]:
        """The post's days as segments over which neither control nor any status changes, filters apart."""
        timelines = self.timelines_of(post)
        starts = {first}
        for timeline in (timelines.control, *(timeline for _, _, timeline in timelines.questions())):
            starts.update(segment.first for segment in timeline.segments(first, last))
        for begin, end in intervals(sorted(starts), last):
            yield self._post_day(post, begin, end)

    def shown_segments(self, post: Post, first: datetime.date, last: datetime.date) -> list[PostDay]:
        return [day for day in self.segments(post, first, last) if self._day_fits(day)]

    def changes_around(self, on: datetime.date) -> tuple[datetime.date | None, datetime.date | None]:
        """The last day before `on` and the first after it on which something shown changes."""
        first, last = self.scope.first, self.scope.last
        days = sorted({day.first for post in self.posts for day in self.segments(post, first, last)})
        before, after = bisect.bisect_left(days, on), bisect.bisect_right(days, on)
        return (days[before - 1] if before > 0 else None), (days[after] if after < len(days) else None)

    # --- Other places

    @cached_property
    def sites(self) -> list[Site]:
        if not self.selection.shows("sites"):
            return []
        return [
            site
            for site in self.scope.places(Site).prefetch_related("names")
            if self._place_fits(site)
            and (self.found is None or site.pk in self.found.sites)
            and (self.region_box is None or self.region_box.contains(site.point.coords))
        ]

    def strikes(self, first: datetime.date, last: datetime.date) -> StrikeEventQuerySet[StrikeEvent]:
        """Public strike events whose possible days touch first…last."""
        selection, scope = self.selection, self.scope
        if not selection.shows("strikes"):
            return StrikeEvent.objects.none()
        events = scope.strikes().filter(
            Q(when_min__lte=last) | Q(when_min=None), Q(when_max__gte=first) | Q(when_max=None)
        )
        for box in (selection.bbox, self.region_box):
            events = events.inside(box) if box else events
        if selection.grade:
            events = events.filter(grade__in=selection.grade)
        if selection.precision:
            events = events.filter(precision__in=at_least(selection.precision))
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


def intervals(
    starts: Iterable[datetime.date], last: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """First and last days of the intervals that begin on these days, the final one ending on `last`."""
    starts = list(starts)
    for i, begin in enumerate(starts):
        end = starts[i + 1] - datetime.timedelta(days=1) if i + 1 < len(starts) else last
        yield begin, end


# --- Links: what of a selection goes along to other pages, as it was asked for


def link_params(scope: Scope) -> Selection:
    """The day, the edition and the sources: for pages that show a day."""
    asked_for = scope.selection
    return Selection(on=asked_for.on, edition=asked_for.edition, sources=asked_for.sources)


def timeless_link_params(scope: Scope) -> Selection:
    """The edition and the sources: for pages that show no day."""
    return Selection(edition=scope.selection.edition, sources=scope.selection.sources)


def open_query(scope: Scope, on: datetime.date, show: str | None) -> str:
    """The query string of the map on a day with one popup open."""
    return timeless_link_params(scope).query(on=on, show=show)
