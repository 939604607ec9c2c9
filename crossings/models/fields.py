"""Fields and checks that several models share: vague dates and stable ids."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crossings.assessment import Bounds
from geodata.dates import parse
from geodata.errors import GeodataError

from .atomic import AtomicModel

ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_public_id() -> str:
    """Ten random characters without look-alikes: 49 bits, short enough to be dictated."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(10))


def validate_edtf(text: str) -> None:
    """Accepts only the small grammar of `geodata.dates`; says in words what is wrong."""
    try:
        parse(text)
    except GeodataError as error:
        raise ValidationError(str(error), code="edtf") from error


class EDTFField(models.CharField):
    """A day, month, year or set as its source gives it (ISO 8601-2).

    The first and last day it can mean are stored beside it in `<name>_min` and `<name>_max`,
    which `DatedModel.derive` fills; NULL there means open on that side.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_edtf]


class PublicIdField(models.SlugField):
    """The id that links carry. Set once, never changed by a rename."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)


def bounds_field() -> models.DateField[date | None, date | None]:
    """A derived day, written by `DatedModel.derive` alone."""
    return models.DateField(null=True, blank=True, editable=False, db_index=True)


class DatedModel(AtomicModel):
    """Stores the bounds of the vague dates named in `edtf_fields` beside their text."""

    edtf_fields: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Write the derived columns from the text; raises ValidationError naming the field."""
        for name in self.edtf_fields:
            text = getattr(self, name)
            earliest = latest = None
            if text:
                try:
                    when = parse(text)
                except GeodataError as error:
                    raise ValidationError({name: str(error)}) from error
                earliest, latest = when.earliest, when.latest
            setattr(self, f"{name}_min", earliest)
            setattr(self, f"{name}_max", latest)

    def bounds(self, name: str) -> Bounds | None:
        """The first and last day that one of `edtf_fields` can mean; None where it is not given."""
        earliest, latest = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
        return Bounds(earliest, latest) if earliest or latest else None


def bounds_constraints(*names: str) -> list[models.BaseConstraint]:
    """The text and its bounds agree: no bounds without text, text with a bound, bounds in order."""
    rules: list[models.BaseConstraint] = []
    for name in names:
        low, high = f"{name}_min", f"{name}_max"
        empty = Q(**{name: "", f"{low}__isnull": True, f"{high}__isnull": True})
        given = ~Q(**{name: ""}) & (Q(**{f"{low}__isnull": False}) | Q(**{f"{high}__isnull": False}))
        ordered = Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True})
        ordered |= Q(**{f"{low}__lte": models.F(high)})
        rules.append(
            models.CheckConstraint(
                condition=(empty | given) & ordered,
                name=f"%(app_label)s_%(class)s_{name}_bounds",
                violation_error_message=_("The first possible day comes after the last one."),
            )
        )
    return rules


def exactly_one(*names: str) -> Q:
    """Exactly one of these foreign keys is set."""
    rule = Q()
    for chosen in names:
        rule |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return rule
