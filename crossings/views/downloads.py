"""The download page and the GeoJSON files."""

from __future__ import annotations

import errno
import re
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crossings.downloads import files
from crossings.downloads.catalogue import DOWNLOADS, Download, canonical, filename, stream
from crossings.downloads.columns import MEMBERS
from crossings.downloads.geojson import CONTENT_TYPE
from crossings.downloads.places import address
from crossings.queries.cache import revision
from crossings.queries.snapshot import Snapshot
from crossings.runtime import metrics
from crossings.wording import licence
from crossings.wording.dates import day_in_words

from .common import page, scope_of
from .limits import spend

#: As Django's own middleware looks for it.
GZIP: Final = re.compile(r"\bgzip\b")


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
    """One file, made on disk and sent whole. A selection that cannot be read is refused before that."""
    if name not in DOWNLOADS:
        raise Http404(f"There is no download {name}; there are {', '.join(DOWNLOADS)}.")
    snapshot = _snapshot(request)
    key = files.key(revision(), name, _contents(snapshot))
    encoding = files.COMPRESSED if accepts_gzip(request) else files.PLAIN
    body = _file(request, DOWNLOADS[name], snapshot, key, encoding)
    if body.status_code == HTTPStatus.OK:
        body["Content-Disposition"] = content_disposition_header(True, filename(name, snapshot))
    patch_vary_headers(body, ["Accept-Encoding"])
    patch_cache_control(body, no_cache=True)
    return body


def _contents(snapshot: Snapshot) -> tuple[object, ...]:
    """What decides the features and members of a file, beside the state of the data."""
    scope = snapshot.scope
    edition = scope.edition and (scope.edition.number, scope.edition.at)
    return edition, scope.region and scope.region.slug, scope.sources, scope.last, canonical(snapshot)


def _file(
    request: HttpRequest, chosen: Download, snapshot: Snapshot, key: str, encoding: str
) -> HttpResponseBase:
    """The answer with the file; a HEAD request must not cost the work of a GET."""
    found = files.find(key, encoding)
    if found is None and request.method == "HEAD":
        return HttpResponse(content_type=CONTENT_TYPE)
    if found is None:
        spend(request, "downloads")
        metrics.downloads_made.labels(chosen.name).inc()
        try:
            found = files.make(key, stream(chosen, snapshot, timezone.now()), encoding)
        except files.TooLarge as error:
            sentence = _(
                "This file would be larger than %(size)d MB: choose fewer crossings, days or sources."
            )
            return JsonResponse({"error": sentence % {"size": error.limit // 1_000_000}}, status=400)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            sentence = _("The disk of the server is full: this file cannot be made at the moment.")
            return JsonResponse({"error": sentence}, status=503)
    body = FileResponse(found, content_type=CONTENT_TYPE)
    if encoding == files.COMPRESSED:
        body["Content-Encoding"] = "gzip"
    return body


def accepts_gzip(request: HttpRequest) -> bool:
    return bool(GZIP.search(request.headers.get("Accept-Encoding", "")))
