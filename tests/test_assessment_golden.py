"""Golden days: what the shipped reports give for every post, against the table in docs/assessment.md.

The table in the docs is the one place of the expected values; what the rule is fed is the loaded seeds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crossings.assessment import Answer, Timeline, crossing_status
from crossings.models import Edition, Post
from crossings.queries.timelines import PostLanes, load

pytestmark = pytest.mark.usefixtures("shipped", "db")
ROOT = Path(__file__).resolve().parents[1]

# (post, kind, traffic) -> Timeline; posts are "crossing/country", traffic is "" for control.
Lane = Callable[[str, str, str], Timeline]

#: Forces in the words of the table.
FORCES = {
    "iraqi-federal": "Iraqi federal",
    "pmf": "PMF",
    "islamic-state": "Islamic State",
    "fsa": "FSA",
    "syrian-government": "Syrian government",
    "new-syrian-authorities": "new Syrian authorities",
    "sdf": "SDF/YPG",
    "us-backed-rebels": "US-backed rebels",
}


def _lanes(sources: tuple[str, ...]) -> Lane:
    posts = {f"{p.crossing.slug}/{p.country}": p.pk for p in Post.objects.select_related("crossing")}
    lanes = load(Edition.objects.last(), sources)

    def lane(post: str, kind: str, traffic: str) -> Timeline:
        of_post = lanes.get(posts[post], PostLanes())
        if kind == "control":
            return of_post.control
        return next(line for asked, direction, line in of_post.questions() if asked == traffic)

    return lane


@pytest.fixture
def lane() -> Lane:
    return _lanes(("articles", "background"))


@pytest.fixture
def article_lane() -> Lane:
    return _lanes(("articles",))


# --- The table ---


def tell(answer: Answer, *, with_wires: bool = False) -> str:
    """An answer in the words of the table: Islamic State (between, ~)."""
    how: list[str] = [answer.level]
    if answer.level == "carried":
        how = [f"carried {answer.age_days}"]
    if answer.stale:
        how.append("stale")
    if answer.indirect:
        how.append("~")
    if with_wires:
        count = answer.wire_count
        how.append(f"{count} wire{'s' if count > 1 else ''}")
    if answer.level == "unknown":
        return "unknown"
    value = _named(answer.value) or " against ".join(
        f"{_named(x.value)} [{x.stance}]" for x in answer.alternatives
    )
    return f"{value} ({', '.join(how)})"


def _named(value: frozenset[str]) -> str:
    return " + ".join(sorted(FORCES.get(v, v) for v in value))


def _golden() -> list[tuple[str, str, str, str]]:
    """(post, day, control, status) of each row of the table in the docs."""
    text = (ROOT / "docs" / "assessment.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\w-]+/\w\w) \| (\d{4}-\d\d-\d\d) \| ([^|]+) \| ([^|]+) \|", text, re.M)
    return [(post, day, control.strip(), status.strip()) for post, day, control, status in rows]


@pytest.mark.parametrize(("post", "day", "control", "status"), _golden())
def test_the_rule_gives_what_the_table_says(
    lane: Lane, post: str, day: str, control: str, status: str
) -> None:
    on = date.fromisoformat(day)
    assert tell(lane(post, "control", "").on(on), with_wires="wire" in control) == control
    for traffic in ("people", "goods"):
        assert tell(lane(post, "status", traffic).on(on), with_wires="wire" in status) == status, traffic


def test_the_table_has_both_sides_of_every_golden_day() -> None:
    rows = {(post, day) for post, day, *_ in _golden()}
    assert len(rows) == len(_golden()) == 32
    assert all((f"{post[:-2]}{side}", day) in rows for post, day in rows for side in ("IQ", "SY"))


def test_the_five_articles_alone_speak_of_three_posts_on_the_day_of_the_reopening(article_lane: Lane) -> None:
    day = date(2019, 9, 30)
    posts = {post for post, *_ in _golden()}
    answers = {post: article_lane(post, "control", "").on(day) for post in posts}
    assert {post: tell(a) for post, a in answers.items() if a.level != "unknown"} == {
        "qaim-bukamal/IQ": "Iraqi federal (stated)",
        "qaim-bukamal/SY": "Syrian government (stated)",
        "walid-tanf/SY": "US-backed rebels (stated)",
    }
    status = {post: article_lane(post, "status", "people").on(day) for post in posts}
    assert {post: len(a.wires[a.value]) for post, a in status.items() if a.value == {"open"}} == {
        "qaim-bukamal/IQ": 4,
        "qaim-bukamal/SY": 2,
    }
    assert all(a.level == "unknown" for post, a in status.items() if not post.startswith("qaim"))


def test_the_whole_crossing_opened_on_the_day_of_the_reopening(lane: Lane) -> None:
    sides = [lane(post, "status", "goods") for post in ("qaim-bukamal/IQ", "qaim-bukamal/SY")]
    told = {
        day: crossing_status(*(side.on(date.fromisoformat(day)) for side in sides)).value
        for day in ("2019-09-29", "2019-09-30", "2024-12-07", "2024-12-09", "2025-06-15")
    }
    assert told == {
        "2019-09-29": "closed",
        "2019-09-30": "open",
        "2024-12-07": None,  # open on the Iraqi side as last reported, unknown on the Syrian side
        "2024-12-09": "closed",
        "2025-06-15": "open",
    }


def test_the_holder_changes_on_the_days_that_the_sources_tell(lane: Lane) -> None:
    assert [str(day) for day in lane("qaim-bukamal/SY", "control", "").handovers()] == [
        "2014-07-01",  # Islamic State takes the town
        "2017-11-19",  # the government, after the fight that began on the 8th
        "2024-12-06",  # SDF
        "2024-12-19",  # new authorities
    ]
