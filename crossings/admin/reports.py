"""Reports of control, status and observations: what one document says, for when, in whose words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crossings.models import Answer, ControlReport, Disagreement, Holder, ObservationReport, StatusReport
from crossings.models.reports import PeriodReport, Report

from .base import Blocks, Lines
from .publishing import PublishableAdmin

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldOpts
    from django_stubs_ext import StrOrPromise

    Fieldset = tuple[StrOrPromise | None, _FieldOpts]

WHEN: Fieldset = (
    _("When"),
    {
        "fields": ("starts", "ends", "as_of"),
        "description": _(
            "Give at least one. As exact as the words are: 2017-11-03, 2017-11, 2017; “late 2017” is one day "
            "in [2017-10..2017-12]; “by 16 February 2016” is [..2016-02-16]; “since August 2016 at the "
            "earliest” is [2016-08..]."
        ),
    },
)
SPEAKER: Fieldset = (_("Who says so"), {"fields": ("stance", "speaker")})
WORDS: Fieldset = (
    _("Where the words are"),
    {
        "fields": ("main_passage", "passages", "note", "public_id"),
        "description": _("All passages come from one document; another document is another report."),
    },
)


class ReportAdmin(PublishableAdmin):
    """What the lists of all kinds of report share."""

    date_hierarchy: ClassVar[str | None] = "first_day"
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("main_passage", "passages")
    list_select_related: ClassVar[tuple[str, ...]] = ("main_passage__document", "main_passage__wire")
    search_fields: ClassVar[tuple[str, ...]] = (
        "^public_id",
        "note",
        "speaker",
        "main_passage__exact",
        "main_passage__document__title",
        "main_passage__document__publisher",
        "^main_passage__public_id",
    )

    @admin.display(description=_("about"))
    def about(self, obj: ControlReport | StatusReport | ObservationReport) -> str:
        return str(obj.subject)

    @admin.display(description=_("when"), ordering="first_day")
    def when(self, obj: PeriodReport) -> str:
        """The dates that are given, each after what it is."""
        dates = ((_("from"), obj.starts), (_("until"), obj.ends), (_("as of"), obj.as_of))
        return ", ".join(f"{word} {date}" for word, date in dates if date) or "–"

    @admin.display(description=_("document"), ordering="main_passage__document__publisher")
    def source(self, obj: Report) -> str:
        document = obj.main_passage.document
        return f"{document.publisher}, {document.published}" if document.published else document.publisher


SOURCE_FILTERS = (
    "main_passage__document__source_set",
    ("main_passage__wire", admin.RelatedOnlyFieldListFilter),
)


class SubjectReportAdmin(ReportAdmin):
    """Reports about one post, one site or one frontier."""

    autocomplete_fields = ("post", "site", "frontier", *ReportAdmin.autocomplete_fields)
    list_select_related = ("post__crossing", "site", "frontier", *ReportAdmin.list_select_related)
    search_fields = (
        "post__name", "post__crossing__name", "site__name", "frontier__name", *ReportAdmin.search_fields,
    )  # fmt: skip
    names = {"post": "post", "crossing": "post__crossing", "site": "site", "frontier": "frontier"}


ABOUT: _FieldOpts = {
    "fields": ("post", "site", "frontier", "of"),
    "description": _("One of: a post, a site, or the frontier as a whole when the words name no place."),
}


class HolderLines(Lines):
    model = Holder
    fields = ("force",)
    autocomplete_fields = ("force",)
    extra = 1
    verbose_name_plural = _("forces: who held or guarded it, all of them")


@admin.register(ControlReport)
class ControlReportAdmin(SubjectReportAdmin):
    list_display = ("about", "held_by", "when", "state_label", "source", "role", "stance")
    list_filter = (
        "state",
        ("holders__force", admin.RelatedOnlyFieldListFilter),
        ("post__crossing", admin.RelatedOnlyFieldListFilter),
        "role",
        "stance",
        *SOURCE_FILTERS,
    )
    names = {**SubjectReportAdmin.names, "force": "forces"}
    search_fields = (*SubjectReportAdmin.search_fields, "forces__name", "forces__short_name")
    fieldsets = (
        (_("What"), {**ABOUT, "fields": (*ABOUT["fields"], "role")}),
        WHEN,
        SPEAKER,
        WORDS,
    )
    inlines = (HolderLines,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ControlReport]:
        return super().get_queryset(request).prefetch_related("holders__force")

    @admin.display(description=_("forces"))
    def held_by(self, obj: ControlReport) -> str:
        return ", ".join(holder.force.short_name for holder in obj.holders.all()) or "–"


@admin.register(StatusReport)
class StatusReportAdmin(SubjectReportAdmin):
    list_display = ("about", "status", "traffic", "when", "state_label", "source", "direction", "stance")
    list_filter = (
        "state",
        "status",
        "traffic",
        ("post__crossing", admin.RelatedOnlyFieldListFilter),
        "stance",
        *SOURCE_FILTERS,
    )
    fieldsets = (
        (_("What"), {**ABOUT, "fields": (*ABOUT["fields"], "status", "traffic", "direction")}),
        WHEN,
        SPEAKER,
        WORDS,
    )


@admin.register(ObservationReport)
class ObservationReportAdmin(ReportAdmin):
    list_display = ("summary", "about", "when", "state_label", "source", "topic", "stance")
    list_filter = (
        "state",
        "topic",
        ("forces", admin.RelatedOnlyFieldListFilter),
        ("crossing", admin.RelatedOnlyFieldListFilter),
        "stance",
        *SOURCE_FILTERS,
    )
    autocomplete_fields = (
        "forces", "crossing", "post", "site", "frontier", "force", *ReportAdmin.autocomplete_fields,
    )  # fmt: skip
    list_select_related = ("crossing", "post", "site", "frontier", *ReportAdmin.list_select_related)
    search_fields = (
        "summary", "crossing__name", "post__name", "site__name", "forces__name", *ReportAdmin.search_fields,
    )  # fmt: skip
    names = {
        "crossing": "crossing",
        "post": "post",
        "site": "site",
        "frontier": "frontier",
        "force": "forces",
    }
    fieldsets = (
        (
            _("What"),
            {
                "fields": ("topic", "summary", "crossing", "post", "site", "frontier", "force", "forces"),
                "description": _("About one of: a crossing, a post, a site, or the frontier."),
            },
        ),
        WHEN,
        SPEAKER,
        WORDS,
    )


class AnswerBlocks(Blocks):
    model = Answer
    fields = ("text", "order", "passages")
    autocomplete_fields = ("passages",)
    extra = 1


@admin.register(Disagreement)
class DisagreementAdmin(PublishableAdmin):
    """A question that documents answer differently and that no report can carry."""

    list_display = ("question", "crossing", "answer_count", "state_label")
    list_filter = ("state", ("crossing", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("crossing",)
    search_fields = ("question", "note", "answers__text", "crossing__name", "^public_id")
    names = {"crossing": "crossing"}
    autocomplete_fields = ("crossing",)
    fieldsets = ((None, {"fields": ("question", "crossing", "note", "public_id")}),)
    inlines = (AnswerBlocks,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Disagreement]:
        return super().get_queryset(request).prefetch_related("answers")

    @admin.display(description=_("answers"))
    def answer_count(self, obj: Disagreement) -> int:
        return len(obj.answers.all())
