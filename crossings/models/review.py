"""The trace of every review step, and the editions of the site."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from .atomic import AtomicModel
from .base import State


class Edition(AtomicModel):
    """What the site said after one act of publishing or withdrawing. The numbers run from 1."""

    number = models.PositiveIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("at (UTC)"), db_index=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        permissions = [("publish", _("Can publish and withdraw"))]

    def __str__(self) -> str:
        return f"{self.number} ({self.at:%Y-%m-%d})"


class ReviewStep(AtomicModel):
    """One change of state of one row. Never edited, never deleted."""

    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    from_state = models.CharField(_("from"), max_length=10, choices=State)
    to_state = models.CharField(_("to"), max_length=10, choices=State)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, verbose_name=_("edition"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("by"),
        related_name="+",
    )
    at = models.DateTimeField(_("at (UTC)"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
