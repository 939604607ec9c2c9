"""The only writer of publication states. Each step leaves a row, each act of publishing an edition."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crossings.assessment import RecordError
from crossings.models import (
    SEEN,
    ControlReport,
    Edition,
    Publishable,
    Replaceable,
    ReviewStep,
    State,
    StatusReport,
)

from .dependents import PLACES, dependents_of, place_lookups, places_of
from .editions import Actor, act

_Row = TypeVar("_Row", bound=Publishable)

STEPS = {
    (State.DRAFT, State.IN_REVIEW),
    (State.IN_REVIEW, State.DRAFT),
    (State.DRAFT, State.PUBLISHED),
    (State.IN_REVIEW, State.PUBLISHED),
    (State.PUBLISHED, State.WITHDRAWN),
}


@transaction.atomic
def publish(
    rows: Iterable[Publishable], *, by: Actor = None, reason: str = "", at: datetime.datetime | None = None
) -> Edition | None:
    """Publish these rows in one edition, or none of them. What they supersede is withdrawn in the same one.

    Raises ValidationError with a sentence for each row that is not ready. Returns None for no rows.
    """
    given = list(rows)
    if not given:
        return None
    stored = _locked(given)
    found = [f"{row}: {problem}" for row in stored for problem in problems(row, together=stored)]
    if found:
        raise ValidationError(found)
    with act(reason, at) as current:
        edition = current.begin()
        for row in stored:
            _step(row, State.PUBLISHED, edition, by, reason)
        # Only now: of rows that replace each other, all are published in whatever order they came.
        for row in stored:
            if isinstance(row, Replaceable) and row.supersedes_id:
                _withdraw_superseded(row, stored, edition, by, reason)
    _show_states(given, stored)
    return edition


@transaction.atomic
def replace(
    old: Replaceable,
    new: Replaceable,
    *,
    by: Actor = None,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> Edition | None:
    """Publish the draft `new` and withdraw the published `old`, in one edition.

    Raises ValidationError if `new` is not ready or replaces another row, or if `old` is not published.
    """
    stored_old, stored_new = _locked([old, new])
    if (
        stored_old.state != State.PUBLISHED
        or stored_new.state in SEEN
        or type(old) is not type(new)
        or stored_new.supersedes_id not in (None, old.pk)
    ):
        sentence = _("“%(new)s” cannot replace “%(old)s”: a draft replaces one published row of its kind.")
        raise ValidationError(sentence % {"new": new, "old": old})
    type(new)._base_manager.filter(pk=new.pk).update(**{"supersedes": old.pk})
    new.supersedes = old
    edition = publish([new], by=by, reason=reason, at=at)
    old.refresh_from_db()
    return edition


@transaction.atomic
def withdraw(
    rows: Iterable[Publishable],
    *,
    by: Actor = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    with_dependents: bool = False,
) -> Edition | None:
    """Withdraw these published rows in one edition. They stay in the editions they were in.

    Raises ValidationError if a published row is about a crossing or a site among them; with
    `with_dependents` such rows are withdrawn in the same edition.
    """
    given = list(rows)
    if not given:
        return None
    stored = _locked(given)
    dependents = dependents_of(stored)
    if dependents and not with_dependents:
        raise ValidationError(
            [
                _("“%(row)s” is published and would point to a place that is not. Withdraw it too.")
                % {"row": row}
                for row in dependents
            ]
        )
    with act(reason, at) as current:
        edition = current.begin()
        for row in (*_locked(dependents), *stored):
            _step(row, State.WITHDRAWN, edition, by, reason)
    _show_states(given, stored)
    return edition


@transaction.atomic
def send_to_review(rows: Iterable[Publishable], *, by: Actor = None, reason: str = "") -> None:
    _move(list(rows), State.IN_REVIEW, by, reason)


@transaction.atomic
def back_to_draft(rows: Iterable[Publishable], *, by: Actor = None, reason: str = "") -> None:
    _move(list(rows), State.DRAFT, by, reason)


def problems(row: Publishable, *, together: Collection[Publishable] = ()) -> list[str]:
    """Why the row cannot be published; empty if it can.

    What the row itself lacks, dates that the assessment cannot use, a place that readers do not see, a
    superseded row that cannot be replaced. `together` are the rows that are published in the same act.
    """
    found = row.problems_before_publishing()
    if not found and isinstance(row, ControlReport | StatusReport):
        try:
            row.as_record()
        except RecordError as error:
            found = [str(error)]
    for place in places_of(row):
        if not place.is_public and place not in together:
            found.append(_("“%(place)s” is not published; publish it first.") % {"place": place})
    if isinstance(row, Replaceable) and row.supersedes:
        found += _problems_of_replacing(row, row.supersedes, together)
    return found


def _problems_of_replacing(
    row: Replaceable, superseded: Replaceable, together: Collection[Publishable]
) -> list[str]:
    if superseded.state not in SEEN and superseded not in together:
        return [_("It replaces “%(old)s”, which was never published.") % {"old": superseded}]
    published = type(row)._base_manager.filter(**{"supersedes": superseded.pk, "state": State.PUBLISHED})
    successors = [*published, *(other for other in together if _supersedes(other, superseded))]
    return [
        _("It replaces “%(old)s”, and so does “%(new)s”. Only one can.")
        % {"old": superseded, "new": successor}
        for successor in successors
        if successor != row
    ]


def _supersedes(row: Publishable, superseded: Replaceable) -> bool:
    return isinstance(row, Replaceable) and row.supersedes == superseded


def _withdraw_superseded(
    new: Replaceable, together: Sequence[Publishable], edition: Edition, by: Actor, reason: str
) -> None:
    """The old row's review step says what replaced it. One that was withdrawn before stays as it is."""
    old = type(new)._base_manager.get(pk=new.supersedes_id)
    if old.state != State.PUBLISHED:
        return
    replaced = _("Replaced by “%(row)s”") % {"row": new}
    _step(old, State.WITHDRAWN, edition, by, f"{replaced}: {reason}" if reason else f"{replaced}.")
    for row in together:
        if row == old:
            row.show_state_of(old)


