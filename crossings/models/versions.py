"""Versions of the rows that are edited in place: what each said at the end of every edition, who changed it.

Reports are never rewritten; the places, names, documents and forces beside them are. django-simple-history
writes a row for each change of them. An edition that has ended reads these rows (`as_of`); the present never
does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol, TypeVar

from django.apps import apps
from django.contrib.gis.db.models import GeometryField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from .fields import EDTFField, PublicIdField

M = TypeVar("M", bound=models.Model)

#: The versions of a model are reached by this attribute.
MANAGER: Final = "versions"
#: Steps of review are no edits: an edition finds these columns in the row itself.
NOT_VERSIONED: Final = ("state", "published_in", "withdrawn_in")


class Shown(Protocol):
    """Whether readers of any edition saw a row; `publishing.editions` says it."""

    def __call__(self, row: models.Model, *, is_new: bool = False) -> bool: ...


#: The edition from which a change of some rows holds, given whether readers saw any of them; said there, too.
Place = Callable[[bool], int]


#: These have defaults of their own (unique, blank), which a migration would bring back.
_PLAIN: dict[type, type[models.Field[Any, Any]]] = {
    PublicIdField: models.SlugField,
    EDTFField: models.CharField,
}


class Version(models.Model):
    """What each version carries beside the columns of its row, its time and who made it.

    The row reads like this from `edition` on, until the next version. `public` says whether readers saw the
    row when it changed; then the change made that edition. Otherwise it holds from the next edition on.
    """

    edition = models.PositiveIntegerField(db_index=True, editable=False)
    public = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True


class Versions(HistoricalRecords):
    """Keeps a version of every change of a model's rows."""

    #: By model.
    keepers: dict[type[models.Model], Versions] = {}
    _shown: Shown
    _place: Place

    def __init__(self, *, excluded_fields: Sequence[str] = (), m2m_fields: Sequence[str] = ()) -> None:
        super().__init__(bases=(Version,), excluded_fields=list(excluded_fields), m2m_fields=list(m2m_fields))

    @classmethod
    def connect(cls, shown: Shown, place: Place) -> None:
        """Called once, when the app is ready."""
        cls._shown, cls._place = staticmethod(shown), staticmethod(place)
        pre_create_historical_record.connect(_give_edition, dispatch_uid="crossings.versions")

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            self.keepers[sender] = self
            pre_save.connect(self.pre_save, sender=sender, weak=False)

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
        """The columns without the indexes of the row's table: versions are found by their row or edition."""
        fields: dict[str, models.Field[Any, Any]] = super().copy_fields(model)
        for field in fields.values():
            plain = _PLAIN.get(type(field))
            if plain is not None:
                field.__class__ = plain  # as the library itself does with other fields
            if isinstance(field, GeometryField):
                field.spatial_index = False
            setattr(field, "db_index", field.name == model._meta.pk.attname)  # noqa: B010  (not in the stubs)
        return fields

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        # Nobody adds, changes or deletes a version: no rights to give away.
        return {**super().get_meta_options(model), "default_permissions": ()}

    def get_meta_options_m2m(self, through_model: type[models.Model]) -> dict[str, Any]:
        return {**super().get_meta_options_m2m(through_model), "default_permissions": ()}

    # --- What is written when

    def pre_save(self, instance: models.Model, raw: bool = False, **_kwargs: Any) -> None:
        if raw or instance._state.adding:
            return
        stored = _stored(instance)
        if stored is not None:
            self.begin([stored])
            instance.__dict__["_before"] = _values(stored), Versions._shown(stored)

    def begin(self, stored: Iterable[models.Model]) -> None:
        """A first version of rows that came without one (loaded by SQL, a fixture): as if always there."""
        for row in stored:
            if not getattr(row, MANAGER).exists():
                row.__dict__["_baseline"] = True
                self.create_historical_record(row, "+")

    def pre_delete(self, instance: models.Model, **kwargs: Any) -> None:
        super().pre_delete(instance, **kwargs)
        self.begin([instance])
        instance.__dict__["_was_shown_before"] = Versions._shown(instance)  # afterwards nothing tells

    def post_save(
        self, instance: models.Model, created: bool, using: str | None = None, **kwargs: Any
    ) -> None:
        """A save that changes nothing is no version."""
        values, shown = instance.__dict__.pop("_before", (None, False))
        if created:
            super().post_save(instance, created, using=using, **kwargs)
            return
        stored = _stored(instance)
        if stored is not None and values is not None and values != _values(stored):
            stored.__dict__["_was_shown_before"] = shown
            super().post_save(stored, created, using=using, **kwargs)

    def m2m_changed(
        self, instance: models.Model, action: str, attr: str, pk_set: Any, reverse: bool, **_kwargs: Any
    ) -> None:
        if reverse:
            raise ValidationError(_("Change this list on the row that it belongs to."), code="reverse")
        stored = _stored(instance)
        if stored is None:
            return
        if action in ("pre_add", "pre_remove", "pre_clear"):
            self.begin([stored])
        if action == "post_clear" or pk_set:
            super().m2m_changed(stored, action, attr, pk_set, reverse)


