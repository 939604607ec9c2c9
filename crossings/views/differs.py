"""What differs: every conflict in the data, side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .common import asked_of, page


@require_safe
def differs(request: HttpRequest) -> HttpResponse:
    return page(request, "pages/differs.html", {"nav": "differs", "asked": asked_of(request)})
