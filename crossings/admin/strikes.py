"""Strike events, each document's account of them, tolls, and who blames whom."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crossings.models import Attribution, StrikeEvent, StrikeReport, Toll
from crossings.publishing.visibility import was_shown

from .base import Blocks, EditorAdmin, EditorForm, Lines
from .evidence import DATE_HELP
from .places import POSITION, Positions
from .reports import SOURCE_FILTERS, WORDS, ReportAdmin


class AccountLines(Lines):
    """The accounts of this event; each report has a page of its own."""

    model = StrikeReport
    fields = ("main_passage", "when", "stance", "state")
    readonly_fields = fields
    show_change_link = True
    can_delete = False
    max_num = 0
    verbose_name_plural = _("what documents tell of it")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StrikeReport]:
        return super().get_queryset(request).select_related("event", "main_passage__document")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StrikeEventForm(EditorForm):
    """A strike that readers see is at a place that they see, too: its popup names the place."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        site = cleaned.get("site")
        if site is not None and not site.is_public and was_shown(self.instance):
            self.add_error("site", _("Readers see this strike, but not this place. Publish the place first."))
        return cleaned


@admin.register(StrikeEvent)
class StrikeEventAdmin(Positions, EditorAdmin):
    """Something that was struck, once. Readers see it as soon as one report of it is published."""

    form = StrikeEventForm
    list_display = ("summary", "when", "means", "grade", "precision", "site", "report_count")
    list_filter = (
        "grade",
        "means",
        "precision",
        "reports__state",
        ("targets", admin.RelatedOnlyFieldListFilter),
        ("site", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("site",)
    date_hierarchy = "when_min"
    search_fields = ("summary", "site__name", "targets__name", "grade_why", "^public_id")
    names = {"site": "site", "force": "targets"}
    autocomplete_fields = ("site", "targets")
    fieldsets = (
        (_("What"), {"fields": ("summary", "means", "targets", "site", "public_id")}),
        (_("When"), {"fields": ("when",)}),
        (_("Where"), {"fields": POSITION}),
        (_("How well supported"), {"fields": ("grade", "grade_why")}),
    )
    inlines = (AccountLines,)
    change_form_template = "admin/crossings/strikeevent/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StrikeEvent]:
        return super().get_queryset(request).annotate(n_reports=Count("reports", distinct=True))

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, help_texts={"when": DATE_HELP}, **kwargs)

    @admin.display(description=_("reports"), ordering="n_reports")
    def report_count(self, obj: Any) -> int:
        return obj.n_reports


class TollLines(Lines):
    model = Toll
    fields = ("group", "killed_low", "killed_high", "injured_low", "injured_high", "said_by", "scope")
    verbose_name_plural = _("tolls: empty is “not reported”, 0 is “none”")


class AttributionBlocks(Blocks):
    model = Attribution
    fields = ("speaker", "kind", "accused", "speaker_force", "passage")
    autocomplete_fields = ("accused", "speaker_force", "passage")
    verbose_name_plural = _("attributions: who blames, claims, denies or hints that whom did it")


@admin.register(StrikeReport)
class StrikeReportAdmin(ReportAdmin):
    """One document's account of one strike event."""

    date_hierarchy = "when_min"
    list_display = ("event", "reported_when", "state_label", "source", "stance", "speaker")
    list_filter = (
        "state",
        "stance",
        ("event__targets", admin.RelatedOnlyFieldListFilter),
        ("attributions__accused", admin.RelatedOnlyFieldListFilter),
        ("event__site", admin.RelatedOnlyFieldListFilter),
        *SOURCE_FILTERS,
    )
    list_select_related = ("event", *ReportAdmin.list_select_related)
    autocomplete_fields = ("event", *ReportAdmin.autocomplete_fields)
    search_fields = ("event__summary", "target", "event__site__name", *ReportAdmin.search_fields)
    names = {"site": "event__site", "force": "attributions__accused"}
    fieldsets = (
        (_("What"), {"fields": ("event", "target")}),
        (_("When"), {"fields": ("when",), "description": DATE_HELP}),
        (_("Who says so"), {"fields": ("stance", "speaker")}),
        WORDS,
    )
    inlines = (TollLines, AttributionBlocks)

    @admin.display(description=_("when"), ordering="when_min")
    def reported_when(self, obj: StrikeReport) -> str:
        return obj.when or "–"
