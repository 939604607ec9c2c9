"""Drafts become public through review steps alone, and what was public leaves a trace."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crossings.models import ControlReport, Crossing, Edition, ReviewStep, State
from crossings.publishing import workflow

from .factories import make_crossing, make_frontier, make_report

pytestmark = pytest.mark.django_db


def test_publishing_makes_an_edition_and_leaves_a_step():
    report = make_report(publish=False)

    edition = workflow.publish([report], reason="first look")

    step = ReviewStep.objects.latest("pk")
    assert (step.from_state, step.to_state, step.edition, step.reason) == (
        "draft",
        "published",
        edition,
        "first look",
    )
    assert ControlReport.objects.published().get() == report


def test_editions_are_numbered_without_gaps():
    for _ in range(3):
        make_report()

    numbers = list(Edition.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_published_report_is_never_rewritten():
    report = ControlReport.objects.get(pk=make_report().pk)
    report.note = "changed"

    with pytest.raises(ValidationError, match="never rewritten"):
        report.save()
    with pytest.raises(ValidationError, match="never rewritten"):
        report.full_clean()


def test_nobody_but_review_changes_a_state():
    report = make_report(publish=False)
    report.state = State.PUBLISHED

    with pytest.raises(ValidationError, match="review step"):
        report.save()


def test_the_database_refuses_a_published_row_without_an_edition():
    report = make_report(publish=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        ControlReport._base_manager.filter(pk=report.pk).update(state=State.PUBLISHED)


def test_one_row_that_is_not_ready_holds_back_all():
    ready = make_report(publish=False)
    lonely = Crossing.objects.create(slug="lonely", name="Lonely", frontier=make_frontier())

    with pytest.raises(ValidationError, match="both its posts"):
        workflow.publish([ready, lonely])

    ready.refresh_from_db()
    assert ready.state == State.DRAFT


def test_a_report_without_a_force_is_not_published():
    with pytest.raises(ValidationError, match="at least one force"):
        make_report(forces=())


def test_a_report_whose_dates_give_no_day_is_not_published():
    with pytest.raises(ValidationError, match="first and a last day"):
        make_report(as_of="[..2019-09-30]")


def test_a_row_that_a_colleague_published_meanwhile_is_not_published_twice():
    mine = make_report(publish=False)
    workflow.publish([ControlReport.objects.get(pk=mine.pk)])

    with pytest.raises(ValidationError, match="cannot become"):
        workflow.publish([mine])


def test_a_withdrawn_row_stays_withdrawn():
    report = make_report()
    workflow.withdraw([report], reason="wrong day")

    with pytest.raises(ValidationError, match="cannot become"):
        workflow.publish([report])
    assert ControlReport.objects.published().count() == 0


def test_an_older_edition_keeps_what_it_said():
    report = make_report()
    edition = report.published_in
    workflow.withdraw([report])

    assert ControlReport.objects.published(edition.number).get() == report


def test_draft_review_draft():
    crossing = make_crossing(publish=False)
    workflow.send_to_review([crossing])
    assert crossing.state == State.IN_REVIEW
    workflow.back_to_draft([crossing])
    assert crossing.state == State.DRAFT
    assert Edition.objects.count() == 0
