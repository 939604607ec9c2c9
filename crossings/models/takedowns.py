"""What was removed from every edition, and what is left of it: a tombstone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .atomic import AtomicModel
from .review import Edition


class Takedown(AtomicModel):
    """That a row was there, what it was, when it went, and what readers are told of it. No words of it.

    Written by `publishing.takedown` alone. `reason` is for those who may take down; `basis` is public.
    """

    kind = models.CharField(_("kind"), max_length=30)  # the model, in lower case
    ident = models.CharField(_("id in links"), max_length=80)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="takedowns", verbose_name=_("edition"))
    at = models.DateTimeField(_("at (UTC)"))
    basis = models.CharField(_("public reason"), max_length=500)
    reason = models.TextField(_("private reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by"), related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("takedown")
        verbose_name_plural = _("takedowns")
        default_permissions = ("view",)
        permissions = [("take_down", _("Can take down: remove words from every edition"))]
        constraints = [models.UniqueConstraint(fields=["kind", "ident"], name="crossings_takedown_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ident}"
