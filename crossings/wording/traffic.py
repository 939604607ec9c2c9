"""Kinds of traffic and its directions in words, for the middle of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TRAFFICS: Final[dict[str, Promise]] = {
    "people": gettext_lazy("people"),
    "goods": gettext_lazy("goods"),
    "aid": gettext_lazy("aid"),
    "refugees": gettext_lazy("refugees"),
    "official": gettext_lazy("official traffic"),
}
DIRECTIONS: Final[dict[str, Promise]] = {
    "outbound": gettext_lazy("outbound"),
    "inbound": gettext_lazy("inbound"),
}


def traffic_in_words(traffics: Sequence[str], direction: str = "both") -> str:
    """Kinds of traffic by their slugs, as "people and goods" or "aid (outbound)".

    >>> traffic_in_words(["people", "goods", "aid"]), traffic_in_words(["aid"], "outbound")
    ('people, goods and aid', 'aid (outbound)')
    """
    words = [str(TRAFFICS.get(traffic, traffic)) for traffic in traffics]
    text = _(" and ").join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    return f"{text} ({DIRECTIONS[direction]})" if direction in DIRECTIONS else text


def question_in_words(post: str, traffics: Sequence[str], direction: str = "both") -> str:
    """What is asked of a post: who held it, or what could pass. The name is isolated, as by <bdi>."""
    name = f"\u2068{post}\u2069"
    if not traffics:
        return _("%(post)s: who held it") % {"post": name}
    return _("%(post)s: %(traffic)s") % {"post": name, "traffic": traffic_in_words(traffics, direction)}
