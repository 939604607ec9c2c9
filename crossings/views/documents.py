"""Documents: the list, and one document with its public passages and what each supports."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crossings.queries import citations
from crossings.queries.documents import copies_of, documents_by_source_set, supports_of
from crossings.queries.snapshot import timeless_link_params

from .common import page, scope_of


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Every document that something published cites, by source set."""
    scope = scope_of(request)
    groups = documents_by_source_set(scope)
    context = {
        "nav": "documents",
        "scope": scope,
        "selection": scope.selection,
        "keep": timeless_link_params(scope).query(),
        "groups": list(groups.items()),
        "total": sum(len(rows) for rows in groups.values()),
    }
    return page(request, "pages/documents.html", context)


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """What a document is, its public passages in order, and what each supports."""
    scope = scope_of(request).with_all_sources()  # a document's own page shows it whatever is chosen
    public = citations.cited(scope)
    passages = list(public.filter(document__slug=slug).in_order())
    if not passages:
        raise Http404(f"Nothing published cites a document {slug}.")
    supports, reports = supports_of(scope, passages)
    copies = copies_of(passages, public)
    row = passages[0].document
    context = {
        "nav": "documents",
        "scope": scope,
        "keep": timeless_link_params(scope).query(),
        "document": row,
        "citation": citations.plain_document(row),
        "publisher": citations.publisher(row),
        "missing": [part.strip() for part in row.missing.split(";") if part.strip()],
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
