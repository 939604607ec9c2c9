"""Where what is shown begins and ends: first and last days, the margin of a region, what is left out."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.gis.geos import Point

from crossings.models import Backing, StrikeEvent
from crossings.publishing import workflow
from crossings.publishing.visibility import was_shown
from crossings.queries.citations import cited
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection, SelectionError

from .factories import (
    make_crossing,
    make_force,
    make_passage,
    make_region,
    make_report,
    make_site,
    make_strike_event,
)
from .test_popups import words

pytestmark = pytest.mark.django_db

DAY = datetime.date(2019, 9, 9)
ONE_DAY = datetime.timedelta(days=1)


def snapshot(query: str = "") -> Snapshot:
    return Snapshot(resolve(Selection.from_query(query)))


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def struck(shown: Snapshot, first: datetime.date, last: datetime.date) -> list[StrikeEvent]:
    return list(shown.strikes(first, last))


def test_an_interval_of_strikes_has_both_of_its_ends():
    event = make_report("strike", event=make_strike_event(when=DAY.isoformat())).event
    shown = snapshot()

    assert struck(shown, DAY, DAY + ONE_DAY) == [event]
    assert struck(shown, DAY - ONE_DAY, DAY) == [event]
    assert struck(shown, DAY + ONE_DAY, DAY + 2 * ONE_DAY) == []
    assert struck(shown, DAY - 2 * ONE_DAY, DAY - ONE_DAY) == []


def test_the_days_of_an_interval_count_the_day_itself(client):
    make_report("strike", event=make_strike_event(public_id="s", when=DAY.isoformat()))

    for days, on, is_shown in (
        (1, DAY, True),
        (1, DAY + ONE_DAY, False),
        (2, DAY + ONE_DAY, True),
        (2, DAY + 2 * ONE_DAY, False),
    ):
        page = client.get(f"/?on={on}&days={days}").content.decode()
        assert ('id="strike-s"' in page) is is_shown, (days, on)


def test_a_force_that_only_a_denial_names_is_not_counted_among_the_holders(client):
    make_report(as_of="2019-09-30", forces=("reds",))
    make_report(as_of="2019-09-30", forces=("reds", "blues"), stance="denies", wire="afp")
    on = datetime.date(2019, 9, 30)

    counts = snapshot().counts(on)
    assert counts["level:disputed"] == 1  # the denial is on the table

    assert (counts.get("holder:reds"), counts.get("holder:blues")) == (1, None)
    assert not snapshot("holder=blues").days(on)
    assert [day.post.slug for day in snapshot("holder=reds").days(on)] == ["alpha-iq"]
    drawn = client.get(f"/maps/all/days.json?on={on}").json()["posts"]
    claims = [s["control"]["claims"] for post in drawn for s in post["segments"] if s["from"] == str(on)]
    assert [["reds"]] in claims
    assert not any("blues" in forces for alternatives in claims for forces in alternatives)
    key = client.get("/crossings/alpha/").context["key"]  # of the chart
    assert [force.slug for forces in key for force in forces] == ["reds"]
    never = "No published report was found to say that it held a side of a crossing."
    assert never in words(client.get("/forces/blues/"))
    assert never not in words(client.get("/forces/reds/"))


def test_the_last_day_that_can_be_asked_for_is_today():
    make_report()

    assert resolve(Selection(on=today())).on == today()
    with pytest.raises(SelectionError, match="Today is"):
        resolve(Selection(on=today() + ONE_DAY))


def test_the_day_of_a_version_can_be_asked_for_in_that_version():
    make_report()

    assert resolve(Selection(on=today(), edition=today())).on == today()
    with pytest.raises(SelectionError):
        resolve(Selection(on=today() + ONE_DAY, edition=today()))


def test_plans_do_not_extend_the_time_line():
    make_report(as_of="2014-06-21")
    before = resolve(Selection())
    for day in ("2009-03-01", "2016-03-01"):
        make_report(starts=day, stance="plans")
        make_report("status", starts=day, stance="plans")

    after = resolve(Selection())

    assert (after.first, after.latest, after.on) == (before.first, before.latest, before.on)
    assert (after.first.year, after.latest) == (2013, datetime.date(2014, 6, 21))


def test_a_passage_that_only_a_backing_cites_is_public_once_that_is(client):
    passage = make_passage(exact="Blues arm reds.")
    backing = Backing.objects.create(
        public_id="b", force=make_force("reds"), backer=make_force("blues"), passage=passage
    )
    page = f"/documents/{passage.document.slug}/"
    assert not was_shown(passage)
    assert client.get(page).status_code == 404

    workflow.publish([backing])

    assert list(cited(resolve(Selection()))) == [passage]
    assert "Blues arm reds." in client.get(page).content.decode()
    assert was_shown(passage)  # and so it is neither changed nor deleted


@pytest.mark.parametrize(("degrees", "is_shown"), [(0.7, True), (0.8, False)])
def test_the_map_of_a_region_has_what_lies_three_quarters_of_a_degree_around_its_posts(degrees, is_shown):
    make_region("here", [make_crossing("alpha", lon=41.0, lat=34.0)])
    for name, lon, lat in (("east", 41.0 + degrees, 34.0), ("south", 41.0, 34.0 - degrees)):
        make_site(name, lon=lon, lat=lat)
        make_report("strike", event=make_strike_event(point=Point(lon, lat, srid=4326)))

    shown = snapshot("region=here")

    assert len(shown.sites) == (2 if is_shown else 0)
    assert len(struck(shown, DAY, DAY)) == (2 if is_shown else 0)
    everywhere = snapshot()
    assert (len(everywhere.sites), len(struck(everywhere, DAY, DAY))) == (2, 2)
