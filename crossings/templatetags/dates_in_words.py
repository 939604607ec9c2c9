"""Template filters for vague dates in words, and for the direction a language is written in."""

from __future__ import annotations

from django import template

from crossings.wording.dates import in_words

register = template.Library()
register.filter(in_words)

#: Languages written from right to left, by their primary subtag (Sorani, not Kurmanji, among the Kurdish).
RIGHT_TO_LEFT = frozenset({"ar", "arc", "azb", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})


@register.filter
def direction(language: str) -> str:
    """The direction of a language tag (BCP 47), for the `dir` attribute.

    >>> direction("ckb"), direction("kmr"), direction("ku-Arab")
    ('rtl', 'ltr', 'rtl')
    """
    subtags = str(language).lower().replace("_", "-").split("-")
    if "latn" in subtags or "cyrl" in subtags:
        return "ltr"
    return "rtl" if subtags[0] in RIGHT_TO_LEFT or "arab" in subtags else "ltr"
