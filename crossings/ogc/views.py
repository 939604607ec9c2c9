"""The addresses of the API under /ogc/."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crossings.queries.cache import cached
from crossings.queries.scope import Scope

from . import documents, links, openapi, pages
from .collections import COLLECTIONS, Collection
from .crs import Crs, reprojected
from .links import Link
from .negotiation import (
    AS_GEOJSON,
    AS_HTML,
    AS_JSON,
    AS_OPENAPI,
    AS_SCHEMA,
    Form,
    choose_form,
    endpoint,
    validated,
)
from .parameters import (
    OF_ITEM,
    SCOPE,
    Cursor,
    items_query,
    read_bbox,
    read_cursor,
    read_days,
    read_filter,
    read_limit,
    read_once,
    read_output_crs,
)
from .problems import Problem
from .sources import Feature, Page, Query, Source

JSON_FORMS = (AS_JSON, AS_HTML)


def dumped(document: Any) -> bytes:
    """JSON in UTF-8. Raises ValueError for NaN, which is no JSON."""
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, allow_nan=False).encode()


def _answer(
    request: HttpRequest,
    form: Form,
    document: dict[str, Any],
    page: str,
    *,
    changed: datetime | None = None,
    dated: bool = False,
    more: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:
    """The document in the form asked for, with validators; `dated` documents say when they were made.

    `more` is what its page needs beside it.
    """
    tag = dumped(document)
    if form is AS_HTML:
        response = pages.page(request, page, {"document": document, **more()})
        tag = response.content
    elif dated:
        made = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        response = HttpResponse(dumped({**document, "timeStamp": made}), content_type=form.media_type)
    else:
        response = HttpResponse(tag, content_type=form.media_type)
    if "links" in document:
        links.add_link_header(response, document["links"])
    return validated(request, response, tag, changed)


def _collection(ident: str) -> Collection:
    if ident not in COLLECTIONS:
        raise Problem(404, f"There is no collection “{ident[:80]}”; there are {', '.join(COLLECTIONS)}.")
    return COLLECTIONS[ident]


@endpoint
def landing(request: HttpRequest) -> HttpResponse:
    given = read_once(request.GET, ("f",))
    form = choose_form(request, *JSON_FORMS)
    found = [*links.here(form, JSON_FORMS, "landing", given=given), *links.of_landing()]
    return _answer(request, form, {**documents.landing(), "links": found}, "ogc/landing.html")


@endpoint
def conformance(request: HttpRequest) -> HttpResponse:
    given = read_once(request.GET, ("f",))
    form = choose_form(request, *JSON_FORMS)
    found = links.here(form, JSON_FORMS, "conformance", given=given)
    document = {"conformsTo": documents.CONFORMS_TO, "links": found}
    return _answer(request, form, document, "ogc/conformance.html")


@endpoint
def api(request: HttpRequest) -> HttpResponse:
    read_once(request.GET, ("f",))
    form = choose_form(request, AS_OPENAPI, AS_HTML)
    with translation.override("en"):
        return _answer(request, form, openapi.definition(), "ogc/api.html", more=_api_page)


def _api_page() -> dict[str, Any]:
    return {"collections": COLLECTIONS.values()}


@endpoint
def collections(request: HttpRequest) -> HttpResponse:
    given = read_once(request.GET, ("f", *SCOPE))
    form = choose_form(request, *JSON_FORMS)
    found = links.here(form, JSON_FORMS, "collections", given=given)
    document = {"links": found, "collections": documents.collections(given)}
    changed = documents.changed_at(documents.scope_of(given))
    return _answer(request, form, document, "ogc/collections.html", changed=changed)


@endpoint
def collection(request: HttpRequest, collection: str) -> HttpResponse:
    shown = _collection(collection)
    given = read_once(request.GET, ("f", *SCOPE))
    form = choose_form(request, *JSON_FORMS)
    scope = documents.scope_of(given)
    document = documents.collection_document(shown, scope, given)
    document["links"] = [
        *links.here(form, JSON_FORMS, "collection", shown.id, given=given),
        *document["links"],
    ]
    return _answer(
        request,
        form,
        document,
        "ogc/collection.html",
        changed=documents.changed_at(scope),
        more=lambda: {"collection": shown},
    )


@endpoint
def queryables(request: HttpRequest, collection: str) -> HttpResponse:
    shown = _collection(collection)
    given = read_once(request.GET, ("f",))
    forms = (AS_SCHEMA, AS_HTML)
    form = choose_form(request, *forms)
    with translation.override("en"):
        document = documents.queryables_document(shown)
    response = _answer(request, form, document, "ogc/queryables.html", more=lambda: {"collection": shown})
    links.add_link_header(response, links.here(form, forms, "queryables", shown.id, given=given))
    return response


@endpoint
def items(request: HttpRequest, collection: str) -> HttpResponse:
    """One page of features."""
    shown = _collection(collection)
    given = items_query(request, shown)
    forms = (AS_GEOJSON, AS_HTML)
    form = choose_form(request, *forms)
    cursor = read_cursor(given, today=timezone.now().date())
    limit, crs, boxes = read_limit(given), read_output_crs(given), read_bbox(given)
    condition = read_filter(given, shown)
    snapshot, query = documents.shown(shown, documents.scope_of(given, cursor), read_days(given), cursor)
    query = Query(boxes=boxes, days=query.days, condition=condition, of=query.of)
    source = shown.source(snapshot)
    page = source.page(query, cursor.after if cursor else "", limit)
    scope = snapshot.scope
    document = {
        "type": "FeatureCollection",
        "features": [reprojected(feature, crs) for feature in page.features],
        "links": _page_links(form, forms, shown, given, scope, page),
        "numberMatched": _count(source, query, shown, scope, given),
        "numberReturned": len(page.features),
    }
    response = _answer(
        request,
        form,
        document,
        "ogc/items.html",
        changed=documents.changed_at(scope),
        dated=True,
        more=lambda: pages.items_context(shown, document, page.features, given),
    )
    return _with_crs(response, crs)


def _page_links(
    form: Form,
    forms: tuple[Form, ...],
    shown: Collection,
    given: dict[str, str],
    scope: Scope,
    page: Page,
) -> list[Link]:
    own = documents.kept_scope(given)
    found = [
        *links.here(form, forms, "items", shown.id, given=given),
        links.link("collection", links.at("collection", shown.id, query=own), AS_JSON, "The collection"),
        *documents.queryables_links(shown),
    ]
    if page.more:
        cursor = Cursor(scope.edition_number, scope.on, scope.last, page.features[-1]["id"])
        query = {**given, "cursor": str(cursor)}
        found.append(links.link("next", links.at("items", shown.id, query=query), form, "The next page"))
    return found


def _count(source: Source, query: Query, shown: Collection, scope: Scope, given: dict[str, str]) -> int:
    """How many features match on all pages; counted once for an edition and a query."""
    asked = sorted(
        (name, value) for name, value in given.items() if name not in ("limit", "cursor", "f", "crs")
    )
    key = (shown.id, scope.edition_number, scope.sources, scope.on, scope.first, scope.last, asked)
    return int(cached("ogc-count", key, lambda: str(source.count(query)).encode()))


@endpoint
def item(request: HttpRequest, collection: str, feature: str) -> HttpResponse:
    """One feature by its id."""
    shown = _collection(collection)
    given = read_once(request.GET, OF_ITEM)
    forms = (AS_GEOJSON, AS_HTML)
    form = choose_form(request, *forms)
    crs, days = read_output_crs(given), read_days(given)
    snapshot, query = documents.shown(shown, documents.scope_of(given), days, None)
    # Of a collection that has days, datetime is for the whole, not for one of it.
    of = (feature,) if query.of is None else ()
    found = shown.source(snapshot).page(Query(of=of), "", 1).features if "\0" not in feature else []
    if not found:
        raise Problem(
            404, f"There is no feature “{feature[:80]}” in {shown.id}, in this edition and of these sources."
        )
    document: Feature = dict(reprojected(found[0], crs))
    document["links"] = [
        *links.here(form, forms, "item", shown.id, feature, given=given),
        links.link(
            "collection",
            links.at("collection", shown.id, query=documents.kept_scope(given)),
            AS_JSON,
            "The collection",
        ),
    ]
    changed = documents.changed_at(snapshot.scope)
    response = _answer(
        request,
        form,
        document,
        "ogc/item.html",
        changed=changed,
        more=lambda: pages.item_context(shown, found[0]),
    )
    return _with_crs(response, crs)


def _with_crs(response: HttpResponse, crs: Crs) -> HttpResponse:
    response["Content-Crs"] = crs.header
    return response


@endpoint
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address under /ogc/."""
    raise Problem(404, f"There is nothing at “{rest[:80]}”; /ogc/api says what there is.")
