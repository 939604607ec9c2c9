"""What the resources of the API say, as dictionaries: the same for JSON and for pages."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any, Final

from django.utils import timezone

from crossings.models import Edition
from crossings.queries.cache import cached
from crossings.queries.scope import Scope, resolve
from crossings.queries.snapshot import Snapshot
from crossings.wording import licence
from geodata.bbox import WORLD
from geodata.readers import FIRST_DAY

from . import links
from .collections import COLLECTIONS, Collection, on_day
from .crs import CRS84, SYSTEMS
from .links import Link
from .negotiation import AS_SCHEMA
from .parameters import SCOPE, Cursor, read_selection
from .sources import Query
from .temporal import Days

TITLE: Final = "Crossings"
DESCRIPTION: Final = (
    "Border crossings: which were open on a given day, who held each side, what was struck nearby, "
    "and who says so."
)
_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features"
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMS_TO: Final = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{_FEATURES}-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}-2/1.0/conf/crs",
    *(
        f"{_FEATURES}-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_CQL2}/{name}"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions"),
            "temporal-functions",
        )
    ),
]


def scope_of(given: dict[str, str], cursor: Cursor | None = None) -> Scope:
    """The edition and sources asked for, settled; those of the cursor where a page follows another."""
    selection = read_selection(given)
    if cursor and cursor.edition and selection.edition is None:
        scope = resolve(replace(selection, edition=cursor.edition))
        # As if it had been asked for without an edition: its links and its days are those of the first page.
        return replace(scope, selection=selection, on=cursor.on, last=cursor.last)
    scope = resolve(selection)
    return replace(scope, on=cursor.on, last=cursor.last) if cursor else scope


def kept_scope(given: dict[str, str]) -> dict[str, str]:
    """The parameters that go along to every other resource."""
    return {name: given[name] for name in SCOPE if name in given}


def shown(
    collection: Collection, scope: Scope, days: Days | None, cursor: Cursor | None
) -> tuple[Snapshot, Query]:
    """The snapshot that a collection's features are of, and what of them `datetime` asks for.

    A collection that shows one day shows the last one asked for, up to the edition's or to today.
    """
    snapshot = Snapshot(scope)
    if collection.time == "days":
        return snapshot, Query(days=days)
    if collection.time == "none" or days is None:
        return snapshot, Query()
    if days.last < FIRST_DAY or days.first > scope.last:
        return snapshot, Query(of=())
    # A page that follows keeps the day of the one before it.
    return on_day(snapshot, cursor.on if cursor else min(days.last, scope.last)), Query()


def landing() -> dict[str, Any]:
    return {"title": TITLE, "description": DESCRIPTION, "attribution": "; ".join(licence.DATA_ATTRIBUTION)}


def collections(given: dict[str, str]) -> list[dict[str, Any]]:
    scope = scope_of(given)
    return [collection_document(collection, scope, given) for collection in COLLECTIONS.values()]


def collection_document(collection: Collection, scope: Scope, given: dict[str, str]) -> dict[str, Any]:
    """One collection as /collections lists it."""
    own = kept_scope(given)
    return {
        "id": collection.id,
        "title": str(collection.title),
        "description": collection.description,
        "extent": _extent(collection, scope),
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "licence": licence.DATA_LICENCE_URL,
        "links": links.of_collection(collection.id, own),
    }


def _extent(collection: Collection, scope: Scope) -> dict[str, Any]:
    """Where and when the features are; computed once for an edition."""
    key = (collection.id, scope.edition_number, scope.sources, scope.first, scope.last, scope.on)
    found: dict[str, Any] = json.loads(cached("ogc-extent", key, lambda: _find_extent(collection, scope)))
    return found


def _find_extent(collection: Collection, scope: Scope) -> bytes:
    extent = collection.source(Snapshot(scope)).extent()
    box = extent.box or WORLD
    spatial = {"bbox": [[box.west, box.south, box.east, box.north]], "crs": CRS84}
    ends = (extent.first, extent.last)
    if collection.time == "day":
        ends = (scope.first, scope.last)
    found: dict[str, Any] = {"spatial": spatial}
    if collection.time != "none":
        found["temporal"] = {
            "interval": [[_instant(ends[0]), _instant(ends[1], end=True)]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return json.dumps(found).encode()


def _instant(day: datetime.date | None, *, end: bool = False) -> str | None:
    """The first or the last second of a day in UTC."""
    return None if day is None else f"{day}T{'23:59:59' if end else '00:00:00'}Z"


def queryables_document(collection: Collection) -> dict[str, Any]:
    """What features can be filtered by, as a JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": links.at("queryables", collection.id),
        "type": "object",
        "title": str(collection.title),
        "description": collection.description,
        "properties": {name: queryable.schema for name, queryable in collection.queryables.items()},
        "additionalProperties": False,
    }


def queryables_links(collection: Collection) -> list[Link]:
    return [links.link(links.QUERYABLES, links.at("queryables", collection.id), AS_SCHEMA)]


def changed_at(scope: Scope) -> datetime.datetime | None:
    """When what is shown last changed: by an edition, or because a day has begun.

    Without an edition asked for, the answer of a day may differ from that of the day before.
    """
    edition: Edition | None = scope.edition
    if edition is None:
        return None
    if scope.pinned:
        return edition.at
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return max(edition.at, today)
