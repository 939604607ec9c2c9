"""What a text finds: places and forces by any spelling, and reports by words in their quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from crossings.models import (
    ControlReport,
    Crossing,
    Name,
    ObservationReport,
    Passage,
    Post,
    Site,
    StatusReport,
    StrikeEvent,
    StrikeReport,
)
from geodata.text import fold

from .scope import Scope


@dataclass(frozen=True, slots=True)
class Found:
    """Primary keys of what a text matches."""

    posts: frozenset[int]
    sites: frozenset[int]
    strikes: frozenset[int]


def find(text: str, scope: Scope) -> Found:
    """Posts, sites and strikes that a text matches by name (any spelling or script) or by quoted words."""
    folded = fold(text)
    posts, sites = _by_name(folded) if folded else (set(), set())
    quoted = Passage.objects.filter(exact__icontains=text).values("pk")
    cites = Q(main_passage__in=quoted) | Q(passages__in=quoted)
    for model in (ControlReport, StatusReport, ObservationReport):
        public: QuerySet[Any] = scope.reports(model).filter(cites)
        posts |= set(public.filter(post__isnull=False).values_list("post", flat=True))
        sites |= set(public.filter(site__isnull=False).values_list("site", flat=True))
    strikes = _strikes(text, folded, sites, scope.reports(StrikeReport).filter(cites))
    return Found(frozenset(posts), frozenset(sites), frozenset(strikes))


def _by_name(folded: str) -> tuple[set[int], set[int]]:
    posts: set[int] = set()
    sites: set[int] = set()
    crossings: set[int] = set()
    rows = Name.objects.filter(folded__contains=folded).values_list(
        "post", "site", "crossing", "post__crossing"
    )
    for post, site, crossing, post_crossing in rows:
        sites |= {site} - {None}
        # A crossing is found by the name of either side, and then as a whole.
        crossings |= {crossing, post_crossing} - {None}
        posts |= {post} - {None}
    for model, keys in ((Crossing, crossings), (Site, sites)):
        keys |= {pk for pk, name in model.objects.values_list("pk", "name") if folded in fold(name)}
    crossings |= {pk for pk, name in Post.objects.values_list("crossing", "name") if folded in fold(name)}
    posts |= set(Post.objects.filter(crossing__in=crossings).values_list("pk", flat=True))
    return posts, sites


def _strikes(text: str, folded: str, sites: set[int], quoting: QuerySet[StrikeReport]) -> set[int]:
    quoted = Q(pk__in=quoting.values("event"))
    named = Q(summary__icontains=text) | Q(site__in=sites)
    if folded and folded != text:
        named |= Q(summary__icontains=folded)
    return set(StrikeEvent.objects.filter(quoted | named).values_list("pk", flat=True))
