"""Every public address with any question: answered, refused in words or not there, never an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geodata.selection import Selection
from tests import world
from tests.factories import make_report

pytestmark = pytest.mark.django_db

DAY = "on=2019-09-30"
ANSWERED = (
    "", DAY, "on=2019-09-30&edition=1", "edition=2100-12-31", "sources=articles", "holder=reds",
    "accused=reds", "target=reds", "kinds=strikes", "kinds=control,sites", "status=open,unknown",
    "precision=near", "grade=weak", "q=القائم", "q=gate", "bbox=40,33,43,36", "days=365",
    "from=2019-01-01&on=2019-09-30", "show=post.place-0-iq", "view=7/34.4/41", "tiles=osm",
    "utm_source=mail", "on=&holder=&q=",
)  # fmt: skip
#: The parameter that must be named, and the query.
REFUSED = (
    ("on", "on=2019-02-30"), ("on", "on=9999-01-01"), ("on", "on=0000-00-00"), ("on", "on=٢٠١٩-٠٩-٣٠"),
    ("on", "on=2100-12-31"), ("on", "on=2019-09-30&on=2019-09-29"),
    ("edition", "edition=99"),
    ("edition", "edition=0"), ("edition", "edition=99999999999999999999"), ("edition", "edition=1900-01-01"),
    ("sources", "sources=nowhere"), ("sources", "sources=A%20B"), ("kinds", "kinds=maps"), ("days", "days=0"),
    ("days", "days=1e9"), ("bbox", "bbox=NaN,0,0,0"), ("bbox", "bbox=0,0,inf,1"),
    ("bbox", "bbox=43,33,38,38"), ("bbox", "bbox=1,2,3"), ("precision", "precision=pin"),
    ("grade", "grade=sure"), ("status", "status=ajar"),
    ("view", "view=99/0/0"), ("show", "show=everything"), ("tiles", "tiles=evil"), ("q", "q=" + "x" * 201),
    ("q", "q=%00"), ("from", "from=2020-01-01&on=2019-01-01"),
    ("holder", "holder=" + ",".join(f"a{n}" for n in range(10_000))), ("region", "region=nowhere"),
)  # fmt: skip
FORCES = (("holder", "holder=nobody"), ("accused", "accused=nobody"), ("target", "target=nobody"))
#: Answered without a selection, or with only its sources, edition and text.
WITHOUT = ("method", "changes", "health", "basemap", "frontiers")
WITHOUT_FORCES = ("documents", "document", "map-script")


@pytest.fixture(scope="module")
def small(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with world.kept(django_db_blocker, world.make_world):
        yield


def test_every_page_answers_every_question(client, small):
    for n, address in enumerate(world.one_of_each(but=WITHOUT)):
        for query in ANSWERED[n % 5 :: 5]:  # each page some of the questions, each question some of the pages
            response = client.get(f"{address}?{query}")
            assert response.status_code == 200, (address, query)
            world.body_of(response)


def test_what_cannot_be_read_is_refused_with_a_sentence_that_names_it(client, small):
    scope = [
        (a, *r)
        for a in world.one_of_each(but=WITHOUT)
        for r in REFUSED
        if r[0] != "region" or "/maps/" not in a
    ]
    scope += [(a, *r) for a in world.one_of_each(but=(*WITHOUT, *WITHOUT_FORCES)) for r in FORCES]
    for address, parameter, query in scope:
        response = client.get(f"{address}?{query}")
        assert response.status_code == 400, (address, query)
        if response["Content-Type"] == "application/json":
            said = world.data_of(response)
            assert said["parameter"] == parameter
            words = said["error"]
        else:
            words = world.Page(response.content.decode()).text()
        assert f"{parameter}: “" in words, (address, query)
        assert "cannot be read." in words


@pytest.mark.parametrize("query", ["km=0", "km=501", "km=NaN", "km=1e9", "km=-1", "km=٥", "km=<b>"])
def test_a_distance_that_cannot_be_read_is_refused(client, small, query):
    response = client.get(f"/crossings/place-0/?{query}")

    assert response.status_code == 400
    assert "Write a distance from 1 to 500 kilometres" in response.content.decode()


@pytest.mark.parametrize("year", ["1899", "2101", "x", "-1", "2019.5", "99999999999999999999", "²⁰¹⁹"])
def test_a_year_that_cannot_be_read_is_refused(client, small, year):
    response = client.get("/maps/all/strikes.json", {"year": year})

    assert response.status_code == 400
    assert response.json()["parameter"] == "year"


@pytest.mark.parametrize("year", ["1900", "2019", "2100", ""])
def test_strikes_of_any_year_can_be_asked_for(client, small, year):
    assert client.get("/maps/all/strikes.json", {"year": year}).status_code == 200


# --- Anything at all in the query string

NAMES = (*Selection().__dataclass_fields__, "from", "km", "year", "utm_source", "__class__", "", "on[]")
NASTY = (
    "", " ", "0", "-1", "1e309", "NaN", "Infinity", "-Infinity", "null", "None", "true", "[]", "{}", "%",
    "%00", "\x00", "\ufffe", "\u202e", "'", '"', "`", "<script>", "{{7*191}}", "{% raw %}",
    "../../etc/passwd", "1" * 5000, "a," * 400, "2019-09-30", "2019-02-30", "9999-12-31",
    "0001-01-01", "1900-01-01",
    "2100-12-31", "1", "2", "2147483648", "articles", "reds", "control,strikes", "open", "near", "weak",
    "gate", "القائم", "40,33,43,36", "180,90,180,90", "-180,-90,180,90", "post.place-0-iq", "strike.",
    "7/34.4/41", "osm", "' OR 1=1 --", "\\", "_%_", "۲۰۱۹",
)  # fmt: skip
questions = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.one_of(
            st.sampled_from(NASTY),
            st.text(max_size=12),
            st.dates().map(str),
            st.floats().map(str),
            st.lists(st.floats(-200, 200), min_size=4, max_size=4).map(lambda box: ",".join(map(str, box))),
        ),
    ),
    max_size=4,
)
GROUPS = {
    "maps": ("home", "map", "map-script"),
    "data": ("days", "strikes-json", "download"),
    "lists": ("crossings", "forces", "documents", "differs", "downloads", "method"),
    "pages": ("crossing", "force", "document"),
    "popups": ("popup",),
}  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), question=questions)
@example(data=None, question=[("on", "1900-01-01"), ("days", "36525")])
@example(data=None, question=[("from", "1900-01-01"), ("on", "1900-01-01")])
def test_no_question_at_all_makes_an_error(client, small, group, data, question):
    found = [reverse(name, args=args) for name in GROUPS[group] for args in world.ARGUMENTS[name]()]
    address = data.draw(st.sampled_from(found)) if data else found[0]

    response = client.get(address, [(name, value) for name, value in question])

    assert response.status_code in (200, 302, 400), (address, question)
    ran = world.RAN.search(world.body_of(response))
    assert not ran or not any("7*191" in value for _, value in question), (address, question)


# --- Methods and copies kept by browsers


def test_only_reading_is_possible(client, small):
    for address in world.one_of_each():
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(address).status_code == 405, (method, address)


def test_the_head_of_every_answer_is_that_of_the_answer(client, small):
    for address in world.one_of_each():
        whole, head = client.get(f"{address}?{DAY}"), client.head(f"{address}?{DAY}")
        world.body_of(whole)
        assert head.status_code == 200, address
        assert b"".join(head) == b"", address
        assert head["Content-Type"] == whole["Content-Type"]
        assert head.get("Content-Disposition") == whole.get("Content-Disposition")


def test_what_a_browser_still_has_is_not_sent_again(client, small):
    for address in world.one_of_each(but=("download", "health")):
        first = client.get(f"{address}?{DAY}")
        again = client.get(f"{address}?{DAY}", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304, address
        assert again.content == b"", address
        assert again["ETag"] == first["ETag"]


def test_a_browser_asks_again_after_something_was_published(client, small):
    for address in ("/", "/maps/all/days.json", "/crossings/place-0/", "/popup/post/place-0-iq/"):
        before = client.get(f"{address}?{DAY}")["ETag"]
        make_report(
            crossing="place-0",
            as_of="2019-09-30",
            forces=(address.strip("/").replace("/", "-")[:9] or "new",),
        )
        again = client.get(f"{address}?{DAY}", headers={"If-None-Match": before})
        assert again.status_code == 200, address


# --- Nothing there


@pytest.mark.parametrize(
    "address",
    [
        "/maps/nowhere/",
        "/maps/nowhere/map.js",
        "/maps/nowhere/days.json",
        "/maps/nowhere/strikes.json",
        "/basemap/nowhere.json",
        "/popup/post/nowhere/",
        "/popup/site/nowhere/",
        "/popup/strike/nowhere/",
        "/popup/force/reds/",
        "/crossings/nowhere/",
        "/forces/nobody/",
        "/documents/nothing/",
        "/download/everything.geojson",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(client, small, address):
    response = client.get(address)

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
