"""What was ever public, and what other rows cite or name: neither is deleted, nor changed without notice."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crossings.models import (
    REPORT_MODELS,
    SEEN,
    Answer,
    Attribution,
    Backing,
    ControlReport,
    Crossing,
    Document,
    Force,
    Frontier,
    Membership,
    Name,
    ObservationReport,
    Passage,
    Post,
    Publishable,
    SourceSet,
    StrikeEvent,
    StrikeReport,
    Wire,
)


def was_shown(row: Model) -> bool:
    """Whether a reader of any edition has seen this row: published itself, or cited by what was."""
    if row.pk is None:
        return False
    if isinstance(row, Publishable):
        return row.state in SEEN
    if isinstance(row, Post):
        return row.crossing.state in SEEN
    if isinstance(row, Name):
        return row.owner is not None and was_shown(row.owner)
    if isinstance(row, Passage):
        return _cited(Passage.objects.filter(pk=row.pk))
    if isinstance(row, Document | Wire):
        return _cited(row.passages.all())
    if isinstance(row, SourceSet):
        return _cited(Passage.objects.filter(document__source_set=row))
    if isinstance(row, StrikeEvent):
        return row.reports.filter(state__in=SEEN).exists()
    if isinstance(row, Frontier):
        return Crossing.objects.filter(frontier=row, state__in=SEEN).exists()
    return isinstance(row, Force) and _named(row)


def _cited(passages: QuerySet[Passage]) -> bool:
    cites = Q(main_passage__in=passages) | Q(passages__in=passages)
    return (
        any(model.objects.filter(cites, state__in=SEEN).exists() for model in REPORT_MODELS)
        or Backing.objects.filter(passage__in=passages, state__in=SEEN).exists()
        or Membership.objects.filter(passage__in=passages, state__in=SEEN).exists()
        or Attribution.objects.filter(passage__in=passages, report__state__in=SEEN).exists()
        or Answer.objects.filter(passages__in=passages, disagreement__state__in=SEEN).exists()
    )


def _named(force: Force) -> bool:
    blamed = Q(attributions__accused=force) | Q(attributions__speaker_force=force) | Q(event__targets=force)
    return (
        ControlReport.objects.filter(holders__force=force, state__in=SEEN).exists()
        or ObservationReport.objects.filter(forces=force, state__in=SEEN).exists()
        or StrikeReport.objects.filter(blamed, state__in=SEEN).exists()
        or Backing.objects.filter(Q(force=force) | Q(backer=force), state__in=SEEN).exists()
        or Membership.objects.filter(Q(member=force) | Q(umbrella=force), state__in=SEEN).exists()
    )


def why_not_delete(row: Any) -> list[str]:
    """Sentences that say why this row stays; empty when nothing but the database may object."""
    if isinstance(row, Publishable) and row.state in SEEN:
        return [
            _("“%(row)s” has been published and stays in the editions that it was in. Withdraw it instead.")
            % {"row": row}
        ]
    if isinstance(row, Post):
        return [_("“%(row)s” is one of the two posts of its crossing. Delete the crossing.") % {"row": row}]
    passages = row.passages.all() if isinstance(row, Document) else None
    named = _named_by(type(row)._default_manager.filter(pk=row.pk))
    return [*named, *(_named_by(passages) if passages is not None else [])]


def _named_by(rows: QuerySet[Any]) -> list[str]:
    """Plain many-to-many links to these rows: deleting would cut them without the database objecting."""
    sentences = []
    for relation in rows.model._meta.related_objects:
        if not relation.many_to_many or not relation.through._meta.auto_created:
            continue
        found = relation.related_model._default_manager.filter(
            **{f"{relation.field.name}__in": rows}
        ).distinct()[:4]
        names = [f"“{other}”" for other in found]
        if len(names) == 4:
            names[3] = str(_("others"))
        if names:
            sentences.append(
                _("%(what)s %(names)s: cited or named there (%(field)s).")
                % {
                    "what": relation.related_model._meta.verbose_name_plural.capitalize(),
                    "names": get_text_list(names, _("and")),
                    "field": relation.field.verbose_name,
                }
            )
    return sentences
