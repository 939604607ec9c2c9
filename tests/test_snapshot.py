"""The list, the counts and the segments come from one snapshot."""

import datetime

import pytest
from django.contrib.gis.geos import LineString

from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.bbox import WORLD, BBox
from geodata.selection import Selection, SelectionError

from .factories import make_crossing, make_frontier, make_region, make_report, make_site

pytestmark = pytest.mark.django_db


def snapshot(query: str = "") -> Snapshot:
    return Snapshot(resolve(Selection.from_query(query)))


def test_a_post_is_held_on_the_day_its_report_speaks_of():
    make_report(as_of="2019-09-30", forces=("reds",))

    day = next(d for d in snapshot().days(datetime.date(2019, 9, 30)) if d.post.slug == "alpha-iq")

    assert (day.control.level, day.control.value) == ("stated", {"reds"})


def test_a_force_counts_for_its_umbrella_from_the_day_it_joined():
    from .factories import make_membership

    make_membership("navy", "blues", since="2019-10-02")
    make_report(starts="2019-09-30", forces=("navy",))

    held = [snapshot().days(datetime.date(2019, 10, day))[1].control.value for day in (1, 2)]

    assert held == [{"navy"}, {"blues"}]


def test_an_older_edition_knows_no_membership_that_was_published_later():
    from .factories import make_membership

    edition = make_report(as_of="2019-09-30", forces=("navy",)).published_in_id
    make_membership("navy", "blues")

    on = datetime.date(2019, 9, 30)
    assert snapshot().days(on)[1].control.value == {"blues"}
    assert snapshot(f"edition={edition}").days(on)[1].control.value == {"navy"}


def test_drafts_are_not_in_the_snapshot():
    make_report(as_of="2019-09-30", publish=False)
    make_crossing("hidden", publish=False)

    shown = snapshot().days(datetime.date(2019, 9, 30))

    assert {d.post.crossing.slug for d in shown} == {"alpha"}
    assert {d.control.level for d in shown} == {"unknown"}


def test_a_withdrawn_report_still_shows_in_the_edition_it_was_in():
    from crossings.publishing import workflow

    report = make_report(as_of="2019-09-30")
    before = report.published_in_id
    workflow.withdraw([report])

    assert snapshot(f"edition={before}").days(datetime.date(2019, 9, 30))[1].control.level == "stated"
    assert snapshot().days(datetime.date(2019, 9, 30))[1].control.level == "unknown"


def test_the_segments_of_a_post_agree_with_its_days():
    make_report(starts="2019-01-01", ends="2019-03-01")
    make_report(starts="2019-06", forces=("blues",), wire="afp")
    make_report(kind="status", status="closed", starts="2019-02-10", wire="afp")
    shown = snapshot()
    post = shown.posts[1]
    scope = shown.scope

    for segment in shown.segments(post, scope.first, scope.last):
        for day in (segment.first, segment.last):
            single = shown.day_of(post, day)
            assert (single.control.level, single.control.value) == (
                segment.control.level,
                segment.control.value,
            )
            assert single.shape == segment.shape


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sources=nowhere", "sources"),
        ("edition=99", "edition"),
        ("edition=1990-01-01", "edition"),
        ("region=nowhere", "region"),
        ("holder=nobody", "holder"),
        ("on=2100-12-31", "on"),
    ],
)
def test_it_refuses_what_does_not_exist_and_names_the_parameter(query, parameter):
    make_report()

    with pytest.raises(SelectionError) as refused:
        snapshot(query)

    assert refused.value.parameter == parameter


def test_filters_on_the_holder_and_on_status_hide_the_other_posts():
    make_report(as_of="2019-09-30", forces=("reds",))
    make_report(as_of="2019-09-30", forces=("blues",), side="sy")
    make_report(kind="status", status="closed", as_of="2019-09-30", side="sy")
    day = datetime.date(2019, 9, 30)

    assert [d.post.slug for d in snapshot("holder=reds").days(day)] == ["alpha-iq"]
    assert [d.post.slug for d in snapshot("status=closed").days(day)] == ["alpha-sy"]
    assert [d.post.slug for d in snapshot("holder=reds&status=closed").days(day)] == []


def test_strikes_are_those_whose_possible_days_touch_the_interval():
    make_report(kind="strike", when="2019-09")

    shown = snapshot("days=1")

    assert shown.strikes(datetime.date(2019, 9, 1), datetime.date(2019, 9, 1)).count() == 1
    assert shown.strikes(datetime.date(2019, 10, 1), datetime.date(2019, 10, 1)).count() == 0


