"""Template tags for the public words of docs/wording.md, and for sentences that need more than words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from crossings.models import Attribution, Passage
from crossings.models.review import Edition
from crossings.wording import attributions, public_words
from crossings.wording.dates import short_day

register = template.Library()
register.simple_tag(public_words.word, name="word")
register.filter(public_words.independent_sources)
register.filter(public_words.accounts)
register.filter(public_words.sides)
register.filter(public_words.places)


@register.filter
def version(edition: Edition) -> str:
    """An edition as readers call it: "version 2 (21 Nov 2026)"."""
    return public_words.word("version", number=edition.number, day=short_day(edition.at.date()))


@register.filter
def public_kind(label: object) -> str:
    """The name of a kind of row, as readers call it.

    >>> public_kind("sites"), public_kind("control report")
    ('places', 'control report')
    """
    text = str(label)
    kinds = {"site": "place", "sites": "places", "post": "side", "posts": "sides"}
    return public_words.word(kinds[text]) if text in kinds else text


@register.filter
def of_itself(attribution: Attribution) -> bool:
    """Whether speaker and accused are the same, by the force or by the name."""
    accused = attribution.accused
    if accused is None:
        return False
    same_name = attribution.speaker.strip().casefold() in (
        accused.name.casefold(),
        accused.short_name.casefold(),
    )
    return same_name or attribution.speaker_force_id == accused.pk


@register.filter
def verb(attribution: Attribution) -> str:
    """What the speaker did: "blamed", "claimed responsibility"."""
    return attributions.verb(
        attribution.kind,
        names_accused=attribution.accused is not None,
        of_itself=of_itself(attribution),
    )


@register.filter
def repeats(side: Any, sides: Iterable[Any]) -> bool:
    """Whether a denied value is one that another side gives: "Islamic State or not" names it once."""
    return side.stance == "denies" and any(
        other.stance != "denies" and (other.forces, other.status) == (side.forces, side.status)
        for other in sides
    )


@register.filter
def to_be_found(passage: Passage) -> bool:
    """Whether its note or its document's says that the text is to be found again."""
    notes = (passage.note, passage.document.note, passage.document.missing)
    return any("found again" in note.casefold() for note in notes)


@register.filter
def capital(text: Any) -> str:
    """With its first letter large, for the beginning of a sentence; the rest as it is.

    >>> capital("said of the town"), capital("PMF")
    ('Said of the town', 'PMF')
    """
    words = str(text)
    return words[:1].upper() + words[1:]
