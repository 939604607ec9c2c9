"""Reports that the rule cannot read, dates in the wrong order, passages and places that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _

from crossings.assessment import RecordError
from crossings.models import (
    REPORT_MODELS,
    Answer,
    Attribution,
    ControlReport,
    Crossing,
    Disagreement,
    Document,
    Membership,
    ObservationReport,
    Publishable,
    State,
    StatusReport,
    StrikeEvent,
    StrikeReport,
)
from crossings.models.base import Replaceable
from crossings.models.fields import DatedModel
from crossings.publishing.dependents import place_lookups, places_of

from .problems import DataProblem, ident, problem

#: What readers of some edition see. What nobody has seen yet may be unfinished.
SEEN_BY_READERS: Final = Q(published_in__isnull=False)
PERIOD_MODELS: Final = (ControlReport, StatusReport, ObservationReport)
DATED_MODELS: Final[tuple[type[DatedModel], ...]] = (
    *PERIOD_MODELS,
    StrikeReport,
    StrikeEvent,
    Membership,
    Document,
)
PLACED_MODELS: Final[tuple[type[Publishable], ...]] = (*REPORT_MODELS, Disagreement)


def unreadable() -> Iterator[DataProblem]:
    """Reports that the assessment leaves out because it cannot read them."""
    sources = "main_passage__wire", "main_passage__document"
    control = ControlReport.objects.filter(SEEN_BY_READERS).select_related(*sources)
    status = StatusReport.objects.filter(SEEN_BY_READERS).select_related(*sources)
    for report in (*control.prefetch_related("holders__force"), *status):
        if not report.value:
            yield problem(report, "forces", _("a report on control names at least one force"))
            continue
        try:
            report.as_record()
        except RecordError as error:
            right = _("its dates give a day on which it was so, in order (%s)") % error
            yield problem(report, "starts, ends, as_of", right)


def derived_dates() -> Iterator[DataProblem]:
    """Days that are stored beside a vague date and are not those that it means."""
    for model in DATED_MODELS:
        stored = [
            field.name for field in model._meta.concrete_fields if field.name.endswith(("_min", "_max"))
        ]
        stored += [name for name in ("first_day", "last_day") if hasattr(model, name)]
        for row in model._default_manager.all():
            before = {name: getattr(row, name) for name in stored}
            try:
                row.derive()
            except ValidationError as error:
                name, sentences = next(iter(error.message_dict.items()))
                yield problem(row, name, " ".join(sentences))
                continue
            for name, value in before.items():
                if getattr(row, name) != value:
                    right = _("%(right)s, as the date beside it means, not %(stored)s")
                    yield problem(row, name, right % {"right": getattr(row, name), "stored": value})


def reversed_dates() -> Iterator[DataProblem]:
    """Periods that would be over before they began, or speak of a day when they were over."""
    for model in PERIOD_MODELS:
        rows = model.objects.all()
        for report in rows.filter(starts_min__gt=F("ends_max")):
            yield problem(report, "ends", _("a day after it began (%s)") % report.starts)
        for report in rows.filter(as_of_min__gte=F("ends_max")):
            yield problem(report, "as_of", _("a day before it was over (%s)") % report.ends)
        for report in rows.filter(starts_min__gt=F("as_of_max")):
            yield problem(report, "as_of", _("a day on which it had begun (%s)") % report.starts)


def passages() -> Iterator[DataProblem]:
    """Reports that cite several documents, and words whose place cannot be."""
    for model in REPORT_MODELS:
        mixed = model.objects.exclude(passages=None).exclude(passages__document=F("main_passage__document"))
        for report in mixed.distinct():
            yield problem(report, "passages", _("passages of the document that the main passage is from"))
    for attribution in Attribution.objects.exclude(passage=None).select_related("report", "passage"):
        report = attribution.report
        if attribution.passage and attribution.passage.document_id != report.main_passage.document_id:
            right = _("a passage of the document that report %s is from") % report.public_id
            yield problem(attribution, "passage", right)
    for answer in Answer.objects.filter(passages=None, disagreement__published_in__isnull=False):
        yield problem(answer, "passages", _("every answer has a passage that gives it"))


def blame() -> Iterator[DataProblem]:
    """Who would blame, or speak of, itself."""
    same = Attribution.objects.filter(accused=F("speaker_force"), kind=Attribution.Kind.BLAMES)
    for attribution in same.select_related("report"):
        right = _("who blames and who is blamed are two (report %s)") % attribution.report.public_id
        yield problem(attribution, "accused", right)


def places() -> Iterator[DataProblem]:
    """What is published about a place that is not, in some edition of either."""
    for model in PLACED_MODELS:
        rows: QuerySet[Any] = model._base_manager.filter(SEEN_BY_READERS)
        for row in rows.select_related(*place_lookups(model)):
            for place in places_of(row):
                if not _visible_throughout(place, row):
                    right = _("%(model)s %(place)s is published in every edition that shows this")
                    shown = {"model": type(place).__name__, "place": ident(place)}
                    yield problem(row, "state", right % shown)
    lacking = Crossing.objects.filter(state=State.PUBLISHED)
    for crossing in lacking.prefetch_related("posts"):
        if len(crossing.posts.all()) != 2:
            yield problem(crossing, "posts", _("a published crossing has its two posts"))


def _visible_throughout(place: Publishable, row: Publishable) -> bool:
    """Whether no edition shows the row without the place."""
    if place.published_in_id is None or row.published_in_id is None:
        return place.published_in_id is not None
    if place.published_in_id > row.published_in_id:
        return False
    return place.withdrawn_in_id is None or (
        row.withdrawn_in_id is not None and row.withdrawn_in_id <= place.withdrawn_in_id
    )


def replaced() -> Iterator[DataProblem]:
    """Corrections whose old version is still there, or came after them."""
    for model in (*REPORT_MODELS, Membership, Disagreement):
        for row in _successors(model):
            old: Replaceable = row.supersedes  # type: ignore[assignment]  # filtered below
            if old.withdrawn_in_id != row.published_in_id:
                right = _("%s, which it replaces, is withdrawn in the edition that publishes this")
                yield problem(row, "supersedes", right % ident(old))


def _successors(model: type[Model]) -> list[Replaceable]:
    rows = model._base_manager.filter(SEEN_BY_READERS, supersedes__isnull=False)
    return list(rows.select_related("supersedes"))  # type: ignore[arg-type]  # all of them are Replaceable
