"""Finding rows by any spelling or script of a name."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from crossings.models import Name
from geodata.text import fold


def words_of(term: str) -> list[str]:
    """The words to look for; a phrase in quotation marks is one. Articles go when other words remain."""
    words = [
        unescape_string_literal(word) if word[0] == word[-1] and word[0] in "\"'" and len(word) > 1 else word
        for word in smart_split(term.replace("\x00", ""))
    ]
    # fold() keeps a text that is nothing but an article, and drops it beside another word.
    without_articles = [word for word in words if fold(f"{word} x") != "x"]
    return without_articles or words


def by_any_name(word: str, owners: Mapping[str, str]) -> Q:
    """Rows one of whose names contains this word in any spelling.

    `owners` maps a kind of owner of names ("crossing", "force") to the lookup that leads to it from the row
    ("" when the row itself is the owner).
    """
    folded = fold(word)
    found = Q(pk__in=[])
    if not folded:
        return found
    for owner, lookup in owners.items():
        names = Name.objects.filter(folded__contains=folded, **{f"{owner}__isnull": False})
        found |= Q(**{f"{lookup or 'pk'}__in": names.values(owner)})
    return found


def folded_text(names: QuerySet[Name], term: str) -> QuerySet[Name]:
    """Names that contain every word of the term in any spelling, or have it in their source."""
    for word in words_of(term):
        folded = fold(word)
        spelt = Q(folded__contains=folded) if folded else Q(pk__in=[])
        names = names.filter(spelt | Q(text__icontains=word) | Q(source__icontains=word))
    return names
