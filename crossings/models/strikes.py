"""Strikes: the event, each document's account of it, who blames whom, and the toll as a range."""

from __future__ import annotations

from typing import Self

from django.contrib.gis.db import models
from django.contrib.gis.geos import Polygon
from django.db import connections
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from geodata.bbox import BBox

from . import as_of
from .atomic import AtomicModel
from .base import M, Positioned
from .evidence import Passage
from .fields import DatedModel, EDTFField, PublicIdField, bounds_constraints, bounds_field, new_public_id
from .forces import Force
from .places import Site
from .reports import Report, Stance
from .versions import VersionedQuerySet, Versions


class StrikeEventQuerySet(VersionedQuerySet[M]):
    """An event is public as soon as one report of it is: `Scope.strikes` says which are."""

    def inside(self, box: BBox) -> Self:
        """Events whose point lies in the box, edges included.

        SpatiaLite's R*Tree is not used by Django's lookups on their own, so it is asked by name; its
        coordinates are float32, rounded outwards, so the exact test follows.
        """
        exact = self.filter(point__coveredby=Polygon.from_bbox((box.west, box.south, box.east, box.north)))
        spatialite = getattr(connections[self.db].ops, "spatialite", False) is True
        if not spatialite or as_of.is_past(self.model._meta.db_table):  # the tree holds today's points
            return exact
        near = RawSQL(
            "SELECT pkid FROM idx_crossings_strikeevent_point"
            " WHERE xmax >= %s AND xmin <= %s AND ymax >= %s AND ymin <= %s",
            (box.west, box.east, box.south, box.north),
        )
        return exact.filter(pk__in=near)


class StrikeEvent(DatedModel, Positioned):
    """Something that was struck, once."""

    class Means(models.TextChoices):
        AIR = "air", _("air strike")
        DRONE = "drone", _("drone")
        ARTILLERY = "artillery", _("artillery or rockets")
        GROUND = "ground", _("attack on the ground")
        UNKNOWN = "unknown", _("not known")

    class Grade(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        FAIR = "fair", _("fair")
        WEAK = "weak", _("weak")
        CONTESTED = "contested", _("contested")
        DISCOUNTED = "discounted", _("discounted")

    edtf_fields = ("when",)

    public_id = PublicIdField(_("id in links"), default=new_public_id)
    summary = models.CharField(_("our summary"), max_length=200)
    when = EDTFField(_("when"), blank=False)
    when_min = bounds_field()
    when_max = bounds_field()
    means = models.CharField(_("means"), max_length=10, choices=Means, default=Means.UNKNOWN)
    grade = models.CharField(_("grade (Airwars)"), max_length=10, choices=Grade)
    grade_why = models.CharField(_("why this grade"), max_length=300, blank=True)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="strikes", verbose_name=_("site")
    )
    targets = models.ManyToManyField(Force, blank=True, related_name="struck_in", verbose_name=_("targets"))

    versions = Versions(m2m_fields=("targets",))
    objects = StrikeEventQuerySet.as_manager()

    class Meta:
        ordering = ["when_min", "pk"]
        verbose_name = _("strike event")
        verbose_name_plural = _("strike events")
        constraints = [*Positioned.Meta.constraints, *bounds_constraints("when")]

    def __str__(self) -> str:
        return f"{self.summary} ({self.when})"


class StrikeReport(DatedModel, Report):
    """One document's account of one strike event."""

    edtf_fields = ("when",)

    event = models.ForeignKey(StrikeEvent, models.PROTECT, related_name="reports", verbose_name=_("event"))
    when = EDTFField(_("when, in this account"))
    when_min = bounds_field()
    when_max = bounds_field()
    stance = models.CharField(_("stance"), max_length=8, choices=Stance, default=Stance.STATES)
    speaker = models.CharField(_("speaker"), max_length=200, blank=True)
    target = models.CharField(_("what was struck, in this account"), max_length=300, blank=True)

    class Meta(Report.Meta):
        verbose_name = _("strike report")
        verbose_name_plural = _("strike reports")
        constraints = [*Report.Meta.constraints, *bounds_constraints("when")]

    def __str__(self) -> str:
        return f"{self.event} · {self.public_id}"


class Toll(AtomicModel):
    """Killed and injured of one group, as one report gives them. Empty is "not reported", 0 is "none"."""

    class Group(models.TextChoices):
        ALL = "all", _("all")
        CIVILIANS = "civilians", _("civilians")
        FIGHTERS = "fighters", _("fighters")
        SECURITY = "security", _("security forces")

    report = models.ForeignKey(StrikeReport, models.CASCADE, related_name="tolls")
    group = models.CharField(_("group"), max_length=10, choices=Group, default=Group.ALL)
    killed_low = models.PositiveIntegerField(_("killed, at least"), null=True, blank=True)
    killed_high = models.PositiveIntegerField(_("killed, at most"), null=True, blank=True)
    injured_low = models.PositiveIntegerField(_("injured, at least"), null=True, blank=True)
    injured_high = models.PositiveIntegerField(_("injured, at most"), null=True, blank=True)
    said_by = models.CharField(_("said by"), max_length=200, blank=True)
    scope = models.CharField(
        _("covers more than this event"), max_length=200, blank=True,
        help_text=_("What the number covers where that is wider, as in “all sites struck that day”."),
    )  # fmt: skip

    class Meta:
        ordering = ["pk"]
        verbose_name = _("toll")
        verbose_name_plural = _("tolls")
        constraints = [
            models.UniqueConstraint(fields=["report", "group", "said_by"], name="crossings_toll_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{what}_low__isnull": True})
                    | Q(**{f"{what}_high__isnull": True})
                    | Q(**{f"{what}_low__lte": F(f"{what}_high")}),
                    name=f"crossings_toll_{what}_in_order",
                    violation_error_message=_("The lower number is greater than the higher one."),
                )
                for what in ("killed", "injured")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_group_display()}: {self.killed_low}–{self.killed_high}"


class Attribution(AtomicModel):
    """Who blames, claims, denies or hints that whom did it."""

    class Kind(models.TextChoices):
        BLAMES = "blames", _("blames")
        CLAIMS = "claims", _("claims responsibility")
        DENIES = "denies", _("denies")
        HINTS = "hints", _("hints")
        ALLEGES = "alleges", _("alleges")
        NO_COMMENT = "no_comment", _("does not comment")

    report = models.ForeignKey(StrikeReport, models.CASCADE, related_name="attributions")
    speaker = models.CharField(_("speaker"), max_length=200)
    speaker_force = models.ForeignKey(
        Force,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accusations",
        verbose_name=_("speaker as a force"),
    )
    kind = models.CharField(_("stance"), max_length=10, choices=Kind)
    accused = models.ForeignKey(
        Force, models.PROTECT, null=True, blank=True, related_name="accused_in", verbose_name=_("accused")
    )
    passage = models.ForeignKey(
        Passage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attributions",
        verbose_name=_("passage"),
        help_text=_("The words, where they are not the report's main passage."),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")

    def __str__(self) -> str:
        return f"{self.speaker} {self.get_kind_display()}"
