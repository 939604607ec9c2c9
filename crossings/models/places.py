"""Frontiers, crossings, their two posts, sites, and what all of them are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.gis.db import models
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from geodata.text import fold

from .atomic import AtomicModel
from .base import Positioned, Publishable
from .fields import PublicIdField, exactly_one
from .versions import NOT_VERSIONED, VersionedQuerySet, Versions

if TYPE_CHECKING:
    from .forces import Force

country_code = RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters (ISO 3166-1), as in IQ."))
language_code = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("A language tag (BCP 47), as in ar or ckb.")
)


class Frontier(AtomicModel):
    """The line between two countries."""

    slug = PublicIdField(_("id in links"))
    name = models.CharField(_("name"), max_length=200)
    country_a = models.CharField(_("one country"), max_length=2, validators=[country_code])
    country_b = models.CharField(_("other country"), max_length=2, validators=[country_code])
    line = models.LineStringField(_("line"), srid=4326, null=True, blank=True)
    line_source = models.CharField(_("source of the line"), max_length=300, blank=True)

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("frontier")
        verbose_name_plural = _("frontiers")

    def __str__(self) -> str:
        return self.name


class Crossing(Publishable):
    """One place where people pass a frontier. It has two posts, and they may differ."""

    slug = PublicIdField(_("id in links"))
    name = models.CharField(
        _("name"), max_length=200, help_text=_("As we write it in English, both sides named.")
    )
    frontier = models.ForeignKey(
        Frontier, models.PROTECT, related_name="crossings", verbose_name=_("frontier")
    )
    note = models.TextField(_("note"), blank=True)

    versions = Versions(excluded_fields=NOT_VERSIONED)

    class Meta(Publishable.Meta):
        ordering = ["slug"]
        verbose_name = _("crossing")
        verbose_name_plural = _("crossings")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("crossing", args=[self.slug])

    def problems_before_publishing(self) -> list[str]:
        if self.pk is None or self.posts.count() != 2:
            return [str(_("A crossing is published with both its posts, one a side; add the missing one."))]
        return []


class Post(Positioned):
    """One side of a crossing, in one country. Control and status belong to posts."""

    class Side(models.TextChoices):
        A = "a", _("side A")
        B = "b", _("side B")

    slug = PublicIdField(_("id in links"))
    crossing = models.ForeignKey(Crossing, models.CASCADE, related_name="posts", verbose_name=_("crossing"))
    side = models.CharField(_("side"), max_length=1, choices=Side)
    country = models.CharField(_("country"), max_length=2, validators=[country_code])
    name = models.CharField(_("name"), max_length=200)

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta(Positioned.Meta):
        ordering = ["crossing__slug", "side"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            *Positioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["crossing", "side"],
                name="crossings_post_one_a_side",
                violation_error_message=_("This crossing already has a post on that side."),
            ),
            models.UniqueConstraint(
                fields=["crossing", "country"],
                name="crossings_post_one_a_country",
                violation_error_message=_("This crossing already has a post in that country."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.crossing_id and self.country:
            frontier = self.crossing.frontier
            if self.country not in (frontier.country_a, frontier.country_b):
                raise ValidationError(
                    {"country": _("The post lies in one of the two countries of its frontier.")},
                    code="country",
                )


class Site(Publishable, Positioned):
    """Another named place: a town, a base, a compound, a crossing that is only alleged."""

    class Kind(models.TextChoices):
        TOWN = "town", _("town")
        BASE = "base", _("base")
        COMPOUND = "compound", _("compound")
        AREA = "area", _("area")
        CROSSING = "crossing", _("alleged crossing")

    slug = PublicIdField(_("id in links"))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[country_code])
    note = models.TextField(_("note"), blank=True)

    versions = Versions(excluded_fields=NOT_VERSIONED)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [*Publishable.Meta.constraints, *Positioned.Meta.constraints]

    def __str__(self) -> str:
        return self.name


class Region(Publishable):
    """One map of the site: a choice of crossings with a title. A new region is a new row."""

    slug = PublicIdField(_("id in links"))
    name = models.CharField(_("name"), max_length=200)
    intro = models.TextField(_("introduction"), blank=True)
    crossings = models.ManyToManyField(Crossing, related_name="regions", verbose_name=_("crossings"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    versions = Versions(excluded_fields=NOT_VERSIONED, m2m_fields=("crossings",))

    class Meta(Publishable.Meta):
        ordering = ["order", "slug"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name


class Name(AtomicModel):
    """One name or spelling, in one language, of one crossing, post, site, frontier or force."""

    class Role(models.TextChoices):
        PREFERRED = "preferred", _("preferred")
        SPELLING = "spelling", _("other spelling")
        FORMER = "former", _("former or local name")

    OWNERS = ("crossing", "post", "site", "frontier", "force")

    text = models.CharField(_("name"), max_length=200)
    folded = models.CharField(max_length=250, editable=False, db_index=True)
    language = models.CharField(_("language"), max_length=20, validators=[language_code])
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.SPELLING)
    source = models.CharField(_("source"), max_length=300, blank=True)
    crossing = models.ForeignKey(Crossing, models.CASCADE, null=True, blank=True, related_name="names")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="names")
    site = models.ForeignKey(Site, models.CASCADE, null=True, blank=True, related_name="names")
    frontier = models.ForeignKey(Frontier, models.CASCADE, null=True, blank=True, related_name="names")
    force = models.ForeignKey("crossings.Force", models.CASCADE, null=True, blank=True, related_name="names")

    versions = Versions()
    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["language", "role", "pk"]
        verbose_name = _("name")
        verbose_name_plural = _("names")
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("crossing", "post", "site", "frontier", "force"),
                name="crossings_name_one_owner",
                violation_error_message=_("A name belongs to exactly one place or force."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def owner(self) -> Crossing | Post | Site | Frontier | Force | None:
        return next((getattr(self, name) for name in self.OWNERS if getattr(self, f"{name}_id")), None)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(self.text)
        super().save(*args, **kwargs)
