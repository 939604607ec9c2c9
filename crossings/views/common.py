"""What every view needs: the selection of the request, read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control

from crossings.models import Region
from crossings.queries.scope import Scope, resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection, SelectionError

ALL = "all"
#: Line breaks with the white space around them; HTML that keeps it (pre, textarea) is in no public page.
INDENTATION = re.compile(rb"\s*\n\s*")


def selection_of(request: HttpRequest) -> Selection:
    return Selection.from_query(dict(request.GET.lists()))


def scope_of(request: HttpRequest, region_slug: str | None = None) -> Scope:
    """The request's selection, settled. `region_slug` is the region in the path; "all" is every one.

    A pinned edition pins its regions too. Raises Http404 for a region that is not in the edition.
    """
    scope = resolve(selection_of(request))
    if not region_slug or region_slug == ALL:
        return scope
    return replace(scope, region=get_object_or_404(scope.places(Region), slug=region_slug))


def snapshot_of(request: HttpRequest, region_slug: str | None = None) -> Snapshot:
    return Snapshot(scope_of(request, region_slug))


class SelectionErrors:
    """Middleware: a parameter that cannot be read is answered with 400 and the sentence that says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SelectionError):
            return None
        if request.path.endswith(("json",)):
            return JsonResponse({"parameter": error.parameter, "error": str(error)}, status=400)
        return render(request, "400.html", {"error": error}, status=400)


def fresh(response: HttpResponse, seconds: int = 0) -> HttpResponse:
    """Let browsers keep it but ask again (ETags answer them), or keep it for some seconds."""
    if seconds:
        patch_cache_control(response, public=True, max_age=seconds)
    else:
        patch_cache_control(response, no_cache=True)
    return response


def page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, template, context)
    # Templates are indented to be read; what is sent need not be. A third of the home page is indentation.
    response.content = INDENTATION.sub(b"\n", response.content)
    return fresh(response)
