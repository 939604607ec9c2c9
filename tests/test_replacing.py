"""A correction replaces what it corrects in one edition, and both rows say so."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crossings.models import (
    Answer,
    Backing,
    ControlReport,
    Disagreement,
    Edition,
    Replaceable,
    ReviewStep,
    State,
)
from crossings.publishing import workflow
from crossings.publishing.corrections import copy_as_draft
from tests.admin_rows import change_url, said, url_of
from tests.factories import make_crossing, make_force, make_passage, make_report

pytestmark = pytest.mark.django_db


def make_backing() -> Backing:
    return Backing.objects.create(
        public_id="backing", force=make_force(), backer=make_force("blues"), passage=make_passage()
    )


def make_disagreement() -> Disagreement:
    question = Disagreement.objects.create(question="How far is it?", crossing=make_crossing())
    Answer.objects.create(disagreement=question, text="Far").passages.add(make_passage())
    return question


KINDS = {
    "control": lambda: make_report("control", publish=False),
    "status": lambda: make_report("status", publish=False),
    "strike": lambda: make_report("strike", publish=False),
    "observation": lambda: make_report("observation", publish=False),
    "backing": make_backing,
    "disagreement": make_disagreement,
}


def published(kind: str) -> Replaceable:
    row = KINDS[kind]()
    workflow.publish([row])
    return row


@pytest.mark.parametrize("kind", KINDS)
def test_every_edition_has_exactly_one_of_the_old_and_the_new(kind):
    old = published(kind)
    first = old.published_in.number
    copy = copy_as_draft(old)

    edition = workflow.publish([copy])

    rows = type(old).objects
    assert Edition.objects.count() == edition.number == first + 1
    assert [list(rows.published(n)) for n in (first, edition.number)] == [[old], [copy]]
    assert list(rows.published()) == [copy]


def test_the_old_rows_history_says_what_replaced_it():
    old = make_report()
    copy = copy_as_draft(old)
    edition = workflow.publish([copy], reason="the day was misread")

    step = ReviewStep.objects.filter(object_id=old.pk).latest("pk")
    assert (step.from_state, step.to_state, step.edition) == ("published", "withdrawn", edition)
    assert step.reason == f"Replaced by “{copy}”: the day was misread"


def test_replace_links_publishes_and_withdraws_in_one_edition():
    old, new = make_report(), make_report(publish=False)
    edition = workflow.replace(old, new, reason="misread")

    assert (old.state, old.withdrawn_in, new.state, new.published_in) == (
        State.WITHDRAWN, edition, State.PUBLISHED, edition,
    )  # fmt: skip
    assert ControlReport.objects.get(pk=new.pk).supersedes == old


def test_nothing_is_replaced_when_the_new_row_is_not_ready():
    old, new = make_report(), make_report(publish=False)
    new.holders.all().delete()
    editions = Edition.objects.count()

    with pytest.raises(ValidationError, match="at least one force"), transaction.atomic():
        workflow.replace(old, new)

    assert ControlReport.objects.published().get() == old
    assert ControlReport.objects.get(pk=new.pk).supersedes is None
    assert Edition.objects.count() == editions


def test_only_a_draft_replaces_and_only_what_is_published_of_its_kind():
    shown, draft, other = make_report(), make_report(publish=False), make_report("status")
    for old, new in ((draft, draft), (draft, shown), (shown, make_report()), (other, draft), (shown, shown)):
        with pytest.raises(ValidationError, match="cannot replace"):
            workflow.replace(old, new)


def test_of_two_corrections_of_one_report_the_second_is_refused():
    old = make_report()
    first, second = copy_as_draft(old), copy_as_draft(old)
    with pytest.raises(ValidationError, match="Only one can"):
        workflow.publish([first, second])
    workflow.publish([first])
    with pytest.raises(ValidationError, match="Only one can"):
        workflow.publish([second])
    assert ControlReport.objects.published().get() == first


def test_a_report_that_was_never_published_cannot_be_replaced():
    draft = make_report(publish=False)
    copy = copy_as_draft(draft)
    with pytest.raises(ValidationError, match="never published"):
        workflow.publish([copy])


def test_a_chain_published_at_once_shows_its_last_link_alone():
    first = make_report(publish=False)
    second = copy_as_draft(first)
    third = copy_as_draft(second)
    edition = workflow.publish([third, first, second])
    assert list(ControlReport.objects.published(edition.number)) == [third]
    assert {row.state for row in (first, second)} == {State.WITHDRAWN}


def test_what_was_withdrawn_may_be_corrected_later():
    old = make_report()
    workflow.withdraw([old], reason="doubtful")
    copy = copy_as_draft(old)
    workflow.publish([copy])
    assert ControlReport.objects.published().get() == copy
    assert ReviewStep.objects.filter(object_id=old.pk).latest("pk").reason == "doubtful"


def test_the_database_refuses_two_published_successors_and_one_that_replaces_itself():
    old = make_report()
    workflow.publish([copy_as_draft(old)])
    other = make_report()
    rows = ControlReport._base_manager.filter(pk=other.pk)
    for superseded in (old.pk, other.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(supersedes=superseded)


@pytest.mark.parametrize("kind", ["backing", "disagreement"])
def test_published_backings_and_disagreements_are_never_rewritten(kind):
    row = published(kind)
    with pytest.raises(ValidationError, match="never rewritten"):
        row.save()


# --- In the admin


def test_publishing_the_copy_replaces_the_first_and_says_so_before_and_after(publisher):
    report = make_report()
    opened = publisher.post(url_of(ControlReport, "correct", report.pk), follow=True)
    assert "Publishing it withdraws" in said(opened)
    copy = ControlReport.objects.get(supersedes=report)
    page = publisher.get(change_url(copy)).content.decode()
    assert f'Replaces <a href="{change_url(report)}">' in page

    url = url_of(ControlReport, "step", "publish")
    assert "which is withdrawn in the same edition" in publisher.get(url, {"ids": copy.pk}).content.decode()
    editions = Edition.objects.count()
    publisher.post(url, {"ids": copy.pk, "reason": "misread"})

    assert Edition.objects.count() == editions + 1
    assert list(ControlReport.objects.published()) == [copy]
    page = publisher.get(change_url(report)).content.decode()
    assert f'Replaced by <a href="{change_url(copy)}">' in page
    assert "misread" in page


def test_a_second_correction_is_refused_in_words(publisher):
    report = make_report()
    first, second = copy_as_draft(report), copy_as_draft(report)
    workflow.publish([first])
    done = publisher.post(url_of(ControlReport, "step", "publish"), {"ids": second.pk}, follow=True)
    assert "Only one can" in said(done)
    assert ControlReport.objects.published().get() == first
