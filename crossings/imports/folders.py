"""A folder of seed files: the set in the folder itself, then one set for each folder inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from geodata.csv_tables import Problem, SeedRow, Table, read_table

from .columns import KINDS, PARTS

TABLES: dict[str, Table] = {file.name: file.table for file in (*KINDS, *PARTS)}


@dataclass(slots=True)
class SeedSet:
    """The rows of one folder by file name without `.csv`. What it publishes is one edition."""

    folder: Path
    rows: dict[str, list[SeedRow]] = field(default_factory=dict)
    #: Files that could not be read at all: a cell that names one of their rows is no mistake of its own.
    unread: set[str] = field(default_factory=set)

    @property
    def title(self) -> str:
        names = [row.cells.get("name") or "" for row in self.rows.get("source_sets", [])]
        return ", ".join(name for name in names if name) or self.folder.name


def read_sets(folder: Path) -> tuple[list[SeedSet], list[Problem]]:
    """Read every seed file under `folder`. Rows that are wrong are marked and stand in the problems."""
    if not folder.is_dir():
        return [], [Problem(str(folder), 0, "", _("There is no such folder."))]
    sets, problems = [], []
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        files = sorted(place.glob("*.csv"))
        if not files:
            continue
        seed_set, found = _read_set(place, files, folder)
        sets.append(seed_set)
        problems += found
    if not sets:
        problems.append(
            Problem(str(folder), 0, "", _("There is no seed file here, such as %s.csv.") % KINDS[0].name)
        )
    problems += _one_id_one_row(sets)
    return sets, problems


def _read_set(place: Path, files: list[Path], root: Path) -> tuple[SeedSet, list[Problem]]:
    seed_set, problems = SeedSet(place), []
    for path in files:
        shown = path.relative_to(root).as_posix()
        if path.stem not in TABLES:
            known = ", ".join(f"{name}.csv" for name in TABLES)
            problems.append(Problem(shown, 0, "", _("This file is not known. The files are: %s.") % known))
            continue
        seed_set.rows[path.stem], found = read_table(path, TABLES[path.stem], shown)
        if found and not seed_set.rows[path.stem]:
            seed_set.unread.add(path.stem)
        problems += found
    return seed_set, problems


def _one_id_one_row(sets: list[SeedSet]) -> Iterator[Problem]:
    """An id names one row, whichever set it stands in."""
    first: dict[tuple[str, str], SeedRow] = {}
    for seed_set in sets:
        for name, rows in seed_set.rows.items():
            for row in rows:
                if not row.good or "id" not in row.cells:
                    continue
                known = first.setdefault((name, row.cells["id"]), row)
                if known.file != row.file:
                    where = f"{known.file}, row {known.number}"
                    sentence = _("“%(id)s” already stands in %(where)s.")
                    yield row.problem("id", sentence % {"id": row.cells["id"], "where": where})
