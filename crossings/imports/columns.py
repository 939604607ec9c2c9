"""The columns of every seed file, in the order in which the files are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Choices, Model

from crossings import models as m
from crossings.models.evidence import MAX_QUOTE_WORDS
from geodata import csv_tables as f
from geodata.csv_tables import Column, Table


def _slug(name: str = "id") -> Column:
    return Column(name, f.slug, required=True)


def _ref(name: str, table: str, *, required: bool = True, many: bool = False) -> Column:
    return Column(name, f.slug, required=required, default=None, ref=table, many=many)


def _choice(name: str, choices: type[Choices], default: Any = None) -> Column:
    return Column(name, f.choice(*choices.values), required=default is None, default=default or "")


def _text(name: str, *, required: bool = False) -> Column:
    return Column(name, required=required)


def _date(name: str, *, required: bool = False) -> Column:
    return Column(name, f.edtf, required=required)


def _count(name: str, default: int | None = None) -> Column:
    return Column(name, f.whole, default=default)


_POSITION = (
    Column("latitude", f.latitude, required=True),
    Column("longitude", f.longitude, required=True),
    _choice("precision", m.Precision),
    Column("radius_m", f.metres, required=True),
    _text("position_source"),
)
_PERIOD = (
    _date("starts"),
    _date("ends"),
    _date("as_of"),
    _choice("stance", m.Stance, m.Stance.STATES),
    _text("speaker"),
)
_SOURCE = (
    _ref("passage", "passages"),
    _ref("more_passages", "passages", required=False, many=True),
    _text("note"),
)
#: Which table the ids of a `subject` or `owner` point to, by the word in the column before it.
SUBJECTS = {"crossing": "crossings", "post": "posts", "site": "sites", "frontier": "frontiers"}
OWNERS = {**SUBJECTS, "force": "forces"}


def _subject(*kinds: str) -> tuple[Column, ...]:
    return (Column("subject_kind", f.choice(*kinds), required=True), _slug("subject"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One seed file and the model that its rows become; `key` is the model's field for the id."""

    table: Table
    model: type[Model]
    key: str = "slug"

    @property
    def name(self) -> str:
        return self.table.name


