"""What a page, a map, a download and the API are showing: one value object, parsed once.

Parsing is strict and says in words what is wrong; `Selection.query()` gives the one canonical
query string, and reading that back gives the same selection.

A parameter is declared once, as a field of Selection. What reads, writes, offers or leaves out parameters
goes by PARAMETERS: the canonical query, the filter form, and the scripts of the map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlencode

from .bbox import BBox
from .readers import (
    DEFAULT_DAYS,
    MAX_DAYS,
    MAX_TEXT,
    Reader,
    SelectionError,
    View,
    read_bbox,
    read_choice,
    read_choices,
    read_day,
    read_days,
    read_edition,
    read_popup,
    read_slug,
    read_slugs,
    read_text,
    read_view,
)

__all__ = ["PARAMETERS", "FormField", "Parameter", "Role", "Selection", "SelectionError", "View"]

#: scope: which map, and which edition of it; time: the day, and the interval of strikes that ends on it;
#: filter: what of that is shown; view: how one reader looks at it.
Role = Literal["scope", "time", "filter", "view"]


def gettext_noop(text: str) -> str:
    """Marks a text that the filter form translates."""
    return text


_ = gettext_noop

KIND_LABELS = {
    "control": _("who holds a side"),
    "status": _("open or closed"),
    "strikes": _("strikes"),
    "sites": _("places"),
}
STATUS_LABELS = {
    "open": _("open"),
    "limited": _("limited"),
    "closed": _("closed"),
    "impassable": _("impassable"),
    "unknown": _("no report"),
}
PRECISION_LABELS = {
    "exact": _("the exact spot"),
    "near": _("nearby"),
    "town": _("the town"),
    "district": _("the district"),
    "province": _("the province"),
    "country": _("the country"),
}
GRADE_LABELS = {
    "confirmed": _("confirmed"),
    "fair": _("fair"),
    "weak": _("weak"),
    "contested": _("contested"),
    "discounted": _("discounted"),
}
KINDS, STATUSES, GRADES = tuple(KIND_LABELS), tuple(STATUS_LABELS), tuple(GRADE_LABELS)
PRECISIONS = tuple(PRECISION_LABELS)
TILES = ("osm",)


@dataclass(frozen=True, slots=True)
class FormField:
    """How the filter form offers a parameter. Texts are in English; the form translates them."""

    group: str  # fields of one group stand together, in the order of their declaration
    widget: Literal["ticks", "select", "search", "number"]
    label: str = ""  # left out where the group's own heading says it
    options: Mapping[str, str] | str = ""  # labels by value, or "sources" or "forces": those of the database
    anything: str = ""  # the option of a select that narrows nothing
    all_is_none: bool = False  # all boxes ticked say the same as none: nothing is narrowed
    default: str = ""  # what a number shows where the query has none
    limits: tuple[int, int] = (0, 0)  # of a number, or of the length of a text
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query, as a field of Selection declares it."""

    name: str  # in the query
    field: str  # of Selection
    role: Role
    read: Reader
    default: Any
    form: FormField | None

    @property
    def is_sorted(self) -> bool:
        """Whether the canonical query sorts its values; those of a fixed choice keep the choice's order."""
        return self.read is read_slugs


def _one_force(group: str, label: str) -> FormField:
    return FormField(group, "select", label, options="forces", anything=_("anyone"))


def _declare(read: Reader, role: Role, form: FormField | None = None, *, name: str = "") -> dict[str, object]:
    """What a field of Selection says of its parameter; `name` only where it is not the field's own."""
    return {"read": read, "role": role, "form": form, "name": name}


