"""Who signed in, who failed to, and who did what: four traces as one list, the newest first."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from axes.models import AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext as _

from crossings.models import ReviewStep

LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `who` is an account, or empty for a name that is no account's."""

    at: datetime.datetime
    who: str
    what: str
    about: str = ""
    network: str = ""
    failed: bool = False


def events(*, who: str = "", before: datetime.datetime | None = None) -> list[Event]:
    """At most LISTED events of one account or of all, those before a moment if one is given. Four queries."""
    traces = (_sign_ins(who, before), _failures(who, before), _edits(who, before), _steps(who, before))
    newest = heapq.merge(*traces, key=attrgetter("at"), reverse=True)
    return [event for event, _n in zip(newest, range(LISTED), strict=False)]


def _sign_ins(who: str, before: datetime.datetime | None) -> Iterable[Event]:
    rows = AccessLog.objects.order_by("-attempt_time")
    rows = rows.filter(username=who) if who else rows
    rows = rows.filter(attempt_time__lt=before) if before else rows
    for row in rows[:LISTED]:
        ended = _("until %(time)s") % {"time": f"{row.logout_time:%H:%M}"} if row.logout_time else ""
        yield Event(row.attempt_time, row.username or "", _("signed in"), ended, row.ip_address or "")


def _failures(who: str, before: datetime.datetime | None) -> Iterator[Event]:
    rows = AccessFailureLog.objects.order_by("-attempt_time")
    rows = rows.filter(username=who) if who else rows
    rows = rows.filter(attempt_time__lt=before) if before else rows
    for row in rows[:LISTED]:
        name = row.username or ""
        known = "" if name.startswith("?") else name
        yield Event(row.attempt_time, known, _("failed to sign in"), "", row.ip_address or "", failed=True)


def _edits(who: str, before: datetime.datetime | None) -> Iterator[Event]:
    rows = LogEntry.objects.select_related("user", "content_type").order_by("-action_time")
    rows = rows.filter(user__username=who) if who else rows
    rows = rows.filter(action_time__lt=before) if before else rows
    for row in rows[:LISTED]:
        kind = f"{row.content_type.name}: " if row.content_type else ""
        words = row.get_change_message() or row.get_action_flag_display()
        yield Event(row.action_time, row.user.get_username(), words, f"{kind}{row.object_repr}")


def _steps(who: str, before: datetime.datetime | None) -> Iterator[Event]:
    """Those of a person: a load of files takes thousands by itself, which the review steps list."""
    rows = ReviewStep.objects.filter(by__isnull=False).select_related("by", "content_type")
    rows = rows.order_by("-at", "-pk")
    rows = rows.filter(by__username=who) if who else rows
    rows = rows.filter(at__lt=before) if before else rows
    for row in rows[:LISTED]:
        name = row.by.get_username() if row.by else ""
        about = f"{row.content_type.name} {row.object_id}" + (f" ({row.reason})" if row.reason else "")
        yield Event(row.at, name, f"{row.get_from_state_display()} → {row.get_to_state_display()}", about)
