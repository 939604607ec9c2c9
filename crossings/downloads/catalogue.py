"""The downloads: which there are, what each holds for a selection, and what its file is called.

To add one: write its features in `places` or `reports`, its columns in `columns`, and a row in DOWNLOADS;
a test then asks for its table in docs/downloads.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crossings.models import ControlReport, StatusReport
from crossings.queries.snapshot import Snapshot
from crossings.wording import licence
from geodata.selection import Selection

from . import geojson, memberships, places, reports
from .columns import COLUMNS, ExportColumn
from .geojson import Feature


@dataclass(frozen=True, slots=True)
class Download:
    """One file: its features for a snapshot, and how many there are of them."""

    name: str
    title: str | Promise
    what: str | Promise
    features: Callable[[Snapshot], Iterator[Feature]]
    count: Callable[[Snapshot], int]

    @property
    def columns(self) -> tuple[ExportColumn, ...]:
        return COLUMNS[self.name]


DOWNLOADS: Final = {
    download.name: download
    for download in (
        Download(
            "crossings",
            _("Crossings"),
            _("Each crossing that is shown, as a whole, on the day."),
            places.crossings,
            lambda snapshot: len(snapshot.crossing_days(snapshot.scope.on)),
        ),
        Download(
            "posts",
            _("Sides"),
            _("Each side that is shown, with the answers for the day: who held it, what could pass."),
            places.posts,
            lambda snapshot: len(snapshot.days(snapshot.scope.on)),
        ),
        Download(
            "sites",
            _("Places"),
            _("Towns, bases and other places that are shown."),
            places.sites,
            lambda snapshot: len(snapshot.sites),
        ),
        Download(
            "control",
            _("Control reports"),
            _("Every published report, of any day, of who held what is shown."),
            reports.control,
            lambda snapshot: reports.reports_shown(ControlReport, snapshot).count(),
        ),
        Download(
            "status",
            _("Status reports"),
            _("Every published report, of any day, of what could pass where."),
            reports.status,
            lambda snapshot: reports.reports_shown(StatusReport, snapshot).count(),
        ),
        Download(
            "memberships",
            _("Memberships"),
            _("Which force was part of which umbrella, from and to which day: whom a holder counts for."),
            memberships.memberships,
            lambda snapshot: memberships.memberships_shown(snapshot).count(),
        ),
        Download(
            "strikes",
            _("Strikes"),
            _("Each strike of the interval with its tolls and who blames whom."),
            reports.strikes,
            lambda snapshot: snapshot.strikes(*snapshot.scope.interval).count(),
        ),
    )
}


def stream(download: Download, snapshot: Snapshot, generated: datetime.datetime) -> Iterator[bytes]:
    """The file in chunks. Everything that can refuse the selection has been asked before."""
    return geojson.collection(download.features(snapshot), members(download, snapshot, generated))


def members(download: Download, snapshot: Snapshot, generated: datetime.datetime) -> dict[str, object]:
    """What a collection says of itself, beside its features."""
    scope = snapshot.scope
    query = canonical(snapshot)
    with translation.override("en"):  # files are in English, whoever asks for them
        title = str(download.title)
    return {
        "name": f"crossings-{download.name}",
        "title": title,
        "licence": licence.DATA_STATEMENT,
        "licence_url": licence.DATA_LICENCE_URL,
        "attribution": list(licence.DATA_ATTRIBUTION),
        "edition": scope.edition_number,
        "edition_at": scope.edition.at if scope.edition else None,
        # An address that names its edition gives the same bytes whenever it is asked.
        **({} if scope.pinned else {"generated": generated}),
        "on": scope.on,
        "strikes_from": scope.interval[0],
        "selection": query,
        "url": places.address(reverse("home"), query),
    }


def canonical(snapshot: Snapshot) -> str:
    """The canonical query of what is shown, with its region, day and edition written out: it keeps."""
    scope = snapshot.scope
    region = scope.region.slug if scope.region else None
    return snapshot.selection.without("view").query(region=region, on=scope.on, edition=scope.pin)


def filename(name: str, snapshot: Snapshot) -> str:
    """As crossings-control-qaim-bukamal-2019-09-30-edition-2.geojson; "-filtered" where filters are set."""
    scope = snapshot.scope
    parts = ["crossings", name]
    if scope.region:
        parts.append(scope.region.slug)
    parts += [scope.on.isoformat(), f"edition-{scope.edition_number}"]
    if _filtered(snapshot.selection):
        parts.append("filtered")
    return "-".join(parts) + ".geojson"


def _filtered(selection: Selection) -> bool:
    """Whether something beside region, day, edition and the way of looking is chosen."""
    return bool(selection.without("scope", "view").query(on=None))