KINDS: tuple[Kind, ...] = (
    Kind(
        Table(
            "source_sets",
            (_slug(), _text("name", required=True), _text("description"), _count("order", 0)),
        ),
        m.SourceSet,
    ),
    Kind(Table("wires", (_slug(), _text("name", required=True), _text("note"))), m.Wire),
    Kind(
        Table(
            "forces",
            (
                _slug(),
                _text("name", required=True),
                _text("short_name", required=True),
                _choice("kind", m.Force.Kind),
                Column("colour", f.colour, required=True),
                _text("letter", required=True),
                _ref("umbrella", "forces", required=False),
                _text("note"),
            ),
        ),
        m.Force,
    ),
    Kind(
        Table(
            "frontiers",
            (
                _slug(),
                _text("name", required=True),
                _text("country_a", required=True),
                _text("country_b", required=True),
                _text("line_file"),
                _text("line_source"),
            ),
        ),
        m.Frontier,
    ),
    Kind(
        Table(
            "crossings",
            (_slug(), _text("name", required=True), _ref("frontier", "frontiers"), _text("note")),
        ),
        m.Crossing,
    ),
    Kind(
        Table(
            "posts",
            (
                _slug(),
                _ref("crossing", "crossings"),
                _choice("side", m.Post.Side),
                _text("country", required=True),
                _text("name", required=True),
                *_POSITION,
            ),
        ),
        m.Post,
    ),
    Kind(
        Table(
            "sites",
            (
                _slug(),
                _text("name", required=True),
                _choice("kind", m.Site.Kind),
                _text("country"),
                *_POSITION,
                _text("note"),
            ),
        ),
        m.Site,
    ),
    Kind(
        Table(
            "regions",
            (
                _slug(),
                _text("name", required=True),
                _text("intro"),
                _ref("crossings", "crossings", many=True),
                _count("order", 0),
            ),
        ),
        m.Region,
    ),
    Kind(
        Table(
            "names",
            (
                Column("owner_kind", f.choice(*OWNERS), required=True),
                _slug("owner"),
                _text("text", required=True),
                _text("language", required=True),
                _choice("role", m.Name.Role, m.Name.Role.SPELLING),
                _text("source"),
            ),
            key=("owner_kind", "owner", "text", "language"),
        ),
        m.Name,
        key="",
    ),
    Kind(
        Table(
            "documents",
            (
                _slug(),
                _ref("source_set", "source_sets"),
                _text("title"),
                _choice("title_basis", m.Document.Basis, m.Document.Basis.STATED),
                _text("publisher", required=True),
                _choice("publisher_basis", m.Document.Basis, m.Document.Basis.STATED),
                _text("publisher_why"),
                _text("author"),
                _text("language", required=True),
                _date("published"),
                _text("published_why"),
                Column("url", f.web_address),
                _choice("url_basis", m.Document.Basis, m.Document.Basis.STATED),
                _text("agency"),
                _text("missing"),
                _text("sha256"),
                _count("characters"),
                _text("note"),
            ),
        ),
        m.Document,
    ),
    Kind(
        Table(
            "passages",
            (
                _slug(),
                _ref("document", "documents"),
                _ref("wire", "wires"),
                Column("exact", f.quote(MAX_QUOTE_WORDS), verbatim=True),
                Column("prefix", verbatim=True),
                Column("suffix", verbatim=True),
                _count("start"),
                _count("end"),
                _count("paragraph"),
                _text("language"),
                _text("note"),
            ),
        ),
        m.Passage,
        key="public_id",
    ),
    Kind(
        Table(
            "backings",
            (_slug(), _ref("force", "forces"), _ref("backer", "forces"), _ref("passage", "passages")),
        ),
        m.Backing,
        key="public_id",
    ),
    Kind(
        Table(
            "control",
            (
                _slug(),
                *_subject("post", "site", "frontier"),
                _choice("of", m.Of),
                _choice("role", m.ControlReport.Role, m.ControlReport.Role.HOLDS),
                _ref("forces", "forces", many=True),
                *_PERIOD,
                *_SOURCE,
            ),
        ),
        m.ControlReport,
        key="public_id",
    ),
    Kind(
        Table(
            "status",
            (
                _slug(),
                *_subject("post", "site", "frontier"),
                _choice("of", m.Of),
                _choice("status", m.StatusReport.Status),
                Column("traffic", f.choice(*m.StatusReport.Traffic.values), required=True, many=True),
                _choice("direction", m.StatusReport.Direction, m.StatusReport.Direction.BOTH),
                *_PERIOD,
                *_SOURCE,
            ),
        ),
        m.StatusReport,
        key="public_id",
    ),
    Kind(
        Table(
            "observations",
            (
                _slug(),
                *_subject("crossing", "post", "site", "frontier"),
                _choice("topic", m.ObservationReport.Topic),
                _text("summary", required=True),
                _ref("forces", "forces", required=False, many=True),
                *_PERIOD,
                *_SOURCE,
            ),
        ),
        m.ObservationReport,
        key="public_id",
    ),
    Kind(
        Table(
            "strike_events",
            (
                _slug(),
                _text("summary", required=True),
                _date("when", required=True),
                _choice("means", m.StrikeEvent.Means, m.StrikeEvent.Means.UNKNOWN),
                _choice("grade", m.StrikeEvent.Grade),
                _text("grade_why"),
                _ref("site", "sites", required=False),
                _ref("targets", "forces", required=False, many=True),
                *_POSITION,
            ),
        ),
        m.StrikeEvent,
        key="public_id",
    ),
    Kind(
        Table(
            "strike_reports",
            (
                _slug(),
                _ref("event", "strike_events"),
                _date("when"),
                _choice("stance", m.Stance, m.Stance.STATES),
                _text("speaker"),
                _text("target"),
                *_SOURCE,
            ),
        ),
        m.StrikeReport,
        key="public_id",
    ),
    Kind(
        Table(
            "disagreements",
            (
                _slug(),
                _text("question", required=True),
                _ref("crossing", "crossings", required=False),
                _text("note"),
            ),
        ),
        m.Disagreement,
        key="public_id",
    ),
)


@dataclass(frozen=True, slots=True)
class PartKind:
    """A file whose rows are parts of rows of another file: compared, written and frozen with them."""

    table: Table
    model: type[Model]
    parent: str
    parent_field: str

    @property
    def name(self) -> str:
        return self.table.name


PARTS: tuple[PartKind, ...] = (
    PartKind(
        Table(
            "tolls",
            (
                _ref("report", "strike_reports"),
                _choice("group", m.Toll.Group, m.Toll.Group.ALL),
                _count("killed_low"),
                _count("killed_high"),
                _count("injured_low"),
                _count("injured_high"),
                _text("said_by"),
                _text("scope"),
            ),
            key=("report", "group", "said_by"),
        ),
        m.Toll,
        parent="strike_reports",
        parent_field="report",
    ),
    PartKind(
        Table(
            "attributions",
            (
                _ref("report", "strike_reports"),
                _text("speaker", required=True),
                _ref("speaker_force", "forces", required=False),
                _choice("kind", m.Attribution.Kind),
                _ref("accused", "forces", required=False),
                _ref("passage", "passages", required=False),
            ),
            key=("report", "speaker", "kind", "accused"),
        ),
        m.Attribution,
        parent="strike_reports",
        parent_field="report",
    ),
    PartKind(
        Table(
            "answers",
            (
                _ref("disagreement", "disagreements"),
                _count("order", 0),
                _text("text", required=True),
                _ref("passages", "passages", many=True),
            ),
            key=("disagreement", "order"),
        ),
        m.Answer,
        parent="disagreements",
        parent_field="disagreement",
    ),
)
