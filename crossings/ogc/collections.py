"""The collections: what each is called, its columns, and where its features come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal, cast

from django.contrib.gis.db.models import Extent as BoxAround
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import BooleanField, Case, Max, Min, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pygeofilter import ast
from shapely.geometry import shape

from crossings.downloads import columns, places, reports
from crossings.downloads.columns import ExportColumn
from crossings.models import ControlReport, Crossing, Post, Site, StatusReport, StrikeEvent
from crossings.models.reports import SubjectReport
from crossings.queries.snapshot import PostDay, Snapshot
from geodata.bbox import BBox

from . import queryables
from .filter_memory import relates
from .queryables import Queryable
from .sources import Extent, Feature, Item, ListSource, RowSource, Source, Table
from .temporal import Days

#: What `datetime` does: of features with days it gives those that touch it; of a collection that shows one
#: day it chooses the day; places have no days, and it takes none away.
Time = Literal["days", "day", "none"]

DAYS_NOTE: Final = _("datetime gives those whose days it touches.")
DAY_NOTE: Final = _("datetime chooses the day: its last one up to today; without it the latest day reported.")
PLACE_NOTE: Final = _("Places have no days: datetime takes none of them away.")


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection of features."""

    id: str
    title: str | Promise
    what: str | Promise
    time: Time
    columns: tuple[ExportColumn, ...]
    listed: tuple[str, ...]  # columns that its page has beside the id
    queryables: dict[str, Queryable]
    open: Callable[[Snapshot, dict[str, Queryable]], Source]

    @property
    def description(self) -> str:
        note = {"days": DAYS_NOTE, "day": DAY_NOTE, "none": PLACE_NOTE}[self.time]
        return f"{self.what} {note}"

    def source(self, snapshot: Snapshot) -> Source:
        """Its features in the scope of this snapshot."""
        return self.open(snapshot, self.queryables)


# --- Places, and what is shown of them

_STATE: Final = ("on", "control", "holder", "alternatives", "shape", "status", "people", "goods")
_STATE_TRAFFIC: Final = ("aid", "refugees", "official", "wires", "citations")


def _is_of_the_day(name: str) -> bool:
    return name.startswith(_STATE) or name in _STATE_TRAFFIC


POST_COLUMNS: Final = tuple(column for column in columns.POSTS if not _is_of_the_day(column.name))
INTERVAL_COLUMNS: Final = tuple(
    added
    for column in columns.POSTS
    for added in (
        (
            ExportColumn("post", "text", _("Id of the post")),
            ExportColumn("first", "day", _("First day of the interval")),
            ExportColumn("last", "day", _("Last day of the interval, included")),
        )
        if column.name == "on"
        else (column,)
    )
)


