"""Reports made for tests of the assessment: by hand, at random, and the golden ones."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crossings.assessment import (
    DIRECTIONS,
    STATUSES,
    TRAFFICS,
    Answer,
    Bounds,
    Membership,
    RecordError,
    ReportRecord,
    StatusTimelines,
    Timeline,
    control_timeline,
    status_timelines,
)
from geodata.dates import parse
from tests.assessment_reference import Reading

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=3000)
QUICK = settings.get_profile(os.environ.get("ASSESSMENT_PROFILE", "quick"))

START = date(2014, 1, 1)
SPAN = 40  # days in which the random reports fall: few enough for them to meet
WINDOW = (START.toordinal() - 3, START.toordinal() + SPAN + 12)
PEOPLE_AND_GOODS = frozenset({"people", "goods"})


def day(n: int) -> date:
    return START + timedelta(days=n)


def some(first: int | None, last: int | None = None) -> Bounds:
    """Bounds of a vague date; of an exact one where `last` is left out."""
    return Bounds(
        None if first is None else day(first), None if last is None and first is None else day(last or first)
    )


def make(value: str, *, id: str = "", **given: object) -> ReportRecord:
    """A control report: `make("IS", starts=some(3))`; several holders as "A B"."""
    fields: dict[str, object] = {
        "starts": None,
        "ends": None,
        "as_of": None,
        "stance": "states",
        "of": "post",
    }
    fields |= {"role": "holds", "wire": "AP"} | given
    return ReportRecord(
        id=id or f"{value}{sorted(map(str, given.values()))}", value=frozenset(value.split()), **fields
    )


def status(value: str, *, traffic: str = "people goods", **given: object) -> ReportRecord:
    """A status report, of people and goods in both directions unless it says otherwise."""
    fields: dict[str, object] = {"role": "", "direction": "both"} | given
    return make(
        value, id=str(given.get("id") or f"{value}{traffic}{sorted(map(str, given.values()))}"),
        traffic=frozenset(traffic.split()), **{k: v for k, v in fields.items() if k != "id"},
    )  # fmt: skip


def status_of(
    records: Iterable[ReportRecord], control: Timeline | None = None, traffic: str = "people"
) -> Timeline:
    """The timeline of one traffic, outbound."""
    return status_timelines(records, control or control_timeline(())).timeline(traffic, "outbound")


def on(records: list[ReportRecord], n: int) -> Answer:
    """Who held the post on the day, or whether people could pass it."""
    is_status = bool(records) and records[0].kind == "status"
    return (status_of(records) if is_status else control_timeline(records)).on(day(n))


def brief(answer: Answer) -> str:
    return f"{answer.level} {' '.join(sorted(answer.value))}".strip()


# --- Random reports

numbers = st.integers(0, SPAN)
exact = numbers.map(some)
vague = st.tuples(numbers, numbers).map(lambda ab: some(min(ab), max(ab)))
half_open = st.one_of(
    numbers.map(lambda n: Bounds(None, day(n))), numbers.map(lambda n: Bounds(day(n), None))
)
MANY = ["states"] * 6 + ["claims", "alleges", "denies", "plans"]


@st.composite
def reports(draw: st.DrawFn, kind: str = "control", stances: Iterable[str] | None = None) -> ReportRecord:
    ranges = st.none() | exact | vague
    fields: dict[str, object] = {
        "id": str(draw(st.integers(0, 10**9))),
        "starts": draw(ranges | half_open),
        "ends": draw(st.none() | st.none() | ranges | half_open),
        "as_of": draw(ranges),
        "stance": draw(st.sampled_from(list(stances or MANY))),
        "of": draw(st.sampled_from(["post"] * 5 + ["place", "crossing", "frontier"])),
        "wire": draw(st.sampled_from(["AP", "AFP", "Reuters"])),
        "published": draw(st.none() | st.integers(0, 1000).map(some)),
    }
    if kind == "control":
        fields["value"] = draw(st.frozensets(st.sampled_from("ABCU"), min_size=1, max_size=2))
        fields["role"] = draw(st.sampled_from(["holds"] * 5 + ["guards", "present"]))
    else:
        fields["value"] = frozenset({draw(st.sampled_from(STATUSES))})
        fields["role"] = ""
        fields["traffic"] = draw(
            st.sampled_from([PEOPLE_AND_GOODS] * 3 + [frozenset({traffic}) for traffic in TRAFFICS[:3]])
        )
        fields["direction"] = draw(st.sampled_from(["both"] * 4 + list(DIRECTIONS)))
        fields["passage"] = draw(st.sampled_from(["", "", "p", "q"]))
    try:
        return ReportRecord(**fields)
    except RecordError:
        return ReportRecord(**{**fields, "as_of": draw(exact)})


def several(kind: str = "control", max_size: int = 6) -> st.SearchStrategy[list[ReportRecord]]:
    return st.lists(reports(kind), max_size=max_size, unique_by=lambda r: r.id)


@st.composite
def random_memberships(draw: st.DrawFn) -> list[Membership]:
    """Who counts for U, and from when to when."""
    found = []
    for member in draw(st.lists(st.sampled_from("ABC"), max_size=2)):
        first, last = sorted(draw(st.tuples(numbers, numbers)))
        found.append(
            Membership(
                member,
                "U",
                draw(st.sampled_from([None, day(first)])),
                draw(st.sampled_from([None, None, day(last)])),
            )
        )
    return found


#: Control reports, or status reports of people and goods alone: questions that stand by themselves.
one_question = st.sampled_from(["control", "status"]).flatmap(several)
days = st.integers(-5, 3 * SPAN).map(day)


def reading_of(answer: Answer) -> Reading:
    """An answer in the terms of the reference."""
    from tests.assessment_reference import Side

    def ordinal(day: date | None) -> int | None:
        return None if day is None else day.toordinal()

    return Reading(
        level=answer.level,
        value=answer.value,
        sides={
            (a.value, a.stance == "denies"): Side(
                frozenset(a.wires), frozenset(a.also), frozenset(a.reports), a.told_in
            )
            for a in answer.alternatives
        },
        last=ordinal(answer.last_reported),
        wires=frozenset(answer.wires),
        before=frozenset(answer.before),
        after=frozenset(answer.after),
        also=frozenset(answer.also),
        used=frozenset(answer.supporting),
        unused=frozenset(answer.unused),
        before_on=ordinal(answer.before_on),
        after_on=ordinal(answer.after_on),
        far=answer.far,
        stale=answer.stale,
        indirect=answer.indirect,
        last_disagree=answer.last_disagree,
        told_in=answer.told_in,
        passed_by=ordinal(answer.passed_by),
    )


# --- The golden reports

DATA = Path(__file__).resolve().parent / "data"
DOCS = Path(__file__).resolve().parents[1] / "docs"
GOLDEN_MEMBERSHIPS = [Membership("ypg", "sdf", since=date(2015, 10, 11))]


def bounds(text: str) -> Bounds | None:
    """The bounds of a date in EDTF, None for an empty one."""
    if not text:
        return None
    found = parse(text)
    return Bounds(found.earliest, found.latest)


@cache
def golden_records() -> tuple[tuple[str, ReportRecord], ...]:
    """(post, record) of each of the reports that the golden days are computed from."""
    rows = json.loads((DATA / "golden_reports.json").read_text("utf-8"))
    return tuple((row["post"], golden_record(row)) for row in rows)


def golden_record(row: dict[str, object]) -> ReportRecord:
    dates = {name: bounds(str(row.get(name, ""))) for name in ("starts", "ends", "as_of", "published")}
    words = {name: str(row.get(name, "")) for name in ("id", "stance", "of", "role", "wire", "passage")}
    return ReportRecord(
        value=frozenset(row.get("forces") or [row["status"]]),
        traffic=frozenset(row.get("traffic", ())),
        direction=str(row.get("direction", "")),
        **words,
        **dates,
    )


def golden_post(post: str, *more: ReportRecord) -> tuple[Timeline, StatusTimelines]:
    """Who held a post and what could pass it by the golden reports, and by some more of them."""
    records = [record for of, record in golden_records() if of == post] + list(more)
    control = control_timeline([r for r in records if r.kind == "control"], GOLDEN_MEMBERSHIPS)
    return control, status_timelines([r for r in records if r.kind == "status"], control)


@dataclass(frozen=True)
class GoldenDay:
    """A row of the table in docs/assessment.md, as it stands there."""

    post: str
    question: str
    day: date
    value: str
    level: str
    age: str
    wires: str
    also: str
    example: bool


def golden_days() -> list[GoldenDay]:
    """The rows of the golden tables; `example`: of the second one, with one report more."""
    days, example = [], False
    for line in (DOCS / "assessment.md").read_text("utf-8").splitlines():
        example = example or line.startswith("With one more report")
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 9 and re.fullmatch(r"\d{4}-\d\d-\d\d", cells[2]):
            post, question, on, *told = cells[:8]
            days.append(GoldenDay(post, question, date.fromisoformat(on), *told, example=example))
    return days
