"""What was ever public, and what other rows cite or name: neither is deleted, nor changed without notice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import CASCADE, Model, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crossings.models import SEEN, Document, Post, Publishable


def was_shown(row: Model, *, is_new: bool = False) -> bool:
    """Whether a reader of any edition has seen this row: published itself, or cited or named by what was.

    `is_new`: it was inserted just now, so nothing leads to it yet and only what it is a line of is asked.
    """
    if row.pk is None:
        return False
    if isinstance(row, Publishable):
        return row.state in SEEN
    rows = type(row)._base_manager.filter(pk=row.pk)
    own = {field.name: field.attname for field in type(row)._meta.concrete_fields}
    return any(
        rows.filter(**{f"{lookup}__in": SEEN}).exists()
        for lookup in _lookups(type(row))
        if _may_lead(row, own.get(lookup.partition("__")[0]), is_new)
    )


def _may_lead(row: Model, own: str | None, is_new: bool) -> bool:
    """Whether a path can lead anywhere: one by a column that is filled, or one from other rows to this."""
    return not is_new if own is None else getattr(row, own) is not None


@cache
def _lookups(model: type[Model]) -> tuple[str, ...]:
    """Lookups that lead from a row to the states of all that cites it, names it or is what it is a line of.

    Read from the models, so that a new link to a row counts without a word here.
    """
    return tuple(f"{path}__state" for path in _paths(model, frozenset()))


def _paths(model: type[Model], passed: frozenset[type[Model]], *, is_line: bool = False) -> Iterator[str]:
    """Paths to publishable rows. `is_line`: the row is reached from what it is a line of."""
    passed |= {model}
    # name, model, whether the other row is a line of this one
    links: list[tuple[str, type[Model], bool]] = [
        (link.field.related_query_name(), link.related_model, _is_part(link.field))
        for link in model._meta.related_objects
    ]
    for field in model._meta.concrete_fields:
        if not is_line and _is_part(field) and isinstance(field.related_model, type):
            links.append((field.name, field.related_model, False))
    for name, other, line in links:
        if issubclass(other, Publishable):
            yield name
        elif other not in passed:
            yield from (f"{name}__{path}" for path in _paths(other, passed, is_line=line))


def _is_part(field: Any) -> bool:
    """Whether the field leads to what its row is deleted with: a line leads so to its form."""
    return bool(field.many_to_one) and field.remote_field.on_delete is CASCADE


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
