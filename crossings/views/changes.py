"""What changed: each edition in counts, and what was withdrawn, replaced or taken down, with the reasons."""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crossings.models import Edition
from crossings.publishing.takedown import tombstone
from crossings.queries.changes import changes_of
from geodata.selection import SelectionError

from .common import page

PER_PAGE: Final = 20
#: Addresses of single things → the kind of thing, and the name of its id in the address.
ADDRESSES: Final = {"crossing": ("crossing", "slug"), "document": ("document", "slug")}
POPUPS: Final = {"post": "post", "site": "site", "strike": "strikeevent"}


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The editions, the newest first, some on each page."""
    pages = Paginator(Edition.objects.order_by("-number"), PER_PAGE)
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= pages.num_pages):
        raise SelectionError("page", number, f"Write a page from 1 to {pages.num_pages}.")
    shown = pages.page(int(number))
    context: dict[str, object] = {"nav": "changes", "page": shown, "changes": changes_of(list(shown))}
    return page(request, "pages/changes.html", context)


def gone(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The tombstone, with status 410, where the thing at an absent address was taken down."""
    match = request.resolver_match
    if not isinstance(error, Http404) or match is None:
        return None
    if match.url_name == "popup":
        kind, ident = POPUPS.get(match.kwargs["kind"], ""), match.kwargs["ident"]
    elif match.url_name in ADDRESSES:
        kind, name = ADDRESSES[match.url_name]
        ident = match.kwargs[name]
    else:
        return None
    row = tombstone(kind, ident)
    if row is None:
        return None
    label = apps.get_model("crossings", kind)._meta.verbose_name
    return render(request, "410.html", {"takedown": row, "label": label}, status=410)
