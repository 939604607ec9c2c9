"""Template tags for what stands beside words: a force's swatch with its letter."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import template

from crossings.queries.timelines import UNQUALIFIED

register = template.Library()

_HEX = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
DARK, LIGHT = "#111417", "#ffffff"


@register.filter
def ink_on(colour: str) -> str:
    """The ink, dark or light, that reads better on a colour ("#rrggbb"); dark for anything else.

    The choice is the larger WCAG 2 contrast: the two cross at a relative luminance of 0.179.

    >>> ink_on("#0072B2"), ink_on("#F0E442")
    ('#ffffff', '#111417')
    """
    if not isinstance(colour, str) or not _HEX.fullmatch(colour):
        return DARK
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return DARK if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 else LIGHT


@register.inclusion_tag("map/_swatch.html")
def swatch(force: Any) -> dict[str, object]:
    """A disc in the force's colour with its letter, hidden from screen readers: the name stands beside it."""
    return {"colour": force.colour, "letter": force.letter, "ink": ink_on(force.colour)}


@register.filter
def at(mapping: Any, key: str) -> Any:
    """The value at a key that a template cannot spell, as in "level:stated"; 0 where there is none."""
    return mapping.get(key, 0)


@register.filter
def passing_lines(status: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the list says of a post's statuses: people and goods in one line where they are alike."""
    shared = ("value", "sure", "sources", "values")
    people_and_goods, others = status[:2], status[2:]
    alike = [row["direction"] for row in people_and_goods] == ["both", "both"] and (
        people_and_goods[1]["traffic"] == "goods"
        and all(people_and_goods[0][key] == people_and_goods[1][key] for key in shared)
    )
    if alike:
        lines = [{**people_and_goods[0], "traffic": "people and goods"}]
        return lines + [row for row in others if row["value"] != "unknown"]
    return [row for row in status if row["value"] != "unknown" or row["traffic"] in UNQUALIFIED]


@register.inclusion_tag("map/_hidden_inputs.html")
def query_inputs(query: str, *left_out: str) -> dict[str, object]:
    """The parameters of a query string as hidden inputs, so that a form without scripts keeps them."""
    return {"pairs": [(name, value) for name, value in parse_qsl(query) if name not in left_out]}


@register.simple_tag
def query_without(query: str, *left_out: str) -> str:
    """A query string without some of its parameters."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in left_out], safe=",/:")
