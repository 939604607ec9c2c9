"""The partials that the map opens for a post, a site or a strike."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ..api.daydata import post_context
from ..models import Post, Site, StrikeEvent
from .common import board_of, page


@require_safe
def popup(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    """What is reported of one thing on the day asked for, with the words that say so."""
    board = board_of(request)
    edition = board.asked.edition_number
    if kind == "post":
        for crossing in board.crossings:
            for post in crossing.posts.all():
                if post.slug == ident:
                    post.crossing = crossing
                    context = post_context(board, board.day_of(post, board.asked.on))
                    return page(request, "popup/post.html", {**context, "asked": board.asked})
    elif kind == "site":
        site = get_object_or_404(Site.objects.published(edition), slug=ident)
        return page(request, "popup/site.html", {"site": site, "asked": board.asked})
    elif kind == "strike":
        strike = get_object_or_404(StrikeEvent.objects.published(edition), public_id=ident)
        return page(request, "popup/strike.html", {"strike": strike, "asked": board.asked})
    raise Http404(f"no public {kind} {ident}")
