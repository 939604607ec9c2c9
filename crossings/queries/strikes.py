"""Strikes as their documents tell them, and those near a crossing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max, Prefetch, QuerySet

from crossings.assessment.tolls import Range, TollRange, toll_range
from crossings.models import Attribution, Passage, Post, StrikeEvent, StrikeReport, Toll
from geodata.bbox import BBox
from geodata.measure import gap_km

from .citations import passages_of, with_passages
from .scope import Scope
from .snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class TollLine:
    """One row of an account's toll with both its numbers as ranges."""

    toll: Toll
    killed: Range
    injured: Range


@dataclass(frozen=True, slots=True)
class StrikeAccount:
    """One document's account of a strike: the report, its passages and its tolls."""

    report: StrikeReport
    passages: list[Passage]

    @property
    def tolls(self) -> list[TollLine]:
        return tolls_of(self.report)

    @property
    def toll(self) -> TollRange:
        return toll_range([self.report.tolls.all()])


@dataclass(frozen=True, slots=True)
class NearStrike:
    """A strike and the least distance that it may have had to any of some posts, in kilometres."""

    strike: StrikeEvent
    km: float
    toll: TollRange
    wider: list[TollLine]


def tolls_of(report: StrikeReport) -> list[TollLine]:
    """The rows of one account's toll (tolls prefetched)."""
    return [
        TollLine(
            toll,
            killed=Range(toll.killed_low, toll.killed_high),
            injured=Range(toll.injured_low, toll.injured_high),
        )
        for toll in report.tolls.all()
    ]


def wider_tolls(accounts: Iterable[StrikeReport]) -> list[TollLine]:
    """Numbers that cover more than the strike: what is shown where no account gives the strike's own."""
    return [line for report in accounts for line in tolls_of(report) if line.toll.scope]


def account_reports(scope: Scope) -> QuerySet[StrikeReport]:
    """Public strike reports with their passages, tolls and attributions. Four queries."""
    attributions = Attribution.objects.select_related(
        "accused", "speaker_force", "passage__document__source_set", "passage__wire"
    )
    rows = with_passages(scope.reports(StrikeReport))
    return rows.prefetch_related("tolls", Prefetch("attributions", attributions)).order_by("pk")


def accounts_of(scope: Scope, strike: StrikeEvent) -> list[StrikeAccount]:
    """The accounts of a strike, by the day their documents were published."""
    rows = account_reports(scope).filter(event=strike)
    rows = rows.order_by("main_passage__document__published_min", "pk")
    return [StrikeAccount(report, passages_of(report)) for report in rows]


def toll_of(accounts: Iterable[StrikeReport]) -> TollRange:
    """The toll of one strike over its accounts (tolls prefetched)."""
    return toll_range(report.tolls.all() for report in accounts)


def strikes_near(snapshot: Snapshot, posts: Sequence[Post], km: float) -> list[NearStrike]:
    """Public strikes that may have hit within `km` of a post, in the order of time.

    Geodesic, from the edge of one circle of uncertainty to the edge of the other, so that "may" is meant.
    """
    scope = snapshot.scope
    events = snapshot.strikes(scope.first, scope.last)
    widest = events.aggregate(m=Max("radius_m"))["m"]
    if widest is None:
        return []
    accounts = Prefetch("reports", scope.reports(StrikeReport).prefetch_related("tolls"), to_attr="accounts")
    near = []
    for event in events.inside(box_around(posts, km + widest / 1000)).prefetch_related("targets", accounts):
        gap = min(gap_km(event.point.coords, event.radius_m, p.point.coords, p.radius_m) for p in posts)
        if gap <= km:
            near.append(NearStrike(event, gap, toll_of(event.accounts), wider_tolls(event.accounts)))
    return near


def box_around(posts: Sequence[Post], km: float) -> BBox:
    """A box that holds every point within `km` of the posts' circles of uncertainty."""
    widest = max(post.radius_m for post in posts) / 1000
    return BBox.around(post.point.coords for post in posts).expanded_km(km + widest)
