"""Documents, the wires they carry, and the passages that reports cite."""

from __future__ import annotations

import re
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .atomic import AtomicModel
from .base import M, Publishable
from .fields import DatedModel, EDTFField, PublicIdField, bounds_constraints, bounds_field, new_public_id
from .places import language_code
from .versions import VersionedQuerySet, Versions

MAX_QUOTE_WORDS = 40


class SourceSet(AtomicModel):
    """A set of documents that a reader can switch on and off: the articles, the outside timeline."""

    slug = PublicIdField(_("id in links"))
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("source set")
        verbose_name_plural = _("source sets")

    def __str__(self) -> str:
        return self.name


class Wire(AtomicModel):
    """Whose text a passage carries. Passages of one wire count as one source."""

    slug = PublicIdField(_("id in links"))
    name = models.CharField(_("name"), max_length=200)
    note = models.TextField(_("note"), blank=True)

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("wire")
        verbose_name_plural = _("wires")

    def __str__(self) -> str:
        return self.name


class Document(DatedModel):
    """One published text: what it is and where it stands. The text itself is never stored."""

    class Basis(models.TextChoices):
        STATED = "stated", _("stated in the text")
        OUTSIDE = "outside", _("found outside the text")
        APPARENT = "apparent", _("apparent: inferred, not stated")
        NONE = "none", _("not known")

    edtf_fields = ("published",)

    slug = PublicIdField(_("id in links"))
    source_set = models.ForeignKey(
        SourceSet, models.PROTECT, related_name="documents", verbose_name=_("source set")
    )
    title = models.CharField(
        _("title"), max_length=300, blank=True, help_text=_("Empty where the text has none.")
    )
    title_basis = models.CharField(
        _("basis of the title"), max_length=10, choices=Basis, default=Basis.STATED
    )
    publisher = models.CharField(_("publisher"), max_length=200)
    publisher_basis = models.CharField(
        _("basis of the publisher"), max_length=10, choices=Basis, default=Basis.STATED
    )
    publisher_why = models.TextField(_("why we name this publisher"), blank=True)
    author = models.CharField(_("author"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=20, default="en", validators=[language_code])
    published = EDTFField(_("published"))
    published_min = bounds_field()
    published_max = bounds_field()
    published_why = models.TextField(_("basis of the date"), blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    url_basis = models.CharField(
        _("basis of the address"), max_length=10, choices=Basis, default=Basis.STATED
    )
    agency = models.TextField(_("agencies as the text names them"), blank=True)
    missing = models.TextField(_("what the text does not say"), blank=True)
    sha256 = models.CharField(
        _("SHA-256 of the full text"), max_length=64, blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{64}\Z", _("64 hexadecimal digits in lower case."))],
    )  # fmt: skip
    characters = models.PositiveIntegerField(_("length in characters"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["published_min", "slug"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = bounds_constraints("published")

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title or _('untitled')}"

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.slug])


class PassageQuerySet(VersionedQuerySet[M]):
    def in_order(self) -> Self:
        return self.order_by("document", F("start").asc(nulls_last=True), "paragraph", "pk")


class Passage(AtomicModel):
    """A verbatim quote and where it stands (W3C TextQuoteSelector and TextPositionSelector),
    or a bare reference to a document whose words are not quoted."""

    #: What a report that cites the passage rests on; the words around it and notes may be corrected.
    FROZEN = ("document_id", "wire_id", "lead", "exact", "start", "end")

    public_id = PublicIdField(_("id in links"), default=new_public_id)
    document = models.ForeignKey(
        Document, models.CASCADE, related_name="passages", verbose_name=_("document")
    )
    wire = models.ForeignKey(
        Wire, models.PROTECT, related_name="passages", verbose_name=_("wire"),
        help_text=_("The agency whose text this is. Passages of one wire count as one witness."),
    )  # fmt: skip
    lead = models.CharField(
        _("subject, ours"),
        max_length=80,
        blank=True,
        help_text=_("What the quote speaks of, where its words do not say; shown before it in [brackets]."),
    )
    exact = models.TextField(
        _("quote"),
        blank=True,
        help_text=_("Word for word, at most 40 words. Empty: a reference, shown as “not quoted”."),
    )
    prefix = models.CharField(_("words before"), max_length=200, blank=True)
    suffix = models.CharField(_("words after"), max_length=200, blank=True)
    start = models.PositiveIntegerField(_("first character"), null=True, blank=True)
    end = models.PositiveIntegerField(_("character after the last"), null=True, blank=True)
    paragraph = models.PositiveIntegerField(
        _("paragraph"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Counted from 1."),
    )
    language = models.CharField(
        _("language, if not the document's"), max_length=20, blank=True, validators=[language_code]
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    versions = Versions()
    objects = PassageQuerySet.as_manager()

    class Meta:
        ordering = ["document", "start", "pk"]
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__isnull=False, end__isnull=False, end__gt=F("start")),
                name="crossings_passage_position",
                violation_error_message=_("The quote ends after it starts; give both places or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(exact="") | Q(start__isnull=True),
                name="crossings_passage_reference",
                violation_error_message=_("A reference without a quote has no position."),
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.exact[:80]}”" if self.exact else str(_("not quoted"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_rewriting()
        self._check_position()
        super().save(*args, **kwargs)

    @property
    def is_quote(self) -> bool:
        return bool(self.exact)

    @property
    def text_language(self) -> str:
        return self.language or self.document.language

    def clean(self) -> None:
        super().clean()
        words = len(re.findall(r"\S+", self.exact))
        if words > MAX_QUOTE_WORDS:
            raise ValidationError(
                {"exact": _("A quote has at most 40 words; this one has %(n)s.") % {"n": words}}
            )
        self._refuse_rewriting()
        if self.document_id:
            self._check_position()

    def _refuse_rewriting(self) -> None:
        """The words of what was ever published stay as they were: older editions show them too."""
        stored = type(self).objects.filter(pk=self.pk).values(*self.FROZEN).first() if self.pk else None
        if stored is None or all(stored[name] == getattr(self, name) for name in self.FROZEN):
            return
        if self.was_published():
            raise ValidationError(
                _(
                    "A published report cites these words, so they are never rewritten. "
                    "Add a corrected passage, withdraw the report and publish one that cites it."
                ),
                code="frozen",
            )

    def was_published(self) -> bool:
        """Whether any row that was ever published cites this passage."""
        if self.attributions.filter(report__published_in__isnull=False).exists():
            return True
        if self.answers.filter(disagreement__published_in__isnull=False).exists():
            return True
        cited = ((relation.related_model, relation.field.name) for relation in self._meta.related_objects)
        return any(
            model._base_manager.filter(**{field: self, "published_in__isnull": False}).exists()
            for model, field in cited
            if isinstance(model, type) and issubclass(model, Publishable)
        )

    def _check_position(self) -> None:
        if self.end is None:
            return
        length = self.document.characters
        if length is not None and self.end > length:
            raise ValidationError(
                {
                    "end": _("The document has %(n)s characters; the quote would end after them.")
                    % {"n": length}
                }
            )
        if self.start is not None and self.end - self.start != len(self.exact):
            raise ValidationError(
                {
                    "end": _("The quote has %(n)s characters, its position another number.")
                    % {"n": len(self.exact)}
                }
            )
