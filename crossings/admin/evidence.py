"""Documents, their passages, and the wires whose text they carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from crossings.models import Document, Passage, SourceSet, Wire
from crossings.models.evidence import MAX_QUOTE_WORDS
from crossings.publishing.visibility import was_shown

from .base import EditorAdmin, EditorForm, Lines

DATE_HELP = _(
    "As exact as the source gives it: 2019-09-30, 2019-09, 2019, one day in a span [2017-10..2017-12], "
    "or open [..2016-02-16]."
)


class PassageForm(EditorForm):
    """A pasted quote. Where only its first character is given, the last follows."""

    class Meta:
        widgets = {
            "exact": forms.Textarea(
                {
                    "rows": 3,
                    "class": "vLargeTextField",
                    "data-quote-words": MAX_QUOTE_WORDS,
                    "data-quote-says": _("{n} of at most {most} words"),
                }
            )
        }

    class Media:
        js = [forms.Script("crossings/admin/quote.js", type="module")]

    def clean_exact(self) -> str:
        """Browsers send line ends as CR LF; the document's own text has LF, and positions count it once."""
        return self.cleaned_data["exact"].replace("\r\n", "\n")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        exact, start, end = (cleaned.get(name) for name in ("exact", "start", "end"))
        if start is None and end is not None:
            raise ValidationError({"start": _("Give the first character too, or neither.")})
        if start is not None and end is None and exact:
            cleaned["end"] = end = start + len(exact)
        # The model looks at the document's length once the document has a key.
        document = cleaned.get("document") or getattr(self.instance, "document", None)
        length = getattr(document, "characters", None)
        if end is not None and length is not None and end > length:
            self.add_error(
                "end" if "end" in self.fields else None,
                _("The document has %(n)s characters; the quote would end after them.") % {"n": length},
            )
        elif end is not None and exact and end - start != len(exact):
            self.add_error(
                "end" if "end" in self.fields else None,
                _("The quote has %(n)s characters, its position another number.") % {"n": len(exact)},
            )
        return cleaned


class PassageLines(Lines):
    """The stored passages, read-only, and empty lines for new quotes.

    A stored passage has a page of its own, so a document with a hundred of them stays one short form.
    """

    model = Passage
    form = PassageForm
    fields = ("lead", "exact", "wire", "paragraph", "start", "end")
    autocomplete_fields = ("wire",)
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("passages: paste a quote of at most 40 words, or leave it empty for a reference")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Passage]:
        return super().get_queryset(request).select_related("wire", "document")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(EditorAdmin):
    list_display = ("publisher", "title", "published", "language", "source_set", "passage_count")
    list_display_links = ("publisher", "title")
    list_filter = ("source_set", "language", "publisher_basis", "url_basis")
    list_select_related = ("source_set",)
    date_hierarchy = "published_min"
    search_fields = ("title", "publisher", "author", "agency", "url", "^slug")
    autocomplete_fields = ("source_set",)
    prepopulated_fields = {"slug": ("publisher", "title")}
    fieldsets = (
        (
            _("What it is"),
            {
                "fields": (
                    "title",
                    "title_basis",
                    "publisher",
                    "publisher_basis",
                    "publisher_why",
                    "author",
                    "language",
                    "slug",
                    "source_set",
                )
            },
        ),
        (_("When it was published"), {"fields": ("published", "published_why")}),
        (_("Where it is"), {"fields": ("url", "url_basis")}),
        (
            _("Its text, which we do not keep"),
            {"fields": ("agency", "missing", "sha256", "characters", "note"), "classes": ("collapse",)},
        ),
    )
    inlines = (PassageLines,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).annotate(n_passages=Count("passages"))

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, help_texts={"published": DATE_HELP}, **kwargs)

    @admin.display(description=_("passages"), ordering="n_passages")
    def passage_count(self, obj: Any) -> int:
        return obj.n_passages

    def view_on_site(self, obj: Document) -> str | None:
        return obj.get_absolute_url() if was_shown(obj) else None


@admin.register(Passage)
class PassageAdmin(EditorAdmin):
    form = PassageForm
    list_display = ("quote", "document", "wire", "stands", "words")
    list_filter = (
        "document__source_set",
        ("wire", admin.RelatedOnlyFieldListFilter),
        ("document", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("document", "wire")
    search_fields = (
        "exact",
        "document__title",
        "document__publisher",
        "^document__slug",
        "wire__name",
        "note",
        "^public_id",
    )
    autocomplete_fields = ("document", "wire")
    readonly_fields = ("stands",)
    fieldsets = (
        (None, {"fields": ("document", "wire", "lead", "exact", "public_id")}),
        (
            _("Where it stands in the document"),
            {
                "fields": ("stands", "paragraph", "start", "end", "prefix", "suffix"),
                "description": _(
                    "Characters are counted from 0. Give the first one and the last follows from the quote."
                ),
            },
        ),
        (_("More"), {"fields": ("language", "note"), "classes": ("collapse",)}),
    )

    @admin.display(description=_("quote"), ordering="exact")
    def quote(self, obj: Passage) -> str:
        return f"“{Truncator(obj.exact).words(14)}”" if obj.exact else str(_("not quoted"))

    @admin.display(description=_("words"))
    def words(self, obj: Passage) -> int:
        return len(obj.exact.split())

    @admin.display(description=_("where it stands"), ordering="start")
    def stands(self, obj: Passage) -> str:
        parts = []
        if obj.paragraph:
            parts.append(str(_("paragraph %(n)s") % {"n": obj.paragraph}))
        if obj.start is not None:
            where = {"start": obj.start, "end": obj.end, "length": obj.document.characters or "?"}
            parts.append(str(_("characters %(start)s to %(end)s of %(length)s") % where))
        return ", ".join(parts) or "–"

    def choice_label(self, row: Passage) -> str:
        where = f"{row.document}" + (f", ¶ {row.paragraph}" if row.paragraph else "")
        return f"{self.quote(row)} – {Truncator(where).chars(90)}"


@admin.register(SourceSet)
class SourceSetAdmin(EditorAdmin):
    list_display = ("name", "slug", "order", "description")
    search_fields = ("name", "^slug", "description")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Wire)
class WireAdmin(EditorAdmin):
    list_display = ("name", "slug", "note")
    search_fields = ("name", "^slug", "note")
    prepopulated_fields = {"slug": ("name",)}
