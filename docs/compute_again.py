"""Every answer of a day computed again from the downloads, and compared with the download of posts.

    .venv/bin/python -m docs.compute_again http://127.0.0.1:8000 2019-09-30
    .venv/bin/python -m docs.compute_again FOLDER 2019-09-30     (control.geojson and the others, in a folder)

It reads no database: the rule in crossings/assessment/ needs nothing but Python. docs/assessment.md says what
the rule is, docs/downloads.md what each column means.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from crossings.assessment import (
    Answer,
    Bounds,
    Membership,
    ReportRecord,
    StatusTimelines,
    Timeline,
    control_timeline,
    status_timelines,
)

NAMES = ("control", "status", "memberships", "posts")
Properties = Mapping[str, Any]
Files = Mapping[str, list[Properties]]


# --- From the columns of the files to what the rule reads


def bounds(row: Properties, name: str) -> Bounds | None:
    """A vague date: the first and the last day that it can mean. None where it is not given."""
    low, high = (row[f"{name}_{side}"] for side in ("min", "max"))
    if low is None and high is None:
        return None
    return Bounds(date.fromisoformat(low) if low else None, date.fromisoformat(high) if high else None)


def record(row: Properties) -> ReportRecord:
    """A row of control.geojson or status.geojson as the rule reads it."""
    is_control = "role" in row
    return ReportRecord(
        id=row["id"],
        value=frozenset(force["id"] for force in row["forces"]) if is_control else frozenset([row["status"]]),
        starts=bounds(row, "starts"),
        ends=bounds(row, "ends"),
        as_of=bounds(row, "as_of"),
        stance=row["stance"],
        of=row["of"],
        role=row["role"] if is_control else "",
        wire=row["wire"],
        published=bounds(row, "published"),
        passage=row["passage"],
        traffic=frozenset() if is_control else frozenset([row["traffic"]]),
        direction="" if is_control else row["direction"],
    )


def membership(row: Properties) -> Membership:
    """A row of memberships.geojson: it counts from the last day that its beginning can mean."""
    since, until = bounds(row, "since"), bounds(row, "until")
    return Membership(row["member"], row["umbrella"], since and since.latest, until and until.earliest)


def records_by_post(rows: Iterable[Properties]) -> dict[str, list[ReportRecord]]:
    found: dict[str, list[ReportRecord]] = defaultdict(list)
    for row in rows:
        if row["subject_kind"] == "post":
            found[row["subject"]].append(record(row))
    return found


def timelines(files: Files) -> dict[str, tuple[Timeline, StatusTimelines]]:
    """Who held each post of posts.geojson, and what could pass it."""
    members = [membership(row) for row in files["memberships"]]
    control, status = (records_by_post(files[name]) for name in ("control", "status"))
    found = {}
    for row in files["posts"]:
        held = control_timeline(control.get(row["id"], ()), members)
        found[row["id"]] = held, status_timelines(status.get(row["id"], ()), held)
    return found


# --- The columns of posts.geojson that follow from them


def control_columns(answer: Answer, day: date) -> dict[str, Any]:
    behind = answer.last_reported if answer.last_reported and answer.last_reported < day else None
    return {
        "control_level": answer.level,
        "holders": sorted(answer.value),
        "alternatives": [
            {
                "holders": sorted(side.value),
                "stance": side.stance,
                "level": side.level,
                "wires": len(side.wires),
                "reports": list(side.reports),
            }
            for side in answer.alternatives
        ],
        "control_sources": answer.wire_count,
        "control_source_names": "; ".join(sorted(answer.wires)) or None,
        "control_also": len(answer.also),
        "control_also_names": "; ".join(sorted(answer.also)) or None,
        "control_since": behind and behind.isoformat(),
        "control_age_days": answer.age_days,
        "control_stale": answer.stale,
        "control_far": answer.far,
        "control_passed_by": answer.passed_by and answer.passed_by.isoformat(),
        "control_told_in": answer.told_in,
        "control_last_disagree": answer.last_disagree,
        "control_indirect": answer.indirect,
        "control_next_change": answer.next_change and answer.next_change.isoformat(),
    }


def status_line(traffic: str, direction: str, answer: Answer, day: date) -> dict[str, Any]:
    behind = answer.last_reported if answer.last_reported and answer.last_reported < day else None
    value = "unknown" if answer.level == "unknown" else next(iter(answer.value), "disputed")
    return {
        "traffic": traffic,
        "direction": direction,
        "value": value,
        "level": answer.level,
        "stale": answer.stale,
        "far": answer.far,
        "indirect": answer.indirect,
        "wires": answer.wire_count,
        "since": behind and behind.isoformat(),
    }


def computed(files: Files, day: date) -> dict[str, dict[str, Any]]:
    """For each post the columns of posts.geojson that the rule gives, computed from the other three files."""
    found: dict[str, dict[str, Any]] = {}
    for post, (control, status) in timelines(files).items():
        lines = [status_line(t, d, timeline.on(day), day) for t, d, timeline in status.questions()]
        found[post] = {**control_columns(control.on(day), day), "status": lines}
    return found


# --- Fetching the files


def fetched(site: str, day: date) -> dict[str, list[Properties]]:
    """The four files of a site for a day, all of the edition that the first one is of."""
    found: dict[str, list[Properties]] = {}
    edition = ""
    for name in NAMES:
        address = f"{site.rstrip('/')}/download/{name}.geojson?on={day}{edition}"
        with urlopen(address) as answer:  # noqa: S310  # http or https: `main` has looked
            collection = json.load(answer)
        edition = f"&edition={collection['edition']}"
        found[name] = [feature["properties"] for feature in collection["features"]]
    return found


def stored(folder: Path) -> dict[str, list[Properties]]:
    return {
        name: [row["properties"] for row in json.loads((folder / f"{name}.geojson").read_text())["features"]]
        for name in NAMES
    }


def main(arguments: list[str], write: Callable[[str], object] = print) -> int:
    """Prints each post's answer and what differs from posts.geojson; 1 if anything does, 2 if misused."""
    if len(arguments) != 2:
        write(__doc__ or "")
        return 2
    day = date.fromisoformat(arguments[1])
    where = arguments[0]
    files = fetched(where, day) if where.startswith(("http://", "https://")) else stored(Path(where))
    differing = 0
    answers = computed(files, day)
    for row in files["posts"]:
        mine = answers[row["id"]]
        differs = [name for name, value in mine.items() if row[name] != value]
        differing += bool(differs)
        held = ", ".join(mine["holders"]) or "–"
        verdict = f"posts.geojson differs in {', '.join(differs)}" if differs else "as in posts.geojson"
        write(f"{row['id']}: {held} ({mine['control_level']}), {verdict}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
