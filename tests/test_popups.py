"""What opens on the map: the answer in words, under it the words that carry it."""

from __future__ import annotations

import pytest

from crossings.models import Attribution, Name, Toll
from crossings.publishing import workflow

from .factories import (
    make_crossing,
    make_force,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)

pytestmark = pytest.mark.django_db

POST = "/popup/post/alpha-iq/"


def words(response) -> str:
    """The text as a reader sees it: no tags, single blanks."""
    import html
    import re

    assert response.status_code == 200, response.content[:300]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_it_says_who_held_it_for_when_and_in_whose_words(client):
    passage = make_passage(exact="The reds hold the gate.", paragraph=3)
    make_report("control", passage=passage, as_of="2019-09-30")

    response = client.get(f"{POST}?on=2019-09-30")

    assert "Held by Reds , reported that day" in words(response).replace("R Reds", "Reds")
    assert "“The reds hold the gate.”" in words(response)
    assert f"/documents/{passage.document.slug}/#p-{passage.public_id}".encode() in response.content
    assert "The Paper" in words(response)
    assert "1 independent source: AP" in words(response)


def test_it_says_no_report_and_what_that_does_not_mean(client):
    make_report("control", as_of="2019-09-30")
    text = words(client.get(f"{POST}?on=2012-01-01"))
    assert "no report . This does not mean that nobody held it." in text


def test_between_names_both_reports(client):
    make_report("control", as_of="2019-01-01", passage=make_passage(exact="First word."))
    make_report("control", as_of="2019-12-31", passage=make_passage(exact="Second word.", wire="afp"))
    text = words(client.get(f"{POST}?on=2019-06-01"))
    assert "same before and after (1 Jan 2019, 31 Dec 2019)" in text
    assert "“First word.”" in text
    assert "“Second word.”" in text


def test_carried_says_how_old_its_last_word_is(client):
    make_report("control", as_of="2012-07-19")
    text = words(client.get(f"{POST}?on=2013-01-01"))
    assert "Held by R Reds , last reported 19 Jul 2012" in text


def test_a_dispute_shows_each_side_with_its_own_words(client):
    make_report("control", forces=("reds",), passage=make_passage(exact="Reds have it."))
    make_report("control", forces=("blues",), passage=make_passage(exact="Blues have it.", wire="afp"))
    text = words(client.get(f"{POST}?on=2019-09-30"))
    assert "Who held it sources disagree" in text
    assert "“Reds have it.”" in text
    assert "“Blues have it.”" in text


def test_two_passages_of_one_agency_are_one_source(client):
    make_report("control")
    make_report("control")
    assert "1 independent source: AP" in words(client.get(f"{POST}?on=2019-09-30"))


def test_traffic_with_the_same_answer_from_the_same_words_is_told_once(client):
    passage = make_passage(exact="Nobody passes.")
    for traffic in ("people", "goods"):
        make_report("status", status="closed", traffic=traffic, passage=passage)
    text = words(client.get(f"{POST}?on=2019-09-30"))
    assert "People and goods: closed" in text.replace(" :", ":")
    assert text.count("“Nobody passes.”") == 1


def test_a_reference_is_labelled_not_quoted_and_gives_its_address(client):
    passage = make_passage(exact="")
    passage.document.url = "https://example.org/report"
    passage.document.save()
    make_report("control", passage=passage)
    response = client.get(f"{POST}?on=2019-09-30")
    assert "not quoted" in words(response)
    assert b'href="https://example.org/report"' in response.content


def test_an_observation_of_those_days_stands_beside_the_answer(client):
    make_report("control")
    make_report("observation", summary="A bridge was built", as_of="2019-09-20")
    make_report("observation", summary="Long ago", as_of="2011-09-20")
    text = words(client.get(f"{POST}?on=2019-09-30"))
    assert "A bridge was built" in text
    assert "Long ago" not in text


