"""The words that readers see, each in one place; docs/wording.md says what each means.

Templates take them by `{% word %}` of the template tags `words`, the scripts by `browser_strings`.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

#: By the name that code uses. What stands in {braces} is filled in by `word`.
WORDS: Final[dict[str, Promise]] = {
    # How sure an answer is
    "stated": _("reported that day"),
    "between": _("same before and after ({before}, {after})"),
    "between_undated": _("same before and after"),
    "far": _("same before and after, {years} years apart ({before}, {after})"),
    "carried": _("last reported {day}"),
    "carried_undated": _("last reported earlier"),
    "stale": _("over a year old"),
    "possible": _("date uncertain"),
    "passed": _("others held it by {day}; when it changed is not told"),
    "told_in": _("told in {year}"),
    "disputed": _("sources disagree"),
    "last_disagree": _("the last who reported disagree"),
    "unknown": _("no report"),
    "unreadable": _("cannot be assessed"),
    # Who says so, and of what
    "claims": _("a party’s own claim"),
    "alleges": _("alleged"),
    "denies": _("denied"),
    "plans": _("planned"),
    "of_place": _("said of the town, not of the crossing"),
    "of_base": _("said of the base, not of the crossing"),
    "of_crossing": _("said of the crossing, not of this side"),
    "of_frontier": _("said of the frontier"),
    "text_by": _("text by"),
    "same_text": _("the same text: one source"),
    "not_quoted": _("not quoted"),
    "headline": _("headline of the document"),
    "to_be_found": _("to be found again"),
    # What the map shows
    "side": _("side"),
    "sides": _("sides"),
    "place": _("place"),
    "places": _("places"),
    "period": _("period"),
    "accounts_differ": _("One strike, several accounts"),
    "version": _("version {number} ({day})"),
}


def word(key: str, **values: object) -> str:
    """A public word in the language in use, with what stands in braces filled in. Raises KeyError.

    >>> word("carried", day="8 Dec 2024")
    'last reported 8 Dec 2024'
    """
    return str(WORDS[key]).format(**values)


def independent_sources(number: int) -> str:
    """As "2 independent sources": the same agency's text in two papers is one.

    >>> independent_sources(1), independent_sources(2)
    ('1 independent source', '2 independent sources')
    """
    return ngettext("{n} independent source", "{n} independent sources", number).format(n=number)


def accounts(number: int) -> str:
    """How many documents tell of one strike."""
    return ngettext("{n} account", "{n} accounts", number).format(n=number)


def sides(number: int) -> str:
    return ngettext("{n} side", "{n} sides", number).format(n=number)


def places(number: int) -> str:
    return ngettext("{n} place", "{n} places", number).format(n=number)
