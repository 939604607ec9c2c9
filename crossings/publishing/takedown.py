"""Taking down: the words, names and coordinates of a row leave every edition, and the database with its past.

Withdrawing keeps what was said in the editions that said it. This is for what may not be said any longer: a
court's order, a person in danger. What is left is a tombstone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import CASCADE, CharField, F, ForeignKey, ManyToManyField, ManyToOneRel, Model, Q
from django.db.models.fields.related import RelatedField
from django.dispatch import Signal
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crossings.database.backup import copies
from crossings.models import (
    REPORT_MODELS,
    SEEN,
    Answer,
    Attribution,
    Backing,
    ControlReport,
    Crossing,
    Disagreement,
    Document,
    Edition,
    Membership,
    Name,
    ObservationReport,
    Passage,
    Post,
    Publishable,
    ReviewStep,
    Site,
    State,
    StatusReport,
    StrikeEvent,
    StrikeReport,
    Takedown,
)
from crossings.models.fields import EDTFField, PublicIdField
from crossings.models.versions import MANAGER, version_model

from .editions import Actor, act
from .visibility import was_shown

#: Sent when what is kept beside the database has to go, too: files of downloads hold the words.
taken_down: Final = Signal()

#: What can be taken down by itself; the lines of these go with them.
KINDS: Final[tuple[type[Model], ...]] = (
    *REPORT_MODELS, Disagreement, Backing, Membership, StrikeEvent, Crossing, Site, Document, Passage, Name,
)  # fmt: skip
#: What stands where a column must hold something. No reader sees it but in place of a document's publisher.
ERASED: Final = "(taken down)"
#: Shorter texts are no words to look for in reasons and logs.
SHORTEST: Final = 5
NOWHERE: Final = Point(0, 0, srid=4326)


@dataclass(slots=True)
class Going:
    """What a takedown removes: rows with their own tombstones, and quotes that only these rows cite."""

    rows: list[Model] = field(default_factory=list)
    drafts: list[Publishable] = field(default_factory=list)  # deleted: nobody ever saw them
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Done:
    """The tombstones, and the backups that still hold what was removed."""

    tombstones: list[Takedown]
    backups: list[tuple[Path, datetime]]


def kind_of(row: Model) -> str:
    return kind_of_model(type(row))


def kind_of_model(model: type[Model]) -> str:
    return str(model._meta.model_name)


def find(model: type[Model], ident: str) -> Model | None:
    """The row of this kind with this id in links (of a name, with this key)."""
    names = {column.name for column in model._meta.concrete_fields}
    name = next((name for name in ("slug", "public_id") if name in names), "pk")
    if name == "pk" and not (ident.isdecimal() and len(ident) < 19):
        return None
    return model._base_manager.filter(**{name: ident}).first()


def in_words(going: Going) -> list[str]:
    """What a takedown removes, a line for each row."""
    rows = [f"{row._meta.verbose_name} {ident_of(row)}: {row}" for row in going.rows]
    quotes = [passage for passage in going.passages if passage not in going.rows]
    rows += [f"{_('quote')} {passage.public_id}: {passage}" for passage in quotes]
    rows += [_("draft %(row)s: deleted") % {"row": draft} for draft in going.drafts]
    return [str(capfirst(line)) for line in rows]


def backups_in_words(done: Done) -> list[str]:
    """What still holds the words, and how old it is."""
    lines = [
        _("%(file)s of %(day)s (%(age)s days old) still holds what was removed.")
        % {"file": file, "day": f"{made:%Y-%m-%d %H:%M} UTC", "age": (timezone.now() - made).days}
        for file, made in done.backups
    ]
    lines.append(_("Copies elsewhere (other machines, archives of the write-ahead log) hold it, too."))
    if connection.vendor == "postgresql":
        lines.append(_("PostgreSQL keeps removed rows until it vacuums: run VACUUM FULL on the database."))
    return lines


def ident_of(row: Any) -> str:
    """The id in links; of a name, which has none, its key."""
    return str(getattr(row, "slug", None) or getattr(row, "public_id", None) or row.pk)


def going_with(row: Model) -> Going:
    """What goes with this row. Raises ValidationError for what cannot be taken down."""
    if isinstance(row, Post):
        raise ValidationError(_("A post is one of two of its crossing. Take down the crossing."))
    if not isinstance(row, KINDS):
        kind = capfirst(row._meta.verbose_name)
        raise ValidationError(_("%(kind)s: this cannot be taken down.") % {"kind": kind})
    if not was_shown(row):
        raise ValidationError(_("“%(row)s” was never published. Delete it.") % {"row": row})
    if was_taken_down(row):
        raise ValidationError(_("“%(row)s” has been taken down before.") % {"row": row})
    going = Going([row])
    resting = [other for model, about in _resting_on(row) for other in model._base_manager.filter(about)]
    for other in dict.fromkeys(resting):
        if isinstance(other, Publishable) and other.state not in SEEN:
            going.drafts.append(other)
        elif other != row and not was_taken_down(other):
            going.rows.append(other)
    going.rows += _orphaned_events(going)
    if isinstance(row, Crossing):
        going.rows += row.posts.all()
    going.passages = _cited_by_these_alone(row, going)
    return going


def was_taken_down(row: Model) -> bool:
    """Whether a tombstone stands for this row."""
    return Takedown.objects.filter(kind=kind_of(row), ident=ident_of(row)).exists()


def tombstones() -> frozenset[tuple[str, str]]:
    """Kind and id of all that was taken down."""
    return frozenset(Takedown.objects.values_list("kind", "ident"))


def _resting_on(row: Model) -> list[tuple[Any, Q]]:
    """Rows that say something of this one, or in its words."""
    if isinstance(row, StrikeEvent):
        return [(StrikeReport, Q(event=row))]
    if isinstance(row, Crossing):
        reports = Q(post__crossing=row)
        return [
            (ControlReport, reports), (StatusReport, reports),
            (ObservationReport, reports | Q(crossing=row)), (Disagreement, Q(crossing=row)),
        ]  # fmt: skip
    if isinstance(row, Site):
        return [(model, Q(site=row)) for model in (ControlReport, StatusReport, ObservationReport)]
    if isinstance(row, Document):
        cited = [(model, Q(main_passage__document=row)) for model in REPORT_MODELS]
        return [*cited, *((model, Q(passage__document=row)) for model in (Backing, Membership))]
    return []


def _orphaned_events(going: Going) -> list[Model]:
    """Strike events of which no account is left."""
    reports = [row for row in (*going.rows, *going.drafts) if isinstance(row, StrikeReport)]
    left = StrikeReport.objects.exclude(pk__in=[report.pk for report in reports])
    left = left.exclude(withdrawn_in=F("published_in"))  # taken down before
    events = StrikeEvent.objects.filter(pk__in={report.event_id for report in reports})
    return [event for event in events.exclude(pk__in=left.values("event")) if event not in going.rows]


def _cited_by_these_alone(row: Model, going: Going) -> list[Passage]:
    if isinstance(row, Passage):
        return [row]
    if isinstance(row, Document):
        return [passage for passage in row.passages.order_by("pk") if not was_taken_down(passage)]
    gone = [*going.rows, *going.drafts]
    cited = {passage for other in gone for passage in _passages_of(other)}
    in_order = sorted(cited, key=lambda passage: passage.pk)
    return [
        passage for passage in in_order if not was_taken_down(passage) and not _cited_beside(passage, gone)
    ]


def _passages_of(row: Any) -> set[Passage]:
    """What a row and its lines cite."""
    found: set[Passage] = set()
    for model_field in row._meta.get_fields():
        if isinstance(model_field, RelatedField) and model_field.related_model is Passage:
            value = getattr(row, model_field.name)
            found |= set(value.all()) if isinstance(model_field, ManyToManyField) else {value} - {None}
    for _field_name, lines in _lines_of(row):
        found |= {passage for line in lines for passage in _passages_of(line)}
    return found


def _cited_beside(passage: Passage, gone: Sequence[Model]) -> bool:
    """Whether anything that stays cites the passage."""
    for relation in passage._meta.related_objects:
        model: Any = relation.related_model
        citing = model._base_manager.filter(**{relation.field.name: passage})
        if issubclass(model, Attribution):
            owners = [other.pk for other in gone if isinstance(other, StrikeReport)]
            citing = citing.exclude(report__in=owners)
        elif issubclass(model, Answer):
            owners = [other.pk for other in gone if isinstance(other, Disagreement)]
            citing = citing.exclude(disagreement__in=owners)
        else:
            citing = citing.exclude(pk__in=[other.pk for other in gone if isinstance(other, model)])
        if citing.exists():
            return True
    return False


def _lines_of(row: Model) -> list[tuple[str, list[Model]]]:
    """What is deleted with the row, by the name of the field that leads to it; documents keep passages."""
    found = []
    for relation in row._meta.related_objects:
        line: Any = relation.related_model
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE and line is not Passage:
            found.append(
                (relation.field.name, list(line._base_manager.filter(**{relation.field.name: row.pk})))
            )
    return found


def take_down(row: Model, reason: str, basis: str, *, by: Actor = None) -> Done:
    """Remove a row and what goes with it from every edition, in an edition of its own.

    `reason` stays private, `basis` is what readers are told. Raises ValidationError where a text is missing
    or the row cannot be taken down. The words leave this database; backups keep them, and are named.
    """
    if not reason.strip() or not basis.strip():
        raise ValidationError(_("Give both a private reason and what readers are told."))
    if len(basis) > 500:
        raise ValidationError(_("The public reason has at most 500 characters."))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # what is overwritten is filled with zeros
            cursor.execute("PRAGMA secure_delete = ON")
    with act(str(_("Taken down"))) as current:
        edition = current.begin()
        going = going_with(row)
        words = _words(going)
        if isinstance(row, Site):
            _forget_site(row)
        author = by if isinstance(by, User) else None
        tombstones = [
            Takedown.objects.create(
                kind=kind_of(gone), ident=ident_of(gone), edition=edition, at=edition.at, basis=basis.strip(),
                reason=reason.strip(), by=author,
            )
            for gone in dict.fromkeys([*going.rows, *going.passages])
        ]  # fmt: skip
        for gone in going.rows:
            _remove_from_editions(gone, edition, author, basis.strip())
        for draft in going.drafts:
            _erase_traces(draft)
            draft.delete()
        for gone in dict.fromkeys([*going.rows, *going.passages]):
            _erase(gone)
        _erase_quotations(words)
        transaction.on_commit(_forget_copies)
    return Done(tombstones, copies(settings.DATA_DIR / "backups"))


def _forget_site(site: Site) -> None:
    """Strikes there stay, without saying where there is."""
    StrikeEvent._base_manager.filter(site=site).update(site=None)
    version_model(StrikeEvent).objects.filter(site_id=site.pk).update(site_id=None)


def _remove_from_editions(row: Model, edition: Edition, by: User | None, basis: str) -> None:
    """Withdrawn in the edition in which it was published: it was in none."""
    if not isinstance(row, Publishable) or row.state not in SEEN:
        return
    before = row.state
    rows = type(row)._base_manager.filter(pk=row.pk, state=before)
    if not rows.update(state=State.WITHDRAWN, withdrawn_in=row.published_in_id):
        raise ValidationError(_("“%(row)s” has been changed meanwhile. Try again.") % {"row": row})
    _erase_traces(row)
    ReviewStep.objects.create(
        subject=row, from_state=before, to_state=State.WITHDRAWN, edition=edition, by=by, at=edition.at,
        reason=basis,
    )  # fmt: skip


# --- Erasing


def _text_columns(model: type[Model]) -> dict[str, Any]:
    """What stands in each column of words or coordinates afterwards. Ids, dates and choices stay."""
    erased: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if isinstance(column, PublicIdField | EDTFField | ForeignKey) or column.choices:
            continue
        if isinstance(column, GeometryField):
            erased[column.attname] = NOWHERE
        elif column.get_internal_type() in ("CharField", "TextField") and column.name not in KEPT:
            empty = isinstance(column, CharField) and not column.blank and column.name not in EMPTY
            erased[column.attname] = ERASED if empty else ""
    if model is Passage:
        erased |= {"start": None, "end": None}
    if model is Document:
        erased |= {"characters": None}
    return erased


#: Neither words nor names: a country's code, a language's tag.
KEPT: Final = frozenset({"country", "language", "colour", "letter"})
#: Derived from words, and too short for ours.
EMPTY: Final = frozenset({"folded"})


def _erase(row: Model) -> None:
    model = type(row)
    for _name, lines in _lines_of(row):
        for line in lines:
            if isinstance(line, Post):
                continue  # a row of its own; its crossing's reports point at it
            line.delete()
    _forget_lines(row)
    for links in row._meta.many_to_many:
        through = links.remote_field.through
        if through is not None and through._meta.auto_created:
            through._base_manager.filter(**{links.m2m_field_name(): row.pk}).delete()
    _erase_traces(row)
    if isinstance(row, Document):
        # Rows of other documents that also cite its words go on without them.
        Attribution._base_manager.filter(passage__document=row).update(passage=None)
        Answer.passages.through._base_manager.filter(passage__document=row).delete()
    if isinstance(row, Name):
        key = row.pk
        row.delete()
        version_model(Name).objects.filter(id=key).delete()
        return
    model._base_manager.filter(pk=row.pk).update(**_text_columns(model))
    _erase_versions(row)


def _forget_lines(row: Model) -> None:
    """The versions of lines that are deleted, now or long ago, with that of their deletion."""
    for relation in row._meta.related_objects:
        line: Any = relation.related_model
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE and hasattr(line, MANAGER):
            versions = version_model(line).objects
            ids = versions.filter(**{relation.field.attname: row.pk}).values_list("id", flat=True)
            left = line._base_manager.values_list("pk", flat=True)
            versions.filter(id__in=set(ids) - set(left.filter(pk__in=list(ids)))).delete()


def _erase_versions(row: Model) -> None:
    """The same of every version."""
    if not hasattr(row, MANAGER):
        return
    versions = version_model(type(row)).objects.filter(id=row.pk)
    for links in version_model(type(row))._history_m2m_fields:
        getattr(version_model(type(row)), links.name).model.objects.filter(history__in=versions).delete()
    versions.update(history_change_reason=None, **_text_columns(type(row)))


def _erase_traces(row: Model) -> None:
    """What logs and review steps say of the row in words."""
    about = {"content_type": ContentType.objects.get_for_model(row), "object_id": row.pk}
    ReviewStep.objects.filter(**about).update(reason="")
    LogEntry.objects.filter(**{**about, "object_id": str(row.pk)}).update(
        object_repr=ERASED, change_message=""
    )


def _words(going: Going) -> set[str]:
    """The texts that go, to look for where they are quoted: in other rows' reasons, logs and notes."""
    found: set[str] = set()
    rows: Iterable[Model] = [*going.rows, *going.drafts, *going.passages]
    for row in rows:
        found.add(str(row))
        for gone in (row, *(line for _name, lines in _lines_of(row) for line in lines)):
            found |= {str(getattr(gone, name)) for name in _text_columns(type(gone))}
    return {text for text in found if len(text) >= SHORTEST}


def _erase_quotations(words: set[str]) -> None:
    places: tuple[tuple[Any, str], ...] = (
        (ReviewStep, "reason"), (Edition, "note"), (LogEntry, "object_repr"), (LogEntry, "change_message"),
    )  # fmt: skip
    texts = sorted(words)
    for begin in range(0, len(texts), 100):
        for model, name in places:
            quoting = reduce(or_, (Q(**{f"{name}__contains": text}) for text in texts[begin : begin + 100]))
            model.objects.filter(quoting).update(**{name: ""})


def _forget_copies() -> None:
    """What the process keeps beside the database: answers, and SQLite's log of what was written."""
    cache.clear()
    taken_down.send(sender=Takedown)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def tombstone(kind: str, ident: str) -> Takedown | None:
    """What readers are told of a thing that was taken down; without the private reason."""
    return Takedown.objects.filter(kind=kind, ident=ident).defer("reason").first()


def may_be_taken_down(row: Model) -> bool:
    """Whether the row is of a kind that can be, and readers ever saw it."""
    return isinstance(row, KINDS) and was_shown(row)
