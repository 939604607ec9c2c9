"""What changed, edition by edition: in counts, and by name what was withdrawn, replaced and taken down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Model
from django.utils.functional import Promise

from crossings.models import Edition, Replaceable, ReviewStep, State, Takedown
from crossings.models.versions import version_model, versioned_models

#: Rows named in one list; a load may withdraw thousands.
NAMED = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of one kind."""

    count: int
    label: str | Promise


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row by its kind and id in links, with the public reason; `successor` is what replaced it."""

    label: str | Promise
    ident: str
    reason: str
    successor: str = ""


@dataclass(slots=True)
class EditionChanges:
    """What one edition changed. Lists hold at most NAMED rows; the counts are of all."""

    edition: Edition
    published: list[Counted] = field(default_factory=list)
    edited: list[Counted] = field(default_factory=list)
    replaced: list[NamedRow] = field(default_factory=list)
    withdrawn: list[NamedRow] = field(default_factory=list)
    taken_down: list[NamedRow] = field(default_factory=list)
    withdrawn_count: int = 0
    replaced_count: int = 0
    taken_down_count: int = 0


def changes_of(editions: Sequence[Edition]) -> list[EditionChanges]:
    """What these editions changed, in their order. A fixed number of queries, however many rows changed."""
    found = {edition.number: EditionChanges(edition) for edition in editions}
    _count_published(found)
    _count_edited(found)
    replaced = _name_replaced(found)
    _name_withdrawn(found, replaced, _name_taken_down(found))
    return [found[edition.number] for edition in editions]


def _models() -> dict[int, type[Model]]:
    """Our models by the key of their content type."""
    models = list(apps.get_app_config("crossings").get_models())
    types = ContentType.objects.get_for_models(*models)
    return {kind.pk: model for model, kind in types.items()}


def _counted(model: type[Model], count: int) -> Counted:
    names = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
    return Counted(count, names or "")


def _count_published(found: dict[int, EditionChanges]) -> None:
    models = _models()
    steps = ReviewStep.objects.filter(edition__in=found, to_state=State.PUBLISHED).order_by()
    for number, kind, n in steps.values_list("edition", "content_type").annotate(n=Count("pk")):
        if kind in models:
            found[number].published.append(_counted(models[kind], n))


def _count_edited(found: dict[int, EditionChanges]) -> None:
    for model in versioned_models():
        versions = version_model(model).objects.filter(edition__in=found, public=True).order_by()
        for number, n in versions.values_list("edition").annotate(n=Count("id", distinct=True)):
            found[number].edited.append(_counted(model, n))


def _name_replaced(found: dict[int, EditionChanges]) -> set[tuple[type[Model], int]]:
    """Rows that took the place of another in the same edition; returns the models and keys of the others."""
    others: set[tuple[type[Model], int]] = set()
    for model in apps.get_app_config("crossings").get_models():
        if not issubclass(model, Replaceable):
            continue
        manager: Any = model._base_manager
        rows = manager.filter(published_in__in=found, supersedes__withdrawn_in=F("published_in")).exclude(
            supersedes__published_in=F("published_in")
        )
        values = rows.values_list("published_in", "pk", "public_id", "supersedes", "supersedes__public_id")
        listed = list(values)
        reasons = _reasons(model, [key for _number, key, *_rest in listed], State.PUBLISHED)
        for number, key, ident, old, old_ident in listed:
            others.add((model, old))
            entry = found[number]
            entry.replaced_count += 1
            if len(entry.replaced) < NAMED:
                label = model._meta.verbose_name or ""
                entry.replaced.append(NamedRow(label, old_ident, reasons.get(key, ""), ident))
    return others


def _reasons(model: type[Model], keys: Iterable[int], to: State) -> dict[int, str]:
    steps = ReviewStep.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__in=keys, to_state=to
    )
    return dict(steps.values_list("object_id", "reason"))


def _name_taken_down(found: dict[int, EditionChanges]) -> set[tuple[int, str, str]]:
    """Tombstones. Returns the edition, kind and id of each; the private reason is not read."""
    gone: set[tuple[int, str, str]] = set()
    models = {model._meta.model_name: model for model in apps.get_app_config("crossings").get_models()}
    rows = Takedown.objects.filter(edition__in=found).order_by("pk")
    for number, kind, ident, basis in rows.values_list("edition", "kind", "ident", "basis"):
        gone.add((number, kind, ident))
        entry = found[number]
        entry.taken_down_count += 1
        if len(entry.taken_down) < NAMED and kind in models:
            entry.taken_down.append(NamedRow(models[kind]._meta.verbose_name or "", ident, basis))
    return gone


def _name_withdrawn(
    found: dict[int, EditionChanges],
    replaced: set[tuple[type[Model], int]],
    taken_down: set[tuple[int, str, str]],
) -> None:
    models = _models()
    steps = ReviewStep.objects.filter(edition__in=found, to_state=State.WITHDRAWN).order_by("pk")
    by_model: dict[type[Model], list[tuple[int, int, str]]] = defaultdict(list)
    for kind, key, number, reason in steps.values_list("content_type", "object_id", "edition", "reason"):
        model = models.get(kind)
        if model is not None and (model, key) not in replaced:
            by_model[model].append((number, key, reason))
    for model, rows in by_model.items():
        idents = _idents(model, [key for _number, key, _reason in rows])
        for number, key, reason in rows:
            ident = idents.get(key, "")
            if (number, str(model._meta.model_name), ident) in taken_down:
                continue
            entry = found[number]
            entry.withdrawn_count += 1
            if len(entry.withdrawn) < NAMED:
                entry.withdrawn.append(NamedRow(model._meta.verbose_name or "", ident, reason))


def _idents(model: Any, keys: list[int]) -> dict[int, str]:
    name = "public_id" if hasattr(model, "public_id") else "slug"
    return dict(model._base_manager.filter(pk__in=keys).values_list("pk", name))
