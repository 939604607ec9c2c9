"""Where to go after signing in: a page of the desk that is there, else its index."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

#: Pages of the admin that can be opened by their address alone, by whoever is signed in.
PAGES: Final = {"index", "password_change", "account", "sign_ins", "second_factor_setup"}
_PAGES_OF_MODELS: Final = ("changelist", "add", "change", "delete", "history", "step", "take_down")


def next_page(request: HttpRequest) -> str:
    """`next` of the request, if it is a page of the admin; its index for all else.

    The database is not asked: an answer must not tell whether a row exists. The admin itself sends whoever
    asks for a row that is gone to its index.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    index = reverse("admin:index")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return index
    try:
        match = resolve(urlsplit(wanted).path)
    except (Resolver404, ValueError):
        return index
    name = match.url_name or ""
    _app, _of, view = name.removeprefix("auth_").removeprefix("crossings_").partition("_")
    is_page = name in PAGES or view in _PAGES_OF_MODELS
    return wanted if match.namespace == "admin" and is_page else index


def with_next(view: str, request: HttpRequest) -> str:
    """The address of a view of the admin that goes on to the same page."""
    return f"{reverse(f'admin:{view}')}?{urlencode({'next': next_page(request)})}"
