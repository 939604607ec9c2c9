"""The list of forces, and what one force held."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .common import board_of, page


@require_safe
def force_list(request: HttpRequest) -> HttpResponse:
    board = board_of(request)
    context = {"nav": "forces", "asked": board.asked, "forces": board.forces.values()}
    return page(request, "pages/forces.html", context)


@require_safe
def force_page(request: HttpRequest, slug: str) -> HttpResponse:
    board = board_of(request)
    force = board.forces.get(slug)
    if force is None:
        raise Http404(f"no force {slug}")
    context = {"nav": "forces", "asked": board.asked, "force": force}
    return page(request, "pages/force.html", context)
