"""Seed files into the database: every row checked, then all of them written or none.

A second run changes nothing. What was published is never rewritten: a changed row is refused, or, with
`replace`, a new version of it is published that supersedes the old one, in one edition for the whole load.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from crossings import models as m
from crossings.models.fields import DatedModel
from crossings.publishing import editions, workflow
from crossings.publishing.takedown import ident_of, kind_of, tombstones
from geodata.csv_tables import Problem, SeedRow

from .build import Parts, RowError, RowRecord, build, build_parts, differences
from .columns import KINDS, PARTS, SUPERSEDES, Kind, PartKind, SeedFile
from .folders import SeedSet, read_sets
from .versions import REASON, Versions, next_id, stored_versions

#: A row of a file, and the object made of it that waits to be published.
Waiting = tuple[SeedRow, m.Publishable]

_VERBATIM = {"exact", "start", "end", "document", "wire"}


class SeedError(Exception):
    """Some rows cannot be loaded; `problems` says which and why. Nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Summary:
    """What a run did: rows by file and kind of change, the editions it made, and what it left alone."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    editions: list[m.Edition] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.replaced or self.editions)


class _RolledBack(Exception):
    """Leaves the transaction of a check; never seen outside."""


def load(folder: Path, *, replace: bool = False, check: bool = False) -> Summary:
    """Load every seed file under `folder`, all of them or none. Raises SeedError with every problem found.

    With `check` everything is done, constraints and publishing included, and then rolled back.
    """
    sets, problems = read_sets(folder)
    loader = _Loader(sets, problems, replace)
    try:
        with transaction.atomic():
            loader.run()
            if check:
                raise _RolledBack
    except _RolledBack:
        pass
    return loader.summary


class _Loader:
    def __init__(self, sets: list[SeedSet], problems: list[Problem], replace: bool) -> None:
        self.sets = sets
        self.problems = problems
        self.replace = replace
        self.summary = Summary()
        self.tombstones = tombstones()
        #: Objects by file name and id; an id with a problem maps to None, so that it is reported only once.
        self.known: dict[str, dict[str, Model | None]] = defaultdict(dict)
        self.new: dict[str, set[Model]] = defaultdict(set)
        self.parts: dict[tuple[str, str], Parts] = {}
        self.ids: dict[str, set[str]] = {
            kind.name: {
                row.cells["id"]
                for seed_set in sets
                for row in _expand(kind, seed_set.rows.get(kind.name, []))
                if "id" in row.cells
            }
            for kind in KINDS
        }

    def run(self) -> None:
        # What readers see and the files correct is one edition, together with what is then published.
        with editions.act(REASON) as corrections:
            unpublished = self._write_rows()
            if corrections.edition:
                self._publish_together(unpublished)
                unpublished = []
                self.summary.editions = [corrections.edition]
        self._publish(unpublished)
        self.summary.removed = list(self._removed())

    def _write_rows(self) -> list[tuple[SeedSet, list[Waiting]]]:
        """Every row as a draft, by set; raises SeedError with every problem found."""
        unpublished: list[tuple[SeedSet, list[Waiting]]] = []
        for seed_set in self.sets:
            waiting = [pair for kind in KINDS for pair in self._load_kind(kind, seed_set)]
            unpublished.append((seed_set, waiting))
        if not self.problems:
            self._check_ready([pair for _seed_set, waiting in unpublished for pair in waiting])
        if self.problems:
            raise SeedError(sorted(set(self.problems), key=lambda p: (p.file, p.row, p.column)))
        return unpublished

    def _publish(self, unpublished: list[tuple[SeedSet, list[Waiting]]]) -> None:
        """One edition for each set; a load that replaces something is one edition as a whole."""
        rows = [obj for _seed_set, waiting in unpublished for _row, obj in waiting]
        if any(isinstance(obj, m.Replaceable) and obj.supersedes_id for obj in rows):
            self._publish_together(unpublished)
            return
        for seed_set, waiting in unpublished:
            self._publish_rows(seed_set.title, [obj for _row, obj in waiting])

    def _publish_together(self, unpublished: list[tuple[SeedSet, list[Waiting]]]) -> None:
        titles = [seed_set.title for seed_set, waiting in unpublished if waiting]
        self._publish_rows(", ".join(titles), [obj for _set, waiting in unpublished for _row, obj in waiting])

    def _publish_rows(self, title: str, rows: list[m.Publishable]) -> None:
        if edition := workflow.publish(rows, reason=f"{REASON}: {title}"):
            self.summary.editions.append(edition)

    def _load_kind(self, kind: Kind, seed_set: SeedSet) -> list[Waiting]:
        """Write the rows of one file; returns those that wait to be published."""
        rows = _expand(kind, self._in_order(kind, seed_set.rows.get(kind.name, [])))
        for part in PARTS:
            if part.parent == kind.name:
                self._collect_parts(part, seed_set)
        waiting: list[Waiting] = []
        stored = self._stored(kind, rows)
        for row in rows:
            record = self._build(kind, row, seed_set) if row.good else None
            obj = self._write(kind, record, stored) if record else None
            if kind.key and "id" in row.cells:
                self.known[kind.name][row.cells["id"]] = obj
            if isinstance(obj, m.Publishable) and obj in self.new[kind.name]:
                waiting.append((row, obj))
        return waiting

    def _in_order(self, kind: Kind, rows: list[SeedRow]) -> list[SeedRow]:
        """The rows so that each comes after those of the same file that it names (umbrella, supersedes)."""
        columns = [column.name for column in kind.table.columns if column.ref == kind.name]
        numbers = {row.cells["id"]: number for number, row in enumerate(rows) if "id" in row.cells}
        sorter = TopologicalSorter({number: () for number in range(len(rows))})
        for number, row in enumerate(rows):
            named = [row.cells.get(column) for column in columns]
            sorter.add(number, *(numbers[key] for key in named if key in numbers))
        try:
            return [rows[number] for number in sorter.static_order()]
        except CycleError as error:
            circle = [rows[number] for number in error.args[1]]
            names = ", ".join(f"“{row.cells['id']}”" for row in circle[:-1])
            sentence = _("These rows name each other in a circle: %(names)s.") % {"names": names}
            first = min(circle, key=lambda row: row.number)
            column = next(column for column in columns if first.cells.get(column))
            self._report(first, column, sentence)
            return rows

    def _collect_parts(self, part: PartKind, seed_set: SeedSet) -> None:
        for row in seed_set.rows.get(part.name, []):
            parent = row.cells.get(part.parent_field)
            if not row.good:
                if parent:
                    self.known[part.parent].setdefault(parent, None)
                continue
            if parent is None or parent not in self.ids[part.parent]:
                if not any(part.parent in other.unread for other in self.sets):
                    self._report(row, part.parent_field, _no_row(parent, part.parent))
                continue
            self.parts.setdefault((part.parent, parent), {}).setdefault(part.name, []).append(row)

    def _stored(self, kind: Kind, rows: list[SeedRow]) -> dict[Any, Versions]:
        """What the database holds for these rows, by their ids; names by what tells them apart."""
        if not kind.key:
            return {_name_key(vars(name)): Versions(name, name) for name in m.Name.objects.all()}
        ids = {row.cells["id"] for row in rows if "id" in row.cells}
        return stored_versions(kind, ids, self.ids[kind.name])

    def _build(self, kind: Kind, row: SeedRow, seed_set: SeedSet) -> RowRecord | None:
        """The row as model values, or None if it names something that is not there."""
        try:
            record = build(kind, row, self._resolve, seed_set.folder)
            parts = self.parts.get((kind.name, row.cells.get("id", "")), {})
            record.parts = build_parts(parts, self._resolve)
        except _Unresolved as unresolved:
            if unresolved.sentence:
                self._report(unresolved.row, unresolved.column, unresolved.sentence)
            row.good = False
            return None
        except RowError as error:
            self._report(row, error.column, error.sentence)
            return None
        return record

    def _resolve(self, row: SeedRow, column: str, table: str, key: str) -> Model:
        if key in self.known[table]:
            obj = self.known[table][key]
            if obj is None:
                raise _Unresolved(row, column, "")
            return obj
        kind = next(kind for kind in KINDS if kind.name == table)
        stored: Model | None = kind.model._default_manager.filter(**{kind.key: key}).first()
        if stored is None:
            if any(table in seed_set.unread for seed_set in self.sets):
                raise _Unresolved(row, column, "")
            raise _Unresolved(row, column, _no_row(key, table))
        self.known[table][key] = stored
        return stored

    def _write(self, kind: Kind, record: RowRecord, stored: dict[Any, Versions]) -> Model | None:
        row = record.row
        versions = stored.get(row.cells["id"] if kind.key else _name_key(record.fields))
        if versions is None:
            owners = [record.fields.get(owner) for owner in m.Name.OWNERS] if not kind.key else []
            if any(self._was_taken_down(owner) for owner in owners):
                self._leave_taken_down(row)
                return None
            return self._create(kind, record)
        obj = versions.latest
        if self._was_taken_down(versions.first) or self._was_taken_down(obj):
            self._leave_taken_down(row)
            return obj
        if record.supersedes and not self._agrees(kind, record, versions.first):
            return None
        changed = differences(obj, record)
        if not changed:
            self.summary.unchanged[kind.name] += 1
            return obj
        if isinstance(obj, m.Publishable):
            if obj.state == m.State.WITHDRAWN:
                self.summary.withdrawn.append(f"{row.file}, row {row.number}: {getattr(obj, kind.key)}")
                return obj
            if isinstance(obj, m.Replaceable) and obj.is_public:
                return self._replace(kind, record, versions, changed)
        if isinstance(obj, m.Passage) and set(changed) & _VERBATIM and obj.was_published():
            column = sorted(set(changed) & _VERBATIM)[0]
            sentence = _("A published report cites this quote. Give the corrected quote an id of its own.")
            self._report(row, column, sentence)
            return None
        self.summary.updated[kind.name] += 1
        return self._save(kind, record, obj)

    def _was_taken_down(self, row: object) -> bool:
        return isinstance(row, Model) and (kind_of(row), ident_of(row)) in self.tombstones

    def _leave_taken_down(self, row: SeedRow) -> None:
        """The files still hold what was taken down here; it does not come back by loading them."""
        self.summary.withdrawn.append(f"{row.file}, row {row.number}: {row.cells.get('id', _('a name'))}")

    def _agrees(self, kind: Kind, record: RowRecord, first: Model) -> bool:
        """Whether a stored row replaces what its file says it does; a draft still may, once it is saved."""
        if not isinstance(first, m.Replaceable) or first.state not in m.SEEN:
            return True
        if first.supersedes == record.supersedes:
            return True
        row = record.row
        sentence = _("“%(id)s” has been published and does not replace “%(old)s”.")
        self._report(row, SUPERSEDES, sentence % {"id": row.cells["id"], "old": row.cells[SUPERSEDES]})
        return False

    def _create(self, kind: Kind, record: RowRecord) -> Model | None:
        key = {kind.key: record.row.cells["id"]} if kind.key else {}
        saved = self._save(kind, record, kind.model(**key))
        if saved is not None:
            self.summary.created[kind.name] += 1
            self.new[kind.name].add(saved)
        return saved

    def _replace(self, kind: Kind, record: RowRecord, versions: Versions, changed: list[str]) -> Model | None:
        row, latest = record.row, versions.latest
        if latest != versions.loaded and versions.loaded and not differences(versions.loaded, record):
            # The file has not changed since it was loaded; an editor corrected what it says.
            self.summary.corrected.append(f"{row.file}, row {row.number}: {getattr(latest, kind.key)}")
            return latest
        if not self.replace:
            columns = ", ".join(kind.column_of(name) for name in changed)
            sentence = _(
                "“%(id)s” is published and differs here in %(columns)s. "
                "Run with --replace to withdraw it and publish this row in its place."
            )
            sentence %= {"id": getattr(latest, kind.key), "columns": columns}
            self._report(row, kind.column_of(changed[0]), sentence)
            return None
        record.supersedes = latest
        key = next_id(kind, row.cells["id"], self.ids[kind.name])
        corrected = self._save(kind, record, kind.model(**{kind.key: key}))
        if corrected is not None:
            self.new[kind.name].add(corrected)
            self.summary.replaced[kind.name] += 1
        return corrected

    def _save(self, kind: Kind, record: RowRecord, obj: Model) -> Model | None:
        """Check one object with the model's own rules and write it with its parts."""
        for name, value in record.fields.items():
            setattr(obj, name, value)
        if record.supersedes is not None:
            setattr(obj, SUPERSEDES, record.supersedes)
        try:
            if isinstance(obj, DatedModel):
                obj.derive()
            obj.full_clean(exclude=["folded"] if isinstance(obj, m.Name) else None)
        except ValidationError as error:
            self._report_all(kind, record.row, error)
            return None
        obj.save()
        for name, values in record.many.items():
            getattr(obj, name).set(values)
        return obj if self._save_parts(kind, obj, record) else None

    def _save_parts(self, kind: Kind, obj: Model, record: RowRecord) -> bool:
        for part in PARTS:
            if part.parent != kind.name:
                continue
            part.model._default_manager.filter(**{part.parent_field: obj}).delete()
            for given in record.parts.get(part.name, []):
                child = part.model(**{part.parent_field: obj}, **given.fields)
                try:
                    child.full_clean()
                except ValidationError as error:
                    self._report_all(part, given.row, error)
                    return False
                child.save()
                for name, values in given.many.items():
                    getattr(child, name).set(values)
        return True

    def _report(self, row: SeedRow, column: str, sentence: str) -> None:
        self.problems.append(row.problem(column, sentence))

    def _report_all(self, file: SeedFile, row: SeedRow, error: ValidationError) -> None:
        for name, sentences in error.message_dict.items():
            column = "" if name == "__all__" else file.column_of(name)
            for sentence in sentences:
                self._report(row, column, sentence)

    def _check_ready(self, waiting: list[Waiting]) -> None:
        together = [obj for _row, obj in waiting]
        for row, obj in waiting:
            for sentence in workflow.problems(obj, together=together):
                self._report(row, "", sentence)

    def _removed(self) -> Iterable[str]:
        """Reports that an earlier load of these source sets published and that the files no longer hold."""
        sets = [row.cells["id"] for folder in self.sets for row in folder.rows.get("source_sets", [])]
        for kind in KINDS:
            if not issubclass(kind.model, m.REPORT_MODELS):
                continue
            here = {str(obj.pk) for obj in self.known[kind.name].values() if obj is not None}
            shipped = m.ReviewStep.objects.filter(
                content_type=ContentType.objects.get_for_model(kind.model), reason__startswith=REASON
            ).values("object_id")
            left = kind.model._default_manager.filter(
                pk__in=shipped, state=m.State.PUBLISHED, main_passage__document__source_set__slug__in=sets
            )
            yield from (f"{kind.name}: {obj.public_id}" for obj in left if str(obj.pk) not in here)


