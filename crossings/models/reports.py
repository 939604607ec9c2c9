"""What one document says about one subject over one period."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crossings.assessment import ReportRecord

from .atomic import AtomicModel
from .base import M, PublishableQuerySet, Replaceable
from .evidence import Passage
from .fields import (
    DatedModel,
    EDTFField,
    PublicIdField,
    bounds_constraints,
    bounds_field,
    exactly_one,
    new_public_id,
)
from .forces import Force
from .places import Crossing, Frontier, Post, Site


class Stance(models.TextChoices):
    STATES = "states", _("states")
    CLAIMS = "claims", _("claims (a party of its own side)")
    ALLEGES = "alleges", _("alleges (believed, unnamed)")
    DENIES = "denies", _("denies")
    PLANS = "plans", _("plans")


class Of(models.TextChoices):
    POST = "post", _("the post itself")
    CROSSING = "crossing", _("the crossing as a whole")
    PLACE = "place", _("a town or base that stands for the post")
    FRONTIER = "frontier", _("the frontier")


class ReportQuerySet(PublishableQuerySet[M]):
    def of_sources(self, slugs: tuple[str, ...]) -> Self:
        return self.filter(main_passage__document__source_set__slug__in=slugs)


class Report(Replaceable):
    """What every kind of report has. A report always cites a passage, so nothing is said without a source."""

    public_id = PublicIdField(_("id in links"), default=new_public_id)
    main_passage = models.ForeignKey(
        Passage, models.PROTECT, related_name="%(class)ss", verbose_name=_("main passage")
    )
    passages = models.ManyToManyField(
        Passage, blank=True, related_name="further_%(class)ss", verbose_name=_("further passages")
    )
    note = models.TextField(_("our note"), blank=True)

    objects = ReportQuerySet.as_manager()  # type: ignore[misc]  # the plugin takes a manager for an instance

    class Meta(Replaceable.Meta):
        abstract = True

    @property
    def kind(self) -> str:
        return self._meta.label_lower.removeprefix("crossings.").removesuffix("report")

    @property
    def is_assessed(self) -> bool:
        """Whether it counts in an assessment; False for what is only shown beside one."""
        return False

    def problems_before_publishing(self) -> list[str]:
        others = [p for p in self.passages.all() if p.document_id != self.main_passage.document_id]
        if others:
            return [str(_("A report is what one document says; a further passage is from another document."))]
        return []


class PeriodReport(DatedModel, Report):
    """A report with the period its words vouch for, in up to three vague dates."""

    edtf_fields = ("starts", "ends", "as_of")

    starts = EDTFField(
        _("starts"),
        help_text=_("It began: took, opened, closed. As 2017-11-03, 2017-11, 2017 or [2017-10..2017-12]."),
    )
    ends = EDTFField(_("ends"), help_text=_("The first day it was over: lost, “until 2017”."))
    as_of = EDTFField(
        _("as of"),
        help_text=_("The time the words speak of, as in “is held by”; not merely the day of printing."),
    )
    starts_min = bounds_field()
    starts_max = bounds_field()
    ends_min = bounds_field()
    ends_max = bounds_field()
    as_of_min = bounds_field()
    as_of_max = bounds_field()
    first_day = bounds_field()
    last_day = bounds_field()
    stance = models.CharField(_("stance"), max_length=8, choices=Stance, default=Stance.STATES)
    speaker = models.CharField(
        _("speaker"),
        max_length=200,
        blank=True,
        help_text=_("Who says so in the text, where it is not the text itself."),
    )

    class Meta(Report.Meta):
        abstract = True
        constraints = [*Report.Meta.constraints, *bounds_constraints("starts", "ends", "as_of")]

    def derive(self) -> None:
        """Also the first and the last day that the words speak of, whichever date gives them."""
        super().derive()
        days = [getattr(self, f"{name}_{side}") for name in self.edtf_fields for side in ("min", "max")]
        known = [day for day in days if day is not None]
        self.first_day = min(known, default=None)
        self.last_day = max(known, default=None)

    def clean(self) -> None:
        super().clean()
        self.derive()
        begin, end = self.starts_min, self.ends_max
        if begin and end and begin > end:
            raise ValidationError({"ends": _("It would be over before it began.")})


class SubjectReport(PeriodReport):
    """A report about a post, a site, or the frontier as a whole, when no place is named."""

    of = models.CharField(_("the words speak of"), max_length=8, choices=Of, default=Of.POST)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("post")
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("site")
    )
    frontier = models.ForeignKey(
        Frontier, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("frontier")
    )

    class Meta(PeriodReport.Meta):
        abstract = True
        constraints = [
            *PeriodReport.Meta.constraints,
            models.CheckConstraint(
                condition=exactly_one("post", "site", "frontier"),
                name="%(app_label)s_%(class)s_subject",
                violation_error_message=_("A report is about one post, one site or one frontier."),
            ),
            models.CheckConstraint(
                condition=~Q(starts="", ends="", as_of=""),
                name="%(app_label)s_%(class)s_dated",
                violation_error_message=_("Give at least one of: starts, ends, as of."),
            ),
            models.CheckConstraint(
                condition=~Q(of=Of.FRONTIER) | Q(frontier__isnull=False),
                name="%(app_label)s_%(class)s_of_frontier",
                violation_error_message=_(
                    "Words that speak of the frontier belong to the frontier, not to a post."
                ),
            ),
        ]

    @property
    def subject(self) -> Any:
        return self.post or self.site or self.frontier

    @property
    def is_assessed(self) -> bool:
        return self.stance != Stance.PLANS and self.of != Of.FRONTIER

    @property
    def value(self) -> frozenset[str]:
        """What it says: a status, or the slugs of the forces that it names."""
        raise NotImplementedError

    def as_record(self) -> ReportRecord:
        """The report as the assessment reads it (its wire, document and holders loaded).

        Raises RecordError when its dates give no day to stand on.
        """
        return ReportRecord(
            id=self.public_id,
            value=self.value,
            starts=self.bounds("starts"),
            ends=self.bounds("ends"),
            as_of=self.bounds("as_of"),
            stance=self.stance,
            of=self.of,
            role=getattr(self, "role", ""),
            wire=self.main_passage.wire.slug,
            published=self.main_passage.document.bounds("published"),
            passage=self.main_passage.public_id,
            traffic=frozenset([self.traffic] if isinstance(self, StatusReport) else []),
            direction=self.direction if isinstance(self, StatusReport) else "",
        )

    def problems_before_publishing(self) -> list[str]:
        found = super().problems_before_publishing()
        if self.post and self.post.crossing.posts.count() != 2:
            found.append(str(_("The crossing of this post lacks its other post; add it first.")))
        return found


class ControlReport(SubjectReport):
    """Who held or guarded a post, as one document has it."""

    class Role(models.TextChoices):
        HOLDS = "holds", _("holds")
        GUARDS = "guards", _("guards")
        ASSISTS = "assists", _("assists")
        BACKS = "backs", _("backs")
        PRESENT = "present", _("is present")
        CONTESTS = "contests", _("contests")

    VALUE_ROLES = (Role.HOLDS, Role.GUARDS)

    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.HOLDS)
    forces = models.ManyToManyField(
        Force,
        through="Holder",
        through_fields=("report", "force"),
        related_name="control_reports",
        verbose_name=_("forces"),
    )

    class Meta(SubjectReport.Meta):
        verbose_name = _("control report")
        verbose_name_plural = _("control reports")

    def __str__(self) -> str:
        return f"{self.subject} · {self.public_id}"

    @property
    def is_assessed(self) -> bool:
        return super().is_assessed and self.role in self.VALUE_ROLES

    @property
    def value(self) -> frozenset[str]:
        return frozenset(holder.force.slug for holder in self.holders.all())

    def problems_before_publishing(self) -> list[str]:
        found = super().problems_before_publishing()
        if not self.holders.exists():
            found.append(str(_("Name at least one force.")))
        return found


class Holder(AtomicModel):
    """One force of a control report, as the source names it."""

    report = models.ForeignKey(ControlReport, models.CASCADE, related_name="holders")
    force = models.ForeignKey(Force, models.PROTECT, related_name="holdings", verbose_name=_("force"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("force")
        verbose_name_plural = _("forces")
        constraints = [models.UniqueConstraint(fields=["report", "force"], name="crossings_holder_once")]

    def __str__(self) -> str:
        return str(self.force)


class StatusReport(SubjectReport):
    """Whether one post let one kind of traffic pass, in one direction or both."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        LIMITED = "limited", _("limited")
        CLOSED = "closed", _("closed")
        IMPASSABLE = "impassable", _("impassable")

    class Traffic(models.TextChoices):
        PEOPLE = "people", _("people")
        GOODS = "goods", _("goods")
        AID = "aid", _("aid")
        REFUGEES = "refugees", _("refugees")
        OFFICIAL = "official", _("official")

    class Direction(models.TextChoices):
        BOTH = "both", _("both directions")
        OUTBOUND = "outbound", _("outbound")
        INBOUND = "inbound", _("inbound")

    status = models.CharField(_("status"), max_length=10, choices=Status)
    traffic = models.CharField(_("traffic"), max_length=8, choices=Traffic)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.BOTH)

    class Meta(SubjectReport.Meta):
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")

    def __str__(self) -> str:
        return f"{self.subject} · {self.get_status_display()} · {self.public_id}"

    @property
    def value(self) -> frozenset[str]:
        return frozenset([self.status])


