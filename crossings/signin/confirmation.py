"""Signing in once more before what cannot be taken back: takedowns, accounts, the second factor itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

#: Seconds for which a password or a code counts as fresh.
FRESH: Final = 600
_KEY: Final = "confirmed_at"


def note_confirmed(request: HttpRequest) -> None:
    """The person has just given the password or a code."""
    request.session[_KEY] = int(time.time())


def is_confirmed(request: HttpRequest) -> bool:
    return 0 <= time.time() - request.session.get(_KEY, 0) < FRESH


def confirm_first(view: View) -> View:
    """Ask for the password or a code unless one was given within the last ten minutes.

    What was sent with a form is not kept: the person comes back to the empty form and is told so. Goes
    inside `admin_site.admin_view`, which asks who it is at all.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(request, _("Nothing was changed: confirm first that it is you."))
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('admin:confirm')}?{query}")

    return cast("View", asked)


class ConfirmedAdmin:
    """A mixin for a ModelAdmin, before it: its forms and the actions of its list are confirmed first."""

    @method_decorator(confirm_first)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]  # a mixin

    @method_decorator(confirm_first)
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().delete_view(request, *args, **kwargs)  # type: ignore[misc]  # a mixin

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        view = super().changelist_view  # type: ignore[misc]  # a mixin
        asked = confirm_first(view) if request.method == "POST" else view
        return asked(request, *args, **kwargs)
