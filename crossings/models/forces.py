"""Who can hold a post, who belongs to whom, and who is said to back whom."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .base import Replaceable
from .fields import PublicIdField


class Force(models.Model):
    class Kind(models.TextChoices):
        STATE = "state", _("state")
        ARMY = "army", _("army")
        MILITIA = "militia", _("militia")
        COALITION = "coalition", _("coalition")
        ARMED_GROUP = "armed_group", _("armed group")

    slug = PublicIdField(_("id in links"))
    name = models.CharField(
        _("name"), max_length=200, help_text=_("Neutral, in English: “Islamic State (ISIS)”.")
    )
    short_name = models.CharField(_("short name"), max_length=40, help_text=_("For labels, as in “SDF”."))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Six hex digits, as in #0072B2."))],
    )
    letter = models.CharField(
        _("letter"), max_length=2, help_text=_("Stands on the mark beside the colour, which is never alone.")
    )
    umbrella = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("umbrella"),
        help_text=_("Reports about this force count for its umbrella, as in YPG for SDF."),
    )  # fmt: skip
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("force")
        verbose_name_plural = _("forces")
        constraints = [
            models.CheckConstraint(
                condition=Q(umbrella__isnull=True) | ~Q(umbrella=F("id")),
                name="crossings_force_own_umbrella",
                violation_error_message=_("A force is not its own umbrella."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("force", args=[self.slug])

    def top(self) -> Force:
        """The umbrella that reports about this force count for; itself where it has none."""
        force, seen = self, {self.pk}
        while force.umbrella and force.umbrella.pk not in seen:
            force = force.umbrella
            seen.add(force.pk)
        return force

    def clean(self) -> None:
        super().clean()
        above, seen = self.umbrella, {self.pk}
        while above is not None:
            if above.pk in seen:
                raise ValidationError(
                    {"umbrella": _("These forces are umbrellas of each other in a circle.")}
                )
            seen.add(above.pk)
            above = above.umbrella


class Backing(Replaceable):
    """Who is said to back a force, and in whose words."""

    public_id = PublicIdField(_("id in links"))
    force = models.ForeignKey(Force, models.PROTECT, related_name="backers", verbose_name=_("force"))
    backer = models.ForeignKey(Force, models.PROTECT, related_name="backs", verbose_name=_("backed by"))
    passage = models.ForeignKey(
        "crossings.Passage", models.PROTECT, related_name="backings", verbose_name=_("passage")
    )

    class Meta(Replaceable.Meta):
        ordering = ["force__slug", "pk"]
        verbose_name = _("backing")
        verbose_name_plural = _("backings")
        constraints = [
            *Replaceable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(force=F("backer")),
                name="crossings_backing_two_forces",
                violation_error_message=_("A force does not back itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.backer} → {self.force}"
