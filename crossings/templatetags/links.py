"""A template tag for addresses of our own pages, which stay in the edition that the page is of."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.encoding import iri_to_uri

register = template.Library()


@register.simple_tag(takes_context=True)
def page_url(context: Context, name: str, *args: str) -> str:
    """Like `url`, with the edition that the request pins: what it shows may be withdrawn by now."""
    request = getattr(context, "request", None)  # there in partials that are included with `only`, too
    edition = request.GET.get("edition") if request is not None else None
    address = reverse(name, args=args)
    return f"{address}?{urlencode({'edition': edition})}" if edition else address


_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@register.filter
def uri(address: str) -> str:
    """An address that somebody typed as attributes of HTML may hold it: what no URI may have is %-encoded.

    >>> uri('https://a.example/"<{100%}>?q=[a]')
    'https://a.example/%22%3C%7B100%25%7D%3E?q=%5Ba%5D'
    """
    encoded = _STRAY_PERCENT.sub("%25", iri_to_uri(address) or "")
    scheme, mark, rest = encoded.partition("://")
    host, slash, path = rest.partition("/")
    path = path.replace("[", "%5B").replace("]", "%5D")
    return f"{scheme}{mark}{host}{slash}{path}"
