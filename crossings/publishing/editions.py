"""The clock of editions: each act of publishing, and each edit of what readers see, is one edition."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crossings.models import Edition
from crossings.models.versions import Versions

from .visibility import was_shown

Actor = User | AnonymousUser | None


@dataclass(slots=True)
class Act:
    """What belongs together: all of it is one edition, which is made when it is needed."""

    reason: str = ""
    at: datetime.datetime | None = None
    edition: Edition | None = None

    def begin(self) -> Edition:
        """The edition of this act."""
        if self.edition is None:
            self.edition = new_edition(self.reason, self.at)
        return self.edition


_act: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def act(reason: str = "", at: datetime.datetime | None = None) -> Iterator[Act]:
    """One transaction and at most one edition, however many rows are edited or published inside.

    Inside another act it is a part of that one. What fails inside leaves no edition behind.
    """
    outer = _act.get()
    current = outer or Act(reason, at)
    edition = current.edition
    token = _act.set(current)
    try:
        with transaction.atomic():
            yield current
    except BaseException:
        current.edition = edition
        raise
    finally:
        _act.reset(token)


def new_edition(note: str = "", at: datetime.datetime | None = None) -> Edition:
    """The next edition. Two editors who publish at once get two numbers."""
    for attempt in range(5):
        try:
            with transaction.atomic():
                return Edition.objects.create(number=newest() + 1, at=at or timezone.now(), note=note[:300])
        except IntegrityError:
            if attempt == 4:
                raise
    raise AssertionError("unreachable")


def newest() -> int:
    """The number of the newest edition; 0 before the first."""
    return Edition.objects.order_by("-number").values_list("number", flat=True).first() or 0


def connect() -> None:
    """Called once, when the app is ready: from here on each version has its edition."""
    Versions.connect(was_shown, _edition_of_edit)


def _edition_of_edit(shown: bool) -> int:
    """The edition from which an edit holds.

    One that readers see makes an edition, or belongs to that of its act; any other holds from the next one.
    """
    current = _act.get()
    if current is not None and (shown or current.edition is not None):
        return current.begin().number
    return new_edition(_("Edited")).number if shown else newest() + 1
