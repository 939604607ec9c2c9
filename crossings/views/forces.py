"""The list of forces, and one force: what it held, who is said to back it, and its strikes."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crossings.queries.charts import force_chart
from crossings.queries.forces import also_named, attributions, backings, strikes_against
from crossings.queries.post_history import held_by
from crossings.queries.snapshot import link_params

from .common import page, snapshot_of


@require_safe
def force_list(request: HttpRequest) -> HttpResponse:
    """All forces with the posts that each holds on the day, and how many it ever held."""
    snapshot = snapshot_of(request)
    days = snapshot.days(snapshot.scope.on)
    rows = [
        {
            "force": force,
            "now": [day.post for day in days if force.slug in day.holders],
            "ever": len(held_by(snapshot, force)),
        }
        for force in snapshot.forces.values()
    ]
    keep = link_params(snapshot.scope).query()
    context = {"nav": "forces", "on": snapshot.scope.on, "keep": keep, "rows": rows}
    return page(request, "pages/forces.html", context)


@require_safe
def force_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is published about one force."""
    snapshot = snapshot_of(request)
    scope, forces = snapshot.scope, snapshot.forces
    force = forces.get(slug)
    if force is None:
        raise Http404(f"no force {slug}")
    held = held_by(snapshot, force)
    keep, known = link_params(scope), list(scope.memberships())
    memberships = [row for row in known if row.member_id == force.pk]
    context = {
        "nav": "forces",
        "scope": scope,
        "on": scope.on,
        "force": force,
        "memberships": memberships,
        "members": [row for row in known if row.umbrella_id == force.pk],
        "held": held,
        "picture": force_chart(scope, held) if held else None,
        "backed_by": backings(scope, Q(force=force)),
        "backs": backings(scope, Q(backer=force)),
        "attributions": attributions(scope, force),
        "struck": strikes_against(scope, force),
        "named": also_named(scope, force, is_member=bool(memberships)),
        "keep": keep.query(),
        "map_query": keep.query(holder=(force.slug,)),
    }
    return page(request, "pages/force.html", context)
