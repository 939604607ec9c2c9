"""Every change of a row and of its lines: which field, from what to what, who and when."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import CASCADE, ManyToOneRel, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crossings.models.versions import MANAGER, version_model

#: Changes shown on the page, the newest.
SHOWN = 500


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a row, as what it changed in the version before it."""

    at: datetime.datetime
    by: str
    edition: int
    public: bool  # readers saw it
    kind: str  # "+", "~" or "-"
    what: str  # the line that changed; empty for the row itself
    fields: tuple[FieldChange, ...]
    reason: str


def changes_of(row: Model) -> list[Change]:
    """What is known of a row's changes, the newest first; nothing of what is never edited in place."""
    if not hasattr(row, MANAGER):
        return []
    found = list(_changes(version_model(type(row)).objects.filter(id=row.pk), of_line=False))
    for relation in row._meta.related_objects:
        line = relation.related_model
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE and hasattr(line, MANAGER):
            versions = version_model(line).objects
            ids = versions.filter(**{relation.field.attname: row.pk}).values("id")
            found += _changes(versions.filter(id__in=ids), of_line=True)
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]


def _changes(versions: Any, *, of_line: bool) -> Iterator[Change]:
    """Of one model, each version beside the one before it of the same row."""
    by_row: dict[int, list[Any]] = defaultdict(list)
    for version in versions.select_related("history_user").order_by("history_id"):
        by_row[version.id].append(version)
    for rows in by_row.values():
        for before, version in zip([None, *rows], rows, strict=False):
            fields = tuple(_fields(version, before)) if before is not None else ()
            if version.history_type == "~" and not fields:
                continue
            yield Change(
                at=version.history_date,
                by=version.history_user.get_username() if version.history_user else "",
                edition=version.edition,
                public=version.public,
                kind=version.history_type,
                what=_name(version) if of_line else "",
                fields=fields,
                reason=version.history_change_reason or "",
            )


def _name(version: Any) -> str:
    return f"{capfirst(version.instance_type._meta.verbose_name)} “{version.instance}”"


def _fields(version: Any, before: Any) -> Iterator[FieldChange]:
    for change in version.diff_against(before, foreign_keys_are_objs=True).changes:
        field = version.instance_type._meta.get_field(change.field)
        yield FieldChange(
            str(capfirst(field.verbose_name)), _shown(field, change.old), _shown(field, change.new)
        )


def _shown(field: Any, value: Any) -> str:
    if field.many_to_many:
        # Each link is a dictionary of both ends.
        return ", ".join(sorted(str(link[field.m2m_reverse_field_name()]) for link in value)) or "–"
    if isinstance(value, Point):
        return _("%(lat)s, %(lon)s") % {"lat": value.y, "lon": value.x}
    if isinstance(value, GEOSGeometry):
        return str(value.wkt)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return "–" if value in (None, "") else str(value)
