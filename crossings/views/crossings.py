"""The list of crossings, and one crossing through the years."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .common import board_of, page


@require_safe
def crossing_list(request: HttpRequest) -> HttpResponse:
    board = board_of(request)
    context = {"nav": "crossings", "asked": board.asked, "crossings": board.crossings}
    return page(request, "pages/crossings.html", context)


@require_safe
def crossing_page(request: HttpRequest, slug: str) -> HttpResponse:
    board = board_of(request)
    crossing = next((one for one in board.crossings if one.slug == slug), None)
    if crossing is None:
        raise Http404(f"no public crossing {slug}")
    context = {"nav": "crossings", "asked": board.asked, "crossing": crossing}
    return page(request, "pages/crossing.html", context)
