"""Each source set, for an editor to look at: what its reports rest on and what their quotes leave out.

Nothing here is an error by itself. A quote may leave a date to the sentence before it; that is then a reason
to cut it again, or to say so in a note.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from django.db.models import QuerySet

from crossings.models import (
    REPORT_MODELS,
    ControlReport,
    ObservationReport,
    Passage,
    SourceSet,
    StatusReport,
    StrikeReport,
)
from crossings.models.reports import Report
from crossings.queries.basis import Basis, basis_of
from crossings.queries.citations import passages_of, with_passages
from crossings.queries.scope import Scope, resolve
from geodata.selection import Selection
from geodata.text import fold

#: Words after which somebody is named, or kept unnamed, who is not the text itself.
TELLING: Final = re.compile(r"\b(said|says|saying|told|according to|reportedly)\b", re.IGNORECASE)
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Words that date something without a number.
RELATIVE: Final = re.compile(
    r"\b(today|yesterday|now|ago|since|until|last|years?|months?|weeks?|days?|earlier|still)\b", re.IGNORECASE
)


@dataclass(slots=True)
class SourceReview:
    """One source set: counts, and ids of reports to look at by what their quotes lack."""

    source_set: str
    basis: Basis
    unquoted: list[str] = field(default_factory=list)
    no_date: list[str] = field(default_factory=list)
    no_force: list[str] = field(default_factory=list)
    no_place: list[str] = field(default_factory=list)
    no_speaker: list[str] = field(default_factory=list)
    wires: dict[str, dict[str, int]] = field(default_factory=dict)  # document → wire → passages

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reviews() -> Iterator[SourceReview]:
    """Every source set with what is published of it now."""
    everything = resolve(Selection())
    for source_set in SourceSet.objects.all():
        scope = replace(everything, sources=(source_set.slug,))
        review = SourceReview(source_set.slug, basis_of(scope))
        for report in _reports(scope):
            _look_at(report, review)
        review.wires = _wires(source_set)
        yield review


def _reports(scope: Scope) -> Iterator[Any]:
    related: dict[type[Report], tuple[list[str], list[str]]] = {
        ControlReport: (["post__crossing", "site", "frontier"], ["holders__force__names"]),
        StatusReport: (["post__crossing", "site", "frontier"], []),
        ObservationReport: (
            ["post__crossing", "crossing", "site", "frontier", "force"],
            ["forces__names"],
        ),
        StrikeReport: (["event__site"], ["event__targets__names"]),
    }
    for model in REPORT_MODELS:
        rows: QuerySet[Any] = with_passages(scope.reports(model))
        select, prefetch = related[model]
        yield from rows.select_related(*select).prefetch_related(*prefetch).order_by("public_id")


def _look_at(report: Any, review: SourceReview) -> None:
    """Note what the words that a report cites leave out."""
    passages = passages_of(report)
    exact = " ".join(passage.exact for passage in passages)
    if not exact.strip():
        review.unquoted.append(report.public_id)
        return
    words = f"{' '.join(passage.lead for passage in passages)} {exact}"
    if not _says_when(report, words):
        review.no_date.append(report.public_id)
    if (named := _forces(report)) and not _names_any(words, named):
        review.no_force.append(report.public_id)
    if (named := _place_names(report)) and not _names_any(words, named):
        review.no_place.append(report.public_id)
    if not getattr(report, "speaker", "") and TELLING.search(exact):
        review.no_speaker.append(report.public_id)


def _says_when(report: Any, words: str) -> bool:
    """Whether the words date the report: by a year, month, weekday or in relation to the day of the text.

    What a text says in the present tense of the day on which it appeared needs no date.
    """
    published = report.main_passage.document.published_min
    days = [
        day
        for name in report.edtf_fields
        for day in (getattr(report, f"{name}_min"), getattr(report, f"{name}_max"))
        if day
    ]
    if not days or all(day == published for day in days):
        return True
    wanted = {str(day.year) for day in days} | {MONTHS[day.month - 1] for day in days}
    wanted |= {WEEKDAYS[day.weekday()] for day in days}
    return any(re.search(rf"\b{word}\b", words) for word in wanted) or bool(RELATIVE.search(words))


def _forces(report: Any) -> list[str]:
    if isinstance(report, ControlReport):
        forces = [holder.force for holder in report.holders.all()]
    elif isinstance(report, ObservationReport):
        forces = list(report.forces.all())
    elif isinstance(report, StrikeReport):
        forces = list(report.event.targets.all())
    else:
        return []
    return [text for force in forces for text in _names(force)]


def _place_names(report: Any) -> list[str]:
    """All names of what the report is about, and of the crossing that a post belongs to."""
    if isinstance(report, StrikeReport):
        return _names(report.event.site) if report.event.site else []
    subject = report.subject
    names = _names(subject)
    if getattr(report, "post_id", None):
        names += _names(subject.crossing)
    return names


def _names(owner: Any) -> list[str]:
    """Name, short name and spellings; the parts of a name of two places, as of Qaim–Bukamal, too."""
    texts = [owner.name, getattr(owner, "short_name", ""), *(name.text for name in owner.names.all())]
    return [part for text in texts for part in re.split(r"[–/()]| and ", text) if part.strip()]


def _names_any(words: str, names: Iterable[str]) -> bool:
    """Whether any of the names stands in the words, whatever its spelling, as whole words."""
    folded = f" {fold(words)} "
    return any(f" {fold(name)} " in folded for name in names if fold(name))


def _wires(source_set: SourceSet) -> dict[str, dict[str, int]]:
    """For each document how many of its passages carry each wire."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Passage.objects.filter(document__source_set=source_set).order_by("document__slug", "wire__slug")
    for document, wire in rows.values_list("document__slug", "wire__slug"):
        found[document][wire] = found[document].get(wire, 0) + 1
    return dict(found)