def _locked(rows: Sequence[_Row]) -> list[_Row]:
    """These rows as they are stored, in the same order, locked until the transaction ends.

    With them the places that they are about and what they supersede. Always in one order, places first, so
    that two acts wait for each other instead of blocking each other.
    """
    wanted: dict[type[Publishable], set[int]] = {}
    for row in rows:
        needed: list[Publishable] = [row, *places_of(row)]
        if isinstance(row, Replaceable) and row.supersedes:
            needed.append(row.supersedes)
        for other in needed:
            wanted.setdefault(type(other), set()).add(other.pk)
    stored: dict[tuple[type[Publishable], int], Publishable] = {}
    for model in sorted(wanted, key=lambda kind: (kind not in PLACES, kind.__name__)):
        rows_of_model = model._base_manager.filter(pk__in=wanted[model]).order_by("pk")
        locked = rows_of_model.select_for_update(of=("self",)).select_related(*place_lookups(model))
        stored |= {(model, found.pk): found for found in locked}
    try:
        found = [stored[type(row), row.pk] for row in rows]
    except KeyError as error:
        raise ValidationError(_("A row has been deleted meanwhile.")) from error
    for locked_row in found:
        if any((type(place), place.pk) not in stored for place in places_of(locked_row)):
            sentence = _("“%(row)s” has been changed meanwhile. Try again.")
            raise ValidationError(sentence % {"row": locked_row})
    return cast("list[_Row]", found)


def _move(given: list[Publishable], to: State, by: Actor, reason: str) -> None:
    stored = _locked(given)
    for row in stored:
        _step(row, to, None, by, reason)
    _show_states(given, stored)


def _step(row: Publishable, to: State, edition: Edition | None, by: Actor, reason: str) -> None:
    """The one place where a state changes: from the state that was read, or not at all."""
    before = State(row.state)
    if (before, to) not in STEPS:
        raise ValidationError(
            _("%(row)s is %(before)s and cannot become %(to)s.")
            % {"row": row, "before": before.label, "to": to.label}
        )
    editions = {State.PUBLISHED: "published_in", State.WITHDRAWN: "withdrawn_in"}
    values = {"state": to} | ({editions[to]: edition} if to in editions else {})
    if not type(row)._base_manager.filter(pk=row.pk, state=before).update(**values):
        raise ValidationError(_("“%(row)s” has been changed meanwhile. Try again.") % {"row": row})
    for name, value in values.items():
        setattr(row, name, value)
    ReviewStep.objects.create(
        subject=row,
        from_state=before,
        to_state=to,
        edition=edition,
        by=by if isinstance(by, User) else None,
        at=edition.at if edition else timezone.now(),
        reason=reason[:500],
    )


def _show_states(given: Sequence[Publishable], stored: Sequence[Publishable]) -> None:
    """The caller's instances have the new state too."""
    for row, changed in zip(given, stored, strict=True):
        row.show_state_of(changed)
