"""The download page and the GeoJSON files."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crossings.downloads.catalogue import DOWNLOADS, canonical, filename, stream
from crossings.downloads.columns import MEMBERS
from crossings.downloads.geojson import CONTENT_TYPE
from crossings.downloads.places import address
from crossings.queries.scope import ask
from crossings.queries.snapshot import Board
from crossings.wording import licence
from crossings.wording.dates import day_in_words

from .common import page, selection_of


def _board(request: HttpRequest) -> Board:
    """The request's selection; one with neither a day nor an interval takes the strikes of all days.

    Who asks for "the strikes" wants them all. The map's own links name its day, so they give what it shows.
    """
    selection = selection_of(request)
    asked = ask(selection)
    if not (selection.on or selection.since or selection.days):
        asked = ask(replace(selection, on=asked.on, since=asked.first))
    return Board(asked)


@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    """What can be had for the selection, how much it is, and what its columns mean."""
    board = _board(request)
    files = [
        {"download": one, "count": one.count(board), "filename": filename(name, board)}
        for name, one in DOWNLOADS.items()
    ]
    context = {
        "nav": "downloads",
        "asked": board.asked,
        "interval": board.asked.interval,
        "query": board.selection.query(view=None, show=None, tiles=None),
        "canonical": canonical(board),
        "files": files,
        "members": MEMBERS,
        "licence": licence,
        "cite_as": _cite_as(board),
    }
    return page(request, "pages/downloads.html", context)


def _cite_as(board: Board) -> str:
    """A citation of the files of this selection, to copy."""
    edition = board.asked.edition
    return _("Crossings, edition %(n)s (%(day)s), %(address)s") % {
        "n": board.asked.edition_number,
        "day": day_in_words(edition.at.date()) if edition else _("nothing is published yet"),
        "address": address(reverse("downloads"), canonical(board)),
    }


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file, streamed. A selection that cannot be read is refused before the first byte."""
    if name not in DOWNLOADS:
        raise Http404(f"There is no download {name}; there are {', '.join(DOWNLOADS)}.")
    board = _board(request)
    # Set where the server sends it: a HEAD request must not cost the work of a GET.
    body: HttpResponseBase
    if request.method == "HEAD":
        body = HttpResponse(content_type=CONTENT_TYPE)
    else:
        chunks = stream(DOWNLOADS[name], board, timezone.now())
        body = StreamingHttpResponse(chunks, content_type=CONTENT_TYPE)
    body["Content-Disposition"] = content_disposition_header(True, filename(name, board))
    patch_cache_control(body, no_cache=True)
    return body
