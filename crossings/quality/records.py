"""Memberships that overlap, positions outside their country, states without a review step behind them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Final

import shapely
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from crossings.assessment import RecordError
from crossings.models import Edition, Membership, Passage, Post, Publishable, ReviewStep, Site, State
from crossings.models.evidence import MAX_QUOTE_WORDS
from geodata import basemap
from geodata.measure import line_gap_km

from .problems import DataProblem, ident, problem

#: How far off the shipped shapes of countries may be (geodata/basemap/README.md: Natural Earth 1:10m).
BASEMAP_ERROR_KM: Final = 2.0


def memberships() -> Iterator[DataProblem]:
    """Two rows that say the same of some day, or that make two forces umbrellas of each other."""
    rows = list(Membership.objects.filter(state=State.PUBLISHED).select_related("member", "umbrella"))
    for membership in rows:
        if membership.passage_id is None:
            yield problem(membership, "passage", _("the words that say so"))
        try:
            membership.as_record()
        except RecordError:
            yield problem(
                membership, "until", _("a day that surely is not before the first (%s)") % membership.since
            )
    for a, b in combinations(rows, 2):
        if not _overlap(a, b):
            continue
        if (a.member_id, a.umbrella_id) == (b.member_id, b.umbrella_id):
            yield problem(b, "since", _("days that %s does not cover already") % ident(a))
        elif (a.member_id, a.umbrella_id) == (b.umbrella_id, b.member_id):
            yield problem(b, "umbrella", _("a force that is no member of this one: %s says it is") % ident(a))


def _overlap(a: Membership, b: Membership) -> bool:
    (first, last), (begin, end) = _days(a), _days(b)
    return first <= end and begin <= last


def _days(membership: Membership) -> tuple[datetime.date, datetime.date]:
    return membership.since_max or datetime.date.min, membership.until_min or datetime.date.max


def positions() -> Iterator[DataProblem]:
    """Posts and sites further outside their country than their radius allows."""
    shapes = {
        feature["properties"]["iso"]: shapely.geometry.shape(feature["geometry"])
        for feature in basemap.load()["countries"]["features"]
        if feature["properties"]["iso"]
    }
    for model in (Post, Site):
        for place in model.objects.exclude(country=""):
            country = shapes.get(place.country)
            if country is None or country.contains(shapely.Point(*place.point.coords)):
                continue
            km = line_gap_km(place.point.coords, country.boundary)
            if km > place.radius_m / 1000 + BASEMAP_ERROR_KM:
                right = _("in %(country)s, or within its radius of it: it lies %(km).1f km outside")
                yield problem(place, "point", right % {"country": place.country, "km": km})
    for post in Post.objects.select_related("crossing__frontier"):
        frontier = post.crossing.frontier
        wanted = frontier.country_a if post.side == Post.Side.A else frontier.country_b
        if post.country != wanted:
            yield problem(post, "country", _("%s, as side %s of its frontier") % (wanted, post.side))


def quotes() -> Iterator[DataProblem]:
    """Quotes that are too long, stand where they cannot, or leave a subject without words."""
    for passage in Passage.objects.select_related("document"):
        words = len(passage.exact.split())
        if words > MAX_QUOTE_WORDS:
            yield problem(passage, "exact", _("at most 40 words; this quote has %d") % words)
        if passage.lead and not passage.exact:
            yield problem(passage, "lead", _("empty: there is no quote that it stands before"))
        if passage.end is None or passage.start is None:
            continue
        if passage.end - passage.start != len(passage.exact):
            yield problem(
                passage, "end", _("%d, where the quote ends") % (passage.start + len(passage.exact))
            )
        if passage.document.characters is not None and passage.end > passage.document.characters:
            right = _("at most %d, the length of its document") % passage.document.characters
            yield problem(passage, "end", right)


def states() -> Iterator[DataProblem]:
    """States that no review step made, steps of rows that are gone, editions out of order."""
    steps: dict[tuple[int, int], ReviewStep] = {}
    for step in ReviewStep.objects.order_by("pk"):
        steps[step.content_type_id, step.object_id] = step  # the last one stays
    known: dict[int, set[int]] = defaultdict(set)
    for model in apps.get_app_config("crossings").get_models():
        if issubclass(model, Publishable):
            kind = ContentType.objects.get_for_model(model).pk
            for row in model._base_manager.order_by("pk"):
                known[kind].add(row.pk)
                yield from _state(row, steps.get((kind, row.pk)))
    for (kind, key), step in steps.items():
        if key not in known[kind]:
            yield problem(step, "object_id", _("a row that is there; %d is gone") % key)
    yield from _editions()


def _state(row: Publishable, step: ReviewStep | None) -> Iterator[DataProblem]:
    made = step.to_state if step else State.DRAFT
    if row.state != made:
        yield problem(row, "state", _("%s, as its last review step made it") % made)
    begin, end = row.published_in_id, row.withdrawn_in_id
    if begin is not None and end is not None and end < begin:
        yield problem(row, "withdrawn_in", _("an edition after %d, which published it") % begin)


def _editions() -> Iterator[DataProblem]:
    before: Edition | None = None
    for edition in Edition.objects.order_by("number"):
        if before and edition.at < before.at:
            yield problem(edition, "at", _("not before edition %d") % before.number)
        if edition.number != (before.number + 1 if before else 1):
            yield problem(edition, "number", _("%d, the next one") % (before.number + 1 if before else 1))
        before = edition
