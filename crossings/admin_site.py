"""The editing pages as a whole: how models are grouped, who runs this copy, reading pasted positions."""

from __future__ import annotations

import datetime
import time
from functools import wraps
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from crossings.signin.pages import Pages
from crossings.signin.second_factor import is_pending
from geodata.errors import GeodataError

#: Apps whose models have pages here. Libraries register theirs too, some of which show secrets.
APPS: Final = {"crossings", "auth"}
#: Seconds after which a session is kept alive anew; more often would write to the database at every click.
SEEN_EVERY: Final = 300

#: The index in the order of work: a heading, and the models under it. What is not named here comes last.
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (
        _("Reports: what one document says"),
        ("ControlReport", "StatusReport", "StrikeReport", "ObservationReport", "StrikeEvent", "Disagreement"),
    ),
    (_("Sources: documents and their words"), ("Document", "Passage", "Wire", "SourceSet")),
    (_("Places"), ("Crossing", "Post", "Site", "Name", "Frontier", "Region")),
    (_("Forces"), ("Force", "Membership", "Backing")),
    (_("What was published, and when"), ("Edition", "ReviewStep", "Takedown")),
)


class LabelledAutocomplete(AutocompleteJsonView):
    """Autocomplete whose entries say more than `str(row)` where the row's admin knows how."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "choice_label", str)
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class CrossingsAdminSite(admin.AdminSite):
    """Django's admin with our groups, our headings, and a reader of pasted positions."""

    site_header = gettext_lazy("Crossings: editing")
    site_title = gettext_lazy("Crossings: editing")
    index_title = gettext_lazy("What would you like to edit?")
    index_template = "admin/crossings_index.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Django's, but for the models of apps that are not ours."""
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else [*model_or_iterable]
        )
        ours = [model for model in models if model._meta.app_label in APPS]
        super().register(ours, admin_class, **options)

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        context = super().each_context(request)
        context["operator_name"] = getattr(settings, "OPERATOR_NAME", "")
        context["operator_contact"] = getattr(settings, "OPERATOR_CONTACT", "")
        return context

    def has_permission(self, request: HttpRequest) -> bool:
        """The gate of every page: staff, and no code owed."""
        return super().has_permission(request) and not is_pending(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's gate. Who asks for a page stays signed in for as long again."""
        gate = super().admin_view(view, cacheable)

        @wraps(gate)
        def keep_alive(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            now = int(time.time())
            if request.user.is_authenticated and now - request.session.get("seen", 0) >= SEEN_EVERY:
                request.session["seen"] = now
            return gate(request, *args, **kwargs)

        return keep_alive

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return Pages(self).sign_in(request, extra_context)

    login = method_decorator(never_cache)(login)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            path("position/", self.admin_view(self.position), name="position"),
            path("sign-ins/", self.admin_view(self.sign_ins), name="sign_ins"),
            *Pages(self).urls,
            *super().get_urls(),
        ]

    def sign_ins(self, request: HttpRequest) -> HttpResponse:
        """Who signed in, who failed to, who did what. `?who=` is an account, `?before=` a moment (ISO)."""
        if not request.user.has_perm("auth.view_user"):
            raise PermissionDenied
        from crossings.signin.record import LISTED, events  # here: models are not there at import

        try:
            before = parse_datetime(request.GET.get("before", ""))
        except ValueError:
            before = None
        if before is not None and before.tzinfo is None:
            before = before.replace(tzinfo=datetime.UTC)
        who = request.GET.get("who", "").replace("\0", "")
        found = events(who=who, before=before)
        older = urlencode({"who": who, "before": found[-1].at.isoformat()}) if len(found) == LISTED else ""
        title = gettext("Sign-ins")
        context = {**self.each_context(request), "title": title, "events": found, "who": who, "older": older}
        return TemplateResponse(request, "admin/signin/sign_ins.html", context)

    def position(self, request: HttpRequest) -> HttpResponse:
        """`?text=` as decimal degrees, DMS or MGRS → {"lon", "lat"} in degrees, or {"error"} in words."""
        from geodata.coordinates import parse  # here: pyproj and mgrs are slow to load

        try:
            lon, lat = parse(request.GET.get("text", ""))
        except GeodataError as error:
            return JsonResponse({"error": str(error)})
        return JsonResponse({"lon": lon, "lat": lat})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast("HttpResponse", LabelledAutocomplete.as_view(admin_site=self)(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, object]]:
        """Our models under the headings of GROUPS, then the other apps as Django lists them."""
        apps = super().get_app_list(request, app_label)
        ours = next((app for app in apps if app["app_label"] == "crossings"), None)
        if ours is None or app_label is not None:
            return apps
        by_name = {model["object_name"]: model for model in ours["models"]}
        grouped = []
        for heading, names in GROUPS:
            models = [by_name.pop(name) for name in names if name in by_name]
            if models:
                grouped.append({**ours, "name": heading, "models": models})
        if by_name:
            grouped.append({**ours, "name": gettext("Other"), "models": list(by_name.values())})
        return [*grouped, *(app for app in apps if app is not ours)]
