"""What several models are: published or not, and somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point, Polygon
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .atomic import AtomicModel
from .versions import VersionedQuerySet

M = TypeVar("M", bound=models.Model)

MAX_RADIUS_M = 1e7
WORLD = Polygon.from_bbox((-180, -90, 180, 90))


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "review", _("in review")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: Once published or withdrawn: readers of some edition see the row.
SEEN = (State.PUBLISHED, State.WITHDRAWN)
#: Written by `crossings.publishing.workflow` alone, and left out of every ordinary save.
STATE_COLUMNS = frozenset({"state", "published_in", "withdrawn_in"})


class PublishableQuerySet(VersionedQuerySet[M]):
    """Rows visible in an edition. What an editor may see is decided by the admin's permissions."""

    def published(self, edition: int | None = None) -> Self:
        """Rows that readers see: now, or in the edition with this number."""
        if edition is None:
            return self.filter(state=State.PUBLISHED)
        not_yet_withdrawn = Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=edition)
        return self.filter(not_yet_withdrawn, published_in__lte=edition)

    def update(self, **values: Any) -> int:
        """As Django's; the state columns are refused, because only a review step changes them."""
        if _state_columns(values):
            raise ValidationError(_("The state changes only through a review step."), code="state")
        return super().update(**values)


def _state_columns(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.removesuffix("_id") in STATE_COLUMNS}


class Publishable(AtomicModel):
    """Draft, in review, published, withdrawn. `publishing.workflow` is the only writer of these columns.

    A save writes all other columns: an instance that was read before a review step neither undoes the step
    nor rewrites what was published by it.
    """

    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    published_in = models.ForeignKey(
        "crossings.Edition", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    withdrawn_in = models.ForeignKey(
        "crossings.Edition", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    #: The state as it was read or written: an instance whose state was changed by hand is not saved.
    _read_state: str = State.DRAFT

    #: Once published these rows say what this site said, so they are never rewritten (reports).
    frozen_when_published: ClassVar[bool] = False

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        state__in=[State.DRAFT, State.IN_REVIEW],
                        published_in__isnull=True,
                        withdrawn_in__isnull=True,
                    )
                    | Q(state=State.PUBLISHED, published_in__isnull=False, withdrawn_in__isnull=True)
                    | Q(state=State.WITHDRAWN, published_in__isnull=False, withdrawn_in__isnull=False)
                ),
                name="%(app_label)s_%(class)s_state",
                violation_error_message=_("The state and the editions do not fit together."),
            )
        ]

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        row = super().from_db(db, field_names, values, **options)
        if "state" in field_names:
            row._read_state = row.state
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._read_state = self.state

    def show_state_of(self, stored: Self) -> None:
        """Take over the state columns of the same row as it is stored."""
        for name in STATE_COLUMNS:
            setattr(self, name, getattr(stored, name))
        self._read_state = self.state

    @property
    def is_public(self) -> bool:
        return self.state == State.PUBLISHED

    def clean(self) -> None:
        super().clean()
        if not self._state.adding:
            self._refuse_rewriting(self._stored_state(lock=False))

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Everything but the state columns. Raises ValidationError where the stored row says no."""
        if self._state.adding:
            if self.state != State.DRAFT or self.published_in_id or self.withdrawn_in_id:
                raise ValidationError(_("The state changes only through a review step."), code="state")
            # Never an UPDATE of a stored row of the same key, which would make it a draft again.
            super().save(*args, update_fields=update_fields, **{**kwargs, "force_insert": True})
            return
        if update_fields is None:
            left_out = STATE_COLUMNS | {self._meta.pk.name}
            deferred = self.get_deferred_fields()
            update_fields = [
                field.name
                for field in self._meta.concrete_fields
                if field.name not in left_out and field.attname not in deferred
            ]
        elif _state_columns(update_fields):
            raise ValidationError(_("The state changes only through a review step."), code="state")
        if "state" not in self.get_deferred_fields() and self.state != self._read_state:
            raise ValidationError(_("The state changes only through a review step."), code="state")
        with transaction.atomic():
            # Locked until the transaction ends: the row is not published while it is written.
            stored = self._stored_state(lock=True)
            if stored is None:
                raise ValidationError(_("This has been deleted meanwhile."), code="deleted")
            self._refuse_rewriting(stored)
            super().save(*args, update_fields=update_fields, **kwargs)

    def _stored_state(self, *, lock: bool) -> str | None:
        rows = type(self)._base_manager.filter(pk=self.pk)
        return (rows.select_for_update() if lock else rows).values_list("state", flat=True).first()

    def _refuse_rewriting(self, stored: str | None) -> None:
        if self.frozen_when_published and stored in SEEN:
            raise ValidationError(
                _("This has been published and is never rewritten. Withdraw it and publish a corrected one."),
                code="frozen",
            )

    def problems_before_publishing(self) -> list[str]:
        """Sentences that say what is still missing; empty when the row may be published."""
        return []


class Replaceable(Publishable):
    """What is never rewritten once it is published: a corrected version supersedes it."""

    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="superseded_by",
        verbose_name=_("replaces"),
        help_text=_("Publishing this withdraws the one that it replaces, in the same edition."),
    )

    if TYPE_CHECKING:
        supersedes_id: int | None  # the type checker does not see it on an abstract model

    frozen_when_published: ClassVar[bool] = True

    class Meta(Publishable.Meta):
        abstract = True
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("pk")),
                name="%(app_label)s_%(class)s_supersedes",
                violation_error_message=_("Nothing replaces itself."),
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(state=State.PUBLISHED),
                name="%(app_label)s_%(class)s_one_successor",
                violation_error_message=_("This has already been replaced."),
            ),
        ]


def validate_radius(metres: float) -> None:
    """Between 0 and 10,000 km, both excluded; NaN fails both comparisons."""
    if not 0 < metres < MAX_RADIUS_M:
        raise ValidationError(
            _("The radius must be more than 0 and less than 10,000,000 metres."), code="range"
        )


class Precision(models.TextChoices):
    EXACT = "exact", _("exact")
    NEAR = "near", _("near this point")
    TOWN = "town", _("the town")
    DISTRICT = "district", _("the district")
    PROVINCE = "province", _("the province")
    COUNTRY = "country", _("the country")


class Positioned(AtomicModel):
    """A point in WGS 84 with how far off it may be. The coordinates stay those of the source."""

    point = models.PointField(_("position"), srid=4326, dim=2)
    precision = models.CharField(_("precision"), max_length=10, choices=Precision)
    radius_m = models.FloatField(
        _("radius of uncertainty (m)"),
        validators=[validate_radius],
        help_text=_("The true place lies within this distance of the point."),
    )
    position_source = models.CharField(_("source of the position"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(radius_m__gt=0, radius_m__lt=MAX_RADIUS_M),
                name="%(app_label)s_%(class)s_radius",
                violation_error_message=_("The radius must be more than 0 and less than 10,000,000 metres."),
            ),
            models.CheckConstraint(
                condition=Q(point__coveredby=WORLD),
                name="%(app_label)s_%(class)s_point",
                violation_error_message=_(
                    "The position must lie between −180 and 180° east, −90 and 90° north."
                ),
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if self.point is not None:
            check_point(self.point)


def check_point(point: Point) -> None:
    """Refuses 3-D, empty, NaN and out-of-range points in words."""
    if point.empty or point.hasz:
        raise ValidationError({"point": _("The position is one point with a longitude and a latitude.")})
    if not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
        raise ValidationError(
            {"point": _("The position must lie between −180 and 180° east, −90 and 90° north.")}, code="range"
        )
