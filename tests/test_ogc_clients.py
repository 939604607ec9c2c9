"""Real clients of the API: GDAL (through pyogrio and as ogrinfo), geopandas, OWSLib, ogctests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.gis.geos import LineString

from crossings.models import Frontier

from .ogc import NAMES, fill
from .processes import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

#: Each client in a process of its own: GDAL reads the site while this process answers it.
READ_WITH_GDAL = """
import json, sys, pyogrio
address, query = sys.argv[1], json.loads(sys.argv[2])
if query is None:
    print(json.dumps([str(name) for name, _kind in pyogrio.list_layers(address)]))
else:
    if "bbox" in query:
        query["bbox"] = tuple(query["bbox"])
    frame = pyogrio.read_dataframe(address, **query)
    points = [[place.x, place.y] if place is not None else None for place in frame.geometry]
    print(json.dumps({"ids": sorted(frame["id"]), "crs": frame.crs.to_string(), "points": points}))
"""
READ_WITH_GEOPANDAS = """
import json, sys, geopandas
frame = geopandas.read_file(sys.argv[1])
days = sorted(set(str(on)[:10] for on in frame["on"]))
print(json.dumps([sorted(frame["id"]), frame.crs.to_string(), days]))
"""
READ_WITH_OWSLIB = """
import json, sys
from owslib.ogcapi.features import Features
api = Features(sys.argv[1])
page = api.collection_items("control", bbox=[41.9, 34, 42.1, 35], datetime_="2018-01-01/..", limit=10)
print(json.dumps({
    "collections": api.feature_collections(),
    "ids": [feature["id"] for feature in page["features"]],
    "feature": api.collection_item("posts", "alpha-iq")["id"],
    "queryables": sorted(api.collection_queryables("strikes")["properties"])[:2],
    "openapi": api.api()["openapi"],
    "filtered": api.collection_items("posts", filter="id LIKE 'beta%'")["numberMatched"],
}))
"""


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    fill()
    return f"{live_server.url}/ogc"


def run(script: str, *arguments: str) -> Any:
    """What a script prints, as JSON."""
    settings = {**os.environ, "CPL_DEBUG": "OFF", "NO_PROXY": "localhost,127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=120, env=settings
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def has_oapif() -> bool:
    import pyogrio

    return "OAPIF" in pyogrio.list_drivers()


@pytest.mark.skipif(not has_oapif(), reason="the GDAL that pyogrio brings has no OAPIF driver")
def test_gdal_reads_layers_pages_boxes_and_filters(site):
    address = f"OAPIF:{site}"
    assert run(READ_WITH_GDAL, address, "null") == list(NAMES)
    whole = run(READ_WITH_GDAL, address, json.dumps({"layer": "strikes"}))
    assert whole["ids"] == [f"strike-{number}" for number in range(5)]
    assert whole["points"][0] == [40.92, 34.45]
    paged = run(READ_WITH_GDAL, address, json.dumps({"layer": "strikes", "PAGE_SIZE": "2"}))
    assert paged == whole
    boxed = run(READ_WITH_GDAL, address, json.dumps({"layer": "posts", "bbox": [41.9, 34, 42.1, 35]}))
    assert boxed["ids"] == ["beta-iq", "beta-sy"]
    where = {"layer": "status", "where": "status = 'closed' AND traffic = 'people'"}
    assert run(READ_WITH_GDAL, address, json.dumps(where))["ids"] == ["closed"]


def test_geopandas_reads_the_items(site):
    found, crs, days = run(READ_WITH_GEOPANDAS, f"{site}/collections/assessment/items?datetime=2015-06-01")

    assert found == [f"{name}-{side}" for name in ("alpha", "beta", "gamma") for side in ("iq", "sy")]
    assert crs == "EPSG:4326"
    assert days == ["2015-06-01"]


def test_owslib_reads_collections_features_and_queryables(site):
    found = run(READ_WITH_OWSLIB, f"{site}/")

    assert found["collections"] == list(NAMES)
    assert found["ids"] == ["until-after"]
    assert (found["feature"], found["openapi"], found["filtered"]) == ("alpha-iq", "3.0.3", 2)
    assert found["queryables"] == ["accused", "geometry"]


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo (gdal-bin) is not installed")
def test_ogrinfo_reads_a_layer(site):
    done = subprocess.run(
        ["ogrinfo", "-so", "-json", f"OAPIF:{site}", "strikes"], capture_output=True, text=True, timeout=120
    )

    assert json.loads(done.stdout)["layers"][0]["featureCount"] == 5


@pytest.fixture
def ogctests() -> None:
    if "OGCTESTS_VENV" not in os.environ:
        pytest.skip("set OGCTESTS_VENV to an environment that bin/ogc-conformance has made")


def _conformance(site: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "bin" / "ogc-conformance"
    return subprocess.run([script, site], capture_output=True, text=True, timeout=500)


def test_ogctests_finds_nothing_to_object_to(ogctests, site):
    # Its schema wants a geometry of every feature, though RFC 7946 and the standard let one be without.
    Frontier.objects.filter(line=None).update(line=LineString((41.0, 34.0), (42.0, 37.0), srid=4326))

    done = _conformance(site)

    assert "29 passed" in done.stdout, done.stdout[-3000:] + done.stderr[-2000:]


def test_the_conformance_script_refuses_a_site_that_names_itself_otherwise(ogctests, site, settings):
    settings.SITE_URL = "http://elsewhere.example"
    done = _conformance(site)

    assert done.returncode == 1
    assert "calls itself http://elsewhere.example/ogc" in done.stderr
