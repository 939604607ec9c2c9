"""What a document supports: the reports, attributions, backings and answers that rest on its passages."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db.models import Count, Q, QuerySet

from crossings.models import (
    REPORT_MODELS,
    Answer,
    Attribution,
    Backing,
    ControlReport,
    Document,
    Passage,
    SourceSet,
    StatusReport,
    StrikeReport,
)
from crossings.models.evidence import PassageQuerySet
from crossings.models.reports import Report
from geodata.similarity import near_copies
from geodata.text import fold

from . import citations
from .scope import Scope


class Support(TypedDict, total=False):
    """What rests on a passage, as pages/_supports.html reads it: a report, or one of the others."""

    report: Report
    query: str  # of the map
    day: datetime.date | None
    spoken_of: str  # what the words speak of, where that is not the subject itself
    traffics: list[str]  # of status reports that say the same of several kinds of traffic
    attribution: Attribution
    backing: Backing
    answer: Answer


Supports = dict[int, list[Support]]  # by the primary key of a passage


@dataclass(frozen=True, slots=True)
class Copy:
    """A passage of another document with nearly the same words; of the same wire it is the same source."""

    passage: Passage
    same_wire: bool


def documents_by_source_set(scope: Scope) -> dict[SourceSet, list[Document]]:
    """Documents that something published cites and the text finds, with `passage_count`, `report_count`."""
    public = citations.cited(scope).order_by().values("document")
    counts = dict(public.values_list("document").annotate(n=Count("pk")))
    rows = (
        Document.objects.filter(pk__in=public)
        .select_related("source_set")
        .order_by("source_set__order", "source_set__slug", "published_min", "slug")
    )
    reports = _reports_by_document(scope)
    groups: dict[SourceSet, list[Document]] = defaultdict(list)
    for row in rows:
        if _fits(row, scope.selection.q):
            row.passage_count = counts[row.pk]  # type: ignore[attr-defined]  # for the template, as the next
            row.report_count = reports.get(row.pk, 0)  # type: ignore[attr-defined]
            groups[row.source_set].append(row)
    return dict(groups)


def _fits(document: Document, text: str) -> bool:
    wanted = fold(text)
    return not wanted or any(
        wanted in fold(part) for part in (document.title, document.publisher, document.author)
    )


def _reports_by_document(scope: Scope) -> dict[int, int]:
    """How many published reports each document carries. One query per kind of report."""
    counts: dict[int, int] = defaultdict(int)
    for model in REPORT_MODELS:
        rows: QuerySet[Any] = scope.reports(model).order_by()
        for document, n in rows.values_list("main_passage__document").annotate(n=Count("pk")):
            counts[document] += n
    return counts


def copies_of(passages: Sequence[Passage], public: PassageQuerySet[Passage]) -> dict[int, list[Copy]]:
    """Copies of a document's passages in other documents, by the primary key of the passage."""
    own = {passage.pk: passage for passage in passages if passage.is_quote}
    others = public.exclude(document=passages[0].document).exclude(exact="")
    texts = dict(others.order_by().values_list("pk", "exact")) if own else {}
    alike = near_copies({pk: passage.exact for pk, passage in own.items()}, texts)
    loaded = public.in_bulk({pk for found in alike.values() for pk in found})
    return {
        pk: [Copy(loaded[other], loaded[other].wire_id == own[pk].wire_id) for other in found]
        for pk, found in alike.items()
    }


def supports_of(scope: Scope, passages: Sequence[Passage]) -> tuple[Supports, int]:
    """Reports, attributions, backings and answers that rest on each passage; how many reports these are."""
    count = 0
    found: Supports = defaultdict(list)
    keys = [passage.pk for passage in passages]
    for model in REPORT_MODELS:
        for report in _reports(model, scope, keys):
            count += 1
            row: Support = {
                "report": report,
                "query": citations.map_query(report, scope),
                "day": citations.day_of(report),
                "spoken_of": citations.spoken_of(report),
            }
            for passage in citations.passages_of(report):
                _add(found[passage.pk], row)
    for attribution in (
        scope.attributions().filter(passage__in=keys).select_related("accused", "report__event")
    ):
        query = citations.map_query(attribution.report, scope)
        if attribution.passage_id:
            found[attribution.passage_id].append({"attribution": attribution, "query": query})
    for backing in scope.backings().filter(passage__in=keys).select_related("force", "backer"):
        found[backing.passage_id].append({"backing": backing})
    links = Answer.passages.through.objects.filter(
        passage__in=keys, answer__disagreement__in=scope.disagreements()
    )
    for link in links.select_related("answer__disagreement"):
        found[link.passage_id].append({"answer": link.answer})
    return found, count


def _reports(model: Any, scope: Scope, keys: list[int]) -> QuerySet[Any]:
    """Published reports that cite these passages, with what naming them needs."""
    further = model.passages.through.objects.filter(passage__in=keys)
    name = model._meta.model_name
    rows: QuerySet[Any] = scope.reports(model).filter(
        Q(main_passage__in=keys) | Q(pk__in=further.values(f"{name}_id"))
    )
    rows = citations.telling_bases(rows)
    rows = rows.prefetch_related("passages").order_by("pk")
    if model is StrikeReport:
        return rows.select_related("main_passage", "event")
    if model is ControlReport:
        rows = rows.prefetch_related("forces")
    subjects = {"crossing", "post", "site", "frontier"} & {field.name for field in model._meta.fields}
    return rows.select_related("main_passage", *subjects)


def _add(rows: list[Support], row: Support) -> None:
    """Add a report; one that says the same of another kind of traffic joins the line that is there."""
    report = row["report"]
    if not isinstance(report, StatusReport):
        rows.append(row)
        return
    for other in rows:
        same = other.get("report")
        if isinstance(same, StatusReport) and _same_but_traffic(same, report):
            other["traffics"].append(report.traffic)
            return
    rows.append({**row, "traffics": [report.traffic]})


def _same_but_traffic(a: StatusReport, b: StatusReport) -> bool:
    names = ("post_id", "site_id", "frontier_id", "status", "direction", "stance", "starts", "ends", "as_of")
    return all(getattr(a, name) == getattr(b, name) for name in (*names, "of", "main_passage_id"))
