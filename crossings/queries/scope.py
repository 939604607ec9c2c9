"""What a selection means against this database: which edition, which sources, which day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Max, Min
from django.utils import timezone

from crossings.models import (
    REPORT_MODELS,
    ControlReport,
    Edition,
    ObservationReport,
    Region,
    SourceSet,
    StatusReport,
    StrikeReport,
)
from geodata.selection import Selection, SelectionError

#: With nothing reported at all the time line still needs two ends.
EMPTY_FIRST = datetime.date(2011, 1, 1)


@dataclass(frozen=True, slots=True)
class Scope:
    """A selection with its open ends settled."""

    selection: Selection
    region: Region | None
    edition: Edition | None  # None only while nothing has ever been published
    pinned: bool  # the reader asked for this edition
    sources: tuple[str, ...]  # slugs, all of them if none were chosen
    on: datetime.date
    first: datetime.date  # ends of the time line
    last: datetime.date
    latest: datetime.date  # the latest day that any published report speaks of

    @property
    def edition_number(self) -> int:
        return self.edition.number if self.edition else 0

    @property
    def pin(self) -> int | datetime.date | None:
        """The edition that a link to keep names; one that ended before the day cannot be asked for it."""
        known = self.edition is not None and self.on <= self.edition.at.date()
        return self.edition_number if known else self.selection.edition

    @property
    def interval(self) -> tuple[datetime.date, datetime.date]:
        return self.selection.interval(self.on)


def resolve(selection: Selection, *, region: Region | None = None) -> Scope:
    """Settle the edition, the sources and the day. Raises SelectionError naming the parameter."""
    today = timezone.now().date()
    edition = _edition(selection)
    horizon = edition.at.date() if edition and selection.edition is not None else today
    if selection.on and selection.on > horizon:
        said = (
            f"Edition {edition.number} is of {horizon}"
            if selection.edition and edition
            else f"Today is {horizon}"
        )
        raise SelectionError("on", str(selection.on), f"{said}; ask for that day or an earlier one.")
    sources = _sources(selection)
    first, latest = _reach(edition, sources, horizon)
    return Scope(
        selection=selection,
        region=region or _region(selection, edition),
        edition=edition,
        pinned=selection.edition is not None,
        sources=sources,
        on=selection.on or latest,
        first=first,
        last=horizon,
        latest=latest,
    )


def _edition(selection: Selection) -> Edition | None:
    requested = selection.edition
    if requested is None:
        return Edition.objects.order_by("-number").first()
    if isinstance(requested, int):
        edition = Edition.objects.filter(number=requested).first()
    else:  # that UTC day's last
        after = datetime.datetime.combine(
            requested + datetime.timedelta(days=1), datetime.time(), datetime.UTC
        )
        edition = Edition.objects.filter(at__lt=after).order_by("-number").first()
    if edition is None:
        newest = Edition.objects.aggregate(n=Max("number"))["n"] or 0
        raise SelectionError("edition", str(requested), f"There is no such edition; the newest is {newest}.")
    return edition


def _sources(selection: Selection) -> tuple[str, ...]:
    known = tuple(SourceSet.objects.order_by("order", "slug").values_list("slug", flat=True))
    for slug in selection.sources:
        if slug not in known:
            raise SelectionError("sources", slug, f"Choose from: {', '.join(known)}.")
    return tuple(slug for slug in known if slug in selection.sources) if selection.sources else known


def _region(selection: Selection, edition: Edition | None) -> Region | None:
    if selection.region is None:
        return None
    public = Region.objects.published(edition.number if edition else 0)
    region = public.filter(slug=selection.region).first()
    if region is None:
        known = ", ".join(public.values_list("slug", flat=True))
        raise SelectionError("region", selection.region, f"Choose one of: {known}.")
    return region


def _reach(
    edition: Edition | None, sources: tuple[str, ...], horizon: datetime.date
) -> tuple[datetime.date, datetime.date]:
    """The first of January before the first day spoken of; the latest day spoken of, never a coming one."""
    starts, ends = [], []
    for model in REPORT_MODELS:
        low, high = ("when_min", "when_max") if model is StrikeReport else ("first_day", "last_day")
        rows = model.objects.published(edition.number if edition else 0).of_sources(sources)
        if model is not StrikeReport:
            rows = rows.exclude(stance="plans")
        found = rows.filter(**{f"{high}__lte": horizon}).aggregate(low=Min(low), high=Max(high))
        starts += [found["low"]] if found["low"] else []
        ends += [found["high"]] if found["high"] else []
    first = min(starts, default=EMPTY_FIRST)
    return min(datetime.date(max(first.year - 1, 1900), 1, 1), horizon), max(ends, default=horizon)


def report_dates(scope: Scope) -> list[datetime.date]:
    """Days that some published report speaks of, in order: the ticks of the time line."""
    days: set[datetime.date] = set()
    for model in (ControlReport, StatusReport, ObservationReport, StrikeReport):
        names = ["when_min"] if model is StrikeReport else ["starts_max", "as_of_min", "ends_min"]
        rows = model.objects.published(scope.edition_number).of_sources(scope.sources)
        for found in rows.values_list(*names):
            days.update(day for day in found if day is not None and scope.first <= day <= scope.last)
    return sorted(days)