def test_a_plan_is_shown_and_never_the_answer(client):
    make_report("status", status="open", stance="plans", as_of="2019-09-30")
    text = words(client.get(f"{POST}?on=2019-09-30"))
    assert "planned" in text
    assert "People and goods: no report" in text


def test_names_carry_their_language_and_direction(client):
    post = make_crossing().posts.get(slug="alpha-iq")
    Name.objects.create(post=post, text="القائم", language="ar", role="preferred")
    make_report("control")
    assert '<li lang="ar" dir="rtl">القائم</li>' in client.get(POST).content.decode()


def test_it_gives_coordinates_no_finer_than_the_radius(client):
    make_report("control")
    text = words(client.get(POST))
    assert "34.40, 41.00" in text
    assert "near this point: within 1.5 km" in text


def test_it_leads_to_the_next_change_and_keeps_the_filters(client):
    make_report("control", starts="2014-06-21", ends="2017-11-03")
    body = client.get(f"{POST}?on=2013-01-01&sources=articles").content.decode()
    assert 'href="/?on=2014-06-21&amp;sources=articles&amp;show=post.alpha-iq"' in body


def test_a_withdrawn_report_still_shows_in_the_edition_it_was_in(client):
    report = make_report("control", passage=make_passage(exact="Later withdrawn."))
    edition = report.published_in.number
    workflow.withdraw([report], reason="wrong")
    assert "“Later withdrawn.”" in words(client.get(f"{POST}?on=2019-09-30&edition={edition}"))
    assert "“Later withdrawn.”" not in words(client.get(f"{POST}?on=2019-09-30"))


def test_drafts_are_not_shown(client):
    make_crossing()
    make_report("control", publish=False, passage=make_passage(exact="Only a draft."))
    assert "Only a draft" not in words(client.get(POST))


@pytest.mark.parametrize(
    "address",
    ["/popup/post/nowhere/", "/popup/site/nowhere/", "/popup/strike/nowhere/", "/popup/passage/alpha-iq/"],
)
def test_what_is_not_public_is_not_found(client, address):
    make_report("control")
    assert client.get(address).status_code == 404


def test_an_unpublished_place_is_not_found(client):
    make_crossing("hidden", publish=False)
    make_site("cache", publish=False)
    assert client.get("/popup/post/hidden-iq/").status_code == 404
    assert client.get("/popup/site/cache/").status_code == 404


def test_opened_by_itself_it_is_a_whole_page(client):
    make_report("control")
    response = client.get(POST, headers={"Sec-Fetch-Dest": "document"})
    assert b"<html" in response.content
    assert "Sec-Fetch-Dest" in response["Vary"]
    assert b"<html" not in client.get(POST).content


def test_the_number_of_queries_does_not_grow_with_the_reports(client, django_assert_num_queries):
    def fill(n: int) -> None:
        for _ in range(n):
            make_report("control", wire="afp")
            make_report("status")
            make_report("observation")

    fill(1)
    client.get(f"{POST}?on=2019-09-30")
    with django_assert_num_queries(POST_QUERIES):
        client.get(f"{POST}?on=2019-09-30")
    fill(6)
    client.get(f"{POST}?on=2019-09-30")  # warms the lanes of the new edition
    with django_assert_num_queries(POST_QUERIES):
        client.get(f"{POST}?on=2019-09-30")


POST_QUERIES = 21


# --- Strikes


def make_september_strike():
    event = make_strike_event(summary="Strike near Bukamal", when="2019-09-09")
    first = make_report("strike", event=event, passage=make_passage(exact="At least 18 were killed."))
    second = make_report("strike", event=event, passage=make_passage(exact="Eighteen died.", wire="afp"))
    Toll.objects.create(report=first, killed_low=18)
    Toll.objects.create(report=second, killed_low=18, killed_high=18)
    return event, first, second


