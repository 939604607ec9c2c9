"""Which places a row is about, and which published rows are about a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from crossings.models import (
    ControlReport,
    Crossing,
    Disagreement,
    ObservationReport,
    Publishable,
    Site,
    State,
    StatusReport,
    StrikeReport,
)

#: Readers of a row about one of these are led to its page or mark, so it must be published too.
PLACES: Final = (Crossing, Site)

_LOOKUPS: Final[tuple[tuple[type[Publishable], dict[type[Publishable], tuple[str, ...]]], ...]] = (
    (ControlReport, {Crossing: ("post__crossing",), Site: ("site",)}),
    (StatusReport, {Crossing: ("post__crossing",), Site: ("site",)}),
    (ObservationReport, {Crossing: ("crossing", "post__crossing"), Site: ("site",)}),
    (StrikeReport, {Site: ("event__site",)}),
    (Disagreement, {Crossing: ("crossing",)}),
)


def places_of(row: Publishable) -> list[Publishable]:
    """The crossing or site that a row is about."""
    found: list[Publishable] = []
    for lookup in place_lookups(type(row)):
        value: object = row
        for name in lookup.split("__"):
            value = getattr(value, name, None)
        if isinstance(value, PLACES):
            found.append(value)
    return found


def place_lookups(model: type[Publishable]) -> list[str]:
    """The lookups that lead from a row of this model to the places that it may be about."""
    by_place = next((by_place for other, by_place in _LOOKUPS if other is model), {})
    return [lookup for lookups in by_place.values() for lookup in lookups]


def dependents_of(rows: Iterable[Publishable]) -> list[Publishable]:
    """Published rows about a crossing or a site among these rows, themselves apart."""
    given = list(rows)
    found: list[Publishable] = []
    for model, by_place in _LOOKUPS:
        about = Q(pk__in=[])
        for place, lookups in by_place.items():
            keys = [row.pk for row in given if isinstance(row, place)]
            for lookup in lookups:
                about |= Q(**{f"{lookup}__in": keys})
        published = model._base_manager.filter(about, state=State.PUBLISHED).order_by("pk")
        found += [row for row in published if row not in given]
    return found
