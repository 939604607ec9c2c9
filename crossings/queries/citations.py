"""Citing: which passages are public, how one is cited in a file or in words, and the day of a report."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from crossings.models import (
    REPORT_MODELS,
    Answer,
    ControlReport,
    Crossing,
    Document,
    ObservationReport,
    Passage,
    Site,
    StatusReport,
    StrikeReport,
)
from crossings.wording.dates import in_words

from .scope import ReportT, Scope
from .snapshot import open_query

if TYPE_CHECKING:
    from crossings.models.evidence import PassageQuerySet
    from crossings.models.reports import Report

#: Reports of every kind: a day can be named for each.
AnyReport = ControlReport | StatusReport | StrikeReport | ObservationReport

NOT_QUOTED = "not quoted"  # in files, which are in English


class Citation(TypedDict, total=False):
    """One passage as downloads cite it, `reports` being the ids of what rests on it."""

    publisher: str
    title: str | None
    published: str | None
    url: str | None
    wire: str
    quote: str | None
    paragraph: int | None
    note: str | None
    document: str
    passage: str
    reports: list[str]


def cited(scope: Scope) -> PassageQuerySet[Passage]:
    """Passages of the chosen sources that something published cites.

    Nothing else of a document is public: a passage that only a draft cites stays unseen.
    """
    passage = OuterRef("pk")
    used = Q()
    for model in REPORT_MODELS:
        public: QuerySet[Any] = scope.reports(model)
        # From the passage to what cites it, by index: a list of all would be gone through each time.
        used |= Q(Exists(public.filter(main_passage=passage))) | Q(Exists(public.filter(passages=passage)))
    used |= Q(Exists(scope.attributions().filter(passage=passage)))
    used |= Q(Exists(scope.backings().filter(passage=passage)))
    used |= Q(Exists(scope.memberships().filter(passage=passage)))
    answers = Answer.passages.through.objects.filter(
        passage=OuterRef("pk"), answer__disagreement__in=scope.disagreements()
    )
    used |= Q(Exists(answers))
    return scope.passages().filter(used).select_related("document__source_set", "wire")


def citation(passage: Passage) -> Citation:
    """One passage as downloads cite it (document, wire loaded). A reference has no quote, and says so."""
    document = passage.document
    return {
        "publisher": publisher(document),
        "title": document.title or None,
        "published": document.published or None,
        "url": document.url or None,
        "wire": passage.wire.slug,
        "quote": passage.exact or None,
        "paragraph": passage.paragraph,
        "note": None if passage.is_quote else NOT_QUOTED,
        "document": document.slug,
        "passage": passage.public_id,
    }


def citations(reports: Iterable[Report], further: Iterable[Passage] = ()) -> list[Citation]:
    """The passages of these reports as downloads cite them, each once, with the ids of what rests on it."""
    found: dict[int, Citation] = {}
    for report in reports:
        for passage in passages_of(report):
            cited_once = found.setdefault(passage.pk, {**citation(passage), "reports": []})
            cited_once["reports"].append(report.public_id)
    for passage in further:
        found.setdefault(passage.pk, {**citation(passage), "reports": []})
    return list(found.values())


def wires(reports: Iterable[Report]) -> int:
    """How many independent wires these reports carry: the wire of a report is its main passage's."""
    return len({report.main_passage.wire_id for report in reports})


def with_passages(reports: QuerySet[ReportT]) -> QuerySet[ReportT]:
    """Reports with all that citing them needs, their documents and wires included. Two queries in all."""
    main = "main_passage"
    further = Prefetch("passages", ordered_passages())
    return reports.select_related(f"{main}__document__source_set", f"{main}__wire").prefetch_related(further)


def ordered_passages() -> PassageQuerySet[Passage]:
    """Passages in the order of their documents, with document and wire, for a Prefetch."""
    return Passage.objects.select_related("document__source_set", "wire").in_order()


def publisher(document: Document) -> str:
    """The publisher, with "(apparent)" where nothing in the text names it."""
    apparent = document.publisher_basis == Document.Basis.APPARENT
    if apparent and "(apparent)" not in document.publisher:
        return f"{document.publisher} (apparent)"
    return document.publisher


def plain_document(document: Document) -> str:
    """A citation to copy: publisher, “title”, date, address.

    What the document does not give is left out, but for a title and a date, whose lack is said.
    """
    parts = [
        publisher(document),
        f"“{document.title}”" if document.title else _("untitled"),
        in_words(document.published) if document.published else _("undated"),
        document.url,
    ]
    return ", ".join(part for part in parts if part)


def plain(passage: Passage) -> str:
    """A citation of one passage to copy: the quote, then where it stands."""
    where = plain_document(passage.document)
    if passage.paragraph:
        where += ", " + _("paragraph %(n)s") % {"n": passage.paragraph}
    quote = f"“{passage.exact}”" if passage.is_quote else _("not quoted")
    return f"{quote} ({where})"


def plain_crossing(crossing: Crossing, scope: Scope, address: str) -> str:
    """A citation of a crossing's page to copy. The address pins day and edition: it reads the same later."""
    return _("Crossings, “%(name)s”, as reported for %(day)s, version %(edition)s, %(address)s") % {
        "name": crossing.name,
        "day": in_words(scope.on),
        "edition": scope.edition_number,
        "address": address,
    }


def telling_bases(reports: QuerySet[ReportT]) -> QuerySet[ReportT]:
    """Reports with `of_base`: whether the same words are entered as said of a base. No query of its own."""
    bases = ControlReport.objects.filter(main_passage=OuterRef("main_passage"), site__kind=Site.Kind.BASE)
    return cast("QuerySet[ReportT]", reports.annotate(of_base=Exists(bases)))


def spoken_of(report: Report) -> str:
    """What the words speak of, of a report about a post: place, base or crossing; "" for the post itself.

    Of any other report "": its subject is what it speaks of. `telling_bases` tells a base from a town.
    """
    of = getattr(report, "of", "post")
    if getattr(report, "post_id", None) is None or of == "post":
        return ""
    return "base" if of == "place" and getattr(report, "of_base", False) else str(of)


def passages_of(report: Report) -> list[Passage]:
    """A report's passages, the main one first (further ones prefetched)."""
    further = [passage for passage in report.passages.all() if passage.pk != report.main_passage_id]
    return [report.main_passage, *further]


def day_of(report: AnyReport) -> datetime.date | None:
    """A day on which, by its own words, it was so: the day to open the map on. None where none is bounded."""
    day: datetime.date | None
    if isinstance(report, StrikeReport):
        day = report.event.when_max or report.event.when_min
        return day
    day = report.as_of_min or report.starts_max or report.starts_min
    if day is None and report.ends_min:
        day = report.ends_min - datetime.timedelta(days=1)
    day = day or report.as_of_max or report.ends_max
    return day


def map_query(report: AnyReport, scope: Scope) -> str:
    """The query string that opens the map on the report's day with its subject's popup, in the same
    edition and sources.
    """
    day = day_of(report)
    return open_query(scope, min(day, scope.last) if day else scope.on, popup_of(report))


def popup_of(report: AnyReport) -> str | None:
    """What the map opens for a report: "post.ID", "site.ID" or "strike.ID"; None for wider subjects."""
    if isinstance(report, StrikeReport):
        return f"strike.{report.event.public_id}"
    if report.post:
        return f"post.{report.post.slug}"
    return f"site.{report.site.slug}" if report.site else None
