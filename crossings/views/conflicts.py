"""What differs: every conflict in the data, side by side."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crossings.models import Region, SourceSet
from crossings.queries.conflicts import KINDS, Conflict, Conflicts
from geodata.selection import Selection

from .common import page, snapshot_of


@require_safe
def differs(request: HttpRequest) -> HttpResponse:
    """All differences of the selection, by crossing; `region`, `sources`, `edition` and `q` narrow them."""
    snapshot = snapshot_of(request)
    scope, selection = snapshot.scope, snapshot.selection
    found = Conflicts(snapshot)
    counts = Counter(one.kind for one in found.all)
    groups = [
        {"crossing": crossing, "kinds": _by_kind(rows), "count": len(rows)}
        for crossing, rows in found.by_crossing()
    ]
    context = {
        "nav": "differs",
        "scope": scope,
        "selection": selection,
        "query": selection.without("view").query(),
        "kept": Selection(edition=selection.edition, sources=selection.sources).query(),
        "groups": groups,
        "counts": [(label, counts[kind]) for kind, label in KINDS.items() if counts[kind]],
        "total": len(found.all),
        "regions": Region.objects.published(scope.edition_number or None),
        "source_sets": SourceSet.objects.all(),
    }
    return page(request, "pages/differs.html", context)


def _by_kind(rows: list[Conflict]) -> list[tuple[str, list[Conflict]]]:
    """In the order of KINDS, with its heading."""
    return [
        (str(label), kept) for kind, label in KINDS.items() if (kept := [r for r in rows if r.kind == kind])
    ]
