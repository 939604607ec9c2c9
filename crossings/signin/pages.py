"""The pages of signing in: password, code, setting the second factor up, confirming, one's own account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from . import second_factor as factor
from .confirmation import confirm_first, is_confirmed, note_confirmed
from .forms import CodeForm, ConfirmForm
from .next_page import next_page, with_next
from .throttle import WINDOW, remember_device

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise

View = Callable[..., HttpResponseBase]


class SignIn(LoginView):
    """The password. Whoever owes a code is sent on to it by the gate of the admin."""

    def get_success_url(self) -> str:
        return next_page(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note_confirmed(self.request)
        if not factor.is_pending(self.request):
            remember_device(response, form.get_user())
        return response


def refused(request: HttpRequest, *_given: Any) -> HttpResponse:
    """429 after too many failures; django-axes puts it in the place of the answer."""
    from django.contrib import admin  # models are not there at import

    context = {
        **admin.site.each_context(request),
        "minutes": int(WINDOW.total_seconds() // 60),
        "title": _("Too many failed attempts"),
    }
    response = render(request, "admin/signin/refused.html", context, status=429)
    response["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


class Pages:
    """What the admin site adds to its addresses. All are for staff who have given the password."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    @property
    def urls(self) -> list[Any]:
        return [
            path("second-factor/", self._own(self.code), name="second_factor"),
            path("second-factor/set-up/", self._own(confirm_first(self.set_up)), name="second_factor_setup"),
            path("confirm/", self._own(self.confirm), name="confirm"),
            path("account/", self.site.admin_view(self.account), name="account"),
            path(
                "account/recovery-codes/",
                self.site.admin_view(confirm_first(self.recovery_codes)),
                name="recovery_codes",
            ),
            path(
                "account/second-factor-off/",
                self.site.admin_view(confirm_first(self.switch_off)),
                name="second_factor_off",
            ),
        ]

    def sign_in(self, request: HttpRequest, extra: dict[str, Any] | None = None) -> HttpResponse:
        """The admin's sign-in page."""
        from django.contrib.admin.forms import AdminAuthenticationForm  # models are not there at import

        if request.method == "GET" and _is_staff(request):
            view = "second_factor" if factor.is_pending(request) else None
            return HttpResponseRedirect(with_next(view, request) if view else next_page(request))
        context = {**self._context(request, _("Sign in")), "next": next_page(request), **(extra or {})}
        context["app_path"] = request.path
        view_of_form = SignIn.as_view(
            extra_context=context,
            authentication_form=AdminAuthenticationForm,
            template_name="admin/signin/password.html",
        )
        return cast("HttpResponse", view_of_form(request))

    def _own(self, view: View) -> View:
        """For staff who may still owe the code; nobody else, and never from a cache."""

        @never_cache
        @csrf_protect
        @wraps(view)
        def asked(request: HttpRequest) -> HttpResponseBase:
            return view(request) if _is_staff(request) else HttpResponseRedirect(with_next("login", request))

        return asked

    # --- The code

    def code(self, request: HttpRequest) -> HttpResponse:
        """Asks for a code of the app or a recovery code."""
        if factor.device_of(request.user) is None:
            return HttpResponseRedirect(with_next("second_factor_setup", request))
        if not factor.is_pending(request):
            return HttpResponseRedirect(next_page(request))
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._allowed(request):
            if factor.verify(request, form.cleaned_data["code"]):
                return self._let_in(request)
            _failed(request)
            form.add_error("code", _WRONG)
        return self._page(request, "code", _("Second step"), form=form)

    def _let_in(self, request: HttpRequest) -> HttpResponse:
        note_confirmed(request)
        left = factor.codes_left(request.user)
        if left <= 3:
            sentence = ngettext(
                "You have %d recovery code left. Make new ones under “Your sign-in”.",
                "You have %d recovery codes left. Make new ones under “Your sign-in”.",
                left,
            )
            messages.warning(request, sentence % left)
        response = HttpResponseRedirect(next_page(request))
        remember_device(response, _person(request))
        return response

    def _allowed(self, request: HttpRequest) -> bool:
        """Whether the limits of signing in let this attempt be read; django-axes answers where not."""
        credentials = {"username": request.user.get_username()}
        allowed = AxesProxyHandler.is_allowed(request, credentials)
        if not allowed:
            request.axes_locked_out = True  # type: ignore[attr-defined]  # read by AxesMiddleware
        return allowed

    def set_up(self, request: HttpRequest) -> HttpResponse:
        """Shows the secret until a code of it is given, then the recovery codes, once."""
        user = _person(request)
        if factor.device_of(user) is not None and not factor.is_verified(request):
            return HttpResponseRedirect(with_next("second_factor", request))
        device, form = factor.new_device(user), CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._allowed(request):
            if factor.confirm_device(request, device, form.cleaned_data["code"]):
                note_confirmed(request)
                response = self._show_codes(request)
                remember_device(response, user)
                return response
            _failed(request)
            form.add_error("code", _WRONG)
        return self._page(
            request,
            "set_up",
            _("Set up a second step"),
            form=form,
            picture=factor.picture_of(device),
            secret=factor.secret_of(device),
            required=factor.is_required(user),
        )

    def _show_codes(self, request: HttpRequest) -> HttpResponse:
        codes = factor.new_recovery_codes(_person(request))
        return self._page(request, "recovery_codes", _("Recovery codes"), codes=codes)

    # --- Confirming

    def confirm(self, request: HttpRequest) -> HttpResponse:
        """The password again, or a code: for ten minutes."""
        if factor.device_of(request.user) is not None and not factor.is_verified(request):
            return HttpResponseRedirect(with_next("second_factor", request))
        form = ConfirmForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._allowed(request):
            given = form.cleaned_data["secret"]
            if request.user.check_password(given) or factor.verify(request, given):
                note_confirmed(request)
                return HttpResponseRedirect(next_page(request))
            _failed(request)
            form.add_error("secret", _("That is not right."))
        has_device = factor.device_of(request.user) is not None
        return self._page(request, "confirm", _("Confirm that it is you"), form=form, has_device=has_device)

    # --- One's own account

    def account(self, request: HttpRequest) -> HttpResponse:
        """What protects the account, and what can be changed about it."""
        return self._page(
            request,
            "account",
            _("Your sign-in"),
            device=factor.device_of(request.user),
            codes_left=factor.codes_left(request.user),
            required=factor.is_required(request.user),
            confirmed=is_confirmed(request),
        )

    def recovery_codes(self, request: HttpRequest) -> HttpResponse:
        """POST: new codes in the place of all before, shown once."""
        if request.method != "POST" or factor.device_of(request.user) is None:
            return HttpResponseRedirect(reverse("admin:account"))
        return self._show_codes(request)

    def switch_off(self, request: HttpRequest) -> HttpResponse:
        """POST: no second factor any more, for those who need none."""
        user = _person(request)
        if request.method == "POST" and factor.is_required(user):
            messages.error(request, _("Who may publish or administer needs the second step here."))
        elif request.method == "POST":
            factor.remove(user, "Switched the second factor off.")
            messages.success(request, _("You sign in with your password alone."))
        return HttpResponseRedirect(reverse("admin:account"))

    # --- Rendering

    def _context(self, request: HttpRequest, title: StrOrPromise) -> dict[str, Any]:
        return {**self.site.each_context(request), "title": title, "subtitle": None}

    def _page(self, request: HttpRequest, name: str, title: StrOrPromise, **context: Any) -> TemplateResponse:
        request.current_app = self.site.name
        page = {**self._context(request, title), "next": next_page(request), **context}
        return TemplateResponse(request, f"admin/signin/{name}.html", page)


_WRONG = _("That code is not right, or it was used already. Wait for the next one and try again.")


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


def _person(request: HttpRequest) -> User:
    """Whoever asks, where only staff gets that far."""
    return cast("User", request.user)


def _failed(request: HttpRequest) -> None:
    """A wrong code counts like a wrong password."""
    user_login_failed.send(
        sender=__name__, credentials={"username": request.user.get_username()}, request=request
    )
