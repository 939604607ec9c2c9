"""What differs: every conflict in the data, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crossings.models import Region
from crossings.queries.conflicts import KINDS, Conflict, Conflicts
from crossings.queries.snapshot import timeless_link_params

from .common import page, snapshot_of


@require_safe
def differs(request: HttpRequest) -> HttpResponse:
    """All conflicts of the selection, by crossing; `region`, `sources`, `edition` and `q` narrow them."""
    snapshot = snapshot_of(request)
    scope, selection = snapshot.scope, snapshot.selection
    conflicts = Conflicts(snapshot)
    counts = Counter(conflict.kind for conflict in conflicts.all)
    groups = [
        {"crossing": crossing, "kinds": _by_kind(rows), "count": len(rows)}
        for crossing, rows in conflicts.by_crossing()
    ]
    context = {
        "nav": "differs",
        "scope": scope,
        "selection": selection,
        "query": selection.without("view").query(),
        "keep": timeless_link_params(scope).query(),
        "groups": groups,
        "counts": [(label, counts[kind]) for kind, label in KINDS.items() if counts[kind]],
        "total": len(conflicts.all),
        "regions": scope.places(Region),
        "source_sets": scope.source_sets(),
    }
    return page(request, "pages/differs.html", context)


def _by_kind(conflicts: Sequence[Conflict]) -> list[tuple[str, list[Conflict]]]:
    """In the order of KINDS, with its heading."""
    groups = ((label, [c for c in conflicts if c.kind == kind]) for kind, label in KINDS.items())
    return [(str(label), rows) for label, rows in groups if rows]
