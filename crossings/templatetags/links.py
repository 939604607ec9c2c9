"""A template tag for addresses of our own pages, which stay in the edition that the page is of."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def page_url(context: Context, name: str, *args: str) -> str:
    """Like `url`, with the edition that the request pins: what it shows may be withdrawn by now."""
    request = getattr(context, "request", None)  # there in partials that are included with `only`, too
    edition = request.GET.get("edition") if request is not None else None
    address = reverse(name, args=args)
    return f"{address}?{urlencode({'edition': edition})}" if edition else address