class ObservationReport(PeriodReport):
    """Something seen or said that is shown and never assessed: presence, building, trade, closures."""

    class Topic(models.TextChoices):
        PRESENCE = "presence", _("presence")
        CONSTRUCTION = "construction", _("construction")
        TRADE = "trade", _("trade")
        CLOSURE = "closure", _("length of closure")
        STRIKES = "strikes", _("strikes told together")
        PLAN = "plan", _("plan or postponement")
        STATEMENT = "statement", _("statement")
        CONTEXT = "context", _("context")
        AID = "aid", _("aid")

    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    summary = models.CharField(_("our summary"), max_length=300)
    forces = models.ManyToManyField(Force, blank=True, related_name="observations", verbose_name=_("forces"))
    crossing = models.ForeignKey(
        Crossing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("crossing"),
    )
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="observations", verbose_name=_("post")
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="observations", verbose_name=_("site")
    )
    frontier = models.ForeignKey(
        Frontier,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("frontier"),
    )

    force = models.ForeignKey(
        Force,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observed",
        verbose_name=_("force"),
    )

    class Meta(PeriodReport.Meta):
        verbose_name = _("observation report")
        verbose_name_plural = _("observation reports")
        constraints = [
            *PeriodReport.Meta.constraints,
            models.CheckConstraint(
                condition=exactly_one("crossing", "post", "site", "frontier", "force"),
                name="crossings_observationreport_subject",
                violation_error_message=_(
                    "An observation is about one crossing, post, site, frontier or force."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def subject(self) -> Any:
        return self.crossing or self.post or self.site or self.frontier or self.force