def _crossings(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
    days = snapshot.crossing_days(snapshot.scope.on)
    items = []
    for day in days:
        point, _radius = places.middle([side.post for side in day.both])
        items.append(Item(day.crossing.slug, point.x, point.y, day))
    return ListSource(items, partial(places.crossing_features, snapshot), found)


def _posts(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
    names = {column.name for column in POST_COLUMNS}

    def write(days: Sequence[PostDay]) -> Iterator[Feature]:
        for feature in places.post_features(snapshot, days):
            own = {name: value for name, value in feature["properties"].items() if name in names}
            yield {**feature, "properties": own}

    return ListSource(_post_items(snapshot), write, found)


def _assessment(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
    return ListSource(_post_items(snapshot), partial(places.post_features, snapshot), found)


def _post_items(snapshot: Snapshot) -> Iterator[Item]:
    for day in snapshot.days(snapshot.scope.on):
        yield Item(day.post.slug, day.post.point.x, day.post.point.y, day)


def _intervals(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
    scope = snapshot.scope
    items = [
        Item(_interval_id(day), post.point.x, post.point.y, day, day.first, day.last)
        for post in snapshot.posts
        for day in snapshot.segments(post, scope.first, scope.last)
    ]
    return ListSource(items, partial(_write_intervals, snapshot), found)


def _interval_id(day: PostDay) -> str:
    return f"{day.post.slug}.{day.first}"


def _write_intervals(snapshot: Snapshot, days: Sequence[PostDay]) -> Iterator[Feature]:
    for day, feature in zip(days, places.post_features(snapshot, days), strict=True):
        properties: dict[str, Any] = {}
        for name, value in feature["properties"].items():
            if name == "on":
                properties |= {"post": day.post.slug, "first": day.first, "last": day.last}
            else:
                properties[name] = value
        properties["id"] = _interval_id(day)
        yield {**feature, "id": properties["id"], "properties": properties}


def _sites(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
    items = [Item(site.slug, site.point.x, site.point.y, site) for site in snapshot.sites]
    return ListSource(items, partial(places.site_features, snapshot), found)


# --- Reports and strikes


def _about_public_places(model: type[SubjectReport], snapshot: Snapshot) -> QuerySet[Any]:
    """Reports about what the map shows: posts of public crossings, public sites, and frontiers."""
    scope = snapshot.scope
    about = Q(post__crossing__in=scope.places(Crossing)) | Q(site__in=scope.places(Site))
    return cast("QuerySet[Any]", scope.reports(model).filter(about | Q(frontier__isnull=False)))


def _reports_inside(rows: QuerySet[Any], boxes: tuple[BBox, ...]) -> QuerySet[Any]:
    about = Q(pk__in=[])
    for box in boxes:
        about |= Q(post__in=_in_box(Post, box)) | Q(site__in=_in_box(Site, box))
    return rows.filter(about)


def _in_box(model: type[Post] | type[Site], box: BBox) -> list[int]:
    """Primary keys of the places in the box. They are few, and a point on the edge is in it."""
    found: Iterable[tuple[int, Point]] = model._default_manager.values_list("pk", "point")
    return [pk for pk, point in found if box.contains(point.coords)]


#: The dates of a report with the side on which each may be open: `[..2017]` has no earliest day.
_DATES: Final = ("starts", "ends", "as_of")


def _reports_during(days: Days) -> Q:
    """Reports whose days touch these: from the first that any of their dates can mean to the last."""
    begun, not_over = Q(first_day__lte=days.last), Q(last_day__gte=days.first)
    for name in _DATES:
        begun |= ~Q(**{name: ""}) & Q(**{f"{name}_min__isnull": True})
        not_over |= ~Q(**{name: ""}) & Q(**{f"{name}_max__isnull": True})
    return begun & not_over


def _reports_related(node: ast.SpatialComparisonPredicate) -> Q:
    """Posts and sites are few: each is asked in memory."""
    posts, sites = (
        [
            pk
            for pk, point in model._default_manager.values_list("pk", "point")
            if relates(node, *point.coords)
        ]
        for model in (Post, Site)
    )
    return Q(
        Case(
            When(frontier__isnull=False, then=Value(None, BooleanField())),
            When(Q(post__in=posts) | Q(site__in=sites), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )


def _reports_extent(rows: QuerySet[Any]) -> Extent:
    open_start, open_end = Q(pk__in=[]), Q(pk__in=[])
    for name in _DATES:
        open_start |= ~Q(**{name: ""}) & Q(**{f"{name}_min__isnull": True})
        open_end |= ~Q(**{name: ""}) & Q(**{f"{name}_max__isnull": True})
    found = rows.aggregate(first=Min("first_day"), last=Max("last_day"))
    points: list[Point] = [
        *Post.objects.filter(pk__in=rows.values("post")).values_list("point", flat=True),
        *Site.objects.filter(pk__in=rows.values("site")).values_list("point", flat=True),
    ]
    return Extent(
        BBox.around(point.coords for point in points) if points else None,
        None if rows.filter(open_start).exists() else found["first"],
        None if rows.filter(open_end).exists() else found["last"],
    )


def _strikes_inside(rows: QuerySet[Any], boxes: tuple[BBox, ...]) -> QuerySet[Any]:
    if len(boxes) == 1:
        return rows.inside(boxes[0])  # type: ignore[attr-defined]  # StrikeEventQuerySet
    inside = Q(pk__in=[])
    for box in boxes:
        inside |= Q(pk__in=StrikeEvent.objects.all().inside(box).values("pk"))
    return rows.filter(inside)


def _strikes_during(days: Days) -> Q:
    begun = Q(when_min__lte=days.last) | Q(when_min__isnull=True)
    return begun & (Q(when_max__gte=days.first) | Q(when_max__isnull=True))


def _strikes_related(node: ast.SpatialComparisonPredicate) -> Q:
    if isinstance(node, ast.GeometryDisjoint):
        return ~_strikes_related(ast.GeometryIntersects(node.lhs, node.rhs))
    place = shape(node.rhs.geometry)
    lookup = type(node).__name__.removeprefix("Geometry").lower()
    west, south, east, north = place.bounds
    rows = StrikeEvent.objects.all()
    if west < east and south < north:  # where the box is one, the spatial index finds those near
        rows = rows.inside(BBox(west, south, east, north))
    return Q(
        pk__in=rows.filter(**{f"point__{lookup}": GEOSGeometry(memoryview(place.wkb), srid=4326)}).values(
            "pk"
        )
    )


def _strikes_extent(rows: QuerySet[Any]) -> Extent:
    found = rows.aggregate(box=BoxAround("point"), first=Min("when_min"), last=Max("when_max"))
    return Extent(
        BBox(*found["box"]) if found["box"] else None,
        None if rows.filter(when_min__isnull=True).exists() else found["first"],
        None if rows.filter(when_max__isnull=True).exists() else found["last"],
    )


def _report_table(model: type[SubjectReport], write: Callable[..., Iterator[Any]]) -> Table:
    return Table(
        rows=partial(_about_public_places, model),
        write=write,
        inside=_reports_inside,
        during=_reports_during,
        related=_reports_related,
        has_place=Q(frontier__isnull=True),
        extent=_reports_extent,
    )


_TABLES: Final = {
    "control": _report_table(ControlReport, reports.control_features),
    "status": _report_table(StatusReport, reports.status_features),
    "strikes": Table(
        rows=lambda snapshot: snapshot.scope.strikes(),
        write=reports.strike_features,
        inside=_strikes_inside,
        during=_strikes_during,
        related=_strikes_related,
        has_place=~Q(pk__in=[]),
        extent=_strikes_extent,
    ),
}


def _rows(name: str) -> Callable[[Snapshot, dict[str, Queryable]], Source]:
    def source(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
        return RowSource(snapshot, _TABLES[name], found)

    return source


COLLECTIONS: Final = {
    collection.id: collection
    for collection in (
        Collection(
            "crossings",
            _("Crossings"),
            _("Each crossing as a whole, on one day: what could pass."),
            "day",
            columns.CROSSINGS,
            ("name", "on", "people", "goods"),
            queryables.in_memory(columns.CROSSINGS),
            _crossings,
        ),
        Collection(
            "posts",
            _("Posts"),
            _("Each side of each crossing, as a place. What is shown of it is in assessment."),
            "none",
            POST_COLUMNS,
            ("name", "crossing_name", "country", "precision"),
            queryables.in_memory(POST_COLUMNS),
            _posts,
        ),
        Collection(
            "sites",
            _("Sites"),
            _("Towns, bases and other places, with the reports about them."),
            "none",
            columns.SITES,
            ("name", "kind", "country", "reports"),
            queryables.in_memory(columns.SITES),
            _sites,
        ),
        Collection(
            "control",
            _("Control reports"),
            _("What each document says of who held what."),
            "days",
            columns.CONTROL,
            ("subject_name", "role", "force_names", "starts", "ends", "as_of", "publisher"),
            queryables.in_rows(columns.CONTROL, queryables.CONTROL, queryables.SEVERAL_CONTROL),
            _rows("control"),
        ),
        Collection(
            "status",
            _("Status reports"),
            _("What each document says of what could pass where."),
            "days",
            columns.STATUS,
            ("subject_name", "status", "traffic", "starts", "ends", "as_of", "publisher"),
            queryables.in_rows(columns.STATUS, queryables.STATUS, {}),
            _rows("status"),
        ),
        Collection(
            "strikes",
            _("Strikes"),
            _("Each strike with its tolls and who blames whom."),
            "days",
            columns.STRIKES,
            ("when", "summary", "target", "accused", "killed_low", "killed_high"),
            queryables.in_rows(columns.STRIKES, queryables.STRIKES, queryables.SEVERAL_STRIKES),
            _rows("strikes"),
        ),
        Collection(
            "intervals",
            _("Intervals"),
            _("Each post over each interval in which nothing shown changes; ages are of its first day."),
            "days",
            INTERVAL_COLUMNS,
            ("name", "first", "last", "holder_names", "control_level", "people", "goods"),
            queryables.in_memory(INTERVAL_COLUMNS),
            _intervals,
        ),
        Collection(
            "assessment",
            _("Assessment"),
            _("Each post with what is shown on one day: who held it, what could pass, how sure that is."),
            "day",
            columns.POSTS,
            ("name", "on", "holder_names", "control_level", "people", "goods"),
            queryables.in_memory(columns.POSTS),
            _assessment,
        ),
    )
}


def on_day(snapshot: Snapshot, on: Any) -> Snapshot:
    """The same selection on another day."""
    return Snapshot(replace(snapshot.scope, on=on))
