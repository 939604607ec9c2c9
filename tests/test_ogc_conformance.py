"""The abstract tests of OGC 17-069r4 (Annex A) and 18-058r1 (Annex A) that apply, each by its name.

Left out are those of classes that the API does not declare: GML, and in 17-069r4 TLS, which is the proxy's.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from pyproj import Transformer
from shapely import get_coordinates
from shapely.geometry import box, shape

from crossings.ogc.crs import CRS84, WEB_MERCATOR, WGS84

from .ogc import NAMES, ask, fill, href
from .world import Page, kept

#: What they ask is asked more closely, and sooner, in test_ogc_features, _crs, _http and _openapi.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LINK_KEYS = {"href", "rel", "type"}
BOX = "40.5,34,41.5,35"


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept(django_db_blocker, fill):
        yield


@pytest.fixture(scope="module")
def definition(django_db_setup: None, django_db_blocker: Any, filled: None) -> dict[str, Any]:
    from django.test import Client

    with django_db_blocker.unblock():
        return ask(Client(), "api")


def check(definition: dict[str, Any], schema: str, document: Any) -> None:
    """The document against a schema of the API definition."""
    whole = {**definition["components"]["schemas"][schema], "components": definition["components"]}
    OAS30Validator(whole).validate(document)


def rels(document: dict[str, Any]) -> set[str]:
    assert all(set(link) >= LINK_KEYS for link in document["links"])
    return {link["rel"] for link in document["links"]}


def parameter(definition: dict[str, Any], collection: str, name: str) -> dict[str, Any]:
    for found in definition["paths"][f"/collections/{collection}/items"]["get"]["parameters"]:
        if found.get("$ref") == f"#/components/parameters/{name}":
            return definition["components"]["parameters"][name]
    raise AssertionError(f"{collection} has no parameter {name}")


# --- 17-069r4, A.2.1 to A.2.3: general, landing page, API definition


def test_conf_core_http(client):
    """/conf/core/http: the answers are HTTP 1.1 with the status codes of it."""
    for path, status in (("", 200), ("nothing", 404)):
        assert client.get(f"/ogc/{path}").status_code == status
    assert client.post("/ogc/").status_code == 405


def test_conf_core_root_op(client):
    """/conf/core/root-op"""
    assert client.get("/ogc/", headers={"Accept": "application/json"}).status_code == 200


def test_conf_core_root_success(client, definition):
    """/conf/core/root-success"""
    document = ask(client, "")
    check(definition, "landing", document)
    assert {"service-desc", "service-doc", "conformance", "data"} <= rels(document)


def test_conf_core_api_definition_op(client):
    """/conf/core/api-definition-op: every link to the definition is answered in the type that it says."""
    for link in ask(client, "")["links"]:
        if link["rel"] in ("service-desc", "service-doc"):
            response = client.get("/" + link["href"].split("/", 3)[3])
            assert response.status_code == 200
            assert response["Content-Type"].split("; ")[0] == link["type"]


def test_conf_core_api_definition_success(definition):
    """/conf/core/api-definition-success"""
    validate(definition)


def test_conf_core_conformance_op(client):
    """/conf/core/conformance-op"""
    assert client.get(href(ask(client, ""), "conformance")).status_code == 200


def test_conf_core_conformance_success(client, definition):
    """/conf/core/conformance-success"""
    document = ask(client, "conformance")
    check(definition, "conformance", document)
    declared = {
        uri.removeprefix("http://www.opengis.net/spec/ogcapi-features-") for uri in document["conformsTo"]
    }
    assert {f"1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")} <= declared
    assert "2/1.0/conf/crs" in declared


# --- A.2.4: collections


def test_conf_core_fc_md_op(client):
    """/conf/core/fc-md-op"""
    assert client.get(href(ask(client, ""), "data")).status_code == 200


def test_conf_core_fc_md_success(client, definition):
    """/conf/core/fc-md-success, with fc-md-links, fc-md-items, fc-md-items-links and fc-md-extent"""
    document = ask(client, "collections")
    check(definition, "collections", document)
    assert {"self", "alternate"} <= rels(document)
    assert [row["id"] for row in document["collections"]] == list(NAMES)
    for row in document["collections"]:
        assert "items" in rels(row)
        west, south, east, north = row["extent"]["spatial"]["bbox"][0]
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
        for begin, end in row["extent"].get("temporal", {}).get("interval", []):
            for text in (begin, end):
                assert text is None or datetime.datetime.fromisoformat(text).tzinfo


def test_conf_core_fc_md_extent(client):
    """/conf/core/fc-md-extent: what is in the collection lies in its extent."""
    for row in ask(client, "collections")["collections"]:
        extent = ",".join(str(number) for number in row["extent"]["spatial"]["bbox"][0])
        path = f"collections/{row['id']}/items"
        inside, everything = ask(client, path, bbox=extent, limit=1000), ask(client, path, limit=1000)
        placed = [feature for feature in everything["features"] if feature["geometry"]]
        assert inside["numberMatched"] == len(placed)
        if row["id"] in ("control", "status", "strikes", "intervals"):
            begin, end = row["extent"]["temporal"]["interval"][0]
            found = ask(client, path, datetime=f"{begin or '..'}/{end or '..'}")
            assert found["numberMatched"] == everything["numberMatched"]


def test_conf_core_sfc_md_op_and_success(client, definition):
    """/conf/core/sfc-md-op, /conf/core/sfc-md-success: one collection says of itself what the list says."""
    for row in ask(client, "collections")["collections"]:
        document = ask(client, f"collections/{row['id']}")
        check(definition, "collection", document)
        for name in ("id", "title", "description", "extent", "crs", "storageCrs"):
            assert document[name] == row[name]
        assert {"self", "alternate", "items"} <= rels(document)


# --- A.2.5: features


@pytest.mark.parametrize("name", NAMES)
def test_conf_core_fc_op_and_response(client, definition, name):
    """/conf/core/fc-op, fc-response, fc-links, fc-timeStamp, fc-numberMatched, fc-numberReturned"""
    before = datetime.datetime.now(datetime.UTC)
    response = client.get(f"/ogc/collections/{name}/items", {"limit": 2})
    document = response.json()

    assert response["Content-Type"] == "application/geo+json"
    check(definition, f"{name}-features", document)
    assert {"self", "alternate", "collection"} <= rels(document)
    made = datetime.datetime.fromisoformat(document["timeStamp"])
    assert before <= made <= datetime.datetime.now(datetime.UTC)
    assert document["numberReturned"] == len(document["features"]) <= document["numberMatched"]
    assert ("next" in rels(document)) == (document["numberMatched"] > 2)


def test_conf_core_fc_bbox_definition(definition):
    """/conf/core/fc-bbox-definition"""
    for name in NAMES:
        found = parameter(definition, name, "bbox")
        assert (found["in"], found["required"], found["style"], found["explode"]) == (
            "query",
            False,
            "form",
            False,
        )
        assert found["schema"] == {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}


def test_conf_core_fc_bbox_response(client):
    """/conf/core/fc-bbox-response: exactly the features whose point lies in the box."""
    for name in NAMES:
        found = {f["id"] for f in ask(client, f"collections/{name}/items", bbox=BOX, limit=1000)["features"]}
        everything = ask(client, f"collections/{name}/items", limit=1000)["features"]
        places = {f["id"]: shape(f["geometry"]) for f in everything if f["geometry"]}
        wanted = {ident for ident, place in places.items() if place.intersects(box(40.5, 34, 41.5, 35))}
        assert found == wanted, name
        assert found


def test_conf_core_fc_limit_definition(definition):
    """/conf/core/fc-limit-definition"""
    for name in NAMES:
        found = parameter(definition, name, "limit")
        assert (found["in"], found["required"], found["style"], found["explode"]) == (
            "query",
            False,
            "form",
            False,
        )
        assert found["schema"]["type"] == "integer"
        assert found["schema"]["minimum"] == 1


def test_conf_core_fc_limit_response(client):
    """/conf/core/fc-limit-response: never more than asked for; more than the most is no error."""
    for limit in (1, 3, 10**9):
        document = ask(client, "collections/posts/items", limit=limit)
        assert len(document["features"]) == min(limit, document["numberMatched"])


def test_conf_core_fc_time_definition(definition):
    """/conf/core/fc-time-definition"""
    for name in NAMES:
        found = parameter(definition, name, "datetime")
        assert (found["in"], found["required"], found["style"], found["explode"]) == (
            "query",
            False,
            "form",
            False,
        )
        assert found["schema"]["type"] == "string"
        for text in (
            "2018-02-12T23:20:50Z",
            "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z",
            "2018-02-12T00:00:00Z/..",
        ):
            assert re.search(found["schema"]["pattern"], text)


def test_conf_core_fc_time_response(client):
    """/conf/core/fc-time-response: of strikes those whose days touch the interval."""
    document = ask(client, "collections/strikes/items", datetime="2019-09-08T00:00:00Z/2019-09-22T00:00:00Z")
    rows = [feature["properties"] for feature in document["features"]]
    assert len(rows) == 3
    assert all(row["when_min"] <= "2019-09-22" and row["when_max"] >= "2019-09-08" for row in rows)
    posts = ask(client, "collections/posts/items", datetime="1900-01-01T00:00:00Z")
    assert posts["numberMatched"] == ask(client, "collections/posts/items")["numberMatched"]


def test_conf_core_query_param_invalid(client):
    """/conf/core/query-param-invalid"""
    for name in NAMES:
        for query in ({"limit": "unlimited"}, {"bbox": "1,2"}, {"datetime": "then"}):
            ask(client, f"collections/{name}/items", 400, **query)


def test_conf_core_query_param_unknown(client):
    """/conf/core/query-param-unknown"""
    for path in ("", "api", "conformance", "collections", *(f"collections/{name}/items" for name in NAMES)):
        ask(client, path, 400, unknownQueryParameter="value")


# --- A.2.6: one feature


@pytest.mark.parametrize("name", NAMES)
def test_conf_core_f_op_and_success(client, definition, name):
    """/conf/core/f-op, /conf/core/f-success, /conf/core/f-links"""
    for feature in ask(client, f"collections/{name}/items", limit=2)["features"]:
        document = ask(client, f"collections/{name}/items/{feature['id']}")
        check(definition, f"{name}-feature", document)
        assert {"self", "alternate", "collection"} <= rels(document)


# --- A.3, A.4: GeoJSON and HTML


def test_conf_geojson_definition_and_content(client):
    """/conf/geojson/definition, /conf/geojson/content"""
    collection = client.get("/ogc/collections/control/items", headers={"Accept": "application/geo+json"})
    feature = client.get("/ogc/collections/control/items/years", headers={"Accept": "application/geo+json"})
    for response, kind in ((collection, "FeatureCollection"), (feature, "Feature")):
        assert response["Content-Type"] == "application/geo+json"
        assert response.json()["type"] == kind


def test_conf_html_definition_and_content(client):
    """/conf/html/definition, /conf/html/content: every resource is a page with its data in it."""
    paths = ["", "conformance", "api", "collections", "collections/control", "collections/control/queryables"]
    for path in (*paths, "collections/control/items", "collections/control/items/years"):
        response = client.get(f"/ogc/{path}", headers={"Accept": "text/html"})
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert Page(response.content.decode()).tags[0][0] == "html"
    page = client.get("/ogc/collections/control/items", headers={"Accept": "text/html"}).content.decode()
    for feature in ask(client, "collections/control/items")["features"]:
        assert feature["id"] in page


# --- A.6: OpenAPI 3.0


def test_conf_oas30_oas_definition_1_and_2(client):
    """/conf/oas30/oas-definition-1, /conf/oas30/oas-definition-2"""
    response = client.get("/ogc/api", {"f": "json"})
    assert response["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    validate(response.json())


def test_conf_oas30_oas_impl(client, definition):
    """/conf/oas30/oas-impl: every address in the definition is there."""
    for path in definition["paths"]:
        found = client.get("/ogc" + path.replace("{featureId}", "alpha-iq"))
        assert found.status_code in ((200, 404) if "{" in path else (200,)), path


def test_conf_oas30_completeness(definition):
    """/conf/oas30/completeness: every address that there is is in the definition."""
    wanted = {"/", "/api", "/conformance", "/collections"}
    for name in NAMES:
        base = f"/collections/{name}"
        wanted |= {base, f"{base}/queryables", f"{base}/items", f"{base}/items/{{featureId}}"}
    assert set(definition["paths"]) == wanted


def test_conf_oas30_exceptions_codes(definition):
    """/conf/oas30/exceptions-codes: every operation says what it refuses with."""
    for path, operations in definition["paths"].items():
        assert {"400", "406"} <= set(operations["get"]["responses"])
        assert ("404" in operations["get"]["responses"]) == ("{" in path)


def test_conf_oas30_security(client, definition):
    """/conf/oas30/security: nothing asks who reads."""
    assert "security" not in definition
    assert "WWW-Authenticate" not in client.get("/ogc/collections/control/items")


# --- 18-058r1, Annex A

KNOWN = {WGS84: (4326, False), WEB_MERCATOR: (3857, True)}


def test_conf_crs_crs_uri(client):
    """/conf/crs/crs-uri"""
    for row in ask(client, "collections")["collections"]:
        for uri in (*row["crs"], row["storageCrs"]):
            parts = urlsplit(uri)
            assert (parts.scheme, parts.netloc) == ("http", "www.opengis.net")
            assert re.fullmatch(r"/def/crs/(OGC/1\.3/CRS84|EPSG/0/\d+)", parts.path)


def test_conf_crs_default_crs(client):
    """/conf/crs/default-crs"""
    for row in ask(client, "collections")["collections"]:
        assert row["crs"][0] == CRS84


def test_conf_crs_storage_crs(client):
    """/conf/crs/storageCrs"""
    for row in ask(client, "collections")["collections"]:
        assert row["storageCrs"] in row["crs"]


@pytest.mark.parametrize("uri", KNOWN)
def test_conf_crs_bbox_crs_parameter(client, uri):
    """/conf/crs/bbox-crs-parameter: the same box in another system gives the same features."""
    code, always_xy = KNOWN[uri]
    convert = Transformer.from_crs("OGC:CRS84", code, always_xy=always_xy).transform
    converted_box = ",".join(
        str(number) for corner in (convert(40.5, 34), convert(41.5, 35)) for number in corner
    )
    for name in NAMES:
        path = f"collections/{name}/items"
        converted = ask(client, path, bbox=converted_box, bbox_crs=uri, limit=1000)
        assert converted["features"] == ask(client, path, bbox=BOX, limit=1000)["features"]


def test_conf_crs_bbox_crs_parameter_default(client):
    """/conf/crs/bbox-crs-parameter-default"""
    path = "collections/posts/items"
    assert ask(client, path, bbox=BOX, bbox_crs=CRS84)["features"] == ask(client, path, bbox=BOX)["features"]


def test_conf_crs_bbox_crs_parameter_invalid(client):
    """/conf/crs/bbox-crs-parameter-invalid"""
    for name in NAMES:
        ask(
            client,
            f"collections/{name}/items",
            400,
            bbox=BOX,
            bbox_crs="http://www.opengis.net/def/crs/EPSG/0/0",
        )


@pytest.mark.parametrize("uri", [CRS84, *KNOWN])
def test_conf_crs_crs_parameter(client, uri):
    """/conf/crs/crs-parameter: every listed system is given, and Content-Crs names it."""
    for path in ("collections/posts/items", "collections/posts/items/alpha-iq"):
        response = client.get(f"/ogc/{path}", {"crs": uri})
        assert (response.status_code, response["Content-Crs"]) == (200, f"<{uri}>")


def test_conf_crs_crs_parameter_default(client):
    """/conf/crs/crs-parameter-default"""
    for path in ("collections/posts/items", "collections/posts/items/alpha-iq"):
        assert client.get(f"/ogc/{path}")["Content-Crs"] == f"<{CRS84}>"


def test_conf_crs_crs_parameter_invalid(client):
    """/conf/crs/crs-parameter-invalid"""
    for path in ("collections/posts/items", "collections/posts/items/alpha-iq"):
        ask(client, path, 400, crs="http://www.opengis.net/def/crs/EPSG/0/0")


@pytest.mark.parametrize("uri", KNOWN)
def test_conf_crs_crs_parameter_transform(client, uri):
    """/conf/crs/crs-parameter-transform: converted back, the coordinates are those of the default system."""
    code, always_xy = KNOWN[uri]
    back = Transformer.from_crs(code, "OGC:CRS84", always_xy=always_xy).transform
    for name in NAMES:
        path = f"collections/{name}/items"
        given = ask(client, path, crs=uri)["features"]
        for feature, plain in zip(given, ask(client, path)["features"], strict=True):
            if plain["geometry"] is None:
                assert feature["geometry"] is None
                continue
            found, wanted = (get_coordinates(shape(f["geometry"])) for f in (feature, plain))
            for position, place in zip(found, wanted.tolist(), strict=True):
                assert back(*position) == pytest.approx(tuple(place), abs=1e-7)