def test_the_counts_are_those_of_what_is_shown():
    make_report(as_of="2019-09-30")
    make_report(kind="strike", when="2019-09-09")
    make_site()

    counts = snapshot().counts(datetime.date(2019, 9, 30))

    assert counts["posts"] == 2
    assert counts["crossings"] == 1
    assert counts["sites"] == 1
    assert counts["strikes"] == 1
    assert counts["holder:reds"] == 1
    assert counts["level:stated"] == 1
    assert counts["level:unknown"] == 1


def test_the_number_of_queries_does_not_grow_with_the_reports(django_assert_max_num_queries):
    from django.core.cache import cache

    for n in range(12):
        make_report(as_of=f"2019-09-{n + 1:02}", crossing=f"c{n % 3}")
    cache.clear()

    with django_assert_max_num_queries(21):
        shown = snapshot()
        shown.counts(datetime.date(2019, 9, 30))
        shown.crossing_days(datetime.date(2019, 9, 30))


def test_a_link_to_keep_pins_the_edition_unless_that_ended_before_the_day():
    from crossings.publishing import workflow

    report = make_report(publish=False)
    edition = workflow.publish([report], at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))

    assert resolve(Selection.from_query("on=2019-12-31")).pin == edition.number
    assert resolve(Selection.from_query("on=2020-01-02")).pin is None


@pytest.mark.parametrize(("kinds", "gone"), [("control", "status:"), ("status", "level:")])
def test_a_kind_that_is_not_shown_is_not_counted_nor_drawn(client, kinds, gone):
    make_report(as_of="2019-09-30")
    make_report(kind="status", as_of="2019-09-30")
    query = f"kinds={kinds}&on=2019-09-30"

    assert not [name for name in snapshot(query).counts(datetime.date(2019, 9, 30)) if name.startswith(gone)]
    segment = client.get(f"/maps/all/days.json?{query}").json()["posts"][0]["segments"][0]
    assert (segment["control"] is None, segment["status"] is None) == (kinds == "status", kinds == "control")
    assert ("held" in segment["html"], "passing" in segment["html"]) == (
        kinds == "control",
        kinds == "status",
    )


def test_the_line_of_any_frontier_with_a_public_crossing_is_drawn(client):
    line = LineString((36, 36), (38, 37), srid=4326)
    make_crossing(
        "north", frontier=make_frontier("syria-turkey", name="Syria–Turkey", country_b="TR", line=line)
    )
    make_crossing("hidden", publish=False, frontier=make_frontier("elsewhere", line=line))

    features = client.get("/frontiers.json").json()["features"]

    assert [f["id"] for f in features] == ["syria-turkey"]
    assert features[0]["geometry"] == {"type": "LineString", "coordinates": [[36, 36], [38, 37]]}
    assert "<h1><bdi>Syria–Turkey</bdi></h1>" in client.get("/").content.decode()


def test_what_is_kept_of_the_map_is_forgotten_when_a_name_changes(client, django_assert_num_queries):
    crossing = make_report(as_of="2019-09-30").post.crossing
    first = client.get("/maps/all/days.json").json()
    assert client.get("/maps/all/days.json?on=2019-09-30").json() == first

    crossing.name = "Renamed"
    crossing.save()

    assert client.get("/maps/all/days.json").json()["crossings"][0]["name"] == "Renamed"


def test_a_map_looks_at_its_posts_with_a_margin():
    make_crossing("west", lon=41.0)
    make_crossing("east", lon=42.0)

    box = snapshot().box

    assert (round(box.west, 2), round(box.east, 2), round(box.south, 2)) == (40.65, 42.35, 34.05)


def test_a_map_without_crossings_looks_at_the_frontiers_else_at_the_world():
    assert snapshot().box == WORLD

    frontier = make_frontier("syria-turkey", line=LineString((36, 36), (42, 37), srid=4326))
    assert snapshot().box == WORLD  # no reader sees it yet

    make_crossing("ours", frontier=frontier)
    empty = make_region("elsewhere", [])
    assert Snapshot(resolve(Selection(), region=empty)).box == BBox(35.65, 35.65, 42.35, 37.35)


def test_the_days_of_change_beside_a_day_are_those_of_what_is_shown():
    make_report(starts="2019-01-01", ends="2019-03-01")
    make_report(side="sy", starts="2018-06-01")
    on = datetime.date(2019, 2, 1)

    assert snapshot().changes_around(on) == (datetime.date(2019, 1, 1), datetime.date(2019, 3, 1))
    assert snapshot("q=alpha-nowhere").changes_around(on) == (None, None)
