"""What the published reports rest on: the words of a quote, a headline, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crossings.models import REPORT_MODELS
from crossings.models.reports import Report

from .scope import Scope


@dataclass(frozen=True, slots=True)
class Basis:
    """Numbers of reports by the words that a reader can check them against.

    `quote`: a passage with words of the text; `headline`: none, but the document has a headline, which is
    shown as such; `neither`: a bare reference to a text without a headline.
    """

    quote: int = 0
    headline: int = 0
    neither: int = 0

    @property
    def reports(self) -> int:
        return self.quote + self.headline + self.neither

    def __add__(self, other: Basis) -> Basis:
        return Basis(self.quote + other.quote, self.headline + other.headline, self.neither + other.neither)


def quoted(model: type[Report]) -> Q:
    """Whether a report of this kind cites words, with its main or a further passage."""
    further = model.passages.through._default_manager.filter(**{model._meta.model_name or "": OuterRef("pk")})
    return ~Q(main_passage__exact="") | Q(Exists(further.exclude(passage__exact="")))


def basis_of(scope: Scope) -> Basis:
    """The basis of all reports in a scope, each stored report once; one query for each kind of report."""
    found = Basis()
    for model in REPORT_MODELS:
        rows: QuerySet[Any] = scope.reports(model)
        words = quoted(model)
        headline = ~words & ~Q(main_passage__document__title="")
        counts = rows.aggregate(
            all=Count("pk"), quote=Count("pk", filter=words), headline=Count("pk", filter=headline)
        )
        found += Basis(
            counts["quote"], counts["headline"], counts["all"] - counts["quote"] - counts["headline"]
        )
    return found