class _Unresolved(Exception):
    """An id in a cell that names nothing; without a sentence if that is already reported."""

    def __init__(self, row: SeedRow, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.row, self.column, self.sentence = row, column, sentence


def _no_row(key: str | None, table: str) -> str:
    return _("There is no row “%(id)s” in %(table)s.csv.") % {"id": key, "table": table}


def _expand(kind: Kind, rows: list[SeedRow]) -> list[SeedRow]:
    """One row of status.csv that names several kinds of traffic is one report for each of them."""
    if kind.name != "status":
        return rows
    found = []
    for row in rows:
        kinds_of_traffic = row.cells.get("traffic") or []
        if "id" not in row.cells or not kinds_of_traffic:
            found.append(row)
            continue
        for traffic in kinds_of_traffic:
            cells = {**row.cells, "id": f"{row.cells['id']}-{traffic}", "traffic": traffic}
            if row.cells.get(SUPERSEDES):
                cells[SUPERSEDES] = f"{row.cells[SUPERSEDES]}-{traffic}"
            found.append(SeedRow(row.file, row.number, cells, row.good))
    return found


def _name_key(values: Mapping[str, Any]) -> tuple[str, int, str, str]:
    """What tells names apart: their owner, text and language. `values` are a name's fields or columns."""
    for owner in m.Name.OWNERS:
        key = values.get(f"{owner}_id") or getattr(values.get(owner), "pk", None)
        if key is not None:
            return owner, key, values["text"], values["language"]
    raise ValueError("a name without an owner")
