"""The editing pages as a whole: how models are grouped, who runs this copy, reading pasted positions."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from geodata.errors import GeodataError

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

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        context = super().each_context(request)
        context["operator_name"] = getattr(settings, "OPERATOR_NAME", "")
        context["operator_contact"] = getattr(settings, "OPERATOR_CONTACT", "")
        return context

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [path("position/", self.admin_view(self.position), name="position"), *super().get_urls()]

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
