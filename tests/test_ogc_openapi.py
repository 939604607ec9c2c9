"""The API definition: valid, self-contained, and true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode

from crossings.ogc.collections import COLLECTIONS
from crossings.ogc.crs import CRS84, WEB_MERCATOR, WGS84
from crossings.ogc.parameters import OF_ITEMS
from crossings.ogc.problems import Problem
from crossings.ogc.temporal import read_datetime

from .ogc import ask, fill
from .world import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept(django_db_blocker, fill):
        yield


def test_the_definition_is_valid_openapi_3_0(client):
    response = client.get("/ogc/api", headers={"Accept": "application/vnd.oai.openapi+json;version=3.0"})

    assert response["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert response.json()["openapi"].startswith("3.0.")
    validate(response.json())


def test_the_definition_refers_to_nothing_outside_itself(client):
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            for part in node.values():
                yield from references(part)
        elif isinstance(node, list):
            for part in node:
                yield from references(part)

    found = list(references(ask(client, "api")))
    assert found
    assert all(reference.startswith("#/components/") for reference in found)


def test_every_parameter_that_is_read_is_in_the_definition(client):
    definition = ask(client, "api")
    for name, collection in COLLECTIONS.items():
        declared = set()
        for parameter in definition["paths"][f"/collections/{name}/items"]["get"]["parameters"]:
            found = parameter
            if "$ref" in parameter:
                found = definition["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
            declared.add(found["name"])
        assert declared == {*OF_ITEMS, *(set(collection.queryables) - {"geometry"})}


# --- Requests made from the definition


def _settled(case: Any) -> None:
    """What OpenAPI 3.0 cannot say of an allowed request: a box in order, real days, what there is."""
    query = case.query or {}
    for name in [name for name, value in query.items() if value in ("", [])]:
        del query[name]  # asks nothing, as allowEmptyValue says
    if "bbox" in query:
        query["bbox"] = _box(query["bbox"], query.get("bbox-crs", CRS84))
    if "datetime" in query:
        with suppress_and_replace(query, "datetime", "2015-06-01/.."):
            read_datetime(query["datetime"])
    for name, value in (("edition", "3"), ("sources", "articles"), ("filter", FILTERS[_language(query)])):
        if name in query:
            query[name] = value
    query.pop("cursor", None)


FILTERS = {
    "cql2-text": "NOT (id LIKE 'a%') OR S_INTERSECTS(geometry, BBOX(40, 30, 45, 40))",
    "cql2-json": '{"op": "not", "args": [{"op": "isNull", "args": [{"property": "id"}]}]}',
}


def _language(query: dict[str, Any]) -> str:
    return query.get("filter-lang", "cql2-text")


@contextmanager
def suppress_and_replace(query: dict[str, Any], name: str, value: str) -> Iterator[None]:
    try:
        yield
    except Problem:
        query[name] = value


def _box(given: Any, crs: str) -> str:
    """The numbers that were made up, put in order and inside the globe."""
    numbers = [float(part) for part in (given.split(",") if isinstance(given, str) else given)]
    lon, lat = ((n + 180) % 360 - 180 for n in numbers[:2]), sorted((n + 80) % 160 - 80 for n in numbers[2:4])
    west, east = lon
    corners = {CRS84: (west, lat[0], east, lat[1]), WGS84: (lat[0], west, lat[1], east)}
    scaled = tuple(part * 1e5 for part in corners[CRS84])
    corners[WEB_MERCATOR] = scaled
    a, b, c, d = corners.get(crs, corners[CRS84])
    heights = len(numbers) == 6
    return ",".join(f"{part:.6f}" for part in ((a, b, 0, c, d, 1) if heights else (a, b, c, d)))


def _hold_to_the_definition(client: Any, examples: int, included: Callable[[str], bool]) -> int:
    """Makes requests that the definition allows and that it does not; how many were answered as it says."""
    schema = schemathesis.openapi.from_dict(ask(client, "api"))
    schema.app = WSGIHandler()
    # As Django's own test client: the end of a request does not end the connection of the test.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        return _answers_held(schema, examples, included)
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


def _answers_held(schema: Any, examples: int, included: Callable[[str], bool]) -> int:
    answered = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if not included(operation.path):
            continue
        for mode in GenerationMode:

            @given(operation.as_strategy(generation_mode=mode))
            @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
            def answer(case: Any) -> None:
                nonlocal answered
                if case.meta.generation.mode.is_positive:
                    _settled(case)
                case.call_and_validate(
                    base_url="http://localhost/ogc", headers={"Accept-Encoding": "identity"}
                )
                answered += 1

            with suppress(Unsatisfiable):  # nothing that an address without parameters takes can be wrong
                answer()
    return answered


def test_answers_are_as_the_definition_says(client):
    def included(path: str) -> bool:
        return path in (
            "/",
            "/collections/control/items",
            "/collections/posts/items/{featureId}",
        )

    assert _hold_to_the_definition(client, 3, included) >= 10


@pytest.mark.slow
def test_answers_are_as_the_definition_says_in_two_thousand_cases(client):
    assert _hold_to_the_definition(client, 45, lambda path: True) >= 2000
