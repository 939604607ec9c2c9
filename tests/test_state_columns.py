"""The state of a row changes by review steps alone, whatever else saves the row at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.models.signals import post_save, pre_save

from crossings.models import ControlReport, Crossing, Edition, ReviewStep, State
from crossings.publishing import workflow
from crossings.publishing.corrections import copy_as_draft
from tests.admin_rows import change_url, form_data
from tests.factories import make_crossing, make_frontier, make_report

postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one connection write at a time: nothing to race"
)


# --- One after the other


@pytest.mark.django_db
def test_a_stale_instance_does_not_take_a_published_row_back():
    crossing = make_crossing(publish=False)
    stale = Crossing.objects.get()
    workflow.publish([crossing])

    stale.name = "New name"
    stale.save()

    stored = Crossing.objects.get()
    assert (stored.name, stored.state, stored.published_in) == (
        "New name",
        "published",
        crossing.published_in,
    )


@pytest.mark.django_db
def test_a_stale_instance_does_not_rewrite_a_report_that_was_published_meanwhile():
    report = make_report(publish=False)
    stale = ControlReport.objects.get()
    workflow.publish([report])

    stale.note = "rewritten"
    with pytest.raises(ValidationError, match="never rewritten"):
        stale.save()
    with pytest.raises(ValidationError, match="never rewritten"):
        stale.full_clean()
    assert ControlReport.objects.get().note == ""


@pytest.mark.django_db
def test_a_stale_instance_does_not_publish_what_was_withdrawn():
    crossing = make_crossing()
    stale = Crossing.objects.get()
    workflow.withdraw([crossing])
    stale.save()
    assert Crossing.objects.get().state == State.WITHDRAWN


@pytest.mark.django_db
def test_a_form_that_was_open_before_the_step_does_not_undo_it(publisher, monkeypatch):
    """The row is published after the form has read it and before the form writes it."""
    crossing = make_crossing(publish=False)
    data = form_data(publisher, change_url(crossing))
    save = Crossing.save

    def publish_first(row: Crossing, *args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(Crossing, "save", save)
        workflow.publish([Crossing.objects.get()])
        row.save(*args, **kwargs)

    monkeypatch.setattr(Crossing, "save", publish_first)
    publisher.post(change_url(crossing), {**data, "name": "Renamed"})
    assert (Crossing.objects.get().name, Crossing.objects.get().state) == ("Renamed", State.PUBLISHED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "write",
    [
        lambda row: Crossing.objects.filter(pk=row.pk).update(state=State.WITHDRAWN),
        lambda row: Crossing.objects.filter(pk=row.pk).update(withdrawn_in=None, state=State.DRAFT),
        lambda row: Crossing.objects.update(published_in_id=None),
        lambda row: row.save(update_fields=["state"]),
        lambda row: row.save(update_fields=["name", "withdrawn_in"]),
        lambda row: setattr(row, "state", State.DRAFT) or row.save(),
        lambda row: setattr(row, "state", State.DRAFT) or Crossing.objects.bulk_update([row], ["state"]),
        lambda row: Crossing(slug="x", name="x", frontier=row.frontier, state=State.PUBLISHED).save(),
        lambda row: Crossing(
            slug="x", name="x", frontier=row.frontier, published_in=row.published_in
        ).save(),
    ],
)  # fmt: skip
def test_no_other_code_writes_a_state(write):
    crossing = make_crossing()
    with pytest.raises(ValidationError, match="review step"), transaction.atomic():
        write(crossing)
    assert Crossing.objects.get().state == State.PUBLISHED


@pytest.mark.django_db
def test_a_new_instance_with_a_stored_key_does_not_make_it_a_draft():
    crossing = make_crossing()
    with pytest.raises(IntegrityError), transaction.atomic():
        Crossing(pk=crossing.pk, slug="alpha", name="Again", frontier=make_frontier()).save()
    assert Crossing.objects.get().state == State.PUBLISHED


@pytest.mark.django_db
def test_a_row_that_was_deleted_meanwhile_is_not_made_anew():
    report = make_report(publish=False)
    stale = ControlReport.objects.get()
    report.delete()
    with pytest.raises(ValidationError, match="deleted meanwhile"):
        stale.save()
    for step in (workflow.publish, workflow.send_to_review):
        with pytest.raises(ValidationError, match="deleted meanwhile"):
            step([stale])
    assert not ControlReport.objects.exists()


@pytest.mark.django_db
def test_what_is_published_is_what_is_stored_and_not_what_an_instance_holds():
    report = make_report(publish=False)
    stale = ControlReport.objects.get()
    report.note = "mended"
    report.save()
    stale.note = "never saved"

    workflow.publish([stale])

    assert stale.state == State.PUBLISHED
    assert ControlReport.objects.get().note == "mended"


@pytest.mark.django_db
def test_an_instance_can_be_saved_again_after_a_refresh_and_after_a_step():
    crossing = make_crossing(publish=False)
    other = Crossing.objects.get()
    workflow.publish([crossing])
    crossing.save()
    other.refresh_from_db()
    other.save()
    deferred = Crossing.objects.defer("state", "note").get()
    deferred.name = "Deferred"
    deferred.save()
    assert (Crossing.objects.get().name, Crossing.objects.get().state) == ("Deferred", State.PUBLISHED)


@pytest.mark.django_db
def test_a_step_starts_from_the_state_that_was_checked_or_is_not_taken():
    """Even where no lock holds the row: the second row changes while the first takes its step."""
    first, second = make_report(publish=False), make_report(publish=False)

    def change_the_second(**_: Any) -> None:
        ControlReport._base_manager.filter(pk=second.pk).update(state=State.IN_REVIEW)

    post_save.connect(change_the_second, sender=ReviewStep)
    try:
        with pytest.raises(ValidationError, match="changed meanwhile"), transaction.atomic():
            workflow.publish([first, second])
    finally:
        post_save.disconnect(change_the_second, sender=ReviewStep)
    assert set(ControlReport.objects.values_list("state", flat=True)) == {State.DRAFT}


# --- At the same time


@pytest.fixture
def at_once(transactional_db: None) -> Callable[..., list[Any]]:
    """Run functions in a thread each, all starting together; their results or errors in the same order."""

    def run(*functions: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(functions))
        results: list[Any] = [None] * len(functions)

        def work(number: int, function: Callable[[], Any]) -> None:
            try:
                barrier.wait(timeout=20)
                results[number] = function()
            except (ValidationError, OperationalError) as error:
                results[number] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work, args=pair) for pair in enumerate(functions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads)
        return results

    return run


@postgresql
@pytest.mark.parametrize("_round", range(10))
def test_saves_and_a_publication_at_once_leave_it_published(at_once, _round):
    crossing = make_crossing(publish=False)
    stale = [Crossing.objects.get() for _ in range(4)]
    results = at_once(
        *(row.save for row in stale), lambda: workflow.publish([Crossing.objects.get(pk=crossing.pk)])
    )
    assert not [result for result in results if isinstance(result, Exception)]
    stored = Crossing.objects.get()
    assert (stored.state, stored.published_in) == (State.PUBLISHED, Edition.objects.get())


@postgresql
def test_a_publication_waits_for_a_save_that_has_begun_and_takes_what_it_wrote(transactional_db):
    """A colleague publishes between the check of the save and its writing: the words are those saved."""
    report = make_report(publish=False)
    published: dict[str, str] = {}

    def publish() -> None:
        try:
            workflow.publish([ControlReport.objects.get(pk=report.pk)])
            published["note"] = ControlReport.objects.get(pk=report.pk).note
        finally:
            connections.close_all()

    colleague = threading.Thread(target=publish)

    def in_the_midst_of_saving(**_: Any) -> None:
        colleague.start()
        colleague.join(timeout=2)

    report.note = "changed"
    pre_save.connect(in_the_midst_of_saving, sender=ControlReport)
    try:
        report.save()
    finally:
        pre_save.disconnect(in_the_midst_of_saving, sender=ControlReport)
    colleague.join(timeout=60)
    assert published == {"note": "changed"}
    assert ControlReport.objects.get().note == "changed"


@postgresql
@pytest.mark.parametrize("_round", range(10))
def test_of_many_who_publish_one_row_at_once_one_does(at_once, _round):
    make_report(publish=False)
    rows = [ControlReport.objects.get() for _ in range(4)]
    before = Edition.objects.count()
    results = at_once(*(lambda row=row: workflow.publish([row]) for row in rows))
    assert sum(isinstance(result, ValidationError) for result in results) == 3, results
    assert Edition.objects.count() == before + 1
    assert ReviewStep.objects.filter(edition=Edition.objects.last()).count() == 1


@postgresql
@pytest.mark.parametrize("_round", range(10))
def test_of_two_corrections_published_at_once_one_replaces(at_once, _round):
    report = make_report()
    copies = [copy_as_draft(report) for _ in range(2)]
    results = at_once(*(lambda copy=copy: workflow.publish([copy]) for copy in copies))
    assert sum(isinstance(result, ValidationError) for result in results) == 1, results
    assert ControlReport.objects.published().count() == 1
    numbers = Edition.objects.values_list("number", flat=True)
    held = {number: ControlReport.objects.published(number).count() for number in numbers}
    assert [held[number] for number in sorted(held)] == [0, 1, 1]


@postgresql
@pytest.mark.parametrize("_round", range(10))
def test_a_report_and_the_withdrawal_of_its_crossing_at_once_never_both_happen(at_once, _round):
    report = make_report(publish=False)
    crossing = Crossing.objects.get()
    results = at_once(lambda: workflow.publish([report]), lambda: workflow.withdraw([crossing]))
    assert sum(isinstance(result, ValidationError) for result in results) == 1, results
    public = ControlReport.objects.published().count(), Crossing.objects.published().count()
    assert public in ((1, 1), (0, 0))


@postgresql
def test_a_withdrawal_waits_for_a_publication_that_has_begun_and_then_sees_it(transactional_db):
    """The rows are locked: what is read at the start of an act still holds when it is written."""
    report = make_report(publish=False)
    crossing = Crossing.objects.get()
    outcome: dict[str, Any] = {}

    def withdraw() -> None:
        try:
            workflow.withdraw([Crossing.objects.get(pk=crossing.pk)])
            outcome["withdrawn"] = True
        except ValidationError as error:
            outcome["refused"] = error.messages
        finally:
            connections.close_all()

    colleague = threading.Thread(target=withdraw)

    def in_the_midst_of_publishing(**_: Any) -> None:
        colleague.start()
        colleague.join(timeout=1)
        outcome["waits"] = colleague.is_alive()

    post_save.connect(in_the_midst_of_publishing, sender=ReviewStep)
    try:
        workflow.publish([report])
    finally:
        post_save.disconnect(in_the_midst_of_publishing, sender=ReviewStep)
    colleague.join(timeout=60)
    assert outcome.pop("waits")
    assert list(outcome) == ["refused"]
    assert Crossing.objects.published().get() == crossing
