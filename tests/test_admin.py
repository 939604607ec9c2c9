"""Editing: who may do what, the steps from draft to withdrawn, and what is never deleted or rewritten."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from crossings.models import (
    Attribution,
    ControlReport,
    Crossing,
    Edition,
    Frontier,
    ReviewStep,
    State,
    StrikeReport,
    Toll,
)
from crossings.publishing import workflow
from crossings.publishing.permissions import EDITORS, PUBLISHERS
from tests.admin_rows import (
    change_url,
    login,
    said,
    url_of,
)
from tests.factories import make_crossing, make_force, make_passage, make_report

pytestmark = pytest.mark.django_db


# --- Who may


def test_the_groups_have_the_rights_that_their_names_promise(db):
    editors = set(Group.objects.get(name=EDITORS).permissions.values_list("codename", flat=True))
    publishers = set(Group.objects.get(name=PUBLISHERS).permissions.values_list("codename", flat=True))
    assert editors < publishers
    assert {"add_controlreport", "change_crossing", "view_edition", "delete_toll"} <= editors
    assert "publish" in publishers
    assert not {"publish", "delete_controlreport", "add_edition", "change_reviewstep"} & editors
    assert not {"add_edition", "change_reviewstep", "delete_reviewstep"} & publishers


@pytest.mark.parametrize(
    ("who", "state", "offered"),
    [
        (EDITORS, State.DRAFT, {"send_to_review"}),
        (EDITORS, State.IN_REVIEW, {"back_to_draft"}),
        (EDITORS, State.PUBLISHED, set()),
        (PUBLISHERS, State.DRAFT, {"send_to_review", "publish"}),
        (PUBLISHERS, State.IN_REVIEW, {"back_to_draft", "publish"}),
        (PUBLISHERS, State.PUBLISHED, {"withdraw"}),
    ],
)
def test_the_steps_offered_are_those_the_person_may_take_from_this_state(who, state, offered):
    report = make_report(publish=state == State.PUBLISHED)
    if state == State.IN_REVIEW:
        workflow.send_to_review([report])
    client = login(who)
    assert {step.name for step in client.get(change_url(report)).context["steps"]} == offered
    actions = dict(
        client.get(url_of(ControlReport, "changelist")).context["action_form"].fields["action"].choices
    )
    assert ("publish" in actions) == ("withdraw" in actions) == (who == PUBLISHERS)
    assert ("delete_selected" in actions) == (who == PUBLISHERS)


@pytest.mark.parametrize("step", ["publish", "withdraw"])
def test_an_editor_who_forges_the_step_is_refused(editor, step):
    report = make_report(publish=step == "withdraw")
    state = report.state
    url = url_of(ControlReport, "step", step)
    assert editor.post(url, {"ids": report.pk, "reason": "because"}).status_code == 403
    assert editor.get(url, {"ids": report.pk}).status_code == 403
    editor.post(url_of(ControlReport, "changelist"), {"action": step, "_selected_action": [report.pk]})
    assert ControlReport.objects.get().state == state


def test_readers_without_an_account_are_sent_to_the_login(client):
    report = make_report(publish=False)
    for url in (change_url(report), url_of(ControlReport, "step", "publish"), reverse("admin:position")):
        response = client.get(url)
        assert response.status_code == 302
        assert "/login/" in response["Location"]


def test_an_editor_cannot_change_what_readers_see_without_a_publisher(editor, publisher):
    report = make_report()
    seen = (
        report.post.crossing,
        report.post,
        report.main_passage,
        report.main_passage.document,
        make_force(),
    )
    for row in seen:
        page = editor.get(change_url(row))
        assert "only those who may publish can change it" in page.context["notice"], row
        assert editor.post(change_url(row), {}).status_code == 403
        assert "a change shows at once" in publisher.get(change_url(row)).context["notice"]
    draft = make_passage()
    assert editor.get(change_url(draft)).context["notice"] == ""


# --- Steps


def test_publishing_asks_first_then_publishes_all_in_one_edition(publisher):
    reports = [make_report(publish=False), make_report(publish=False)]
    ids = [report.pk for report in reports]
    before = Edition.objects.count()
    scope = publisher.post(
        url_of(ControlReport, "changelist"), {"action": "publish", "_selected_action": ids}
    )
    assert scope.status_code == 200
    assert ControlReport.objects.filter(state=State.PUBLISHED).count() == 0
    done = publisher.post(
        url_of(ControlReport, "step", "publish"), {"ids": scope.context["ids"], "reason": ""}, follow=True
    )
    assert "2 rows published." in said(done)
    assert Edition.objects.count() == before + 1
    assert set(ControlReport.objects.values_list("state", flat=True)) == {State.PUBLISHED}
    step = ReviewStep.objects.last()
    assert step.by.username == "publishers"


def test_one_row_that_is_not_ready_keeps_all_from_being_published(publisher):
    ready, bare = make_report(publish=False), make_report(publish=False)
    bare.holders.all().delete()
    url = url_of(ControlReport, "step", "publish")
    ids = f"{ready.pk},{bare.pk}"
    assert "Name at least one force." in publisher.get(url, {"ids": ids}).content.decode()
    editions = Edition.objects.count()
    done = publisher.post(url, {"ids": ids}, follow=True)
    assert "Name at least one force." in said(done)
    assert "Nothing was changed." in said(done)
    assert set(ControlReport.objects.values_list("state", flat=True)) == {State.DRAFT}
    assert Edition.objects.count() == editions


def test_withdrawing_needs_a_reason(publisher):
    report = make_report()
    url = url_of(ControlReport, "step", "withdraw")
    scope = publisher.post(url, {"ids": report.pk, "reason": "  "})
    assert "Give a reason" in str(scope.context["error"])
    assert ControlReport.objects.get().state == State.PUBLISHED
    publisher.post(url, {"ids": report.pk, "reason": "The town was misread."})
    assert ControlReport.objects.get().state == State.WITHDRAWN
    assert ReviewStep.objects.last().reason == "The town was misread."
    page = publisher.get(change_url(report)).content.decode()
    assert "The town was misread." in page


def test_editors_send_to_review_and_back_from_the_list(editor):
    report = make_report(publish=False)
    url = url_of(ControlReport, "changelist")
    sent = editor.post(url, {"action": "send_to_review", "_selected_action": [report.pk]}, follow=True)
    assert "1 row sent to review." in said(sent)
    assert ControlReport.objects.get().state == State.IN_REVIEW
    wrong = editor.post(url, {"action": "send_to_review", "_selected_action": [report.pk]}, follow=True)
    assert "is in review and cannot become in review" in said(wrong)
    editor.post(url_of(ControlReport, "step", "back_to_draft"), {"ids": report.pk})
    assert ControlReport.objects.get().state == State.DRAFT


@pytest.mark.parametrize("ids", ["", "x", "1,two", "999999", "1" * 30, "-1", "NaN"])
def test_steps_on_rows_that_are_not_there_say_so(publisher, ids):
    for step in ("publish", "send_to_review"):
        done = publisher.post(url_of(ControlReport, "step", step), {"ids": ids}, follow=True)
        assert done.status_code == 200
        assert "Nothing was changed." in said(done)
    assert publisher.post(url_of(ControlReport, "step", "fly"), {"ids": "1"}).status_code == 403


# --- Frozen reports and their correction


def test_a_published_report_is_read_only_and_says_how_to_correct_it(publisher):
    report = make_report()
    page = publisher.get(change_url(report))
    assert "publish a corrected one, which replaces it" in page.context["notice"]
    assert 'name="_save"' not in page.content.decode()
    answer = publisher.post(change_url(report), {"note": "rewritten"}, follow=True)
    assert "never rewritten" in said(answer)
    assert ControlReport.objects.get().note == ""


def test_correcting_copies_the_report_with_its_lines_as_a_draft(editor):
    report = make_report("strike")
    further = make_passage(document=report.main_passage.document)
    report.passages.add(further)
    Toll.objects.create(report=report, group="fighters", killed_low=18)
    Attribution.objects.create(report=report, speaker="Syria", kind="blames", accused=make_force("blues"))
    opened = editor.post(url_of(StrikeReport, "correct", report.pk), follow=True)
    copy = StrikeReport.objects.exclude(pk=report.pk).get()
    assert opened.request["PATH_INFO"] == change_url(copy)
    assert (copy.state, copy.published_in) == (State.DRAFT, None)
    assert copy.public_id != report.public_id
    assert copy.event == report.event
    assert list(copy.passages.all()) == [further]
    assert [(toll.group, toll.killed_low) for toll in copy.tolls.all()] == [("fighters", 18)]
    assert [who.speaker for who in copy.attributions.all()] == ["Syria"]
    assert report.tolls.count() == report.attributions.count() == 1


def test_a_copy_of_a_control_report_has_its_forces(publisher):
    report = make_report(forces=("reds", "blues"))
    publisher.post(url_of(ControlReport, "correct", report.pk))
    copy = ControlReport.objects.exclude(pk=report.pk).get()
    assert [holder.force.slug for holder in copy.holders.all()] == ["reds", "blues"]
    assert (copy.as_of, copy.as_of_min, copy.first_day) == (report.as_of, report.as_of_min, report.first_day)


def test_only_a_frozen_report_is_copied_and_only_by_post(publisher):
    draft, shown = make_report(publish=False), make_report()
    assert publisher.post(url_of(ControlReport, "correct", draft.pk)).status_code == 403
    assert publisher.get(url_of(ControlReport, "correct", shown.pk)).status_code == 403
    assert ControlReport.objects.count() == 2


# --- Deleting


def test_what_was_published_is_not_deleted_and_the_page_says_why(publisher):
    report = make_report()
    page = publisher.post(url_of(report, "delete", report.pk), {"post": "yes"})
    assert page.status_code == 200
    assert "has been published and stays in the editions" in page.content.decode()
    many = {"action": "delete_selected", "_selected_action": [report.pk], "post": "yes"}
    assert (
        "None of these can be deleted" in publisher.post(url_of(report, "changelist"), many).content.decode()
    )
    assert ControlReport.objects.count() == 1


@pytest.mark.parametrize(
    "what", ["document", "passage", "further", "force", "crossing", "post", "frontier", "wire"]
)
def test_what_is_cited_is_not_deleted_and_the_page_says_why(publisher, what):
    report = make_report(publish=False)
    passage = report.main_passage
    further = make_passage(document=passage.document)
    report.passages.add(further)
    row = {
        "document": passage.document,
        "passage": passage,
        "further": further,
        "force": make_force(),
        "crossing": Crossing.objects.get(),
        "post": report.post,
        "frontier": Frontier.objects.get(),
        "wire": passage.wire,
    }[what]
    page = publisher.post(url_of(row, "delete", row.pk), {"post": "yes"})
    assert page.status_code == 200
    assert "cannot be deleted, because of" in page.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_draft_that_nothing_cites_is_deleted(publisher):
    report = make_report(publish=False)
    assert publisher.post(url_of(report, "delete", report.pk), {"post": "yes"}).status_code == 302
    assert not ControlReport.objects.exists()


def test_view_on_site_is_offered_for_what_readers_can_open(publisher):
    shown, hidden = make_crossing(), make_crossing("hidden", publish=False)
    assert publisher.get(change_url(shown)).context["absolute_url"] == f"/crossings/{shown.slug}/"
    assert not publisher.get(change_url(hidden)).context["has_absolute_url"]
    report = make_report()
    for row in (report.main_passage.document, make_force()):
        assert publisher.get(change_url(row)).context["absolute_url"] == row.get_absolute_url()
