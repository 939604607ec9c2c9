"""What a selection means against this database: edition, sources, region, day, and the rows visible there."""

from __future__ import annotations

import datetime
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from crossings.models import (
    REPORT_MODELS,
    Attribution,
    Backing,
    ControlReport,
    Crossing,
    Disagreement,
    Edition,
    Force,
    Frontier,
    Holder,
    Membership,
    ObservationReport,
    Passage,
    Region,
    Site,
    SourceSet,
    StrikeEvent,
    StrikeReport,
    as_of,
)
from crossings.models.as_of import Past
from geodata.selection import Selection, SelectionError

if TYPE_CHECKING:
    from crossings.models.base import PublishableQuerySet
    from crossings.models.evidence import PassageQuerySet
    from crossings.models.reports import Report, ReportQuerySet
    from crossings.models.strikes import StrikeEventQuerySet

ReportT = TypeVar("ReportT", bound="Report")
PlaceT = TypeVar("PlaceT", Crossing, Region, Site)


@dataclass(frozen=True, slots=True)
class Scope:
    """A selection with its open ends settled. Readers get at published rows by its methods alone."""

    selection: Selection
    region: Region | None
    edition: Edition | None  # None only while nothing has ever been published
    sources: tuple[str, ...]  # slugs of the source sets, all of them if none were chosen
    all_sources: tuple[str, ...]
    on: datetime.date
    first: datetime.date  # ends of the time line
    last: datetime.date
    latest: datetime.date  # the latest day that any published report speaks of
    past: Past | None = None  # what an edition that has ended reads; None for the newest

    def reading(self) -> AbstractContextManager[None]:
        """Inside, every query reads the rows as they were at the end of the edition."""
        return as_of.reading(self.past)

    @property
    def edition_number(self) -> int:
        return self.edition.number if self.edition else 0

    @property
    def pinned(self) -> bool:
        """Whether the reader asked for this edition."""
        return self.selection.edition is not None

    @property
    def pin(self) -> int | datetime.date | None:
        """The edition that a link to keep names; one that ended before the day cannot be asked for it."""
        known = self.edition is not None and self.on <= self.edition.at.date()
        return self.edition_number if known else self.selection.edition

    @property
    def interval(self) -> tuple[datetime.date, datetime.date]:
        return self.selection.interval(self.on)

    def with_all_sources(self) -> Scope:
        """The same, with every source set chosen."""
        return replace(self, sources=self.all_sources)

    # --- Rows visible in the edition

    def reports(self, model: type[ReportT]) -> ReportQuerySet[ReportT]:
        """Reports of one kind, of the chosen sources."""
        rows = model.objects.published(self.edition_number)
        return rows if self.sources == self.all_sources else rows.of_sources(self.sources)

    def strikes(self) -> StrikeEventQuerySet[StrikeEvent]:
        """Strike events that at least one such report is about."""
        return StrikeEvent.objects.filter(Exists(self.reports(StrikeReport).filter(event=OuterRef("pk"))))

    def attributions(self) -> QuerySet[Attribution]:
        """Who blames whom in such reports."""
        return Attribution.objects.filter(report__in=self.reports(StrikeReport))

    def places(self, model: type[PlaceT]) -> PublishableQuerySet[PlaceT]:
        """Crossings of the region; sites and regions whatever the region."""
        rows = model.objects.published(self.edition_number)
        if self.region and model is Crossing:
            rows = rows.filter(regions=self.region)
        return rows

    def backings(self) -> QuerySet[Backing]:
        """Who is said to back whom, in passages of the chosen sources."""
        rows = Backing.objects.published(self.edition_number)
        if self.sources == self.all_sources:
            return rows
        return rows.filter(passage__document__source_set__slug__in=self.sources)

    def memberships(self) -> QuerySet[Membership]:
        """Who counts for whom, and when, whatever the sources: an umbrella is ours to resolve."""
        return Membership.objects.published(self.edition_number).select_related("member", "umbrella")

    def frontiers(self) -> QuerySet[Frontier]:
        """Frontiers with a crossing that readers of the edition see."""
        crossings = Crossing.objects.published(self.edition_number)
        return Frontier.objects.filter(Exists(crossings.filter(frontier=OuterRef("pk"))))

    def disagreements(self) -> QuerySet[Disagreement]:
        """Questions that documents answer differently, whatever the sources of their answers."""
        return Disagreement.objects.published(self.edition_number)

    def passages(self) -> PassageQuerySet[Passage]:
        """Passages of the chosen sources. Public are only those that something published cites."""
        if self.sources == self.all_sources:
            return Passage.objects.all()
        return Passage.objects.filter(document__source_set__slug__in=self.sources)

    def source_sets(self) -> QuerySet[SourceSet]:
        """Source sets that a published row cites, whether chosen or not."""
        return _source_sets(self.edition_number)

    def forces(self) -> QuerySet[Force]:
        """Forces that a published row of any source names.

        Asked force by force, each stopping at the first such row: forces are few, rows may be many.
        """
        scope, force = self.with_all_sources(), OuterRef("pk")
        control, attributions, backings = scope.reports(ControlReport), scope.attributions(), scope.backings()
        rows: tuple[QuerySet[Any], ...] = (
            Holder.objects.filter(force=force, report__in=control),
            scope.reports(ObservationReport).filter(forces=force),
            attributions.filter(accused=force),
            attributions.filter(speaker_force=force),
            scope.strikes().filter(targets=force),
            backings.filter(force=force),
            backings.filter(backer=force),
            scope.memberships().filter(member=force),
            scope.memberships().filter(umbrella=force),
        )
        named = reduce(or_, (Q(Exists(naming)) for naming in rows))
        return Force.objects.filter(named)


