"""Links of answers: absolute, and with every parameter of the request that still applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from crossings.downloads.places import address

from .negotiation import AS_GEOJSON, AS_HTML, AS_JSON, AS_OPENAPI, AS_SCHEMA, Form

QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


class Link(TypedDict, total=False):
    """A link as in RFC 8288."""

    href: str
    rel: str
    type: str
    title: str


def at(name: str, *ids: str, query: Mapping[str, str] | None = None) -> str:
    """The absolute address of a resource of the API."""
    return address(reverse(f"ogc-{name}", args=ids), urlencode(query or {}, safe=",/:"))


def link(rel: str, href: str, form: Form, title: str = "") -> Link:
    found: Link = {"href": href, "rel": rel, "type": form.media_type}
    if title:
        found["title"] = title
    return found


def here(chosen: Form, forms: tuple[Form, ...], name: str, *ids: str, given: dict[str, str]) -> list[Link]:
    """This document, and the same in its other forms."""
    kept = {key: value for key, value in given.items() if key != "f"}
    found = []
    for form in forms:
        # What was asked for is linked as it was; its other forms name themselves.
        query = given if form is chosen else {**kept, "f": form.f}
        rel = "self" if form is chosen else "alternate"
        title = (
            "This document" if form is chosen else f"The same as {'a page' if form is AS_HTML else 'JSON'}"
        )
        found.append(link(rel, at(name, *ids, query=query), form, title))
    return found


def add_link_header(response: HttpResponse, links: list[Link]) -> None:
    """The links as a header too, for those who read no body."""
    response["Link"] = ", ".join(
        f'<{row["href"]}>; rel="{row["rel"]}"; type="{row["type"]}"' for row in links
    )


def of_landing() -> list[Link]:
    return [
        link("service-desc", at("api", query={"f": "json"}), AS_OPENAPI, "The API definition (OpenAPI 3.0)"),
        link("service-doc", at("api", query={"f": "html"}), AS_HTML, "The API, to read and to try out"),
        link("conformance", at("conformance"), AS_JSON, "What it conforms to"),
        link("data", at("collections"), AS_JSON, "The collections"),
    ]


def of_collection(collection: str, scope: dict[str, str]) -> list[Link]:
    """Where the features of a collection are, and what they can be filtered by."""
    return [
        link("items", at("items", collection, query=scope), AS_GEOJSON, "Its features"),
        link("items", at("items", collection, query={**scope, "f": "html"}), AS_HTML, "Its features"),
        link(QUERYABLES, at("queryables", collection), AS_SCHEMA, "What they can be filtered by"),
    ]
