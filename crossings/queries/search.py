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
    """Posts, sites and strikes that a text matches by name (any spelling or script) or by quoted words.

    Only what the scope shows counts: an answer that depended on a draft would give its words away.
    """
    folded = fold(text)
    posts, sites = _by_name(folded, scope) if folded else (set(), set())
    quoted = Passage.objects.filter(exact__icontains=text).values("pk")
    cites = Q(main_passage__in=quoted) | Q(passages__in=quoted)
    for model in (ControlReport, StatusReport, ObservationReport):
        public: QuerySet[Any] = scope.reports(model).filter(cites)
        posts |= set(public.filter(post__isnull=False).values_list("post", flat=True))
        sites |= set(public.filter(site__isnull=False).values_list("site", flat=True))
    strikes = _strikes(text, folded, sites, scope)
    return Found(frozenset(posts), frozenset(sites), frozenset(strikes))


def _by_name(folded: str, scope: Scope) -> tuple[set[int], set[int]]:
    of_crossings = dict(scope.places(Crossing).values_list("pk", "name"))
    of_sites = dict(scope.places(Site).values_list("pk", "name"))
    posts: set[int] = set()
    sites = {pk for pk, name in of_sites.items() if folded in fold(name)}
    # A crossing is found by the name of either side, and then as a whole.
    crossings = {pk for pk, name in of_crossings.items() if folded in fold(name)}
    rows = Name.objects.filter(folded__contains=folded).values_list(
        "post", "site", "crossing", "post__crossing"
    )
    for post, site, crossing, post_crossing in rows:
        sites |= {site} & of_sites.keys()
        crossings |= {crossing, post_crossing} & of_crossings.keys()
        posts |= {post} if post_crossing in of_crossings else set()
    for crossing, name in Post.objects.values_list("crossing", "name"):
        crossings |= {crossing} & of_crossings.keys() if folded in fold(name) else set()
    posts |= set(Post.objects.filter(crossing__in=crossings).values_list("pk", flat=True))
    return posts, sites


def _strikes(text: str, folded: str, sites: set[int], scope: Scope) -> set[int]:
    quoting = scope.reports(StrikeReport).filter(
        Q(main_passage__exact__icontains=text) | Q(passages__exact__icontains=text)
    )
    quoted = Q(pk__in=quoting.values("event"))
    named = Q(summary__icontains=text) | Q(site__in=sites)
    if folded and folded != text:
        named |= Q(summary__icontains=folded)
    return set(scope.strikes().filter(quoted | named).values_list("pk", flat=True))