def resolve(selection: Selection, *, region: Region | None = None) -> Scope:
    """Settle the edition, the sources and the day. Raises SelectionError naming the parameter.

    From here on a request reads the rows as they were at the end of its edition, whichever view resolved it.
    Outside of a request, what is then asked of the scope is asked inside `Scope.reading`.
    """
    edition, past = _edition(selection)
    as_of.begin(past)
    with as_of.reading(past):
        return _resolve(selection, region, edition, past)


def _resolve(
    selection: Selection, region: Region | None, edition: Edition | None, past: Past | None
) -> Scope:
    horizon = _horizon(selection, edition)
    known = tuple(_source_sets(edition.number if edition else 0).values_list("slug", flat=True))
    scope = Scope(
        selection=selection,
        region=region,
        edition=edition,
        sources=_sources(selection, known),
        all_sources=known,
        on=horizon,
        first=horizon,
        last=horizon,
        latest=horizon,
        past=past,
    )
    first, latest = _reach(scope)
    return replace(
        scope, region=region or _region(scope), on=selection.on or latest, first=first, latest=latest
    )


def _edition(selection: Selection) -> tuple[Edition | None, Past | None]:
    """The edition, and what it reads where it is not the newest one."""
    newest, requested = Edition.objects.order_by("-number").first(), selection.edition
    if requested is None or (newest and requested == newest.number):
        return newest, None
    if isinstance(requested, int):
        edition = Edition.objects.filter(number=requested).first()
    else:  # that UTC day's last
        after = datetime.datetime.combine(
            requested + datetime.timedelta(days=1), datetime.time(), datetime.UTC
        )
        edition = Edition.objects.filter(at__lt=after).order_by("-number").first()
    if edition is None:
        reason = f"There is no such edition; the newest is {newest.number if newest else 0}."
        raise SelectionError("edition", str(requested), reason)
    return edition, None if edition == newest else as_of.past_of(edition.number)


def _horizon(selection: Selection, edition: Edition | None) -> datetime.date:
    """The last day that can be asked for: that of the edition asked for, else today (UTC)."""
    asked_for = edition if selection.edition is not None else None
    horizon = asked_for.at.date() if asked_for else timezone.now().date()
    if selection.on and selection.on > horizon:
        reason = f"Edition {asked_for.number} is of {horizon}" if asked_for else f"Today is {horizon}"
        raise SelectionError("on", str(selection.on), f"{reason}; ask for that day or an earlier one.")
    return horizon


def _source_sets(edition: int) -> QuerySet[SourceSet]:
    """Sets with a document that something published in the edition cites; all of a report's are of one."""
    of_set, of_cited = OuterRef("pk"), "document__source_set"
    rows: list[QuerySet[Any]] = [
        model.objects.published(edition).filter(**{f"main_passage__{of_cited}": of_set})
        for model in REPORT_MODELS
    ]
    rows += [
        model.objects.published(edition).filter(**{f"passage__{of_cited}": of_set})
        for model in (Backing, Membership)
    ]
    accounts = StrikeReport.objects.published(edition)
    rows += [Attribution.objects.filter(report__in=accounts, **{f"passage__{of_cited}": of_set})]
    rows += [Disagreement.objects.published(edition).filter(**{f"answers__passages__{of_cited}": of_set})]
    cited = reduce(or_, (Q(Exists(citing)) for citing in rows))
    return SourceSet.objects.filter(cited).order_by("order", "slug")


def _sources(selection: Selection, known: tuple[str, ...]) -> tuple[str, ...]:
    for slug in selection.sources:
        if slug not in known:
            choice = f"Choose from: {', '.join(known)}." if known else "Nothing has been published yet."
            raise SelectionError("sources", slug, choice)
    return tuple(slug for slug in known if slug in selection.sources) if selection.sources else known


def _region(scope: Scope) -> Region | None:
    slug = scope.selection.region
    if slug is None:
        return None
    public = scope.places(Region)
    region = public.filter(slug=slug).first()
    if region is None:
        known = ", ".join(public.values_list("slug", flat=True))
        raise SelectionError("region", slug, f"Choose one of: {known}.")
    return region


def _reach(scope: Scope) -> tuple[datetime.date, datetime.date]:
    """The first of January before the first day reported, a year early; the latest day reported up to today.

    With nothing reported the time line is the last year.
    """
    starts, ends = [], []
    for model in REPORT_MODELS:
        rows: QuerySet[Any] = scope.reports(model)
        days: dict[str, object]
        if model is StrikeReport:  # an account that gives no date is of the day of its event
            days = {
                "low": Coalesce("when_min", "event__when_min"),
                "high": Coalesce("when_max", "event__when_max"),
            }
        else:
            rows, days = rows.exclude(stance="plans"), {"low": F("first_day"), "high": F("last_day")}
        rows = rows.annotate(**days).filter(high__lte=scope.last)
        found = rows.aggregate(first=Min("low"), latest=Max("high"))
        starts += [found["first"]] if found["first"] else []
        ends += [found["latest"]] if found["latest"] else []
    first = min(starts, default=scope.last)
    return min(datetime.date(max(first.year - 1, 1900), 1, 1), scope.last), max(ends, default=scope.last)


def report_dates(scope: Scope) -> list[datetime.date]:
    """Days that some published report speaks of, in order: the ticks of the time line."""
    days: set[datetime.date] = set()
    for model in REPORT_MODELS:
        names = ["when_min"] if model is StrikeReport else ["starts_max", "as_of_min", "ends_min"]
        for row in scope.reports(model).values_list(*names):
            days.update(day for day in row if day is not None and scope.first <= day <= scope.last)
    return sorted(days)
