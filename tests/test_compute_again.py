"""Anybody can compute it again: the answers of the posts download follow from the other files alone.

They are computed by the second reading of the rule (tests/assessment_reference.py), from nothing but what the
public addresses give.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crossings.assessment import DIRECTIONS, TRAFFICS, UNQUALIFIED, RecordError
from docs import compute_again
from docs.compute_again import NAMES, membership, records_by_post
from tests.assessment_reference import NEVER, Reading, Slow, slow_status

from .downloading import features, fetch
from .factories import make_membership, make_passage, make_report

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent


Rows = list[dict[str, Any]]


def rows_of(client: Any, name: str, on: str, query: str = "") -> Rows:
    return [row["properties"] for row in features(client, name, f"on={on}{query}")]


def evidence(client: Any, on: str, query: str = "") -> dict[str, Rows]:
    """The three files that the answers are computed from."""
    return {name: rows_of(client, name, on, query) for name in NAMES if name != "posts"}


class Reader:
    """Who has the three files of evidence and the second reading of the rule, and nothing else."""

    def __init__(self, files: dict[str, Rows], last: date) -> None:
        self.members = [membership(row) for row in files["memberships"]]
        self.control = records_by_post(files["control"])
        self.status = records_by_post(files["status"])
        starts = [r for records in (*self.control.values(), *self.status.values()) for r in records]
        first = min(
            b.earliest or b.latest for r in starts for b in (r.starts, r.as_of, r.ends) if b is not None
        )
        self.window = first.toordinal() - 2, last.toordinal() + 1
        self.built: dict[str, tuple[Slow, dict[tuple[str, str], Slow]]] = {}

    def timelines(self, post: str) -> tuple[Slow, dict[tuple[str, str], Slow]]:
        if post not in self.built:
            control = Slow(self.control.get(post, ()), self.window, self.members)
            changes = control.changes_of_hands()
            records = self.status.get(post, [])
            traffics = [t for t in TRAFFICS if t in UNQUALIFIED or any(t in r.traffic for r in records)]
            self.built[post] = (
                control,
                {
                    (traffic, direction): slow_status(
                        records, (), (), self.window, (traffic, direction), changes=changes
                    )
                    for traffic in traffics
                    for direction in DIRECTIONS
                },
            )
        return self.built[post]

    def columns(self, post: str, day: date) -> dict[str, Any]:
        """The columns of a post that the rule gives, as the posts download writes them."""
        control, status = self.timelines(post)
        lines = {question: line(slow.on(day.toordinal()), day) for question, slow in status.items()}
        return {**held(control.on(day.toordinal()), day), "status": lines}


def written(day: int | None) -> str | None:
    return None if day is None or day >= NEVER else date.fromordinal(day).isoformat()


def since(reading: Reading, day: date) -> str | None:
    behind = reading.last is not None and reading.last < day.toordinal()
    return written(reading.last) if behind else None


def held(reading: Reading, day: date) -> dict[str, Any]:
    names = sorted(reading.wires | reading.before | reading.after)
    return {
        "control_level": reading.level,
        "holders": sorted(reading.value),
        "alternatives": {
            (tuple(sorted(value)), denied): (len(side.wires), tuple(sorted(side.reports)))
            for (value, denied), side in reading.sides.items()
        },
        "control_sources": len(names),
        "control_source_names": "; ".join(names) or None,
        "control_also": len(reading.also),
        "control_also_names": "; ".join(sorted(reading.also)) or None,
        "control_since": since(reading, day),
        "control_age_days": None if reading.last is None else day.toordinal() - reading.last,
        "control_stale": reading.stale,
        "control_far": reading.far,
        "control_passed_by": written(reading.passed_by),
        "control_told_in": reading.told_in,
        "control_last_disagree": reading.last_disagree,
        "control_indirect": reading.indirect,
    }


def line(reading: Reading, day: date) -> dict[str, Any]:
    known = reading.level != "unknown"
    return {
        "value": next(iter(reading.value), "disputed") if known else "unknown",
        "level": reading.level,
        "stale": reading.stale,
        "far": reading.far,
        "indirect": reading.indirect,
        "wires": len(reading.wires | reading.before | reading.after),
        "since": since(reading, day),
    }


def published(row: dict[str, Any]) -> dict[str, Any]:
    """The same columns as they stand in the posts download."""
    found = {name: value for name, value in row.items() if name.startswith("control_")}
    del found["control_next_change"]  # the second reading reads one day at a time
    alternatives = {
        (tuple(side["holders"]), side["stance"] == "denies"): (side["wires"], tuple(side["reports"]))
        for side in row["alternatives"]
    }
    lines = {}
    for told in row["status"]:
        shown = {name: value for name, value in told.items() if name not in ("traffic", "direction")}
        for direction in DIRECTIONS if told["direction"] == "both" else [told["direction"]]:
            lines[told["traffic"], direction] = shown
    return {**found, "holders": row["holders"], "alternatives": alternatives, "status": lines}


def differing(reader: Reader, posts: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in posts:
        mine = reader.columns(row["id"], date.fromisoformat(row["on"]))
        theirs = published(row)
        assert mine.keys() == theirs.keys()
        for name in mine:
            if mine[name] != theirs[name]:
                yield f"{row['id']} {row['on']} {name}: {mine[name]} and {theirs[name]}"


# --- A post whose answers need every column


def fill() -> None:
    """Reports of 2014 to 2016 about one post, so that each column that the rule reads decides some day."""
    make_membership("blues", "league", since="2015-03-01")
    make_report(starts="2014-02", as_of="2014-02-20", ends="2014-06", wire="ap")
    make_report(starts="2014-02-05", as_of="2014-03-01", wire="afp")
    make_report(forces=("blues",), starts="2014-06-10", as_of="2014-07", wire="reuters", of="place")
    make_report(forces=("blues",), as_of="2015-02-01", wire="afp", role="guards")
    make_report(forces=("greens",), as_of="2015-02-01", wire="dpa", role="present")
    make_report(forces=("greens",), as_of="2015-05-01", wire="dpa", stance="claims")
    make_report(forces=("league",), as_of="2016-01-01", wire="dpa")
    except_aid = make_passage(exact="Closed but for aid.", wire="ap")
    dates = {"as_of": "2014-03-05"}
    make_report("status", status="open", traffic="aid", as_of="2014-02-20", wire="afp")
    make_report("status", status="open", traffic="aid", passage=except_aid, direction="inbound", **dates)
    for traffic in ("people", "goods"):
        make_report("status", status="closed", traffic=traffic, passage=except_aid, **dates)
    make_report("status", status="limited", traffic="people", direction="outbound", as_of="2014-03-20")


GRID = [
    str(date(2014, 1, 20) + timedelta(days=n))
    for n in (3, 15, 18, 33, 44, 46, 60, 100, 136, 141, 147, 160, 220, 377, 404, 440, 466, 712)
]


def test_every_answer_follows_from_the_downloaded_files_alone(client):
    fill()
    reader = Reader(evidence(client, "2016-06-01"), date(2016, 6, 1))

    for on in GRID:
        posts = rows_of(client, "posts", on)
        assert len(posts) == 2
        assert list(differing(reader, posts)) == []


#: Column of the files, and what stands in it where it says nothing.
COLUMNS = {
    "control": {
        "forces": [{"id": "reds", "name": "Reds"}],
        "role": "holds",
        "starts_min": None,
        "starts_max": None,
        "ends_min": None,
        "ends_max": None,
        "as_of_min": None,
        "as_of_max": None,
        "published_min": None,
        "stance": "states",
        "of": "post",
        "wire": "ap",
    },
    "status": {"status": "open", "traffic": "people", "direction": "both", "passage": ""},
    "memberships": {"member": "navy", "umbrella": "navies", "since_max": None},
}


def test_without_any_one_of_the_columns_the_answers_would_differ(client):
    fill()
    whole = evidence(client, "2016-06-01")
    grid = [rows_of(client, "posts", on) for on in GRID]

    def is_missed(name: str, column: str, empty: Any) -> bool:
        poorer = {**whole, name: [{**row, column: empty} for row in whole[name]]}
        try:
            reader = Reader(poorer, date(2016, 6, 1))
        except (RecordError, ValueError):
            return True  # the rule refuses what is left
        return any(next(differing(reader, posts), None) for posts in grid)

    assert [
        f"{name}.{column}"
        for name, columns in COLUMNS.items()
        for column, empty in columns.items()
        if not is_missed(name, column, empty)
    ] == []


def test_a_column_that_is_left_out_is_named(client):
    fill()
    files = evidence(client, "2016-06-01")
    for row in files["status"]:
        del row["passage"]

    with pytest.raises(KeyError, match="passage"):
        Reader(files, date(2016, 6, 1))


# --- The program in the docs


@pytest.fixture
def folder(client, tmp_path: Path) -> Path:
    fill()
    for name in NAMES:
        (tmp_path / f"{name}.geojson").write_text(json.dumps(fetch(client, name, "on=2015-02-01")))
    return tmp_path


def test_the_program_in_the_docs_says_of_each_post_that_it_is_the_same(folder):
    lines: list[str] = []
    assert compute_again.main([str(folder), "2015-02-01"], lines.append) == 0
    assert lines == [
        "alpha-sy: – (unknown), as in posts.geojson",
        "alpha-iq: blues (stated), as in posts.geojson",
    ]
    assert "docs.compute_again" in (ROOT / "docs" / "assessment.md").read_text("utf-8")


def test_the_program_tells_where_an_answer_is_another_one(folder):
    posts = json.loads((folder / "posts.geojson").read_text())
    posts["features"][1]["properties"]["holders"] = ["reds"]
    (folder / "posts.geojson").write_text(json.dumps(posts))
    lines: list[str] = []
    assert compute_again.main([str(folder), "2015-02-01"], lines.append) == 1
    assert "alpha-iq: blues (stated), posts.geojson differs in holders" in lines


# --- What is shipped

SHIPPED_GRID = [
    "2012-07-19", "2012-09-25", "2013-03-02", "2013-10-26", "2014-06-17", "2014-06-21", "2014-07-15",
    "2015-05-15", "2015-05-21", "2015-10-10", "2015-10-11", "2016-03-05", "2016-08-05", "2017-05-05",
    "2017-06-17", "2017-11-08", "2017-12-31", "2018-10-31", "2019-09-29", "2019-09-30", "2020-06-01",
    "2024-12-07", "2024-12-11", "2024-12-19", "2025-06-14", "2026-02-12", "2026-11-20",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("sources", ["", "articles"])
def test_every_shipped_answer_follows_from_the_downloaded_files_alone(client, sources):
    query = f"&sources={sources}" if sources else ""

    last = SHIPPED_GRID[-1]
    reader = Reader(evidence(client, last, query), date.fromisoformat(last))
    for on in SHIPPED_GRID:
        posts = rows_of(client, "posts", on, query)
        assert len(posts) == 8
        assert list(differing(reader, posts)) == []
