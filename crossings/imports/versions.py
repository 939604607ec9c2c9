"""Which stored rows are versions of a row in a file: by what they supersede, never by how their ids look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from crossings import models as m

from .columns import Kind

#: What the review steps of a load start with; no editor is named in them.
REASON: Final = "Shipped data"


@dataclass(frozen=True, slots=True)
class Versions:
    """What is stored for one id of a file: the row with that id, and those that replaced it in turn."""

    first: Model
    latest: Model
    #: The last one that a load published; None where that was never the case.
    loaded: Model | None = None


def stored_versions(kind: Kind, ids: Collection[str], all_ids: Collection[str]) -> dict[str, Versions]:
    """Of each of these ids. What has a row of its own in the files (`all_ids`) is no version of another."""
    found = kind.model._default_manager.filter(**{f"{kind.key}__in": ids})
    firsts = {getattr(obj, kind.key): obj for obj in found}
    if not issubclass(kind.model, m.Replaceable):
        return {key: Versions(obj, obj) for key, obj in firsts.items()}
    chains: dict[str, list[Model]] = {key: [obj] for key, obj in firsts.items()}
    id_of = {obj.pk: key for key, obj in firsts.items()}
    while successors := _successors(kind.model, id_of):
        added: dict[int, str] = {}
        for successor in successors:
            key = id_of[successor.supersedes_id or 0]
            if getattr(successor, kind.key) not in all_ids and successor not in chains[key]:
                chains[key].append(successor)
                added[successor.pk] = key
        id_of = added
    loaded = _loaded_keys(kind.model)
    return {
        key: Versions(chain[0], chain[-1], next((obj for obj in reversed(chain) if obj.pk in loaded), None))
        for key, chain in chains.items()
    }


def _successors(model: type[m.Replaceable], superseded: Iterable[int]) -> list[m.Replaceable]:
    """Rows that were published in place of these; of several for one row, the published one comes last."""
    rows = model._base_manager.filter(**{"supersedes__in": list(superseded), "published_in__isnull": False})
    return sorted(rows, key=lambda row: (row.is_public, row.pk))


def _loaded_keys(model: type[Model]) -> set[int]:
    return set(
        m.ReviewStep.objects.filter(
            content_type=ContentType.objects.get_for_model(model),
            to_state=m.State.PUBLISHED,
            reason__startswith=REASON,
            by=None,
        ).values_list("object_id", flat=True)
    )


def next_id(kind: Kind, base: str, taken: Collection[str]) -> str:
    """A free id for a new version. It is only a name: what it replaces is said by the row itself."""
    manager = kind.model._default_manager
    number = 2
    while (key := f"{base}-{number}") in taken or manager.filter(**{kind.key: key}).exists():
        number += 1
    return key
