"""The features of one collection in one scope: counted, filtered and given page by page.

Reports and strikes may be many: the database filters and pages them (RowSource). Places and what the
assessment says of them are few and computed in memory (ListSource). Both page by id, ascending, from where
the last page ended; the scope's edition never changes, so pages fit together whatever is published meanwhile.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.db.models import Q, QuerySet
from pygeofilter import ast

from crossings.queries.snapshot import Snapshot
from geodata.bbox import BBox

from .filter_memory import matches
from .filter_rows import condition_of
from .queryables import Queryable
from .temporal import Days

Feature = dict[str, Any]
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a collection; None asks for all."""

    boxes: tuple[BBox, ...] | None = None
    days: Days | None = None
    condition: ast.Node | None = None
    of: tuple[str, ...] | None = None  # ids


@dataclass(frozen=True, slots=True)
class Page:
    """Some features in the order of their ids, and whether more follow."""

    features: list[Feature]
    more: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """The least box around all features, and the first and last days they speak of; None: none, or open."""

    box: BBox | None
    first: datetime.date | None = None
    last: datetime.date | None = None


class Source(Protocol):
    """What a collection gives of a scope."""

    def count(self, query: Query) -> int: ...

    def page(self, query: Query, after: str, limit: int) -> Page: ...

    def extent(self) -> Extent: ...


# --- In memory


@dataclass(frozen=True, slots=True)
class Item:
    """A feature before it is written: its id, degrees east and north, its days, what it is written from."""

    id: str
    lon: float
    lat: float
    of: Any
    first: datetime.date | None = None
    last: datetime.date | None = None


class ListSource:
    """Items in memory, and how to write the features of some of them."""

    def __init__(
        self,
        items: Iterable[Item],
        write: Callable[[Sequence[Any]], Iterable[Any]],
        queryables: dict[str, Queryable],
    ) -> None:
        self.items = sorted(items, key=lambda item: item.id)
        self.write = write
        self.queryables = queryables

    def count(self, query: Query) -> int:
        return len(self._found(query)[0])

    def page(self, query: Query, after: str, limit: int) -> Page:
        items, written = self._found(query)
        begin = bisect.bisect_right(items, after, key=lambda item: item.id)
        chosen = items[begin : begin + limit]
        features = written if query.condition is not None else self._written(chosen)
        return Page([features[item.id] for item in chosen], begin + limit < len(items))

    def extent(self) -> Extent:
        points = [(item.lon, item.lat) for item in self.items]
        firsts = [item.first for item in self.items if item.first]
        lasts = [item.last for item in self.items if item.last]
        box = BBox.around(points) if points else None
        return Extent(box, min(firsts, default=None), max(lasts, default=None))

    def _found(self, query: Query) -> tuple[list[Item], dict[str, Feature]]:
        items = [item for item in self.items if _fits(item, query)]
        if query.condition is None:
            return items, {}
        written = self._written(items)
        condition, queryables = query.condition, self.queryables
        return [item for item in items if matches(condition, written[item.id], queryables)], written

    def _written(self, items: Sequence[Item]) -> dict[str, Feature]:
        features = self.write([item.of for item in items])
        return {item.id: feature for item, feature in zip(items, features, strict=True)}


def _fits(item: Item, query: Query) -> bool:
    if query.of is not None and item.id not in query.of:
        return False
    if query.days and not query.days.touch(item.first, item.last):
        return False
    return query.boxes is None or any(box.contains((item.lon, item.lat)) for box in query.boxes)


# --- In the database


@dataclass(frozen=True, slots=True)
class Table:
    """What a RowSource needs to know of the rows of a collection."""

    #: The rows that the scope lets be seen.
    rows: Callable[[Snapshot], QuerySet[Any]]
    write: Callable[[Snapshot, QuerySet[Any]], Iterator[Any]]
    inside: Callable[[QuerySet[Any], tuple[BBox, ...]], QuerySet[Any]]
    during: Callable[[Days], Q]
    #: Rows whose point has a relation; neither true nor false of rows without one.
    related: Callable[[ast.SpatialComparisonPredicate], Q]
    has_place: Q
    extent: Callable[[QuerySet[Any]], Extent]


@dataclass(frozen=True, slots=True)
class RowSource:
    """Rows of the database with a `public_id`."""

    snapshot: Snapshot
    table: Table
    queryables: dict[str, Queryable] = field(repr=False)

    def count(self, query: Query) -> int:
        return self._rows(query).count()

    def page(self, query: Query, after: str, limit: int) -> Page:
        rows = self._rows(query).filter(public_id__gt=after).order_by("public_id")
        keys = list(rows.values_list("pk", "public_id")[: limit + 1])
        chosen = keys[:limit]
        some = self.table.rows(self.snapshot).filter(pk__in=[pk for pk, _ in chosen]) if chosen else None
        written = {f["id"]: f for f in self.table.write(self.snapshot, some)} if some is not None else {}
        # A row taken down between the two queries is in neither the page nor the next one.
        return Page([written[ident] for _, ident in chosen if ident in written], len(keys) > limit)

    def extent(self) -> Extent:
        return self.table.extent(self._rows(Query()))

    def _rows(self, query: Query) -> QuerySet[Any]:
        rows = self.table.rows(self.snapshot).order_by()
        if query.of is not None:
            rows = rows.filter(public_id__in=query.of)
        if query.days:
            rows = rows.filter(self.table.during(query.days))
        if query.boxes is not None:
            rows = self.table.inside(rows, query.boxes)
        if query.condition is not None:
            scope, table = self.snapshot.scope, self.table
            rows = rows.filter(
                condition_of(query.condition, self.queryables, scope, table.related, table.has_place)
            )
        return rows
