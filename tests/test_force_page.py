"""What a force held and when, who is said to back it, and where it is blamed or was struck."""

from __future__ import annotations

import pytest

from crossings.models import Attribution, Backing, Name
from crossings.publishing import workflow

from .factories import (
    make_crossing,
    make_force,
    make_membership,
    make_passage,
    make_report,
    make_strike_event,
)
from .test_popups import words

pytestmark = pytest.mark.django_db

PAGE = "/forces/reds/"


def test_it_lists_every_period_over_all_sides(client):
    make_report("control", starts="2014-06-21", ends="2017-11-03")
    make_report(
        "control",
        crossing="beta",
        side="sy",
        forces=("reds", "blues"),
        starts="2016-01-01",
        ends="2016-02-01",
    )
    make_report("control", crossing="gamma", forces=("blues",))
    text = words(client.get(PAGE))
    assert "21 Jun 2014 2 Nov 2017 Alpha (IQ) reported that day –" in text
    assert "1 Jan 2016 31 Jan 2016 Beta (SY) reported that day with B Blues" in text
    assert "Gamma" not in text


def test_each_stretch_leads_to_its_words_on_the_page_of_the_crossing(client):
    make_report("control", starts="2014-06-21", ends="2017-11-03")
    body = client.get(PAGE).content.decode()
    anchor = "seg-alpha-iq-control-both-2014-06-21"
    assert f'href="/crossings/alpha/#{anchor}"' in body
    assert f'id="{anchor}"' in client.get("/crossings/alpha/").content.decode()


def test_a_period_on_which_sources_disagree_names_the_other_force(client):
    make_report("control", forces=("reds",))
    make_report("control", forces=("blues",), wire="afp")
    assert "sources disagree or B Blues" in words(client.get(PAGE))


def test_what_is_only_denied_is_not_held(client):
    make_report("control", forces=("blues",))
    make_report("control", forces=("reds",), stance="denies")
    text = words(client.get(PAGE))
    assert "No published report was found to say that it held a side of a crossing." in text


def test_a_member_points_to_its_umbrella_and_still_shows_its_own_reports(client):
    make_membership("reds", "blues")
    make_report("control", passage=make_passage(exact="The reds took it."))
    text = words(client.get(PAGE))
    assert "Part of B Blues" in text
    assert "count for this umbrella on these days" in text
    assert "“The reds took it.”" in text
    assert "Members R Reds" in words(client.get("/forces/blues/"))
    assert "Alpha (IQ) reported that day" in words(client.get("/forces/blues/"))


def test_it_says_who_is_said_to_back_it_and_in_whose_words(client):
    make_crossing()
    shown = Backing.objects.create(
        public_id="shown",
        force=make_force("reds"),
        backer=make_force("blues"),
        passage=make_passage(exact="The blue-backed reds"),
    )
    Backing.objects.create(
        public_id="draft",
        force=make_force("reds"),
        backer=make_force("greens"),
        passage=make_passage(exact="Only a draft"),
    )
    workflow.publish([shown])
    text = words(client.get(PAGE))
    assert "backed by B Blues “The blue-backed reds”" in text
    assert "Only a draft" not in text
    assert "Whom it is said to back R Reds “The blue-backed reds”" in words(client.get("/forces/blues/"))


def test_it_lists_the_strikes_it_is_blamed_for_and_those_it_was_the_target_of(client):
    make_crossing()
    event = make_strike_event(summary="Strike near the gate")
    event.targets.add(make_force("blues"))
    report = make_report("strike", event=event, passage=make_passage(exact="The blues blamed the reds."))
    Attribution.objects.create(
        report=report, speaker="A spokesman", kind="blames", accused=make_force("reds")
    )
    hidden = make_report("strike", event=make_strike_event(summary="Never told"), publish=False)
    Attribution.objects.create(report=hidden, speaker="Nobody", kind="blames", accused=make_force("reds"))
    text = words(client.get(PAGE))
    assert "A spokesman blamed Reds “The blues blamed the reds.”" in text
    assert "Never told" not in text
    target = words(client.get("/forces/blues/"))
    assert "In which it was the target Strike near the gate 9 September 2019" in target


def test_who_assists_or_is_present_is_named_and_holds_nothing(client):
    make_report("control", role="assists", passage=make_passage(exact="The reds helped."))
    text = words(client.get(PAGE))
    assert "No published report was found to say that it held a side of a crossing." in text
    assert "assisted by R Reds" in text
    assert "“The reds helped.”" in text


def test_aliases_carry_language_and_direction(client):
    make_report("control")
    Name.objects.create(force=make_force("reds"), text="داعش", language="ar", role="preferred")
    assert '<li lang="ar" dir="rtl">داعش</li>' in client.get(PAGE).content.decode()


def test_it_opens_the_map_where_it_holds(client):
    make_report("control")
    body = client.get(f"{PAGE}?on=2019-09-30").content.decode()
    assert 'href="/?on=2019-09-30&amp;holder=reds"' in body


def test_a_force_that_does_not_exist_is_not_found(client):
    make_crossing()
    assert client.get("/forces/nobody/").status_code == 404


def test_the_list_counts_the_posts_of_each(client):
    make_report("control", forces=("reds",), as_of="2019-09-30")
    make_report("control", forces=("blues",), role="assists", as_of="2019-09-30")
    text = words(client.get("/forces/?on=2019-09-30"))
    assert "Reds army Alpha (IQ) 1" in text
    assert "Blues army – –" in text


def test_a_force_that_nothing_published_names_is_not_public(client):
    make_report("control", forces=("blues",), publish=False)
    make_membership("greens", "reds")
    make_report("control", forces=("greens",))

    assert client.get("/forces/blues/").status_code == 404
    assert "Blues" not in words(client.get("/forces/"))
    assert client.get(PAGE).status_code == 200  # the umbrella of one that is named


QUERIES = 24


def test_the_number_of_queries_does_not_grow_with_the_reports(client, django_assert_num_queries):
    def fill(n: int) -> None:
        for i in range(n):
            make_report("control", crossing=f"c{i}", starts=f"201{i}-01-01")
            make_report("control", role="backs")
            make_report("observation")
            report = make_report("strike", event=make_strike_event())
            report.event.targets.add(make_force("reds"))
            Attribution.objects.create(report=report, speaker="X", kind="blames", accused=make_force("reds"))
            backing = Backing.objects.create(
                public_id=f"b{report.pk}",
                force=make_force("reds"),
                backer=make_force("blues"),
                passage=make_passage(),
            )
            workflow.publish([backing])

    fill(1)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
    fill(6)
    client.get(PAGE)  # fills the cache of the new edition
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
