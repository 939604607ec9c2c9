"""Documents: the list, and one document with its quoted passages and what each supports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .common import asked_of, page


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    return page(request, "pages/documents.html", {"nav": "documents", "asked": asked_of(request)})


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, "pages/document.html", {"nav": "documents", "asked": asked_of(request)})
