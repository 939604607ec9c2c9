"""The only writer of publication states. Each step leaves a row, each act of publishing an edition."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crossings.assessment import RecordError
from crossings.models import ControlReport, Edition, Publishable, ReviewStep, State, StatusReport
from crossings.models.records import record_of

STEPS = {
    (State.DRAFT, State.IN_REVIEW),
    (State.IN_REVIEW, State.DRAFT),
    (State.DRAFT, State.PUBLISHED),
    (State.IN_REVIEW, State.PUBLISHED),
    (State.PUBLISHED, State.WITHDRAWN),
}


def new_edition(note: str = "", at: datetime.datetime | None = None) -> Edition:
    """The next edition. Two editors who publish at once get two numbers."""
    for attempt in range(5):
        last = Edition.objects.order_by("-number").first()
        try:
            with transaction.atomic():
                return Edition.objects.create(
                    number=last.number + 1 if last else 1, at=at or timezone.now(), note=note[:300]
                )
        except IntegrityError:
            if attempt == 4:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def publish(
    rows: Iterable[Publishable], *, by: Any = None, reason: str = "", at: datetime.datetime | None = None
) -> Edition | None:
    """Publish these rows in one edition, or none of them.

    Raises ValidationError with a sentence for each row that is not ready. Returns None for no rows.
    """
    rows = list(rows)
    if not rows:
        return None
    found = [f"{row}: {problem}" for row in rows for problem in problems(row)]
    if found:
        raise ValidationError(found)
    edition = new_edition(reason, at)
    for row in rows:
        if isinstance(row, ControlReport):
            _freeze_umbrellas(row)
        row.published_in = edition
        _step(row, State.PUBLISHED, edition, by, reason)
    return edition


@transaction.atomic
def withdraw(
    rows: Iterable[Publishable], *, by: Any = None, reason: str = "", at: datetime.datetime | None = None
) -> Edition | None:
    """Withdraw these published rows in one edition. They stay in the editions they were in."""
    rows = list(rows)
    if not rows:
        return None
    edition = new_edition(reason, at)
    for row in rows:
        row.withdrawn_in = edition
        _step(row, State.WITHDRAWN, edition, by, reason)
    return edition


@transaction.atomic
def send_to_review(rows: Iterable[Publishable], *, by: Any = None, reason: str = "") -> None:
    for row in rows:
        _step(row, State.IN_REVIEW, None, by, reason)


@transaction.atomic
def back_to_draft(rows: Iterable[Publishable], *, by: Any = None, reason: str = "") -> None:
    for row in rows:
        _step(row, State.DRAFT, None, by, reason)


def problems(row: Publishable) -> list[str]:
    """What the row itself lacks, and dates that the assessment cannot use."""
    found = row.problems_before_publishing()
    if not found and isinstance(row, ControlReport | StatusReport):
        value = (
            [row.status]
            if isinstance(row, StatusReport)
            else list(row.holders.values_list("force__slug", flat=True))
        )
        try:
            record_of(row, value)
        except RecordError as error:
            found = [str(error)]
    return found


def _freeze_umbrellas(report: ControlReport) -> None:
    """What each force counts for is settled now: a later umbrella does not rewrite an older edition."""
    for holder in report.holders.select_related("force"):
        holder.counts_for = holder.force.top()
        holder.save(update_fields=["counts_for"])


def _step(row: Publishable, to: State, edition: Edition | None, by: Any, reason: str) -> None:
    # Asked of the database, and locked: a colleague may have moved it since the row was read.
    before = State(type(row)._base_manager.select_for_update().values_list("state", flat=True).get(pk=row.pk))
    if (before, to) not in STEPS:
        raise ValidationError(
            _("%(row)s is %(before)s and cannot become %(to)s.")
            % {"row": row, "before": before.label, "to": to.label}
        )
    row.state = to
    row.save(by_review=True)
    ReviewStep.objects.create(
        subject=row,
        from_state=before,
        to_state=to,
        edition=edition,
        by=by if getattr(by, "pk", None) else None,
        at=edition.at if edition else timezone.now(),
        reason=reason[:500],
    )
