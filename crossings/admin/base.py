"""What every editing page shares: ids that stay, search by any spelling, refusals in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.utils import lookup_spawns_duplicates, unquote
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.gis.db import models
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from crossings.models.fields import PublicIdField, new_public_id
from crossings.publishing import editions
from crossings.publishing.visibility import was_shown, why_not_delete

from .history import changes_of
from .position import LineField, PositionField
from .search import by_any_name, words_of
from .takedowns import TakesDown

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldsetSpec
    from django.db.models import ForeignKey, ManyToManyField

PUBLISH = "crossings.publish"

#: Widgets for all forms. A line is drawn by hand elsewhere: here its coordinates are a text.
WIDGETS: dict[type, dict[str, object]] = {
    models.PointField: {"form_class": PositionField},
    models.LineStringField: {
        "form_class": LineField,
        "widget": forms.Textarea({"rows": 3, "class": "vLargeTextField", "dir": "ltr"}),
    },
    models.URLField: {"assume_scheme": "https"},
    models.TextField: {"widget": admin.widgets.AdminTextareaWidget({"rows": 3})},
}


ChoiceT = TypeVar("ChoiceT", bound=ModelChoiceField)


class EditorForm(forms.ModelForm):
    """A form whose ids cannot be changed once they are in links, and whose texts may run either way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs.setdefault("dir", "auto")
            try:
                column = self._meta.model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if isinstance(column, PublicIdField):
                field.disabled = self.instance.pk is not None
                field.help_text = _("Stands in links, so it cannot be changed once it is saved.")

    def _update_errors(self, errors: ValidationError) -> None:
        # A vague date is checked as a field and again when its bounds are derived: show one error.
        super()._update_errors(errors)  # type: ignore[misc]  # not in the stubs
        for found in self.errors.values():
            distinct = {tuple(ValidationError(error).messages): error for error in found.data}
            found.data[:] = distinct.values()


class _OnlyKeys:
    """A forged or mistyped key is "no valid choice", where Django's widget would fail on showing it again."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        keys = [key for key in value if not key or (str(key).isdecimal() and len(str(key)) < 19)]
        return super().optgroups(name, keys, attrs)  # type: ignore[misc]  # a mixin for widgets


class ChooseOne(_OnlyKeys, AutocompleteSelect):
    pass


class ChooseSome(_OnlyKeys, AutocompleteSelectMultiple):
    pass


class Choices(BaseModelAdmin):
    """Choosing other rows: by typing a part of any of their names; the choice shows more than their name."""

    form = EditorForm
    formfield_overrides = WIDGETS

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ChooseOne(db_field, self.admin_site))
        return self._labelled(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ChooseSome(db_field, self.admin_site))
        return self._labelled(super().formfield_for_manytomany(db_field, request, **kwargs))

    def _labelled(self, field: ChoiceT | None) -> ChoiceT | None:
        if field is None or field.queryset is None:
            return field
        chosen = self.admin_site._registry.get(field.queryset.model)
        if isinstance(chosen, EditorAdmin):
            # As Django documents it for a single field; a subclass for each model would say no more.
            field.label_from_instance = chosen.choice_label  # type: ignore[assignment, method-assign]  # see above
            if chosen.list_select_related:
                field.queryset = field.queryset.select_related(*chosen.list_select_related)
        return field


class EditorAdmin(Choices, TakesDown):
    """The base of all our admins."""

    #: Kinds of owners of names → the lookup that leads to them from this model ("" for itself).
    names: ClassVar[dict[str, str]] = {}
    list_select_related: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    save_on_top = False
    object_history_template = "admin/crossings/history.html"

    class Media:
        css = {"all": ["crossings/admin/admin.css"]}

    # --- choosing and finding

    def choice_label(self, row: Any) -> str:
        """The label that distinguishes this row in a choice."""
        return str(row)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows that have every word in one of `search_fields`, or in one of their names in any spelling."""
        for word in words_of(search_term):
            plain = Q(pk__in=[])
            for path in self.get_search_fields(request):
                lookup = f"{path[1:]}__istartswith" if path[0] == "^" else f"{path}__icontains"
                plain |= Q(**{lookup: word})
            queryset = queryset.filter(plain | by_any_name(word, self.names))
        paths = [*self.get_search_fields(request), *(path for path in self.names.values() if path)]
        return queryset, any(lookup_spawns_duplicates(self.opts, path.lstrip("^")) for path in paths)

    # --- ids

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else dict(super().get_prepopulated_fields(request, obj))

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A random id is given on saving; there is nothing to type."""
        hidden = tuple(super().get_exclude(request, obj) or ())
        return hidden if obj else (*hidden, "public_id")

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> _FieldsetSpec:
        fieldsets = super().get_fieldsets(request, obj)
        if obj:
            return fieldsets
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field != "public_id"]})
            for name, options in fieldsets
        ]

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        if hasattr(obj, "public_id") and not obj.public_id:
            obj.public_id = new_public_id()
        super().save_model(request, obj, form, change)

    # --- what was published changes only through those who may publish

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.has_perm(PUBLISH) or not self.was_shown(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or request.user.has_perm(PUBLISH) or not self.was_shown(obj)

    @staticmethod
    def was_shown(row: Any) -> bool:
        """`visibility.was_shown`, computed once for each row and request."""
        if not hasattr(row, "_was_shown"):
            row._was_shown = was_shown(row)
        return row._was_shown

    def notice(self, request: HttpRequest, obj: Model | None) -> str:
        """A sentence above the form that says why it cannot be edited, or what editing it does."""
        if obj is None or not self.was_shown(obj):
            return ""
        if not request.user.has_perm(PUBLISH):
            return str(_("Readers see this, so only those who may publish can change it."))
        if super().has_change_permission(request, obj):
            return str(_("Readers see this: a change shows at once, as an edition. Earlier editions stay."))
        return ""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Django's view; a rule that only saving can check becomes a message, and nothing is written."""
        try:
            with editions.act(str(_("Edited"))):  # the form and its lines are one edition
                return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            for message in error.messages:
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with editions.act(str(_("Edited"))):
            super().delete_queryset(request, queryset)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page, with every change of every field where the row has versions."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            return super().history_view(request, object_id, extra_context)
        context = {"changes": changes_of(row), **(extra_context or {})}
        return super().history_view(request, object_id, context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, object],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Model | None = None,
    ) -> HttpResponse:
        context["notice"] = self.notice(request, obj)
        context["take_down"] = self.take_down_address(obj) if self.can_take_down(request, obj) else ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- deleting

    def get_deleted_objects(self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest) -> Any:
        """Also refuses what was published or is cited where the database would silently cut the link."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        refused = [sentence for row in objs for sentence in why_not_delete(row)]
        # The reason comes first: it explains more than a missing permission.
        return deleted, counts, set() if refused else lacking, [*refused, *protected]


class EditorInline(Choices, InlineModelAdmin):  # type: ignore[misc]  # `form`, said twice in the stubs
    """The base of all lines inside another form. Their rights are those of the form."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_editable(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_editable(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_editable(request, obj) and super().has_delete_permission(request, obj)

    def _is_editable(self, request: HttpRequest, parent: Model | None) -> bool:
        return parent is None or self.admin_site._registry[type(parent)].has_change_permission(
            request, parent
        )


class Lines(EditorInline, admin.TabularInline):  # type: ignore[misc]  # likewise
    """Short lines, one row each; on a narrow screen one block each."""

    template = "admin/crossings/lines.html"


class Blocks(EditorInline, admin.StackedInline):  # type: ignore[misc]  # likewise
    """Lines with more fields than a row can hold."""
