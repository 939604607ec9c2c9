"""The page for an error that the operator, not the reader, can end; and the one for our own faults."""

from __future__ import annotations

import sys

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import server_error as own_fault

from crossings.database.sqlite import DatabaseReplaced

#: How SQLite and PostgreSQL say that there is no space left.
DISK_FULL = ("database or disk is full", "no space left on device", "could not extend file")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while the exception is being handled: 503 with a sentence, or 500."""
    sentence = operator_sentence(sys.exc_info()[1])
    if sentence is None:
        return own_fault(request)
    return render(request, "503.html", {"sentence": sentence}, status=503)


def operator_sentence(error: BaseException | None) -> str | None:
    """What to do about a database that cannot be written to; None for every other error."""
    if isinstance(error, DatabaseReplaced):
        return str(error)
    if isinstance(error, DatabaseError) and any(text in str(error).lower() for text in DISK_FULL):
        return _(
            "The disk of the server is full. Nothing was saved. Keep what you have typed, "
            "ask the operator to free some space, and send it again."
        )
    return None
