"""Documents: the list, and one document with its public passages and what each supports."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crossings.models import (
    REPORT_MODELS,
    Answer,
    ControlReport,
    Document,
    Passage,
    SourceSet,
    StatusReport,
    StrikeReport,
)
from crossings.queries import citations
from crossings.queries.scope import Scope
from geodata.selection import Selection
from geodata.similarity import near_copies
from geodata.text import fold

from .common import page, scope_of


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Every document that something published cites, by source set."""
    scope = scope_of(request)
    public = citations.cited(scope).order_by().values("pk")
    rows = (
        Document.objects.filter(passages__in=public)
        .annotate(passage_count=Count("passages", filter=Q(passages__in=public), distinct=True))
        .select_related("source_set")
        .order_by("source_set__order", "source_set__slug", "published_min", "slug")
    )
    reports = _reports_by_document(scope)
    groups: dict[SourceSet, list[Document]] = defaultdict(list)
    for row in rows:
        if _fits(row, scope.selection.q):
            row.report_count = reports.get(row.pk, 0)  # type: ignore[attr-defined]  # for the template
            groups[row.source_set].append(row)
    context = {
        "nav": "documents",
        "scope": scope,
        "selection": scope.selection,
        "kept": _kept(scope),
        "groups": list(groups.items()),
        "total": sum(len(found) for found in groups.values()),
    }
    return page(request, "pages/documents.html", context)


def _kept(scope: Scope) -> str:
    """The edition and the sources as a query: links between pages keep them."""
    return Selection(edition=scope.selection.edition, sources=scope.selection.sources).query()


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


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """What a document is, its public passages in order, and what each supports."""
    scope = scope_of(request).with_all_sources()  # a document's own page shows it whatever is chosen
    public = citations.cited(scope)
    passages = list(public.filter(document__slug=slug).in_order())
    if not passages:
        raise Http404(f"Nothing published cites a document {slug}.")
    supports, reports = _supports(scope, passages)
    copies = _copies(passages, public)
    one = passages[0].document
    context = {
        "nav": "documents",
        "scope": scope,
        "kept": _kept(scope),
        "document": one,
        "citation": citations.plain_document(one),
        "publisher": citations.publisher(one),
        "missing": [part.strip() for part in one.missing.split(";") if part.strip()],
        "passages": [
            {
                "passage": passage,
                "citation": citations.plain(passage),
                "supports": supports[passage.pk],
                "copies": copies.get(passage.pk, []),
            }
            for passage in passages
        ],
        "reports": reports,
        "wires": sorted({passage.wire.name for passage in passages}),
    }
    return page(request, "pages/document.html", context)


def _copies(passages: list[Passage], public: Any) -> dict[int, list[dict[str, Any]]]:
    """Passages of other documents with nearly the same words, and whether they count as one witness."""
    own = {p.pk: p for p in passages if p.is_quote}
    others = public.exclude(document=passages[0].document).exclude(exact="")
    texts = dict(others.order_by().values_list("pk", "exact")) if own else {}
    alike = near_copies({pk: p.exact for pk, p in own.items()}, texts)
    loaded = public.in_bulk({pk for found in alike.values() for pk in found})
    return {
        pk: [{"passage": loaded[k], "same_wire": loaded[k].wire_id == own[pk].wire_id} for k in found]
        for pk, found in alike.items()
    }


def _supports(scope: Scope, passages: list[Passage]) -> tuple[dict[int, list[dict[str, Any]]], int]:
    """By the primary key of a passage: reports, attributions, backings and answers that rest on it.

    And how many reports these are.
    """
    count = 0
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    keys = [passage.pk for passage in passages]
    for model in REPORT_MODELS:
        for report in _reports(model, scope, keys):
            count += 1
            row = {
                "report": report,
                "query": citations.map_query(report, scope),
                "day": citations.day_of(report),
            }
            for passage in citations.passages_of(report):
                _add(found[passage.pk], row)
    blames = scope.attributions().filter(passage__in=keys)
    for blame in blames.select_related("accused", "report__event"):
        query = citations.map_query(blame.report, scope)
        if blame.passage_id:
            found[blame.passage_id].append({"attribution": blame, "query": query})
    for backing in scope.backings().filter(passage__in=keys).select_related("force", "backer"):
        found[backing.passage_id].append({"backing": backing})
    links = Answer.passages.through.objects.filter(
        passage__in=keys, answer__disagreement__in=scope.disagreements()
    )
    for link in links.select_related("answer__disagreement"):
        found[link.passage_id].append({"answer": link.answer})
    return found, count


def _add(rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
    """Add a report; one that says the same of another kind of traffic joins the line that is there."""
    report = row["report"]
    if not isinstance(report, StatusReport):
        rows.append(row)
        return
    for other in rows:
        if "traffics" in other and _same(other["report"], report):
            other["traffics"].append(report.traffic)
            return
    rows.append({**row, "traffics": [report.traffic]})


def _same(a: StatusReport, b: StatusReport) -> bool:
    names = ("post_id", "site_id", "frontier_id", "status", "direction", "stance", "starts", "ends", "as_of")
    return all(getattr(a, name) == getattr(b, name) for name in (*names, "of", "main_passage_id"))


def _reports(model: Any, scope: Scope, keys: list[int]) -> QuerySet[Any]:
    """Published reports that cite these passages, with what naming them needs."""
    further = model.passages.through.objects.filter(passage__in=keys)
    name = model._meta.model_name
    rows: QuerySet[Any] = scope.reports(model).filter(
        Q(main_passage__in=keys) | Q(pk__in=further.values(f"{name}_id"))
    )
    rows = rows.select_related("main_passage").prefetch_related("passages").order_by("pk")
    if model is StrikeReport:
        return rows.select_related("main_passage", "event")
    if model is ControlReport:
        rows = rows.prefetch_related("forces")
    wider = ["crossing"] if "crossing" in {f.name for f in model._meta.fields} else []
    return rows.select_related("main_passage", "post", "site", "frontier", *wider)
