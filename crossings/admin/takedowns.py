"""Taking down in the admin: a page that shows what will go, for those who have the right to it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from crossings.publishing import takedown
from crossings.signin.confirmation import confirm_first

TAKE_DOWN = "crossings.take_down"
LISTED = 200  # rows named on the page


class TakesDown(admin.ModelAdmin):
    """An action and a page of each kind of row that can be taken down."""

    def has_take_down_permission(self, request: HttpRequest) -> bool:
        return issubclass(self.model, takedown.KINDS) and request.user.has_perm(TAKE_DOWN)

    def can_take_down(self, request: HttpRequest, row: Any) -> bool:
        return row is not None and self.has_take_down_permission(request) and takedown.may_be_taken_down(row)

    @admin.action(description=_("Take down…"), permissions=["take_down"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        rows = list(queryset[:2])
        if len(rows) == 1:
            return HttpResponseRedirect(self.take_down_address(rows[0]))
        self.message_user(request, _("Take down one row at a time: each has its reason."), messages.ERROR)
        return None

    actions = [take_down]

    def take_down_address(self, row: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_take_down", args=[row.pk])

    def get_urls(self) -> list[Any]:
        if not issubclass(self.model, takedown.KINDS):
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_take_down"
        view = self.admin_site.admin_view(self.take_down_view)
        return [path("<path:object_id>/take-down/", view, name=name), *super().get_urls()]

    def take_down_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET shows what goes; POST with both reasons and the agreed number of rows does it.

        Both only for somebody who has just confirmed who they are.
        """
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_take_down_permission(request):
            raise PermissionDenied
        return confirm_first(self._confirmed_view)(request, row)

    def _confirmed_view(self, request: HttpRequest, row: Model) -> HttpResponse:
        errors: list[str] = []
        try:
            going = takedown.going_with(row)
        except ValidationError as error:
            for message in error.messages:
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(self._change_address(row))
        lines = takedown.in_words(going)
        if request.method == "POST":
            errors = self._take_down(request, row, len(lines))
            if not errors:
                return HttpResponseRedirect(reverse(f"admin:{row._meta.db_table}_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take down"),
            "opts": self.opts,
            "row": row,
            "lines": lines[:LISTED],
            "count": len(lines),
            "errors": errors,
            "reason": request.POST.get("reason", ""),
            "basis": request.POST.get("basis", ""),
            "back": self._change_address(row),
        }
        return TemplateResponse(request, "admin/crossings/take_down.html", context)

    def _change_address(self, row: Model) -> str:
        return reverse(f"admin:{row._meta.db_table}_change", args=[row.pk])

    def _take_down(self, request: HttpRequest, row: Model, count: int) -> list[str]:
        """Sentences that say why not; none when it is done."""
        if request.POST.get("agreed") != str(count):
            return [str(_("Agree to remove all of this. What was added meanwhile is in the list, too."))]
        try:
            done = takedown.take_down(
                row, request.POST.get("reason", ""), request.POST.get("basis", ""), by=request.user
            )
        except ValidationError as error:
            return list(error.messages)
        self.message_user(
            request, _("Taken down, with %(n)s tombstones.") % {"n": len(done.tombstones)}, messages.SUCCESS
        )
        for line in takedown.backups_in_words(done):
            self.message_user(request, line, messages.WARNING)
        return []
