"""Downloads: RFC 7946, documented column by column, refused in words."""

import datetime
import json
import re
from pathlib import Path

import geopandas
import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crossings.downloads import geojson, reports
from crossings.downloads.columns import COLUMNS, MEMBERS
from crossings.models import Edition, Post, StrikeEvent
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection

from .downloading import HOSTILE, NAMES, PLACED, features, fetch, fill
from .factories import make_passage, make_report, make_site, make_strike_event

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def filled():
    fill()


# --- The format


@pytest.mark.parametrize("name", NAMES)
def test_it_is_rfc_7946(client, filled, name):
    found = fetch(client, name, "on=2019-09-30")

    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    assert found["features"]
    points = [f["geometry"]["coordinates"] for f in found["features"] if f["geometry"]]
    assert bool(points) == (name in PLACED)
    if points:
        longitudes, latitudes = zip(*points, strict=True)
        assert found["bbox"] == [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
    else:
        assert "bbox" not in found
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], str)
        assert feature["id"] == feature["properties"]["id"]
        assert feature["geometry"] is None or feature["geometry"]["type"] == "Point"


@pytest.mark.parametrize("name", NAMES)
def test_the_file_says_what_it_is_and_under_which_licence(client, filled, name):
    response = client.get(f"/download/{name}.geojson?on=2019-09-30")
    found = json.loads(response.getvalue())

    edition = Edition.objects.order_by("-number").first().number
    assert response["Content-Type"] == "application/geo+json"
    assert response["Content-Disposition"] == (
        f'attachment; filename="crossings-{name}-2019-09-30-edition-{edition}.geojson"'
    )
    everywhere = {"type", "features", *(column.name for column in MEMBERS)}
    assert set(found) == (everywhere if name in PLACED else everywhere - {"bbox"})
    assert found["edition"] == edition
    assert found["licence"].startswith("Crossings data, CC BY 4.0")
    assert found["selection"] == f"on=2019-09-30&edition={edition}"
    assert any("GeoNames" in sentence for sentence in found["attribution"])
    assert abs(datetime.datetime.fromisoformat(found["generated"]) - timezone.now()) < datetime.timedelta(
        minutes=1
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_feature_has_the_columns_that_are_documented_in_their_order(client, filled, name):
    for feature in features(client, name, "on=2019-09-30"):
        assert tuple(feature["properties"]) == tuple(column.name for column in COLUMNS[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_types_of_columns_are_those_documented_and_do_not_mix(client, filled, name):
    kinds = {"text": str, "day": str, "integer": int, "number": float, "yes/no": bool, "list": list}

    for feature in features(client, name, "on=2019-09-30"):
        for column in COLUMNS[name]:
            value = feature["properties"][column.name]
            assert value is None or type(value) is kinds[column.kind], (column.name, value)
            if column.kind == "day" and value:
                datetime.date.fromisoformat(value)


@pytest.mark.parametrize("name", NAMES)
def test_geopandas_reads_it(client, filled, name, tmp_path):
    path = tmp_path / "file.geojson"
    path.write_bytes(client.get(f"/download/{name}.geojson?on=2019-09-30").getvalue())

    frame = geopandas.read_file(path)

    assert len(frame) == len(json.loads(path.read_text())["features"])
    assert frame.crs.to_epsg() == 4326
    assert set(frame.geom_type.dropna()) == ({"Point"} if name in PLACED else set())
    assert set(frame["id"]) == {f["id"] for f in json.loads(path.read_text())["features"]}


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_file_is_whole_and_has_no_bbox(client, name):
    found = fetch(client, name)

    assert found["features"] == []
    assert "bbox" not in found


def test_features_leave_in_chunks_and_not_at_the_end():
    made = []

    def many():
        for n in range(5000):
            made.append(n)
            yield geojson.feature(str(n), Point(1, 2), {"text": "x" * 100})

    stream = geojson.collection(many(), {})
    next(stream)
    second = next(stream)

    assert len(second) < 2 * geojson.CHUNK_BYTES
    assert len(made) < 500


def test_no_number_that_is_none_gets_into_a_file():
    with pytest.raises(ValueError, match="JSON"):
        list(geojson.collection([geojson.feature("x", Point(float("nan"), 1), {})], {}))


def test_rows_are_read_in_chunks_by_key(filled):
    for n in range(5):
        make_report("status", crossing=f"more{n}")
    snapshot = Snapshot(resolve(Selection()))
    rows = reports.reports_shown(reports.StatusReport, snapshot)

    assert [row.pk for row in reports.in_chunks(rows, 2)] == list(
        rows.order_by("pk").values_list("pk", flat=True)
    )


def test_head_answers_without_a_body_and_without_the_work(client, filled):
    response = client.head("/download/control.geojson")

    assert (response.status_code, response.content) == (200, b"")
    assert "attachment" in response["Content-Disposition"]
    assert response["Content-Type"] == "application/geo+json"


def test_what_does_not_exist_or_cannot_be_read_is_refused(client):
    assert client.get("/download/everything.geojson").status_code == 404
    assert client.post("/download/posts.geojson").status_code == 405
    for query in (
        "on=2019-02-30",
        "bbox=1,2,3",
        "sources=none",
        "edition=99",
        "holder=nobody",
        "bbox=nan,1,2,3",
    ):
        response = client.get(f"/download/posts.geojson?{query}")
        assert response.status_code == 400, query
        assert response.json()["parameter"] == query.split("=")[0]


def test_hostile_text_is_data_in_a_file(client, filled, tmp_path):
    make_report(passage=make_passage(exact=HOSTILE), speaker=HOSTILE[:200], note=HOSTILE)
    StrikeEvent.objects.update(summary=HOSTILE[:200])
    Post.objects.filter(slug="alpha-iq").update(name=HOSTILE[:200])

    for name in NAMES:
        assert features(client, name, "on=2019-09-30")
    posts = {f["id"]: f["properties"]["name"] for f in features(client, "posts")}
    assert posts["alpha-iq"] == HOSTILE[:200]


def queries_of(client, path):
    with CaptureQueriesContext(connection) as seen:
        response = client.get(path)
        assert response.status_code == 200
        assert response.getvalue() if response.streaming else response.content
    return len(seen)


@pytest.mark.parametrize("name", [*NAMES, "page"])
def test_the_queries_do_not_grow_with_the_rows(client, filled, name):
    path = "/download/?on=2019-09-30" if name == "page" else f"/download/{name}.geojson?on=2019-09-30"
    few = queries_of(client, path)
    for n in range(4):
        make_report(crossing=f"more{n}", forces=("reds", "blues"))
        make_report("status", crossing=f"more{n}")
        make_report(site=make_site(f"base{n}"))
        make_report("strike", event=make_strike_event(public_id=f"strike-{n}"), when="2019-09-09")

    assert queries_of(client, path) == few
    assert few <= 24


# --- The page and the papers


def test_the_page_lists_every_file_with_its_size_and_the_selection(client, filled):
    page = client.get("/download/?on=2019-09-30&holder=reds").content.decode()

    for name in NAMES:
        assert f"/download/{name}.geojson?on=2019-09-30&amp;holder=reds" in page
        assert f'id="columns-{name}"' in page
    assert '<td class="num">1</td>' in page
    assert "on=2019-09-30&amp;edition=" in page


def test_the_page_of_a_site_without_data_stands(client):
    page = client.get("/download/").content.decode()

    assert "nothing is published yet" in page


def test_the_columns_in_the_papers_are_those_of_the_code():
    text = (ROOT / "docs" / "downloads.md").read_text(encoding="utf-8")
    tables = dict(re.findall(r"^### `([a-z]+)`\n(.*?)(?=^##|\Z)", text, re.M | re.S))

    assert set(tables) == {*COLUMNS, "members"}
    for name, columns in {**COLUMNS, "members": MEMBERS}.items():
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", tables[name], re.M)
        assert rows == [(c.name, c.kind, str(c.what)) for c in columns], name
