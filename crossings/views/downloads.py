"""The download page and the six GeoJSON files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .common import asked_of, page


@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    return page(request, "pages/downloads.html", {"nav": "downloads", "asked": asked_of(request)})


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponse:
    return page(request, "pages/downloads.html", {"nav": "downloads", "asked": asked_of(request)})