def test_both_accounts_of_a_strike_stand_side_by_side_with_the_toll_as_a_range(client):
    event, *_ = make_september_strike()
    text = words(client.get(f"/popup/strike/{event.public_id}/"))
    assert "18 or more killed (2 accounts: at least 18; 18) , injured: not reported" in text
    assert "“At least 18 were killed.”" in text
    assert "“Eighteen died.”" in text
    assert "2 accounts" in text
    assert "within 20 km" in text


def test_no_number_is_not_reported_and_zero_is_none(client):
    event = make_strike_event()
    report = make_report("strike", event=event)
    Toll.objects.create(report=report, killed_low=0, killed_high=0)
    text = words(client.get(f"/popup/strike/{event.public_id}/"))
    assert "none killed, injured: not reported" in text


def test_a_toll_of_a_wider_scope_says_what_it_covers(client):
    event = make_strike_event()
    Toll.objects.create(
        report=make_report("strike", event=event), killed_low=25, killed_high=25, scope="all sites that day"
    )
    text = words(client.get(f"/popup/strike/{event.public_id}/"))
    assert "Toll 25 killed at all sites that day" in text
    assert "25 killed, injured: not reported covers more than this strike: all sites that day" in text


def test_it_says_who_blames_whom_with_the_words(client):
    event, first, _ = make_september_strike()
    said = make_passage(document=first.main_passage.document, exact="Syria blamed the blues.")
    Attribution.objects.create(
        report=first, speaker="Syria", kind="blames", accused=make_force("blues"), passage=said
    )
    text = words(client.get(f"/popup/strike/{event.public_id}/"))
    assert "Syria blamed Blues" in text
    assert "“Syria blamed the blues.”" in text


def test_a_strike_of_a_month_is_told_as_such(client):
    event = make_strike_event(when="2019-09")
    make_report("strike", event=event)
    assert "some time in September 2019" in words(client.get(f"/popup/strike/{event.public_id}/"))


def test_a_strike_that_only_a_draft_tells_is_not_found(client):
    event = make_strike_event()
    make_report("strike", event=event, publish=False)
    assert client.get(f"/popup/strike/{event.public_id}/").status_code == 404


def test_a_site_lists_what_is_reported_of_it(client):
    site = make_site("base", note="Derived from two distances.")
    make_report("control", site=site, passage=make_passage(exact="The base is theirs."))
    make_report("observation", site=site, summary="A hall was built")
    text = words(client.get("/popup/site/base/"))
    assert "“The base is theirs.”" in text
    assert "A hall was built" in text
    assert "Derived from two distances." in text


HOSTILE = "<script>x</script>{{7*191}}{% raw %}'\"`${globalThis.x=1}"


def test_hostile_text_is_shown_and_never_run(client):
    passage = make_passage(exact=HOSTILE)
    passage.document.title = passage.document.publisher = HOSTILE
    passage.document.save()
    crossing = make_crossing(name=HOSTILE)
    crossing.posts.update(name=HOSTILE)
    make_force("reds", name=HOSTILE, letter="<>")
    make_report("control", passage=passage, note=HOSTILE, speaker=HOSTILE, stance="claims")
    make_report("observation", passage=passage, summary=HOSTILE)
    site = make_site("base", name=HOSTILE, note=HOSTILE, position_source=HOSTILE)
    event = make_strike_event(summary=HOSTILE, grade_why=HOSTILE, site=site)
    strike = make_report("strike", event=event, target=HOSTILE, note=HOSTILE, passage=passage)
    Toll.objects.create(report=strike, said_by=HOSTILE, scope=HOSTILE)
    Attribution.objects.create(report=strike, speaker=HOSTILE, kind="hints")
    for address in (POST, "/popup/site/base/", f"/popup/strike/{event.public_id}/"):
        body = client.get(f"{address}?on=2019-09-30").content.decode()
        assert "<script" not in body
        assert "1337" not in body
        assert "&lt;script&gt;x&lt;/script&gt;{{7*191}}" in body


def test_bad_parameters_are_answered_in_words(client):
    make_report("control")
    response = client.get(f"{POST}?on=2019-02-30")
    assert response.status_code == 400
