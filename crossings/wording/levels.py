"""How sure an assessment is, in words and in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crossings.assessment import SURENESS, Level

LEVELS: Final[dict[Level, Promise]] = {
    "stated": _("stated"),
    "between": _("between reports"),
    "possible": _("possible"),
    "carried": _("carried forward"),
    "disputed": _("disputed"),
    "unknown": _("no report"),
}
_ORDER: Final = {level: n for n, level in enumerate(SURENESS)}


def least_sure(levels: Iterable[Level]) -> Level:
    """The least sure of these levels; "unknown" where there are none.

    >>> least_sure(["carried", "stated"]), least_sure([])
    ('carried', 'unknown')
    """
    return max(levels, key=_ORDER.__getitem__, default="unknown")
