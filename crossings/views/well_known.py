"""What robots and finders of weaknesses ask a site for, and the mark on pages of earlier editions."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from .common import fresh
from .method import contact_href

TEXT: Final = "text/plain; charset=utf-8"
#: How long the address of security.txt is said to be good; RFC 9116 recommends less than a year.
GOOD_FOR: Final = datetime.timedelta(days=180)

#: The desk is for nobody to find; what was said before is for those who follow a link to it.
ROBOTS: Final = """User-agent: *
Disallow: /admin/
Disallow: /*?edition=
Disallow: /*&edition=
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return fresh(HttpResponse(ROBOTS, content_type=TEXT))


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116. Raises Http404 where OPERATOR_CONTACT is no e-mail or https address."""
    contact = contact_href(settings.OPERATOR_CONTACT)
    if not contact.startswith(("mailto:", "https://")) or contact.split() != [contact]:
        raise Http404("OPERATOR_CONTACT is no e-mail or https address.")
    expires = (timezone.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
    if settings.SITE_URL.startswith("https://"):
        lines.append(f"Canonical: {settings.SITE_URL}{request.path}")
    return fresh(HttpResponse("\n".join(lines) + "\n", content_type=TEXT))


class EarlierEditions:
    """Middleware: no search engine lists an answer that pins an edition; it may have been corrected since."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "edition=" in request.META.get("QUERY_STRING", ""):
            response["X-Robots-Tag"] = "noindex"
        return response
