"""Reports and strikes in the database: which rows readers see, and where and when each is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import partial
from typing import Any, Final, cast

from django.contrib.gis.db.models import Extent as BoxAround
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import BooleanField, Case, Max, Min, Q, QuerySet, Value, When
from pygeofilter import ast
from shapely.geometry import LineString, box, mapping, shape
from shapely.geometry import Point as Place

from crossings.downloads import reports
from crossings.models import ControlReport, Crossing, Frontier, Post, Site, StatusReport, StrikeEvent
from crossings.models.reports import SubjectReport
from crossings.queries.snapshot import Snapshot
from geodata.bbox import BBox

from .filter_memory import relates
from .sources import Extent, Feature, Table
from .temporal import Days


def _about_public_places(model: type[SubjectReport], snapshot: Snapshot) -> QuerySet[Any]:
    """Reports about what the map shows: posts of public crossings, public sites, and frontiers."""
    scope = snapshot.scope
    about = Q(post__crossing__in=scope.places(Crossing)) | Q(site__in=scope.places(Site))
    return cast("QuerySet[Any]", scope.reports(model).filter(about | Q(frontier__isnull=False)))


def _with_lines(write: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Feature]]:
    """Features of reports, those about a frontier as a whole with its line: the place of their subject.

    GIS programs, and the schemas that go with the standard, expect a geometry where there can be one.
    """

    def features(snapshot: Snapshot, rows: QuerySet[Any]) -> Iterator[Feature]:
        lines = {slug: mapping(line) for slug, line in _lines("slug")}
        for feature in write(snapshot, rows):
            if feature["properties"]["subject_kind"] == "frontier":
                feature = {**feature, "geometry": lines.get(feature["properties"]["subject"])}
            yield feature

    return features


def _lines(key: str) -> list[tuple[Any, Any]]:
    """The lines of all frontiers that have one, by a field of theirs. They are few."""
    rows = Frontier.objects.filter(line__isnull=False).values_list(key, "line")
    return [(value, LineString(line.coords)) for value, line in rows]


def _reports_where(test: Callable[[Any], bool]) -> Q:
    """Reports about places of which this is true (of shapely geometries); all places are asked in memory."""
    posts, sites = (
        [pk for pk, point in model._default_manager.values_list("pk", "point") if test(Place(point.coords))]
        for model in (Post, Site)
    )
    frontiers = [pk for pk, line in _lines("pk") if test(line)]
    return Q(post__in=posts) | Q(site__in=sites) | Q(frontier__in=frontiers)


def _reports_inside(rows: QuerySet[Any], boxes: tuple[BBox, ...]) -> QuerySet[Any]:
    shapes = [box(*astuple(part)) for part in boxes]
    return rows.filter(_reports_where(lambda place: any(part.intersects(place) for part in shapes)))


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
    return Q(
        Case(
            When(frontier__isnull=False, frontier__line__isnull=True, then=Value(None, BooleanField())),
            When(_reports_where(partial(relates, node)), then=Value(True)),
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
    places: list[GEOSGeometry | None] = [
        *Post.objects.filter(pk__in=rows.values("post")).values_list("point", flat=True),
        *Site.objects.filter(pk__in=rows.values("site")).values_list("point", flat=True),
        *Frontier.objects.filter(pk__in=rows.values("frontier")).values_list("line", flat=True),
    ]
    corners = [corner for place in places if place for corner in (place.extent[:2], place.extent[2:])]
    return Extent(
        BBox.around(corners) if corners else None,
        None if rows.filter(open_start).exists() else found["first"],
        None if rows.filter(open_end).exists() else found["last"],
    )


def _strikes_inside(rows: QuerySet[Any], boxes: tuple[BBox, ...]) -> QuerySet[Any]:
    if len(boxes) == 1:
        return rows.inside(boxes[0])  # type: ignore[attr-defined]  # StrikeEventQuerySet
    inside = Q(pk__in=[])
    for part in boxes:
        inside |= Q(pk__in=StrikeEvent.objects.all().inside(part).values("pk"))
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
        write=_with_lines(write),
        inside=_reports_inside,
        during=_reports_during,
        related=_reports_related,
        has_place=Q(frontier__isnull=True) | Q(frontier__line__isnull=False),
        extent=_reports_extent,
    )


TABLES: Final = {
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
