"""Template tags for places: coordinates to copy, and distances in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crossings.models import Name
from geodata.coordinates import formats

register = template.Library()


@register.filter
def distance(metres: float) -> str:
    """A distance in metres in words, to two digits or so: "500 m", "1.5 km", "20 km".

    >>> distance(1500), distance(500), distance(20_000), distance(999.7)
    ('1.5 km', '500 m', '20 km', '1 km')
    """
    if round(metres) < 1000:
        return _("%(n)s m") % {"n": number_format(round(metres))}
    km = round(metres / 1000, 1)
    whole = km >= 10 or km == round(km)
    return _("%(n)s km") % {"n": number_format(round(km) if whole else km)}


@register.inclusion_tag("evidence/_coordinates.html")
def coordinates(place: Any) -> dict[str, object]:
    """A place's position to copy, with no more digits than its radius is worth."""
    return {"place": place, **formats(place.point.x, place.point.y, place.radius_m)}


@register.inclusion_tag("evidence/_names.html")
def names_of(place: Any, *, brief: bool = False) -> dict[str, object]:
    """What a place or force is called: the preferred name of each language, then all other spellings.

    Brief leaves these out. `place.names` should be prefetched.
    """
    every = list(place.names.all())
    preferred = [name for name in every if name.role == Name.Role.PREFERRED]
    for name in every:
        if name.language not in {other.language for other in preferred}:
            preferred.append(name)
    shown = [name for name in preferred if name.text != place.name]
    others = [] if brief else [name for name in every if name not in preferred]
    return {"names": shown, "others": others}
