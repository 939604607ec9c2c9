"""The collections: what each is called, its columns, and where its features come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crossings.downloads import columns, places
from crossings.downloads.columns import ExportColumn
from crossings.queries.snapshot import PostDay, Snapshot

from . import queryables
from .queryables import Queryable
from .sources import Feature, Item, ListSource, RowSource, Source
from .tables import TABLES

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


def _rows(name: str) -> Callable[[Snapshot, dict[str, Queryable]], Source]:
    def source(snapshot: Snapshot, found: dict[str, Queryable]) -> Source:
        return RowSource(snapshot, TABLES[name], found)

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
            queryables.in_rows(columns.CONTROL, queryables.CONTROL, queryables.SEVERAL_CONTROL, lines=True),
            _rows("control"),
        ),
        Collection(
            "status",
            _("Status reports"),
            _("What each document says of what could pass where."),
            "days",
            columns.STATUS,
            ("subject_name", "status", "traffic", "starts", "ends", "as_of", "publisher"),
            queryables.in_rows(columns.STATUS, queryables.STATUS, {}, lines=True),
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


def on_day(snapshot: Snapshot, on: date) -> Snapshot:
    """The same selection on another day."""
    return Snapshot(replace(snapshot.scope, on=on))