@dataclass(frozen=True, slots=True)
class Selection:
    """Every field is optional; an empty selection is everything, on the latest day reported.

    The order of the fields is that of the canonical query.
    """

    region: str | None = field(default=None, metadata=_declare(read_slug, "scope"))
    on: date | None = field(default=None, metadata=_declare(read_day, "time"))
    days: int | None = field(
        default=None,
        metadata=_declare(
            read_days,
            "time",
            FormField(
                "strikes",
                "number",
                _("of the last days, up to the day shown"),
                default=str(DEFAULT_DAYS),
                limits=(1, MAX_DAYS),
            ),
        ),
    )
    since: date | None = field(default=None, metadata=_declare(read_day, "time", name="from"))
    edition: int | date | None = field(default=None, metadata=_declare(read_edition, "scope"))
    sources: tuple[str, ...] = field(
        default=(),
        metadata=_declare(
            read_slugs, "filter", FormField("sources", "ticks", options="sources", all_is_none=True)
        ),
    )
    kinds: tuple[str, ...] = field(
        default=(),
        metadata=_declare(
            read_choices(KINDS, all_is_none=True),
            "filter",
            FormField("kinds", "ticks", options=KIND_LABELS, all_is_none=True),
        ),
    )
    holder: tuple[str, ...] = field(
        default=(), metadata=_declare(read_slugs, "filter", _one_force("posts", _("held by")))
    )
    accused: tuple[str, ...] = field(
        default=(), metadata=_declare(read_slugs, "filter", _one_force("strikes", _("blamed on")))
    )
    target: tuple[str, ...] = field(
        default=(), metadata=_declare(read_slugs, "filter", _one_force("strikes", _("against")))
    )
    status: tuple[str, ...] = field(
        default=(),
        metadata=_declare(
            read_choices(STATUSES),
            "filter",
            FormField("posts", "ticks", _("Status, any unless chosen"), options=STATUS_LABELS),
        ),
    )
    precision: str | None = field(
        default=None,
        metadata=_declare(
            read_choice(PRECISIONS),
            "filter",
            FormField(
                "place",
                "select",
                _("Place known at least to"),
                options=PRECISION_LABELS,
                anything=_("any precision"),
            ),
        ),
    )
    grade: tuple[str, ...] = field(
        default=(),
        metadata=_declare(
            read_choices(GRADES),
            "filter",
            FormField("strikes", "ticks", _("Grade, any unless chosen"), options=GRADE_LABELS),
        ),
    )
    q: str = field(
        default="",
        metadata=_declare(
            read_text,
            "filter",
            FormField(
                "text",
                "search",
                _("Name or words in a quote"),
                limits=(0, MAX_TEXT),
                hint=_("A place in any spelling, or a word of a quote"),
            ),
        ),
    )
    bbox: BBox | None = field(default=None, metadata=_declare(read_bbox, "filter"))
    show: str | None = field(default=None, metadata=_declare(read_popup, "view"))
    view: View | None = field(default=None, metadata=_declare(read_view, "view"))
    tiles: str | None = field(default=None, metadata=_declare(read_choice(TILES), "view"))

    @classmethod
    def from_query(cls, query: str | Mapping[str, Sequence[str]]) -> Self:
        """Read a query string, or a mapping of parameters to their values (as Django's QueryDict.lists()).

        Unknown parameters are ignored (mail programs add them). Raises SelectionError.
        """
        values = _values(query)
        read: dict[str, Any] = {}
        for parameter in PARAMETERS:
            given = [value for value in values.get(parameter.name, ()) if value.strip()]
            if given:
                read[parameter.field] = parameter.read(parameter.name, given)
        selection = cls(**read)
        selection._check()
        return selection

    def _check(self) -> None:
        if self.since and self.days:
            raise SelectionError("from", str(self.since), "Give either “from” or “days”, not both.")
        if self.since and self.on and self.since > self.on:
            raise SelectionError(
                "from", str(self.since), f"The interval ends on {self.on}; start it on or before."
            )
        if isinstance(self.edition, date) and self.on and self.on > self.edition:
            raise SelectionError(
                "on", str(self.on), f"The edition is of {self.edition} and says nothing of later days."
            )

    def query(self, **changes: Any) -> str:
        """The canonical query string: parameters in the order of the fields, defaults left out."""
        chosen = replace(self, **changes) if changes else self
        pairs = []
        for parameter in PARAMETERS:
            value = getattr(chosen, parameter.field)
            if value != parameter.default:
                pairs.append((parameter.name, ",".join(value) if isinstance(value, tuple) else str(value)))
        return urlencode(pairs, safe=",/:")

    def without(self, *roles: Role) -> Self:
        """The same selection with every parameter of these roles at its default.

        >>> Selection.from_query("on=2019-09-30&holder=isf&view=7/34/41").without("view", "time").query()
        'holder=isf'
        """
        return replace(self, **{p.field: p.default for p in PARAMETERS if p.role in roles})

    def interval(self, on: date) -> tuple[date, date]:
        """First and last day, both included, of the strikes shown when the day is `on`."""
        if self.since:
            return min(self.since, on), on
        return on - timedelta(days=(self.days or DEFAULT_DAYS) - 1), on

    def shows(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


def _values(query: str | Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    if isinstance(query, str):
        try:
            pairs: Iterable[tuple[str, str]] = parse_qsl(query, max_num_fields=500)
        except ValueError as error:
            raise SelectionError("query", query, "It has too many parameters; 500 are read.") from error
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return values
    return {name: list(given) for name, given in query.items()}


def _declared() -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            f.metadata["name"] or f.name,
            f.name,
            f.metadata["role"],
            f.metadata["read"],
            f.default,
            f.metadata["form"],
        )
        for f in fields(Selection)
    )


#: Every parameter, in the order of the canonical query.
PARAMETERS = _declared()
