"""What differs: every conflict in the data, side by side."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crossings.models import Region, SourceSet
from crossings.queries.conflicts import KINDS, Difference, Differing
from geodata.selection import Selection

from .common import board_of, page


@require_safe
def differs(request: HttpRequest) -> HttpResponse:
    """All differences of the selection, by crossing; `region`, `sources`, `edition` and `q` narrow them."""
    board = board_of(request)
    asked, selection = board.asked, board.selection
    found = Differing(board)
    counts = Counter(one.kind for one in found.all)
    groups = [
        {"crossing": crossing, "kinds": _by_kind(rows), "count": len(rows)}
        for crossing, rows in found.by_crossing()
    ]
    context = {
        "nav": "differs",
        "asked": asked,
        "selection": selection,
        "query": selection.query(view=None, show=None, tiles=None),
        "kept": Selection(edition=selection.edition, sources=selection.sources).query(),
        "groups": groups,
        "counts": [(label, counts[kind]) for kind, label in KINDS.items() if counts[kind]],
        "total": len(found.all),
        "regions": Region.objects.published(asked.edition_number or None),
        "source_sets": SourceSet.objects.all(),
    }
    return page(request, "pages/differs.html", context)


def _by_kind(rows: list[Difference]) -> list[tuple[str, list[Difference]]]:
    """In the order of KINDS, with its heading."""
    return [
        (str(label), kept) for kind, label in KINDS.items() if (kept := [r for r in rows if r.kind == kind])
    ]
