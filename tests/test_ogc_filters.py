"""CQL2 filters: the language, one meaning in the database and in memory, and nothing but public rows."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossings.models import ControlReport, StatusReport, StrikeEvent
from crossings.ogc.collections import COLLECTIONS
from crossings.ogc.cql2 import parse_json, parse_text
from crossings.ogc.crs import CRS84, Crs
from crossings.ogc.filter_memory import matches
from crossings.ogc.filters import checked
from crossings.ogc.patterns import compiled
from crossings.ogc.problems import Problem
from crossings.ogc.sources import Query
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection

from .ogc import NAMES, ask, fill, ids, items
from .world import kept

pytestmark = pytest.mark.django_db
ROWS = ("control", "status", "strikes")


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept(django_db_blocker, fill):
        yield


# --- The language


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id = 'years'", {"years"}),
        ("'years' = id", {"years"}),
        ("id IN ('years', 'one-day', 'draft')", {"years", "one-day"}),
        # AND before OR, NOT before both
        ("id = 'years' OR id = 'one-day' AND stance = 'claims'", {"years"}),
        ("(id = 'years' OR id = 'one-day') AND stance = 'claims'", set()),
        ("NOT id = 'years' AND starts IS NOT NULL", {"since-about"}),
        ("not (id <> 'years')", {"years"}),
        ("TRUE AND id='years'", {"years"}),
        ("id='years' AND false", set()),
        # dates
        ("starts_min >= DATE('2014-01-01')", {"years"}),
        ("ends_max BETWEEN DATE('2017-01-01') AND TIMESTAMP('2017-12-31T12:00:00Z')", {"years"}),
        ("starts_min NOT BETWEEN DATE('2010-01-01') AND DATE('2013-01-01')", {"years"}),
        ("as_of_min = as_of_max", {"one-day"}),
        ("T_INTERSECTS(INTERVAL(starts_min, ends_max), INTERVAL('2015-01-01', '2015-12-31'))", {"years"}),
        ("T_AFTER(as_of_min, DATE('2018-01-01'))", {"one-day"}),
        ("T_BEFORE(as_of_max, TIMESTAMP('2018-01-01T00:00:00Z'))", {"frontier", "on-a-line"}),
        ("T_DURING(INTERVAL(starts_min, ends_max), INTERVAL('2013-12-31', '..'))", {"years"}),
        ("T_DURING(INTERVAL(starts_min, ends_max), INTERVAL('2014-01-01', '..'))", set()),
        ("T_MEETS(INTERVAL('2010-01-01', as_of_min), INTERVAL('2018-01-01', '..'))", {"of-a-base"}),
        # empty values are neither like nor unlike
        ("speaker <> 'A general'", set()),
        ("NOT speaker = 'A general'", set()),
        ("speaker IS NULL AND as_of_min > DATE('2018-06-01')", {"one-day"}),
        ("NOT (speaker IS NULL)", {"years"}),
        # texts
        ("speaker LIKE 'A%general'", {"years"}),
        ("speaker LIKE 'a%general'", set()),
        ("CASEI(speaker) LIKE CASEI('a%GENERAL')", {"years"}),
        ("CASEI(speaker) = CASEI('A GENERAL')", {"years"}),
        ("CASEI(speaker) <> CASEI('A GENERAL')", set()),
        ("CASEI(id) IN (CASEI('YEARS'), CASEI('y%'))", {"years"}),
        ("subject_name LIKE 'Beta_(IQ)'", {"since-about", "until-after"}),
        ("NOT subject_name LIKE 'Alpha%' AND subject_name NOT LIKE 'B%'", {"frontier", "on-a-line"}),
        ("note = 'it''s'", set()),
        # several values
        ("force = 'blues'", {"years", "since-about"}),
        ("force = 'blues' AND force = 'reds'", {"years"}),
        ("NOT force = 'reds'", {"since-about", "of-a-base"}),
        # places
        (
            "S_WITHIN(geometry, POLYGON((41.5 34, 42.5 34, 42.5 35, 41.5 35, 41.5 34)))",
            {"since-about", "until-after"},
        ),
        ("S_INTERSECTS(BBOX(40.5, 34, 40.95, 35), geometry)", {"of-a-base"}),
        ("S_INTERSECTS(geometry, POINT(42 34.4))", {"since-about", "until-after"}),
        ("S_DISJOINT(geometry, BBOX(40, 34, 41.5, 35))", {"since-about", "until-after", "on-a-line"}),
        ("NOT S_INTERSECTS(geometry, BBOX(40, 34, 41.5, 35))", {"since-about", "until-after", "on-a-line"}),
        ("geometry IS NULL", {"frontier"}),
        ("S_CROSSES(geometry, BBOX(40, 36, 41, 38))", {"on-a-line"}),
        ('"id" = \'years\'', {"years"}),
        ("radius_m >= 5e3", {"of-a-base"}),
    ],
)  # fmt: skip
def test_a_filter_in_text_gives_what_it_asks_for(client, text, found):
    assert ids(client, "control", filter=text) == found


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"op": "=", "args": [{"property": "id"}, "years"]}, {"years"}),
        (
            {
                "op": "or",
                "args": [
                    {"op": "=", "args": [{"property": "id"}, "years"]},
                    {"op": "in", "args": [{"property": "force"}, ["greens"]]},
                ],
            },
            {"years", "of-a-base"},
        ),
        ({"op": "not", "args": [{"op": "isNull", "args": [{"property": "speaker"}]}]}, {"years"}),
        ({"op": "between", "args": [{"property": "radius_m"}, 4000, 6000]}, {"of-a-base"}),
        ({"op": ">", "args": [{"property": "as_of_min"}, {"date": "2019-01-01"}]}, {"one-day"}),
        (
            {
                "op": "t_during",
                "args": [
                    {"interval": [{"property": "starts_min"}, {"property": "ends_max"}]},
                    {"interval": ["2013-01-01", ".."]},
                ],
            },
            {"years"},
        ),
        (
            {
                "op": "s_intersects",
                "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [42, 34.4]}],
            },
            {"since-about", "until-after"},
        ),
        (
            {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [40.5, 34, 40.95, 35]}]},
            {"of-a-base"},
        ),
        (
            {
                "op": "like",
                "args": [{"op": "casei", "args": [{"property": "id"}]}, {"op": "casei", "args": ["YEAR_"]}],
            },
            {"years"},
        ),
    ],
)
def test_a_filter_in_json_gives_what_it_asks_for(client, tree, found):
    assert ids(client, "control", filter=json.dumps(tree), filter_lang="cql2-json") == found


def test_places_in_a_filter_are_read_in_their_reference_system(client):
    asked = "S_INTERSECTS(geometry, BBOX(34, 41.5, 35, 42.5))"
    assert ids(client, "posts", filter=asked) == set()
    found = ids(client, "posts", filter=asked, filter_crs="http://www.opengis.net/def/crs/EPSG/0/4326")
    assert found == {"beta-iq", "beta-sy"}
    asked = "S_INTERSECTS(geometry, BBOX(4620000, 4030000, 4730000, 4160000))"
    found = ids(client, "posts", filter=asked, filter_crs="http://www.opengis.net/def/crs/EPSG/0/3857")
    assert found == {"beta-iq", "beta-sy"}


BROKEN = json.loads((Path(__file__).parent / "data" / "ogc_broken_filters.json").read_text(encoding="utf-8"))
TOO_MUCH = {
    "cql2-text": [
        "(" * 100 + "id = 'x'" + ")" * 100,
        " OR ".join(["id = 'x'"] * 400),
        "id = '\ud800'",
        "9" * 9000,
    ],
    "cql2-json": ["[" * 300, '{"op": "=", "args": [{"property": "radius_m"}, ' + "9" * 5000 + "]}"],
}


@pytest.mark.parametrize("language", BROKEN)
def test_a_filter_that_cannot_be_read_is_refused_in_words(language):
    parse = parse_text if language == "cql2-text" else parse_json
    for text in BROKEN[language] + TOO_MUCH[language]:
        with pytest.raises(Problem) as refused:
            checked(parse(text), COLLECTIONS["control"].queryables, Crs(CRS84))
        assert refused.value.status == 400, text
        assert refused.value.detail.startswith("filter: "), text


@given(st.text(max_size=40) | st.text("()'\"=<>,. ANDORNTidLIKE%_0123456789TRUE-", max_size=60))
@settings(max_examples=100)
def test_any_text_is_a_filter_or_a_problem(text):
    for parse in (parse_text, parse_json):
        with suppress(Problem):
            checked(parse(text), COLLECTIONS["control"].queryables, Crs(CRS84))


def test_the_language_of_a_filter_is_one_of_two(client):
    assert (
        ask(client, "collections/control/items", 400, filter="id='x'", filter_lang="sql")["parameter"]
        == "filter-lang"
    )


# --- Queryables as parameters


def test_a_queryable_as_a_parameter_asks_for_its_value(client):
    assert ids(client, "control", force="blues", role="holds") == {"years", "since-about"}
    assert ids(client, "control", starts_min="2014-01-01") == {"years"}
    assert ids(client, "posts", name="Alpha (IQ)") == {"alpha-iq"}
    assert ids(client, "assessment", control_indirect="true") == ids(
        client, "assessment", filter="control_indirect = true"
    )
    assert ids(client, "control", radius_m="5000", filter="id <> 'years'") == {"of-a-base"}
    for name, value in (("radius_m", "nan"), ("starts_min", "soon"), ("published_in", "1_0")):
        assert ask(client, "collections/control/items", 400, **{name: value})["parameter"] == name


# --- One meaning in the database and in memory


def _values(name: str, features: list[dict[str, Any]]) -> list[Any]:
    found = {str(f["properties"][name]) for f in features if f["properties"][name] is not None}
    return sorted(found | {part for text in found for part in text.split("; ")})


@st.composite
def _condition(draw: Any, collection: str, features: list[dict[str, Any]]) -> str:
    """A filter in text: comparisons with values that occur, with other columns, and places."""
    queryables = COLLECTIONS[collection].queryables
    name = draw(st.sampled_from(sorted(queryables)))
    kind = queryables[name].kind
    if kind == "geometry":
        op = draw(
            st.sampled_from(["S_INTERSECTS", "S_WITHIN", "S_DISJOINT", "S_EQUALS", "S_TOUCHES", "S_CROSSES"])
        )
        place = draw(
            st.sampled_from(
                [
                    "POINT(41 34.4)",
                    "BBOX(30,36,38,37)",
                    "POINT(40.92 34.45)",
                    "BBOX(40.91,34,42,35)",
                    "BBOX(41,34.4,43,36)",
                ]
            )
        )
        return f"{op}(geometry, {place})"
    if draw(st.booleans()) and draw(st.booleans()):
        return f"{name} IS {draw(st.sampled_from(['', 'NOT ']))}NULL"
    value = draw(st.sampled_from([*_values(name, features), "2016-01-01" if kind == "day" else "0"]))
    if kind == "text":
        quoted = value.replace("'", "''")
        if draw(st.booleans()):
            pattern = draw(
                st.sampled_from(
                    [quoted[:3] + "%", "%" + quoted[-3:].upper(), "%" + quoted[1:4] + "%", quoted]
                )
            )
            return (
                f"CASEI({name}) LIKE CASEI('{pattern}')"
                if draw(st.booleans())
                else f"{name} LIKE '{pattern}'"
            )
        value = f"'{quoted}'"
    elif kind == "day":
        value = f"DATE('{value}')"
    op = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
    others = [q.name for q in queryables.values() if q.kind == kind and not q.many and q.name != name]
    if others and not queryables[name].many and draw(st.integers(0, 4)) == 0:
        value = draw(st.sampled_from(others))
    return f"{name} {op} {value}"


def _combined(condition: Any) -> Any:
    return st.recursive(
        condition,
        lambda inner: (
            st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner)
            | st.builds("(NOT ({}))".format, inner)
        ),
        max_leaves=4,
    )


@pytest.mark.parametrize("name", ROWS)
def test_a_filter_means_the_same_in_the_database_and_of_the_features_as_they_are_given(name):
    _compare_meanings(name, examples=12)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_many_filters_mean_the_same_in_the_database_and_of_the_features(name):
    _compare_meanings(name, examples=1000)


def _compare_meanings(name: str, examples: int) -> None:
    """The features say all that a filter may find out: values of drafts are not in them."""
    collection = COLLECTIONS[name]
    source = collection.source(Snapshot(resolve(Selection())))
    features = json.loads(json.dumps(source.page(Query(), "", 1000).features, default=str))
    for feature in features:
        for column in collection.columns:
            if column.kind == "day" and feature["properties"][column.name]:
                day = datetime.date.fromisoformat(feature["properties"][column.name])
                feature["properties"][column.name] = day

    @given(_combined(_condition(name, features)))
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    def compare(text: str) -> None:
        condition = checked(parse_text(text), collection.queryables, Crs(CRS84))
        wanted = {f["id"] for f in features if matches(condition, f, collection.queryables)}
        found = source.page(Query(condition=condition), "", 1000).features
        assert {f["id"] for f in found} == wanted, text
        assert source.count(Query(condition=condition)) == len(wanted), text

    compare()


# --- Nothing but public rows


SECRETS = {
    "control": (
        "id = 'draft'",
        "id = 'withdrawn'",
        "speaker = 'Secret'",
        "force = 'hidden'",
        "id LIKE '%draft%'",
    ),
    "status": ("id = 'draft-status'", "note = 'Secret'", "note LIKE 'S%'"),
    "strikes": (
        "id = 'draft-strike'",
        "accused = 'hidden'",
        "accused LIKE 'hid%'",
        "NOT accused <> 'hidden'",
    ),
    "sites": ("id = 'draft-site'", "name LIKE 'Draft%'"),
}


def test_no_filter_tells_of_drafts_and_withdrawn_rows(client):
    assert ControlReport.objects.filter(public_id__in=["draft", "withdrawn"]).count() == 2
    assert StatusReport.objects.filter(public_id="draft-status").exists()
    assert StrikeEvent.objects.filter(public_id="draft-strike").exists()
    for name, filters in SECRETS.items():
        for text in filters:
            found = ask(client, f"collections/{name}/items", filter=text)
            assert (found["features"], found["numberMatched"]) == ([], 0), text
    # Where an accused is hidden, the strike is as if nobody had accused them.
    assert ids(client, "strikes", filter="accused <> 'reds'") == {"strike-1", "strike-3"}
    for name, ident in (
        ("control", "draft"),
        ("control", "withdrawn"),
        ("strikes", "draft-strike"),
        ("sites", "draft-site"),
    ):
        ask(client, f"collections/{name}/items/{ident}", 404)
    for name in NAMES:
        text = json.dumps(items(client, name, limit=1000))
        assert not any(word in text for word in ("Secret", "hidden", "draft", "withdrawn")), name


def test_a_filter_of_many_wildcards_takes_no_longer_than_the_text():
    # With a plain regular expression this search would not end within the age of the world.
    assert compiled("%a" * 60 + "%b", False).search("a" * 4000) is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the spatial index asked by name is SQLite's")
def test_a_place_in_a_filter_uses_the_spatial_index(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as queries:
        items(client, "strikes", filter="S_INTERSECTS(geometry, BBOX(40, 34, 41, 35))")
    assert any("idx_crossings_strikeevent_point" in query["sql"] for query in queries.captured_queries)
