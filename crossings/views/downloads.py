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
from crossings.queries.snapshot import Snapshot
from crossings.wording import licence
from crossings.wording.dates import day_in_words

from .common import page, scope_of


def _snapshot(request: HttpRequest) -> Snapshot:
    """The request's selection; one with neither a day nor an interval takes the strikes of all days.

    Who asks for "the strikes" wants them all. The map's own links name its day, so they give what it shows.
    """
    scope = scope_of(request)
    selection = scope.selection
    if not (selection.on or selection.since or selection.days):
        scope = replace(scope, selection=replace(selection, on=scope.on, since=scope.first))
    return Snapshot(scope)


@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    """What can be had for the selection, how much it is, and what its columns mean."""
    snapshot = _snapshot(request)
    files = [
        {"download": file, "count": file.count(snapshot), "filename": filename(name, snapshot)}
        for name, file in DOWNLOADS.items()
    ]
    context = {
        "nav": "downloads",
        "scope": snapshot.scope,
        "interval": snapshot.scope.interval,
        "query": snapshot.selection.without("view").query(),
        "canonical": canonical(snapshot),
        "files": files,
        "members": MEMBERS,
        "licence": licence,
        "cite_as": _cite_as(snapshot),
    }
    return page(request, "pages/downloads.html", context)


def _cite_as(snapshot: Snapshot) -> str:
    """A citation of the files of this selection, to copy."""
    edition = snapshot.scope.edition
    return _("Crossings, edition %(n)s (%(day)s), %(address)s") % {
        "n": snapshot.scope.edition_number,
        "day": day_in_words(edition.at.date()) if edition else _("nothing is published yet"),
        "address": address(reverse("downloads"), canonical(snapshot)),
    }


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file, streamed. A selection that cannot be read is refused before the first byte."""
    if name not in DOWNLOADS:
        raise Http404(f"There is no download {name}; there are {', '.join(DOWNLOADS)}.")
    snapshot = _snapshot(request)
    # Set where the server sends it: a HEAD request must not cost the work of a GET.
    body: HttpResponseBase
    if request.method == "HEAD":
        body = HttpResponse(content_type=CONTENT_TYPE)
    else:
        chunks = stream(DOWNLOADS[name], snapshot, timezone.now())
        body = StreamingHttpResponse(chunks, content_type=CONTENT_TYPE)
    body["Content-Disposition"] = content_disposition_header(True, filename(name, snapshot))
    patch_cache_control(body, no_cache=True)
    return body
