"""The filter form of the map, as the parameters of a selection declare it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geodata.selection import PARAMETERS, FormField, Parameter, Selection

#: The groups in their order, each with its heading; those without one hold a single labelled field.
GROUPS = {
    "text": "",
    "sources": gettext_lazy("Sources"),
    "kinds": gettext_lazy("Show"),
    "posts": gettext_lazy("Sides of crossings"),
    "strikes": gettext_lazy("Strikes"),
    "place": "",
}


Names = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_name: bool  # of a row in the database, in any script
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field as its partial in templates/map/ shows it."""

    name: str
    form: FormField
    label: str
    value: str
    options: list[Option]

    @property
    def template(self) -> str:
        return f"map/_filter_{self.form.widget}.html"

    @property
    def hint(self) -> str:
        return _(self.form.hint) if self.form.hint else ""

    @property
    def anything(self) -> str:
        return _(self.form.anything)


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    fields: list[Field]


def filter_groups(selection: Selection, names: Names) -> list[Group]:
    """The form's fields by group. `names` gives (slug, name) pairs for "sources" and for "forces"."""
    fields: dict[str, list[Field]] = {group: [] for group in GROUPS}
    for parameter in PARAMETERS:
        if parameter.form:
            fields[parameter.form.group].append(_field(parameter, parameter.form, selection, names))
    return [Group(str(heading), fields[group]) for group, heading in GROUPS.items()]


def query_beside_form(selection: Selection) -> str:
    """What a form without scripts sends along: all that it does not offer, but for what is open."""
    return selection.query(**{p.field: p.default for p in PARAMETERS if p.form or p.field == "show"})


def parameters_for_scripts() -> list[dict[str, object]]:
    """What the scripts know of each parameter, in the order of the canonical query."""
    return [
        {
            "name": p.name,
            "role": p.role,
            "sorted": p.is_sorted,
            "allIsNone": bool(p.form and p.form.all_is_none),
            "default": p.form.default if p.form else "",
        }
        for p in PARAMETERS
    ]


def _field(parameter: Parameter, form: FormField, selection: Selection, names: Names) -> Field:
    value = getattr(selection, parameter.field)
    chosen = value if isinstance(value, tuple) else (value,)
    everything = form.all_is_none and not value
    if isinstance(form.options, str):
        offered = [(slug, name, True) for slug, name in names.get(form.options, ())]
    else:
        offered = [(key, _(label), False) for key, label in form.options.items()]
    return Field(
        parameter.name,
        form,
        label=_(form.label) if form.label else "",
        value=form.default if value == parameter.default else str(value),
        options=[Option(key, label, is_name, everything or key in chosen) for key, label, is_name in offered],
    )
