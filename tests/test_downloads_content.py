"""What is in the downloads, and that it is what the map shows."""

import re

import pytest
from django.contrib.gis.geos import Point

from crossings.assessment.tolls import Range, toll_range
from crossings.models import Name, Post, Toll
from crossings.publishing import workflow
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection

from .downloading import features, fetch, fill, ids
from .factories import make_crossing, make_membership, make_region, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled():
    fill()


# --- What is in them


def test_a_post_carries_its_assessment_and_the_words_it_rests_on(client, filled):
    post = next(f["properties"] for f in features(client, "posts", "on=2019-09-30") if f["id"] == "alpha-iq")

    assert (post["control_level"], post["holder"], post["holder_names"]) == ("stated", "reds", "Reds")
    assert (post["people"], post["people_level"], post["goods"]) == ("open", "stated", "unknown")
    assert (post["where_prec"], post["geo_precision"], post["radius_m"]) == (2, 2, 1500.0)
    assert post["citations"][0] == {
        "publisher": "The Paper",
        "title": None,
        "published": "2019-09-30",
        "url": None,
        "wire": "ap",
        "quote": "The reds hold it.",
        "paragraph": 4,
        "note": None,
        "document": post["citations"][0]["document"],
        "passage": post["citations"][0]["passage"],
        "reports": post["citations"][0]["reports"],
    }


def test_a_disputed_post_names_no_holder_but_the_alternatives(client):
    make_report(forces=("reds",), wire="ap")
    make_report(forces=("blues",), wire="afp")

    post = next(f["properties"] for f in features(client, "posts") if f["id"] == "alpha-iq")

    assert (post["control_level"], post["holder"], post["holders"]) == ("disputed", None, [])
    assert post["alternatives_text"] == "blues (states, stated); reds (states, stated)"
    assert [alternative["wires"] for alternative in post["alternatives"]] == [1, 1]
    assert post["wires"] == 2


def test_a_crossing_stands_at_the_shared_point_or_halfway(client, filled):
    Post.objects.filter(slug="omega-iq").update(point=Point(42.2, 34.4, srid=4326))

    found = {f["id"]: f for f in features(client, "crossings", "on=2019-09-30")}

    assert found["alpha"]["geometry"]["coordinates"] == [41.0, 34.4]
    assert found["alpha"]["properties"]["position"] == "shared"
    halfway = found["omega"]["geometry"]["coordinates"]
    assert halfway[0] == pytest.approx(42.1, abs=1e-3)
    assert found["omega"]["properties"]["position"] == "midpoint"
    assert found["omega"]["properties"]["radius_m"] == pytest.approx(9200 + 1500, abs=100)


def test_a_crossing_says_each_side_and_the_whole(client, filled):
    found = {f["id"]: f["properties"] for f in features(client, "crossings", "on=2019-09-30")}

    assert (found["omega"]["goods"], found["omega"]["goods_b"], found["omega"]["goods_a"]) == (
        "closed",
        "closed",
        "unknown",
    )
    assert (found["alpha"]["people"], found["alpha"]["people_level"]) == ("by side", None)


def test_names_come_with_their_language(client):
    crossing = make_crossing()
    Name.objects.create(crossing=crossing, text="القائم", language="ar", role="preferred")

    found = features(client, "crossings")[0]["properties"]

    assert found["names"] == [{"text": "القائم", "language": "ar", "role": "preferred"}]
    assert found["names_text"] == "القائم (ar)"


def test_a_reference_has_no_quote_and_says_so(client, filled):
    frontier = next(f for f in features(client, "control") if f["properties"]["subject_kind"] == "frontier")

    assert frontier["geometry"] is None
    assert (
        frontier["properties"]["citations"][0]["quote"],
        frontier["properties"]["citations"][0]["note"],
    ) == (
        None,
        "not quoted",
    )


def test_a_report_keeps_its_vague_dates_and_their_bounds(client):
    make_report(starts="[2017-10..2017-12]", ends="2019", as_of="", stance="claims", speaker="A general")

    report = features(client, "control")[0]["properties"]

    assert (report["starts"], report["starts_min"], report["starts_max"]) == (
        "[2017-10..2017-12]",
        "2017-10-01",
        "2017-12-31",
    )
    assert (report["as_of"], report["stance"], report["speaker"]) == (None, "claims", "A general")


def test_reports_of_shown_posts_come_whatever_their_day(client, filled):
    early = make_report(as_of="2012-07-19")

    assert early.public_id in ids(client, "control", "on=2019-09-30")


def test_a_control_report_carries_whom_its_forces_count_for_and_since_when(client):
    make_membership("navy", "blues", since="2015-10-11")
    make_report(forces=("navy",))

    report = features(client, "control")[0]["properties"]

    assert report["force"] == "navy"
    assert report["memberships"] == [
        {"member": "navy", "umbrella": "blues", "since": "2015-10-11", "until": None}
    ]


def test_a_strike_has_its_toll_as_a_range_over_tellings(client, filled):
    strike = features(client, "strikes", "on=2019-09-30")[0]["properties"]

    assert (strike["killed_low"], strike["killed_high"], strike["injured_low"]) == (18, None, None)
    assert (strike["tellings"], strike["wires"], strike["target"], strike["accused"]) == (
        2,
        2,
        "blues",
        "greens",
    )
    assert (strike["radius_m"], strike["where_prec"]) == (20000.0, 3)
    assert [row["killed_high"] for row in strike["tolls"]] == [None, 18]


