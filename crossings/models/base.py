"""What several models are: published or not, and somewhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point, Polygon
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MAX_RADIUS_M = 1e7
WORLD = Polygon.from_bbox((-180, -90, 180, 90))


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "review", _("in review")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class PublishableQuerySet(models.QuerySet[_Row]):
    """Rows visible in an edition. What an editor may see is decided by the admin's permissions."""

    def published(self, edition: int | None = None) -> Self:
        """Rows that readers see: now, or in the edition with this number."""
        if edition is None:
            return self.filter(state=State.PUBLISHED)
        not_yet_withdrawn = Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=edition)
        return self.filter(not_yet_withdrawn, published_in__lte=edition)


class Publishable(models.Model):
    """Draft, in review, published, withdrawn. `publishing.workflow` is the only writer of these columns."""

    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    published_in = models.ForeignKey(
        "crossings.Edition", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    withdrawn_in = models.ForeignKey(
        "crossings.Edition", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    _stored_state: str | None = None

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
        row._stored_state = row.state if "state" in field_names else None
        return row

    @property
    def is_public(self) -> bool:
        return self.state == State.PUBLISHED

    def clean(self) -> None:
        super().clean()
        self._refuse_rewriting()

    def _refuse_rewriting(self) -> None:
        if self.frozen_when_published and self._stored_state in (State.PUBLISHED, State.WITHDRAWN):
            raise ValidationError(
                _("This has been published and is never rewritten. Withdraw it and publish a corrected one."),
                code="frozen",
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not kwargs.pop("by_review", False):
            if self.state != (self._stored_state or State.DRAFT):
                raise ValidationError(_("The state changes only through a review step."), code="state")
            self._refuse_rewriting()
        super().save(*args, **kwargs)
        self._stored_state = self.state

    def problems_before_publishing(self) -> list[str]:
        """Sentences that say what is still missing; empty when the row may be published."""
        return []


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


class Positioned(models.Model):
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
