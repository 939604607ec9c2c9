"""Editions and review steps: the audit trail, written by `crossings.publishing.workflow` alone."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crossings.models import (
    Backing,
    ControlReport,
    Crossing,
    Disagreement,
    Edition,
    Membership,
    ObservationReport,
    Publishable,
    Region,
    ReviewStep,
    Site,
    StatusReport,
    StrikeReport,
    Takedown,
)

from .takedowns import TAKE_DOWN

#: What `str(row)` of each publishable model reads, so that a list of steps asks once for each model.
SUBJECTS: tuple[QuerySet[Publishable], ...] = (
    ControlReport.objects.select_related("post", "site", "frontier"),
    StatusReport.objects.select_related("post", "site", "frontier"),
    StrikeReport.objects.select_related("event"),
    ObservationReport.objects.all(),
    Backing.objects.select_related("force", "backer"),
    Membership.objects.select_related("member", "umbrella"),
    Crossing.objects.all(),
    Site.objects.all(),
    Region.objects.all(),
    Disagreement.objects.all(),
)


class ViewOnly(admin.ModelAdmin):
    """Nobody adds, changes or deletes here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Edition)
class EditionAdmin(ViewOnly):
    list_display = ("number", "at", "note", "steps")
    date_hierarchy = "at"
    search_fields = ("=number", "note")
    ordering = ("-number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).prefetch_related("reviewstep_set")

    @admin.display(description=_("rows published or withdrawn"))
    def steps(self, obj: Edition) -> int:
        return len(obj.reviewstep_set.all())


class KindFilter(admin.SimpleListFilter):
    """Only the models that can be published."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        kinds = (rows.model._meta for rows in SUBJECTS)
        return [(str(kind.model_name), str(kind.verbose_name)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ReviewStep]) -> QuerySet[ReviewStep]:
        model = next((rows.model for rows in SUBJECTS if rows.model._meta.model_name == self.value()), None)
        if model is None:
            return queryset
        return queryset.filter(content_type=ContentType.objects.get_for_model(model))


@admin.register(ReviewStep)
class ReviewStepAdmin(ViewOnly):
    list_display = ("at", "kind", "about", "from_state", "to_state", "by", "edition", "reason")
    list_filter = (KindFilter, "to_state", ("by", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("content_type", "by", "edition")
    date_hierarchy = "at"
    search_fields = ("reason", "by__username")
    ordering = ("-pk",)
    fields = ("at", "kind", "about", "from_state", "to_state", "by", "edition", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewStep]:
        return super().get_queryset(request).prefetch_related(GenericPrefetch("subject", [*SUBJECTS]))

    @admin.display(description=_("kind"), ordering="content_type")
    def kind(self, obj: ReviewStep) -> str:
        return obj.content_type.name

    @admin.display(description=_("about"))
    def about(self, obj: ReviewStep) -> str:
        return str(obj.subject) if obj.subject else str(_("deleted"))


@admin.register(Takedown)
class TakedownAdmin(ViewOnly):
    """Tombstones; why in private is for those who may take down."""

    list_display = ("at", "kind", "ident", "basis", "by", "edition")
    list_filter = ("kind",)
    list_select_related = ("by", "edition")
    date_hierarchy = "at"
    search_fields = ("ident", "basis")
    ordering = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        private = ("reason",) if request.user.has_perm(TAKE_DOWN) else ()
        return ("at", "kind", "ident", "basis", *private, "by", "edition")
