"""How we judge, and who runs this copy."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from crossings.assessment import FAR_APART_DAYS, STALE_AFTER_DAYS
from crossings.models import Precision
from crossings.models.evidence import MAX_QUOTE_WORDS
from crossings.queries.basis import basis_of
from crossings.queries.worked_examples import worked_examples
from crossings.wording import licence
from geodata.precision import PRECISIONS

from .common import page, scope_of

_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    context = {
        "nav": "method",
        "operator": settings.OPERATOR_NAME,
        "contact": settings.OPERATOR_CONTACT,
        "contact_href": contact_href(settings.OPERATOR_CONTACT),
        "tiles_host": settings.TILES_HOST,
        "licence": licence,
        "basemap": licence.BASEMAP,
        "precisions": [
            {
                "label": Precision(code).label,
                "code": code,
                "radius_m": precision.radius_m,
                "where_prec": precision.where_prec,
                "geo_precision": precision.geo_precision,
            }
            for code, precision in PRECISIONS.items()
        ],
        "stale_days": STALE_AFTER_DAYS,
        "far_years": FAR_APART_DAYS // 365,
        "quote_words": MAX_QUOTE_WORDS,
        "scope": scope,
        "edition": scope.edition,
        "basis": basis_of(scope),
        "examples": worked_examples(get_language() or settings.LANGUAGE_CODE),
    }
    return page(request, "pages/method.html", context)


def contact_href(contact: str) -> str:
    """A link for an e-mail or web address; nothing for any other text, which is then shown as it is.

    >>> contact_href("desk@example.org"), contact_href("https://example.org/errors"), contact_href("room 4")
    ('mailto:desk@example.org', 'https://example.org/errors', '')
    """
    if contact.startswith(("https://", "http://")):
        return contact
    return f"mailto:{contact}" if _MAIL.fullmatch(contact) else ""
