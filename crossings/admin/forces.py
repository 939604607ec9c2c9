"""Forces and who is said to back them."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crossings.models import Backing, Force, Membership
from crossings.publishing.visibility import was_shown

from .base import WIDGETS, EditorAdmin, EditorForm
from .places import NameLines
from .publishing import PublishableAdmin


class ForceForm(EditorForm):
    class Meta:
        widgets = {"colour": forms.TextInput({"type": "color"})}


@admin.register(Force)
class ForceAdmin(EditorAdmin):
    form = ForceForm
    formfield_overrides = WIDGETS
    list_display = ("name", "short_name", "kind", "letter", "colour")
    list_filter = ("kind",)
    search_fields = ("name", "short_name", "^slug")
    names = {"force": ""}
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "short_name", "slug", "kind", "note")}),
        (_("How the map draws it"), {"fields": ("colour", "letter")}),
    )
    inlines = (NameLines,)

    def view_on_site(self, obj: Force) -> str | None:
        return obj.get_absolute_url() if was_shown(obj) else None


@admin.register(Backing)
class BackingAdmin(PublishableAdmin):
    """One document saying that one force backs another."""

    list_display = ("force", "backer", "passage", "state_label")
    list_filter = (
        "state",
        ("force", admin.RelatedOnlyFieldListFilter),
        ("backer", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("force", "backer", "passage__document")
    search_fields = ("force__name", "backer__name", "^public_id", "passage__exact")
    names = {"force": "force"}
    autocomplete_fields = ("force", "backer", "passage")
    fieldsets = ((None, {"fields": ("force", "backer", "passage", "public_id")}),)


@admin.register(Membership)
class MembershipAdmin(PublishableAdmin):
    """One document saying that a force belongs to another, and since when."""

    list_display = ("member", "umbrella", "since", "until", "passage", "state_label")
    list_filter = ("state", ("umbrella", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("member", "umbrella", "passage__document")
    search_fields = ("member__name", "umbrella__name", "^public_id", "passage__exact")
    names = {"force": "member"}
    autocomplete_fields = ("member", "umbrella", "passage")
    fieldsets = ((None, {"fields": ("member", "umbrella", "since", "until", "passage", "public_id")}),)