@pytest.mark.parametrize(
    ("accounts", "killed"),
    [
        ([], Range()),
        ([[{"killed_low": 0, "killed_high": 0}]], Range(0, 0)),
        ([[{"killed_low": 18}], [{"killed_low": 18, "killed_high": 18}]], Range(18, None)),
        ([[{"killed_low": 10, "killed_high": 12}], [{"killed_low": 18, "killed_high": 21}]], Range(10, 21)),
        ([[{"killed_low": 25, "killed_high": 25, "scope": "all sites"}]], Range()),
        (
            [
                [
                    {"group": "civilians", "killed_low": 2, "killed_high": 2},
                    {"group": "fighters", "killed_low": 3, "killed_high": 4},
                ]
            ],
            Range(5, 6),
        ),
        (
            [
                [
                    {"group": "all", "killed_low": 7, "killed_high": 7},
                    {"group": "fighters", "killed_low": 3, "killed_high": 3},
                ]
            ],
            Range(7, 7),
        ),
        (
            [
                [
                    {"killed_low": 4, "killed_high": 4, "said_by": "a"},
                    {"killed_low": 9, "killed_high": 9, "said_by": "b"},
                ]
            ],
            Range(4, 9),
        ),
    ],
)  # fmt: skip
def test_a_toll_is_a_range_and_never_a_sum_of_accounts(accounts, killed):
    rows = [[Toll(**row) for row in telling] for telling in accounts]

    assert toll_range(rows).killed == killed


# --- A download equals the view


@pytest.mark.parametrize(
    "query",
    [
        "on=2019-09-30",
        "on=2019-09-30&holder=reds",
        "on=2019-09-30&status=closed",
        "on=2019-09-30&bbox=41.5,34,43,35",
        "on=2019-09-30&kinds=strikes",
        "on=2019-09-30&kinds=control,sites",
        "on=2019-09-30&sources=background",
        "on=2019-09-30&q=omega",
        "on=2019-09-30&precision=near",
        "on=2019-09-30&days=5",
        "on=2019-09-30&from=2019-09-01&accused=greens",
        "on=2019-09-30&accused=reds",
        "on=2019-09-30&grade=confirmed",
        "on=2019-09-30&region=east",
        "on=2019-09-30&edition=2",
    ],
)
def test_a_download_holds_what_the_map_shows(client, filled, query):
    make_region("east", [make_crossing("omega")])
    make_report(sources="background", crossing="omega", forces=("blues",))
    snapshot = Snapshot(resolve(Selection.from_query(query)))
    on = snapshot.scope.on

    assert ids(client, "posts", query) == {day.post.slug for day in snapshot.days(on)}
    assert ids(client, "crossings", query) == {day.crossing.slug for day in snapshot.crossing_days(on)}
    assert ids(client, "sites", query) == {site.slug for site in snapshot.sites}
    assert ids(client, "strikes", query) == {s.public_id for s in snapshot.strikes(*snapshot.scope.interval)}
    shown = {day.post.slug for day in snapshot.days(on)} | {site.slug for site in snapshot.sites}
    for name in ("control", "status"):
        about = {f["properties"]["subject"] for f in features(client, name, query)} - {"iraq-syria"}
        assert about <= shown


def test_frontier_reports_come_only_when_nothing_narrows_the_place(client, filled):
    make_region("east", [make_crossing("omega")])

    def frontier(query):
        return any(f["geometry"] is None for f in features(client, "control", query))

    assert frontier("on=2019-09-30")
    assert not any(
        map(frontier, ("region=east", "bbox=40,30,45,36", "holder=reds", "q=alpha", "precision=town"))
    )


def test_only_the_kinds_asked_for_come(client, filled):
    assert ids(client, "control", "kinds=status") == set()
    assert ids(client, "status", "kinds=control") == set()
    assert ids(client, "strikes", "kinds=control&on=2019-09-30") == set()


def test_drafts_and_withdrawn_reports_stay_out_but_an_edition_keeps_what_it_said(client):
    report = make_report()
    draft = make_report(publish=False)
    edition = report.published_in_id
    workflow.withdraw([report])

    assert ids(client, "control") == set()
    assert ids(client, "control", f"edition={edition}") == {report.public_id}
    assert draft.public_id not in ids(client, "control", f"edition={edition}")


def test_the_selection_written_in_a_file_gives_the_same_file_again(client, filled):
    make_region("east", [make_crossing("omega")])
    first = fetch(client, "posts", "region=east&holder=reds&on=2019-09-30&view=7/34/41&utm=x")
    second = fetch(client, "posts", first["selection"])

    assert first["selection"].startswith("region=east&on=2019-09-30&edition=")
    assert (first["features"], first["selection"]) == (second["features"], second["selection"])


def test_the_file_name_says_region_and_filters(client, filled):
    make_region("east", [make_crossing("omega")])

    response = client.head("/download/posts.geojson?region=east&on=2019-09-30&holder=reds")

    assert re.search(
        r'"crossings-posts-east-2019-09-30-edition-\d+-filtered\.geojson"', response["Content-Disposition"]
    )


def test_a_file_asked_for_without_a_day_holds_the_strikes_of_all_days(client, filled):
    make_report("strike", when="2012-01-05")
    make_report("strike", when="2020-05")

    everything = features(client, "strikes", "")
    selection = fetch(client, "strikes", "")["selection"]

    assert {"2012-01-05", "2020-05"} <= {f["properties"]["when"] for f in everything}
    assert "from=" in selection
    assert [f["id"] for f in features(client, "strikes", selection)] == [f["id"] for f in everything]
    assert features(client, "strikes", "on=2012-01-05&days=1") != everything