def _stored(row: M) -> M | None:
    """The row as it is stored: an instance may be older, or hold values that were not saved."""
    return type(row)._base_manager.filter(pk=row.pk).first()


def _give_edition(sender: type[Version], instance: models.Model, history_instance: Any, **_: Any) -> None:
    if instance.__dict__.pop("_baseline", False):
        history_instance.edition = 0
        return
    if "_edition" in instance.__dict__:
        history_instance.public, history_instance.edition = instance.__dict__["_edition"]
        return
    is_new = history_instance.history_type == "+"
    shown = instance.__dict__.pop("_was_shown_before", False) or Versions._shown(instance, is_new=is_new)
    history_instance.public, history_instance.edition = shown, Versions._place(shown)


def _values(row: models.Model) -> dict[str, object]:
    """The versioned columns of a row."""
    return {field.attname: getattr(row, field.attname) for field in version_model(type(row)).tracked_fields}


def version_model(model: type[models.Model]) -> Any:
    """The model of a model's versions, `Historical…`."""
    return getattr(model, MANAGER).model


def versioned_models() -> list[type[models.Model]]:
    """The models whose rows are edited in place."""
    return [model for model in apps.get_app_config("crossings").get_models() if hasattr(model, MANAGER)]


class VersionedQuerySet(models.QuerySet[M]):
    """Writes versions where Django sends no signal: of rows that are updated or inserted many at a time."""

    def update(self, **values: Any) -> int:
        keeper = Versions.keepers.get(self.model)
        if keeper is None:
            return super().update(**values)
        with transaction.atomic(using=self.db):
            stored = {row.pk: row for row in self.model._base_manager.filter(pk__in=self.values("pk"))}
            keeper.begin(stored.values())
            before = {pk: _values(row) for pk, row in stored.items()}
            matched = super().update(**values)
            rows = self.model._base_manager.filter(pk__in=stored).order_by("pk")
            changed = [row for row in rows if _values(row) != before[row.pk]]
            if changed:
                shown = any(Versions._shown(row) or Versions._shown(stored[row.pk]) for row in changed)
                place = shown, Versions._place(shown)
            for row in changed:
                row.__dict__["_edition"] = place
                keeper.create_historical_record(row, "~")
        return matched

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        if self.model not in Versions.keepers:
            return super().bulk_create(objs, *args, **kwargs)
        with transaction.atomic(using=self.db):
            rows = super().bulk_create(objs, *args, **kwargs)
            shown = any(Versions._shown(row) for row in rows)
            place = {"public": shown, "edition": Versions._place(shown)}
            getattr(self.model, MANAGER).bulk_history_create(rows, custom_historical_attrs=place)
        return rows
