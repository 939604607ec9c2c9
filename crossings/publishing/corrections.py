"""A published report is never rewritten: its correction starts as a copy."""

from __future__ import annotations

from typing import TypeVar

from django.db import transaction
from django.db.models import CASCADE, ManyToOneRel, Model

from crossings.models import Replaceable
from crossings.models.fields import new_public_id

_Row = TypeVar("_Row", bound=Model)

_NEVER_COPIED = {"id", "public_id"}


@transaction.atomic
def copy_as_draft(row: Replaceable) -> Replaceable:
    """A draft that supersedes this row, with its fields, links and lines (forces, tolls, attributions)."""
    copy = _copy(row, {"public_id": new_public_id(), "supersedes": row})
    for relation in row._meta.related_objects:
        # What is deleted with the row is a part of it.
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE:
            for line in getattr(row, relation.get_accessor_name()).order_by("pk"):
                _copy(line, {relation.field.name: copy})
    return copy


def _copy(row: _Row, changed: dict[str, object]) -> _Row:
    # Columns that are not for editors (states and bounds) are derived anew.
    copied = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.editable and field.name not in _NEVER_COPIED and field.name not in changed
    }
    copy = type(row)(**copied, **changed)
    copy.save()
    for links in row._meta.many_to_many:
        through = links.remote_field.through
        if through is not None and through._meta.auto_created:
            getattr(copy, links.name).set(getattr(row, links.name).all())
    return copy
