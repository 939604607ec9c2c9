"""Published reports drawn at random, with the words and the values that a reader compares."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from crossings.models import (
    REPORT_MODELS,
    ControlReport,
    Edition,
    ObservationReport,
    StatusReport,
    StrikeReport,
)
from crossings.queries.citations import passages_of, with_passages


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One report: where its words stand, the words, and what it takes them to say."""

    kind: str
    id: str
    page: str
    publisher: str
    title: str
    published: str
    url: str
    quote: str
    subject: str
    says: str
    of: str
    dates: str
    stance: str
    speaker: str
    wire: str
    note: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def draw(number: int, seed: int, source_set: str = "") -> list[DrawnRow]:
    """So many published reports, the same ones for the same seed, data and source set.

    All of them, in random order, where there are not more.
    """
    edition = Edition.objects.order_by("-number").first()
    found: list[Any] = []
    for model in REPORT_MODELS:
        rows: QuerySet[Any] = with_passages(model.objects.published(edition.number if edition else 0))
        if source_set:
            rows = rows.filter(main_passage__document__source_set__slug=source_set)
        found += rows
    found.sort(key=lambda report: (report.kind, report.public_id))
    dice = random.Random(seed)  # noqa: S311  # to be drawn again by others, not to be unguessable
    return [_drawn(report) for report in dice.sample(found, min(number, len(found)))]


def _drawn(report: Any) -> DrawnRow:
    document, passages = report.main_passage.document, passages_of(report)
    address = reverse("document", args=[document.slug])
    return DrawnRow(
        kind=report.kind,
        id=report.public_id,
        page=f"{settings.SITE_URL}{address}#p-{report.main_passage.public_id}",
        publisher=document.publisher,
        title=document.title,
        published=document.published,
        url=document.url,
        quote=" […] ".join(
            f"[{passage.lead}] {passage.exact}" if passage.lead else passage.exact
            for passage in passages
            if passage.exact
        ),
        subject=str(report.event if isinstance(report, StrikeReport) else report.subject),
        says=_says(report),
        of=getattr(report, "of", ""),
        dates="; ".join(
            f"{name} {getattr(report, name)}" for name in report.edtf_fields if getattr(report, name)
        ),
        stance=report.stance,
        speaker=report.speaker,
        wire=report.main_passage.wire.name,
        note=report.note,
    )


def _says(report: Any) -> str:
    if isinstance(report, ControlReport):
        forces = " + ".join(holder.force.name for holder in report.holders.select_related("force"))
        return f"{forces}: {report.role}"
    if isinstance(report, StatusReport):
        return f"{report.status} to {report.traffic} ({report.direction})"
    if isinstance(report, ObservationReport):
        return f"{report.topic}: {report.summary}"
    tolls = [
        f"{toll.group}: killed {_range(toll.killed_low, toll.killed_high)}, "
        f"injured {_range(toll.injured_low, toll.injured_high)}"
        for toll in report.tolls.all()
    ]
    blames = [f"{blame.speaker} {blame.kind} {blame.accused or '–'}" for blame in report.attributions.all()]
    return "; ".join([f"struck: {report.target or '–'}", *tolls, *blames])


def _range(low: int | None, high: int | None) -> str:
    """A number of people as a report gives it.

    >>> _range(18, None), _range(None, 3), _range(2, 2), _range(2, 5), _range(None, None)
    ('18 or more', 'up to 3', '2', '2–5', 'not reported')
    """
    if low is None:
        return "not reported" if high is None else f"up to {high}"
    return f"{low} or more" if high is None else str(low) if low == high else f"{low}–{high}"
