"""Disagreements that no map can show, as quotes side by side."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .atomic import AtomicModel
from .base import Replaceable
from .evidence import Passage
from .fields import PublicIdField, new_public_id
from .places import Crossing


class Disagreement(Replaceable):
    """A question that documents answer differently and that no report can carry."""

    public_id = PublicIdField(_("id in links"), default=new_public_id)

    class Kind(models.TextChoices):
        DIFFER = "differ", _("sources differ")
        NAMING = "naming", _("they use different names")
        CHECK = "check", _("one claim, checked")

    question = models.CharField(_("question"), max_length=200)
    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=Kind,
        default=Kind.DIFFER,
        help_text=_("Different names need no witnesses; one claim that we checked is no disagreement."),
    )
    crossing = models.ForeignKey(
        Crossing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disagreements",
        verbose_name=_("crossing"),
    )
    note = models.TextField(_("our note"), blank=True)

    class Meta(Replaceable.Meta):
        ordering = ["pk"]
        verbose_name = _("disagreement")
        verbose_name_plural = _("disagreements")

    def __str__(self) -> str:
        return self.question

    def problems_before_publishing(self) -> list[str]:
        if any(not answer.passages.exists() for answer in self.answers.all()):
            return [str(_("Every answer needs a passage."))]
        return [] if self.answers.exists() else [str(_("Give at least one answer with a passage."))]


class Answer(AtomicModel):
    """One of the answers, with the passages that give it."""

    disagreement = models.ForeignKey(Disagreement, models.CASCADE, related_name="answers")
    text = models.CharField(_("answer"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    passages = models.ManyToManyField(Passage, related_name="answers", verbose_name=_("passages"))

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return self.text
