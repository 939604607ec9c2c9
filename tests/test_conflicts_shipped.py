"""What differs in the shipped data, and whose words are whose. All of it rests on one load of the seeds."""

from functools import lru_cache

import pytest
from django.test import Client

from crossings.models import Passage
from crossings.queries.conflicts import Conflicts
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection
from geodata.similarity import near_copies

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

#: The known conflicts of the five articles: the fragments of /differs/ where each is found, with how many
#: sides and independent wires it has there. A name has no wires: who spells it so is no witness.
KNOWN = {
    "closure-length": {"closure-length": (4, 4)},
    "who-captured-bukamal": {"who-captured-bukamal": (2, 2)},
    "who-retook-qaim": {"who-retook-qaim": (3, 2)},
    "number-of-crossings": {"number-of-crossings": (3, 3)},
    "control-iraqi-side": {"control-iraqi-side": (2, 2)},
    "sep-strike": {"strike-e-2019-09-09-bukamal": (2, 1)},
    "who-crossed": {"who-crossed": (2, 2)},
    "trucks": {"trucks": (2, 2)},
    "highway": {"highway": (2, 3)},
    "names": {
        "names-of-the-place": (5, 0),
        "names-of-the-minister": (2, 0),
        "names-of-the-islamic-state": (3, 0),
        "names-of-the-pmf": (3, 0),
        "names-of-the-syrian-side": (3, 0),
    },
}


@lru_cache
def conflicts(query=""):
    """Computed once: the data is the same in every test of this file."""
    found = Conflicts(Snapshot(resolve(Selection.from_query(query)))).all
    return {conflict.key: conflict for conflict in found}


@lru_cache
def page_of_conflicts():
    return Client().get("/differs/").content.decode()


@pytest.mark.parametrize("conflict", KNOWN)
def test_each_known_conflict_is_found_with_its_sides_and_wires(conflict):
    found = conflicts("sources=articles")

    assert {key: (len(found[key].sides), len(found[key].wires)) for key in KNOWN[conflict]} == KNOWN[conflict]


@pytest.mark.parametrize("conflict", KNOWN)
def test_each_known_conflict_stands_on_the_page_with_every_quote(conflict):
    page, found = page_of_conflicts(), conflicts()

    for key in KNOWN[conflict]:
        assert f'id="{key}"' in page
        for side in found[key].sides:
            for passage in side.passages:
                assert f"#p-{passage.public_id}" in page


def test_both_accounts_of_the_strike_of_september_differ_in_day_toll_and_blame():
    strike = conflicts()["strike-e-2019-09-09-bukamal"]

    assert strike.aspects == ("the day", "the toll", "who is blamed")
    tolls = [side.account.toll.killed for side in strike.sides]
    assert [(killed.low, killed.high) for killed in tolls] == [(18, None), (18, 18)]
    assert strike.crossing.slug == "qaim-bukamal"


def test_a_closure_is_dated_differently_by_reuters_and_ap():
    dated = [c for c in conflicts().values() if c.kind == "dates" and "qaim-iq-people" in c.key]

    assert [side.when for side in dated[0].sides] == ["2011", "2012", "2012-07-19", "2012-08-15"]
    assert dated[0].traffics == ("people", "goods")


@pytest.mark.parametrize("sources", ["", "sources=articles", "sources=background"])
def test_no_item_has_one_answer(sources):
    for conflict in conflicts(sources).values():
        answers = {(side.forces, side.status, side.text, side.when, side.stance) for side in conflict.sides}
        assert conflict.kind == "telling" or len(answers) == len(conflict.sides) > 1, conflict.key


def test_the_ypg_of_a_later_day_is_the_sdf_and_nobody_differs():
    named = [{force.slug for side in c.sides for force in side.forces} for c in conflicts().values()]

    assert {"sdf", "ypg"} not in named


def test_closings_of_different_years_are_different_closings():
    spans = {c.key: [side.when for side in c.sides] for c in conflicts().values() if c.kind == "dates"}

    assert spans == {
        "qaim-iq-people-starts-000-p03-closed-7y-iq-people": ["2011", "2012", "2012-07-19", "2012-08-15"],
        "faysh-khabur-iq-people-starts-al-monitor-2023-05-faysh-khabur-iq-closed-people": [
            "2023-05-11",
            "2023-05-17",
        ],
        "faysh-khabur-iq-people-starts-mees-2022-01-28-faysh-khabur-iq-closed-people": [
            "2021-12-15",
            "[2021-12-21..2021-12-31]",
        ],
    }


def test_the_disputed_days_of_bukamal_in_2017_have_both_sides():
    clash = conflicts()["bukamal-sy-control-2017-11-08"]

    assert {(side.stance, *(force.slug for force in side.forces)) for side in clash.sides} == {
        ("states", "islamic-state"),
        ("claims", "syrian-government"),
        ("denies", "syrian-government"),
    }
    assert (str(clash.segments[0][0]), str(clash.segments[-1][1])) == ("2017-11-08", "2017-11-12")


#: Sentences that two of the five articles share (found by comparing the full texts), as the passages shipped.
SHARED = (
    ("000-p03-reopened", "003-p05-opened"),
    ("000-p03-closed-7y", "003-p05-closed-7y"),
    ("000-p04-links", "003-p06-opened-monday"),
    ("000-p09-daesh-until-2017", "002-p11-daesh-until-2017"),
    ("000-p09-captured-2017", "003-p11-captured-2017"),
    ("000-p13-postponed", "003-p09-postponed"),
    ("000-p17-highway-stopover", "002-p13-highway-stopover"),
    ("000-p19-hard-border", "002-p13-hard-border"),
    ("001-p01-faces", "002-p04-place"),
    ("001-p01-faces", "004-p07-place"),
    ("002-p02-retaken-late-2017", "004-p06-retaken-late-2017"),
    ("002-p03-trucks-seen", "003-p07-trucks-seen"),
    ("002-p04-place", "004-p07-place"),
    ("002-p05-control-both-sides", "004-p08-control-both-sides"),
    ("002-p06-destroyed", "004-p16-destroyed"),
    ("002-p06-rest-kurdish", "004-p16-rest-kurdish"),
    ("002-p11-daesh-until-2017", "003-p11-is-until-2017"),
)


def test_sentences_that_two_articles_share_are_found_and_count_as_one_witness():
    shipped = {p.public_id: p for p in Passage.objects.exclude(exact="")}
    texts = {p.pk: p.exact for p in shipped.values()}

    found = near_copies(texts, texts)

    for a, b in SHARED:
        assert shipped[b].pk in found[shipped[a].pk], (a, b)
        assert shipped[a].wire_id == shipped[b].wire_id, (a, b)
