"""Crossings with their posts, sites, frontiers, regions, and what all of them are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crossings.models import Crossing, Frontier, Name, Post, Region, Site
from crossings.models.base import Positioned
from crossings.publishing.visibility import was_shown

from .base import PUBLISH, Blocks, EditorAdmin, EditorForm, Lines
from .publishing import PublishableAdmin
from .search import folded_text

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldsetSpec

POSITION = ("point", "precision", "radius_m", "position_source")


class Positions:
    """Shows a position as two numbers where it cannot be edited."""

    @admin.display(description=_("position (latitude, longitude)"))
    def position(self, obj: Positioned | None) -> str:
        return f"{obj.point.y}, {obj.point.x}" if obj and obj.point else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "position")  # type: ignore[misc]  # likewise

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> _FieldsetSpec:
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]  # a mixin for admins
        if obj is None or self.has_change_permission(request, obj):  # type: ignore[attr-defined]  # likewise
            return fieldsets
        return [
            (
                name,
                {**options, "fields": ["position" if f == "point" else f for f in options["fields"]]},
            )
            for name, options in fieldsets
        ]


class NameLines(Lines):
    """Names of whatever the form is about."""

    model = Name
    fields = ("text", "language", "role", "source")
    verbose_name_plural = _("names and spellings, in any language")
    classes = ("collapse",)


class PostForm(EditorForm):
    """A post in the form of its crossing, which may not be saved yet."""

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        country, crossing = cleaned.get("country"), cleaned.get("crossing")
        # The model checks this once the crossing has a key.
        if crossing is None or crossing.pk is not None or crossing.frontier_id is None:
            return cleaned
        if country and country not in (crossing.frontier.country_a, crossing.frontier.country_b):
            raise ValidationError(
                {"country": _("The post lies in one of the two countries of its frontier.")}
            )
        return cleaned


class TwoSides(BaseInlineFormSet):
    """New posts start as side A and side B."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        taken = set(kwargs["instance"].posts.values_list("side", flat=True)) if _saved(kwargs) else set()
        kwargs.setdefault("initial", [{"side": side} for side in Post.Side.values if side not in taken])
        super().__init__(*args, **kwargs)


def _saved(kwargs: Mapping[str, Any]) -> bool:
    return kwargs.get("instance") is not None and kwargs["instance"].pk is not None


class PostBlocks(Positions, Blocks):
    """Both posts: exactly two, because a row added by script would have no map."""

    model = Post
    form = PostForm
    formset = TwoSides
    min_num = max_num = 2
    validate_min = validate_max = True
    can_delete = False
    show_change_link = True
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = ((None, {"fields": ("name", "side", "country", "slug", *POSITION)}),)

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: Any
    ) -> type[BaseInlineFormSet]:
        return super().get_formset(request, obj, **kwargs, validate_min=True, validate_max=True)


@admin.register(Crossing)
class CrossingAdmin(PublishableAdmin):
    list_display = ("name", "frontier", "country_codes", "state_label")
    list_filter = ("state", "frontier", ("regions", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("frontier",)
    search_fields = ("name", "^slug", "posts__name", "^posts__slug")
    names = {"crossing": "", "post": "posts"}
    autocomplete_fields = ("frontier",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = ((None, {"fields": ("name", "slug", "frontier", "note")}),)
    inlines = (PostBlocks, NameLines)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Crossing]:
        return super().get_queryset(request).prefetch_related("posts")

    @admin.display(description=_("posts in"))
    def country_codes(self, obj: Crossing) -> str:
        return ", ".join(post.country for post in obj.posts.all())

    def view_on_site(self, obj: Crossing) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None


@admin.register(Post)
class PostAdmin(Positions, EditorAdmin):
    """Posts are made with their crossing; here they get their names."""

    list_display = ("name", "crossing", "side", "country", "precision", "radius_m", "crossing_state")
    list_filter = (
        "country",
        "precision",
        ("crossing", admin.RelatedOnlyFieldListFilter),
        "crossing__state",
    )
    list_select_related = ("crossing",)
    search_fields = ("name", "^slug", "crossing__name", "^crossing__slug")
    names = {"post": "", "crossing": "crossing"}
    readonly_fields = ("crossing",)
    fieldsets = ((None, {"fields": ("crossing", "name", "side", "country", "slug", *POSITION)}),)
    inlines = (NameLines,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("crossing is"), ordering="crossing__state")
    def crossing_state(self, obj: Post) -> str:
        return obj.crossing.get_state_display()

    def choice_label(self, row: Post) -> str:
        return f"{row.name} ({row.crossing.name}, {row.country})"


@admin.register(Site)
class SiteAdmin(Positions, PublishableAdmin):
    list_display = ("name", "kind", "country", "precision", "radius_m", "state_label")
    list_filter = ("state", "kind", "country", "precision")
    search_fields = ("name", "^slug")
    names = {"site": ""}
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "country", "note")}),
        (_("Where"), {"fields": POSITION}),
    )
    inlines = (NameLines,)


@admin.register(Frontier)
class FrontierAdmin(EditorAdmin):
    list_display = ("name", "country_a", "country_b", "line_source")
    list_filter = ("country_a", "country_b")
    search_fields = ("name", "^slug", "country_a", "country_b")
    names = {"frontier": ""}
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "country_a", "country_b")}),
        (
            _("Line"),
            {
                "fields": ("line", "line_source"),
                "description": _("As GeoJSON or WKT, such as LINESTRING (38.8 33.4, 41.2 34.8)."),
            },
        ),
    )
    inlines = (NameLines,)


@admin.register(Region)
class RegionAdmin(PublishableAdmin):
    """A row here is a map of its own at /maps/<id in links>/."""

    list_display = ("name", "slug", "order", "state_label")
    list_filter = ("state", ("crossings", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "^slug", "crossings__name")
    names = {"crossing": "crossings"}
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("crossings",)
    fieldsets = ((None, {"fields": ("name", "slug", "intro", "crossings", "order")}),)


class NameForm(EditorForm):
    """A name of exactly one place or force, which readers do not see unless the editor may publish."""

    may_publish = False

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        owners = [cleaned[owner] for owner in Name.OWNERS if cleaned.get(owner)]
        if len(owners) != 1:
            raise ValidationError(_("A name belongs to exactly one place or force."))
        if not self.may_publish and was_shown(owners[0]):
            raise ValidationError(
                _("Readers see “%(row)s”, so only those who may publish can name it.") % {"row": owners[0]}
            )
        return cleaned


@admin.register(Name)
class NameAdmin(EditorAdmin):
    """All names together, to find out whose a spelling is."""

    form = NameForm
    list_display = ("text", "language", "role", "whose", "source")
    list_filter = (
        "role",
        "language",
        ("force", admin.RelatedOnlyFieldListFilter),
        ("crossing", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = Name.OWNERS
    search_fields = ("text", "source")
    autocomplete_fields = Name.OWNERS
    fieldsets = (
        (None, {"fields": ("text", "language", "role", "source")}),
        (_("Whose name it is: choose one"), {"fields": Name.OWNERS}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return folded_text(queryset, search_term), False

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[NameForm]:
        form = cast("type[NameForm]", super().get_form(request, obj, change, **kwargs))
        form.may_publish = request.user.has_perm(PUBLISH)
        return form

    @admin.display(description=_("name of"))
    def whose(self, obj: Name) -> str:
        return str(obj.owner)
