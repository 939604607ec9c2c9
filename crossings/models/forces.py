"""Who can hold a post, who belongs to whom, and who is said to back whom."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crossings.assessment import Membership as MembershipRecord

from .atomic import AtomicModel
from .base import Replaceable
from .fields import DatedModel, EDTFField, PublicIdField, bounds_constraints, bounds_field
from .versions import VersionedQuerySet, Versions


class Force(AtomicModel):
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
    note = models.TextField(_("note"), blank=True)

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("force")
        verbose_name_plural = _("forces")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("force", args=[self.slug])


class Membership(DatedModel, Replaceable):
    """A force that counts for another one, its umbrella, on the days from `since` to `until`, both included.

    Where a date is vague, the membership counts on the days that are certain.
    """

    edtf_fields = ("since", "until")

    public_id = PublicIdField(_("id in links"))
    member = models.ForeignKey(Force, models.PROTECT, related_name="memberships", verbose_name=_("member"))
    umbrella = models.ForeignKey(
        Force, models.PROTECT, related_name="members", verbose_name=_("umbrella"),
        help_text=_("Reports about the member count for this force on the days of the membership."),
    )  # fmt: skip
    since = EDTFField(_("since"), help_text=_("The first day; empty for as long as known."))
    until = EDTFField(_("until"), help_text=_("The last day; empty while it goes on."))
    since_min = bounds_field()
    since_max = bounds_field()
    until_min = bounds_field()
    until_max = bounds_field()
    passage = models.ForeignKey(
        "crossings.Passage", models.PROTECT, null=True, related_name="memberships", verbose_name=_("passage")
    )  # null only in rows made of umbrellas that older versions kept without a source
    passages = models.ManyToManyField(
        "crossings.Passage",
        blank=True,
        related_name="further_memberships",
        verbose_name=_("further passages"),
    )
    note = models.TextField(_("our note"), blank=True)

    class Meta(Replaceable.Meta):
        ordering = ["member__slug", "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            *Replaceable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(member=F("umbrella")),
                name="crossings_membership_two_forces",
                violation_error_message=_("A force is not its own umbrella."),
            ),
            *bounds_constraints("since", "until"),
        ]

    def __str__(self) -> str:
        return f"{self.member} → {self.umbrella}"

    def as_record(self) -> MembershipRecord:
        """The membership as the assessment reads it (both forces loaded)."""
        return MembershipRecord(self.member.slug, self.umbrella.slug, self.since_max, self.until_min)


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
