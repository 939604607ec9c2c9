"""The API definition (OpenAPI 3.0), made from the collections and their columns: it cannot lag behind."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from crossings.downloads.columns import ExportColumn
from crossings.wording import licence

from .collections import COLLECTIONS, Collection
from .crs import CRS84, CRS84H, SYSTEMS
from .documents import DESCRIPTION, TITLE
from .negotiation import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from .parameters import DEFAULT_LIMIT, LANGUAGES, MAX_LIMIT, SCOPE, parameter_names
from .problems import CONTENT_TYPE as PROBLEM
from .queryables import GEOMETRY, SCHEMAS
from .temporal import PATTERN

VERSION: Final = "3.0.3"
#: The version of the API itself: raised when an address, a parameter or a column changes its meaning.
API_VERSION: Final = "1.0.0"
SLUGS: Final = r"^[a-z0-9]([a-z0-9_-]{0,78}[a-z0-9])?$"

#: PostgreSQL has no text with this character, so nothing can be equal to one.
NO_NUL: Final = r"^[^\u0000]*$"

Schema = dict[str, Any]


def definition() -> Schema:
    """The whole document; it refers to nothing outside itself."""
    paths: Schema = {
        "/": _read("landing", "The landing page", JSON, "landing", ("f",)),
        "/conformance": _read("conformance", "What the API conforms to", JSON, "conformance", ("f",)),
        "/api": _read("api", "This document", OPENAPI, "api", ("f",)),
        "/collections": _read("collections", "All collections", JSON, "collections", ("f", *SCOPE)),
    }
    for collection in COLLECTIONS.values():
        paths |= _collection_paths(collection)
    return {
        "openapi": VERSION,
        "info": {
            "title": TITLE,
            "version": API_VERSION,
            "description": DESCRIPTION,
            "license": {"name": licence.DATA_LICENCE, "url": licence.DATA_LICENCE_URL},
        },
        "servers": [{"url": f"{settings.SITE_URL}{reverse('ogc-landing')}".rstrip("/")}],
        "tags": [{"name": "api"}, *({"name": collection.id} for collection in COLLECTIONS.values())],
        "paths": paths,
        "components": {"schemas": _schemas(), "parameters": _parameters(), "responses": _refusals()},
    }


def _collection_paths(collection: Collection) -> Schema:
    ident, base = collection.id, f"/collections/{collection.id}"
    whole, one = f"{ident}-features", f"{ident}-feature"
    own = [_queryable_parameter(collection, name) for name in parameter_names(collection)]
    asked = ("limit", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs")
    items = _read(f"{ident}-items", f"Features of {ident}", GEOJSON, whole, ("f", *SCOPE, *asked), ident)
    items["get"]["description"] = collection.description
    items["get"]["parameters"] += own
    item = _read(
        f"{ident}-item", f"One feature of {ident}", GEOJSON, one, ("f", *SCOPE, "datetime", "crs"), ident
    )
    item["get"]["parameters"].append(
        {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    )
    item["get"]["responses"]["404"] = {"$ref": "#/components/responses/NotFound"}
    return {
        base: _read(
            f"{ident}-collection", f"The collection {ident}", JSON, "collection", ("f", *SCOPE), ident
        ),
        f"{base}/queryables": _read(
            f"{ident}-queryables", f"What {ident} can be filtered by", SCHEMA, "queryables", ("f",), ident
        ),
        f"{base}/items": items,
        f"{base}/items/{{featureId}}": item,
    }


def _read(
    name: str, summary: str, media_type: str, schema: str, parameters: tuple[str, ...], tag: str = "api"
) -> Schema:
    content = {
        media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}},
        HTML: {"schema": {"type": "string"}},
    }
    headers: Schema = {
        "ETag": {"description": "Changes with what is said", "schema": {"type": "string"}},
        "Link": {"description": "The links of the document", "schema": {"type": "string"}},
    }
    if media_type == GEOJSON:
        headers["Content-Crs"] = {
            "description": "The reference system of the coordinates",
            "schema": {"type": "string", "enum": [f"<{uri}>" for uri in SYSTEMS]},
        }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [{"$ref": f"#/components/parameters/{parameter}"} for parameter in parameters],
            "responses": {
                "200": {"description": summary, "headers": headers, "content": content},
                "304": {"description": "Unchanged since the answer that the request names"},
                "400": {"$ref": "#/components/responses/BadRequest"},
                "406": {"$ref": "#/components/responses/NotAcceptable"},
                "412": {"description": "Changed since the answer that the request names"},
            },
        }
    }


def _queryable_parameter(collection: Collection, name: str) -> Schema:
    queryable = collection.queryables[name]
    return {
        "name": name,
        "in": "query",
        "required": False,
        "allowEmptyValue": True,
        "description": f"{queryable.what}. Only features with this value.",
        "schema": {**SCHEMAS[queryable.kind], **({"pattern": NO_NUL} if queryable.kind == "text" else {})},
        "style": "form",
        "explode": False,
    }


def _parameters() -> Schema:
    """Every parameter that several addresses take, by its name."""
    number_of = f"How many features on a page; of more than {MAX_LIMIT} come {MAX_LIMIT}."
    texts: Schema = {"type": "string"}
    rows: list[tuple[str, str, Schema]] = [
        (
            "f",
            "The form of the answer; without it, Accept decides.",
            {"type": "string", "enum": ["json", "html"]},
        ),
        (
            "edition",
            "What this site said as of an edition: its number, or a day (UTC) whose last edition is meant.",
            {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "format": "date"}]},
        ),
        (
            "sources",
            "Whose reports count: ids of source sets; all of them where not given.",
            {"type": "array", "items": {"type": "string", "pattern": SLUGS}, "minItems": 1, "maxItems": 50},
        ),
        ("limit", number_of, {"type": "integer", "minimum": 1, "default": DEFAULT_LIMIT}),
        ("cursor", "Where a page begins: taken from the link “next”, never made.", texts),
        (
            "bbox",
            "Only features in this box: four numbers (west, south, east, north) or six with heights, in the"
            " axis order of bbox-crs. West of more than east spans the antimeridian.",
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        ),
        ("bbox-crs", "The reference system of bbox.", _one_of([*SYSTEMS, CRS84H], CRS84)),
        ("datetime", "A day, a time or an interval (RFC 3339).", {"type": "string", "pattern": PATTERN}),
        ("crs", "The reference system of the answer's coordinates.", _one_of(list(SYSTEMS), CRS84)),
        (
            "filter",
            "A condition in CQL2 on the queryables of the collection.",
            {"type": "string", "minLength": 1},
        ),
        ("filter-lang", "The language of filter.", _one_of(list(LANGUAGES), LANGUAGES[0])),
        ("filter-crs", "The reference system of places in filter.", _one_of([*SYSTEMS, CRS84H], CRS84)),
    ]
    return {
        name: {
            "name": name,
            "in": "query",
            "required": False,
            "allowEmptyValue": True,  # forms send their empty fields, which ask nothing
            "description": what,
            "schema": schema,
            "style": "form",
            "explode": False,
        }
        for name, what, schema in rows
    }


def _one_of(values: list[str], default: str) -> Schema:
    return {"type": "string", "enum": values, "default": default}


def _refusals() -> Schema:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    return {
        "BadRequest": {
            "description": "A parameter is unknown or cannot be read; detail says what would be right",
            "content": content,
        },
        "NotFound": {"description": "There is no such feature in this edition", "content": content},
        "NotAcceptable": {"description": "There is no form of this that Accept allows", "content": content},
    }


# --- Schemas


def _schemas() -> Schema:
    found: Schema = {**_api_schemas(), **_geojson_schemas()}
    for collection in COLLECTIONS.values():
        found[f"{collection.id}-feature"] = _feature(collection)
        found[f"{collection.id}-features"] = _features(collection)
    return found


def _object(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    needed = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": needed, **more}


def _array(of: Schema | str, **more: Any) -> Schema:
    items = {"$ref": f"#/components/schemas/{of}"} if isinstance(of, str) else of
    return {"type": "array", "items": items, **more}


def _api_schemas() -> Schema:
    text: Schema = {"type": "string"}
    extent = _object(
        {
            "spatial": _object({"bbox": _array(_array({"type": "number"})), "crs": text}),
            "temporal": _object({"interval": _array(_array({**text, "nullable": True})), "trs": text}),
        },
        ["spatial"],
    )
    collection = _object(
        {
            **{name: text for name in ("id", "title", "description", "itemType", "storageCrs", "licence")},
            "extent": extent,
            "crs": _array(text),
            "links": _array("link"),
        }
    )
    return {
        "link": _object({"href": text, "rel": text, "type": text, "title": text}, ["href", "rel", "type"]),
        "problem": _object(
            {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "parameter": text},
            ["type", "title", "status", "detail"],
        ),
        "landing": _object(
            {"title": text, "description": text, "attribution": text, "links": _array("link")}
        ),
        "conformance": _object({"conformsTo": _array(text), "links": _array("link")}),
        "api": _object({"openapi": text, "info": {"type": "object"}, "paths": {"type": "object"}}),
        "collection": collection,
        "collections": _object({"links": _array("link"), "collections": _array("collection")}),
        "queryables": _object(
            {"$schema": text, "$id": text, "type": text, "title": text, "properties": {"type": "object"}}
        ),
    }


def _geojson_schemas() -> Schema:
    coordinates = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    point = _object({"type": {"type": "string", "enum": ["Point"]}, "coordinates": coordinates})
    line = _object(
        {"type": {"type": "string", "enum": ["LineString"]}, "coordinates": _array(coordinates, minItems=2)}
    )
    empty = {"nullable": True, "description": "Empty where something has no place"}
    place = {"anyOf": [{"$ref": "#/components/schemas/point"}, {"$ref": "#/components/schemas/line"}]}
    return {"point": {**point, **empty}, "line": {**line, **empty}, "place": place}


def _feature(collection: Collection) -> Schema:
    properties = {column.name: _column(column) for column in collection.columns}
    place = "place" if collection.queryables[GEOMETRY].lines else "point"
    return _object(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"$ref": f"#/components/schemas/{place}"},
            "properties": _object(properties, additionalProperties=False),
            "links": _array("link"),
        },
        ["type", "id", "geometry", "properties"],
    )


def _features(collection: Collection) -> Schema:
    count = {"type": "integer", "minimum": 0}
    return _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": _array(f"{collection.id}-feature", maxItems=MAX_LIMIT),
            "links": _array("link"),
            "numberMatched": count,
            "numberReturned": {**count, "maximum": MAX_LIMIT},
            "timeStamp": {"type": "string", "format": "date-time"},
        }
    )


def _column(column: ExportColumn) -> Schema:
    return {**SCHEMAS[column.kind], "description": str(column.what), "nullable": True}
