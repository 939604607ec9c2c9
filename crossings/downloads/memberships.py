"""Features of memberships: which force counts for which umbrella, and on which days."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from crossings.models import Membership
from crossings.queries import citations
from crossings.queries.snapshot import Snapshot, link_params

from .geojson import Feature, feature
from .places import address


def memberships_shown(snapshot: Snapshot) -> QuerySet[Membership]:
    """All published memberships, whatever the place: any of them may decide for whom a holder counts."""
    rows = snapshot.scope.memberships()
    return rows if snapshot.selection.shows("control") else rows.none()


def memberships(snapshot: Snapshot) -> Iterator[Feature]:
    """One feature per membership, without a geometry. Two queries: memberships are few, as forces are."""
    rows = memberships_shown(snapshot).select_related("passage__document", "passage__wire")
    for membership in rows.prefetch_related(Prefetch("passages", citations.ordered_passages())):
        yield feature(membership.public_id, None, _membership(snapshot, membership))


def _membership(snapshot: Snapshot, membership: Membership) -> dict[str, object]:
    dates: dict[str, object] = {}
    for name in membership.edtf_fields:
        dates[name] = getattr(membership, name) or None
        dates[f"{name}_min"] = getattr(membership, f"{name}_min")
        dates[f"{name}_max"] = getattr(membership, f"{name}_max")
    passages = [membership.passage] if membership.passage else []
    passages += [passage for passage in membership.passages.all() if passage not in passages]
    page = reverse("force", args=[membership.member.slug])
    return {
        "id": membership.public_id,
        "member": membership.member.slug,
        "member_name": membership.member.name,
        "umbrella": membership.umbrella.slug,
        "umbrella_name": membership.umbrella.name,
        **dates,
        "note": membership.note or None,
        "published_in": membership.published_in_id,
        "url": address(page, link_params(snapshot.scope).query(edition=snapshot.scope.pin)),
        "citations": citations.citations([], passages),
    }
