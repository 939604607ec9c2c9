"""Golden days: what the rule gives for the shipped data on chosen days, as seeds/GOLDEN_DAYS.md has it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crossings.assessment import Answer
from crossings.models import Post
from crossings.queries.scope import resolve
from crossings.queries.timelines import PostTimelines, load
from geodata.selection import Selection

#: Value, level, age, wires and others that agree, as a table has them.
Told = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class GoldenDay:
    """One row: a post, "control" or a kind of traffic (outbound), a day, and what the rule gives."""

    post: str
    question: str
    day: datetime.date
    told: Told

    def __str__(self) -> str:
        return f"{self.post} {self.question} {self.day}"


def golden_days(table: Path) -> list[GoldenDay]:
    """The rows of a Markdown table: post, question, day, value, level, age, wires, also consistent, …"""
    days = []
    for line in table.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) >= 8 and re.fullmatch(r"\d{4}-\d\d-\d\d", cells[2]):
            told: Told = (cells[3], cells[4], cells[5], cells[6], cells[7])
            days.append(GoldenDay(cells[0], cells[1], datetime.date.fromisoformat(cells[2]), told))
    return days


def computed(days: Iterable[GoldenDay]) -> Iterator[tuple[GoldenDay, Told | None]]:
    """Each day with what the rule gives now; None where there is no such post."""
    scope = resolve(Selection())
    timelines = load(scope)
    keys = dict(Post.objects.values_list("slug", "pk"))
    for day in days:
        if day.post not in keys:
            yield day, None
            continue
        of_post = timelines.get(keys[day.post]) or PostTimelines()
        timeline = (
            of_post.control
            if day.question == "control"
            else of_post.status.timeline(day.question, "outbound")
        )
        yield day, in_words(timeline.on(day.day))


def in_words(answer: Answer) -> Told:
    """Value, level, age, wires and others that agree, in the words of the golden tables."""
    alternatives = [a for a in answer.alternatives if a.stance != "denies"]
    denied = {a.value for a in answer.alternatives if a.stance == "denies"}
    value = _listed(answer.value)
    wires, also = _listed(answer.wires), _listed(answer.also)
    if alternatives:
        named = [(" + ".join(sorted(a.value)), a) for a in alternatives]
        value = " / ".join(f"{name} (denied)" if a.value in denied else name for name, a in named)
        wires = "; ".join(f"{name}: {_listed(a.wires)}" for name, a in named)
        also = "; ".join(f"{name}: {_listed(a.also)}" for name, a in named if a.also) or "–"
    if answer.level == "between":
        wires = f"before: {_listed(answer.before)}; after: {_listed(answer.after)}"
    level = answer.level + (" (far)" if answer.far else "") + (" ~" if answer.indirect else "")
    age = "–" if answer.last_reported is None else f"{answer.age_days} (since {answer.last_reported})"
    return value, level, age, wires, also


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"
