"""Nothing is published about a place that readers cannot open, and no place goes without what is about it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from crossings.models import Answer, ControlReport, Crossing, Disagreement, Edition, State
from crossings.publishing import workflow
from crossings.publishing.dependents import dependents_of
from tests.admin_rows import change_url, form_data, said, url_of
from tests.factories import (
    make_crossing,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)

pytestmark = pytest.mark.django_db


def make_disagreement(crossing):
    question = Disagreement.objects.create(question="How far is it?", crossing=crossing)
    Answer.objects.create(disagreement=question, text="Far").passages.add(make_passage())
    return question


def make_observation(crossing):
    report = make_report("observation", crossing="other", publish=False)
    report.post, report.crossing = None, crossing
    report.save()
    return report


#: Drafts about an unpublished crossing or site.
ABOUT = {
    "control of a post": lambda c, s: make_report(publish=False),
    "status of a post": lambda c, s: make_report("status", publish=False),
    "control of a site": lambda c, s: make_report(crossing="other", site=s, publish=False),
    "an observation of a post": lambda c, s: make_report("observation", publish=False),
    "an observation of a crossing": lambda c, s: make_observation(c),
    "a strike at a site": lambda c, s: make_report(
        "strike", crossing="other", event=make_strike_event(site=s), publish=False
    ),
    "a disagreement about a crossing": lambda c, s: make_disagreement(c),
}


@pytest.mark.parametrize("what", ABOUT)
def test_a_row_is_published_only_with_its_place_or_after_it(what):
    crossing, site = make_crossing(publish=False), make_site(publish=False)
    row = ABOUT[what](crossing, site)
    with pytest.raises(ValidationError, match="is not published; publish it first"):
        workflow.publish([row])
    edition = workflow.publish([row, crossing, site])
    assert row.published_in == edition


@pytest.mark.parametrize("what", ABOUT)
def test_a_place_is_not_withdrawn_from_under_what_is_about_it(what):
    crossing, site = make_crossing(), make_site()
    row = ABOUT[what](crossing, site)
    workflow.publish([row])
    place = site if "site" in what else crossing
    editions = Edition.objects.count()

    with pytest.raises(ValidationError, match="would point to a place"):
        workflow.withdraw([place])
    assert type(place).objects.get(pk=place.pk).state == State.PUBLISHED

    edition = workflow.withdraw([place], with_dependents=True)
    assert edition.number == editions + 1
    row.refresh_from_db()
    assert (row.state, row.withdrawn_in) == (State.WITHDRAWN, edition)
    assert dependents_of([place]) == []


def test_a_report_that_is_withdrawn_no_longer_keeps_its_place():
    report = make_report()
    workflow.withdraw([report])
    workflow.withdraw([report.post.crossing])
    assert Crossing.objects.published().count() == 0


# --- In the admin


def test_withdrawing_a_crossing_lists_what_is_about_it_and_asks(publisher):
    report = make_report()
    crossing = report.post.crossing
    url = url_of(Crossing, "step", "withdraw")
    page = publisher.get(url, {"ids": crossing.pk}).content.decode()
    assert "1 published row is about these:" in page
    assert str(report) in page

    for agreed in ({}, {"dependents": "2"}):
        again = publisher.post(url, {"ids": crossing.pk, "reason": "renamed", **agreed})
        assert "Agree to withdraw what is about these" in str(again.context["error"])
    assert Crossing.objects.published().get() == crossing

    done = publisher.post(url, {"ids": crossing.pk, "reason": "renamed", "dependents": "1"}, follow=True)
    assert "1 row withdrawn." in said(done)
    assert ControlReport.objects.get().state == Crossing.objects.get().state == State.WITHDRAWN
    assert ControlReport.objects.get().withdrawn_in == Crossing.objects.get().withdrawn_in


def test_a_report_on_a_hidden_crossing_is_refused_in_words(publisher):
    make_crossing(publish=False)
    report = make_report(publish=False)
    url = url_of(ControlReport, "step", "publish")
    assert (
        "“Alpha” is not published; publish it first."
        in publisher.get(url, {"ids": report.pk}).content.decode()
    )
    assert "Nothing was changed." in said(publisher.post(url, {"ids": report.pk}, follow=True))


def test_a_strike_that_readers_see_is_not_moved_to_a_place_that_they_do_not(publisher):
    shown, unseen = make_report("strike").event, make_strike_event()
    hidden = make_site("hidden", publish=False)
    for event, refused in ((shown, True), (unseen, False)):
        url = change_url(event)
        publisher.post(url, {**form_data(publisher, url), "site": hidden.pk})
        event.refresh_from_db()
        assert (event.site is None) == refused, event
