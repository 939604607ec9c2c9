"""What stands beside a report: its headline where nothing is quoted, of what it speaks, whether it counts."""

from __future__ import annotations

import datetime

import pytest
from django.core.cache import cache

from crossings.models import Attribution, ControlReport, Document, StatusReport, Toll

from .factories import (
    make_force,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)
from .reading import plain

pytestmark = pytest.mark.django_db

POST, PAGE = "/popup/post/alpha-iq/?on=2019-09-30", "/crossings/alpha/?on=2019-09-30"


def text_of(client, address: str) -> str:
    html = client.get(address).content.decode()
    if address.startswith("/?"):  # of the map's page the list, without the legend
        html = html[html.index('id="list"') : html.index('id="filters"')]
    return plain(html)


def make_reference(*, title: str = "", note: str = "", document_note: str = ""):
    passage = make_passage(exact="", note=note)
    Document.objects.filter(pk=passage.document_id).update(title=title, note=document_note)
    passage.document.refresh_from_db()
    return passage


# --- The headline of a document that is not quoted


def test_a_report_without_a_quote_shows_the_headline_labelled_as_one(client):
    make_report("control", passage=make_reference(title="Reds take the gate"))

    for address in (POST, PAGE):
        text = text_of(client, address)
        assert "not quoted headline of the document: “Reds take the gate”" in text
        assert text.count("“Reds take the gate”") == 1
        assert "to be found again" not in text


def test_a_quote_is_not_called_a_headline(client):
    make_report("control", passage=make_passage(exact="The reds hold the gate."))

    text = text_of(client, POST)
    assert "“The reds hold the gate.”" in text
    assert "headline" not in text


def test_without_a_title_there_is_no_headline(client):
    make_report("control", passage=make_reference())

    text = text_of(client, POST)
    assert "not quoted" in text
    assert "headline" not in text


@pytest.mark.parametrize("where", ["note", "document_note"])
def test_what_is_to_be_found_again_says_so(client, where):
    make_report("control", passage=make_reference(**{where: "Named in our notes; to be found again."}))

    assert "not quoted to be found again" in text_of(client, POST)


# --- What the words speak of


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("place", "said of the town, not of the crossing"),
        ("crossing", "said of the crossing, not of this side"),
        ("post", ""),
    ],
)
def test_an_answer_says_of_what_its_words_speak(client, of, said):
    make_report("control", of=of)

    assert all(said in text_of(client, address) for address in (POST, PAGE, "/?on=2019-09-30"))
    assert said or "said of" not in text_of(client, POST)


def test_what_is_said_of_a_base_is_not_said_of_a_town(client):
    passage = make_passage(exact="The reds hold the base.")
    make_report("control", of="place", passage=passage)
    make_report("control", of="place", passage=passage, site=make_site(kind="base"))

    for address in (POST, "/?on=2019-09-30", f"/documents/{passage.document.slug}/"):
        text = text_of(client, address)
        assert "said of the base, not of the crossing" in text
        assert "said of the town" not in text


def test_a_report_of_a_place_stands_for_no_crossing(client):
    make_report("control", of="place", site=make_site())

    text = text_of(client, "/popup/site/base/")
    assert "held by Reds" in text.replace("R Reds", "Reds").replace("R" * 2, "R")
    assert "said of" not in text


def test_what_is_only_claimed_is_a_claim_and_no_uncertain_date(client):
    make_report("control", stance="claims", speaker="a spokesman")

    for address in (POST, "/?on=2019-09-30"):
        text = text_of(client, address)
        assert "a party’s own claim" in text
        assert "date uncertain" not in text


def test_a_denied_holder_is_named_once(client):
    make_report("control", wire="ap")
    make_report("control", stance="denies", wire="afp", speaker="a spokesman")

    text = text_of(client, "/?on=2019-09-30")
    assert "Reds or not sources disagree" in text
    assert "Reds or Reds" not in text


# --- A report that the rule cannot read


def make_unreadable(report: ControlReport | StatusReport) -> None:
    """Give a published report dates that publishing refuses today, as a row of an older database may have."""
    type(report).objects.filter(pk=report.pk).update(
        starts="[2016-08..]", starts_min=datetime.date(2016, 8, 1), starts_max=None,
        as_of="", as_of_min=None, as_of_max=None,
    )  # fmt: skip
    cache.clear()


def test_a_report_that_cannot_be_assessed_is_counted_beside_the_answer(client):
    make_unreadable(make_report("control", forces=("blues",)))
    make_report("control", as_of="2019-09-30")

    for address in (POST, PAGE, "/?on=2019-09-30"):
        assert client.get(address).status_code == 200
        text = text_of(client, address)
        assert "1 published report of this side cannot be assessed" in text
        assert "Reds, reported that day" in text or "Reds reported that day" in text


def test_where_it_is_the_only_one_there_is_no_answer_and_no_error(client):
    make_unreadable(make_report("status", status="closed"))

    for address in (POST, PAGE):
        text = text_of(client, address)
        assert "1 published report of this side cannot be assessed" in text
        assert "People and goods: no report" in text


def test_without_one_nothing_is_said(client):
    make_report("control")

    assert "cannot be assessed" not in text_of(client, POST) + text_of(client, PAGE)


# --- Strikes


def test_the_headline_toll_names_what_it_covers(client):
    event = make_strike_event()
    report = make_report("strike", event=event)
    Toll.objects.create(report=report, killed_low=25, injured_low=55, scope="three sites")

    address = f"/popup/strike/{event.public_id}/"
    assert "Toll 25 or more killed, 55 or more injured at three sites Place" in text_of(client, address)


def test_a_toll_of_the_strike_itself_comes_before_a_wider_one(client):
    event = make_strike_event()
    Toll.objects.create(report=make_report("strike", event=event), killed_low=25, scope="three sites")
    Toll.objects.create(report=make_report("strike", event=event), killed_low=3, killed_high=3)

    text = text_of(client, f"/popup/strike/{event.public_id}/")
    assert "Toll 3 killed, injured: not reported Place" in text


@pytest.mark.parametrize("name_of_speaker", ["US officials and the Pentagon", "Reds"])
def test_who_claims_their_own_strike_is_named_once(client, name_of_speaker):
    event, reds = make_strike_event(), make_force("reds")
    report = make_report("strike", event=event)
    force = reds if name_of_speaker != "Reds" else None
    Attribution.objects.create(
        report=report, speaker=name_of_speaker, speaker_force=force, kind="claims", accused=reds
    )

    text = text_of(client, f"/popup/strike/{event.public_id}/")
    assert f"{name_of_speaker} claimed responsibility" in text
    assert "responsibility on behalf" not in text
