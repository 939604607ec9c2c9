"""What is shipped: complete, sourced, and with every known conflict still in it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from crossings import models as m
from crossings.imports.folders import read_sets
from geodata.text import fold

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
FILES = [*SEEDS.glob("*.csv"), *SEEDS.glob("background/*.csv")]


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(*names: str) -> set[str]:
    return {row["id"] for name in names for row in rows(name)}


ARTICLE_ROWS = ("control", "status", "observations", "strike_reports", "strike_events", "backings")


def test_every_file_reads_without_a_problem():
    sets, problems = read_sets(SEEDS)
    assert problems == []
    assert [seed_set.folder.name for seed_set in sets] == ["seeds", "background"]


def test_the_readme_counts_the_rows_of_each_file():
    told = re.findall(
        r"^\| `(\w+)\.csv` \| (\d+) \| (\d+) \|", (SEEDS / "README.md").read_text("utf-8"), re.M
    )
    real = {
        name: tuple(
            len(rows(f"{place}{name}")) if (SEEDS / f"{place}{name}.csv").exists() else 0
            for place in ("", "background/")
        )
        for name in {path.stem for path in FILES}
    }
    assert {name: (int(a), int(b)) for name, a, b in told} == real


CLAIMS = re.findall(r"^\| `([\w-]+)` \| ([\w ]+) \| (.+) \|$", (SEEDS / "CLAIMS.md").read_text("utf-8"), re.M)


def test_each_of_the_150_claims_has_a_row_that_quotes_it_or_a_reason():
    assert len(CLAIMS) == len({name for name, *_ in CLAIMS}) == 150
    there = {name: ids(name) for name in ARTICLE_ROWS}
    there["answers"] = {f"{row['disagreement']} {row['order']}" for row in rows("answers")}
    for name, _, what in CLAIMS:
        found = re.findall(r"(\w+) `([^`]+)`", what)
        assert what.startswith("**no row**: ") or found, name
        if not what.startswith("**no row**: "):
            assert [key for table, key in found if key not in there[table]] == [], name


def test_the_readme_counts_the_claims_by_kind_and_by_what_became_of_them():
    def became(what: str) -> str:
        if what.startswith("**no row**"):
            return "none"
        tables = set(re.findall(r"(\w+) `[^`]+`", what))
        return "answer" if tables == {"answers"} else "report"

    counted = Counter((kind, became(what)) for _, kind, what in CLAIMS)
    text = (SEEDS / "README.md").read_text("utf-8")
    told = re.findall(r"^\| ([a-z ]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.M)
    assert {kind for kind, *_ in told} == {kind for _, kind, _ in CLAIMS}
    for kind, every, reports, answers, none in told:
        real = [counted[kind, what] for what in ("report", "answer", "none")]
        assert real == [int(reports), int(answers), int(none)], kind
        assert sum(real) == int(every), kind


CONFLICTS = re.findall(
    r"^\| (?!conflict )([a-z][a-z-]+) \| (.+?) \| (.+?) \| .+ \|$",
    (ROOT / "docs" / "conflicts.md").read_text("utf-8"),
    re.M,
)


@pytest.mark.parametrize(("conflict", "disagreements", "carried"), CONFLICTS)
def test_each_known_conflict_is_found_where_the_paper_says(conflict, disagreements, carried):
    questions = re.findall(r"`([^`]+)`", disagreements)
    reports = re.findall(r"`([^`]+)`", carried)
    assert questions or reports
    assert set(questions) <= ids("disagreements")
    assert set(reports) <= ids(*ARTICLE_ROWS)
    answered = Counter(row["disagreement"] for row in rows("answers"))
    assert all(answered[question] for question in questions)


def test_the_paper_lists_the_fifteen_conflicts():
    assert {name for name, *_ in CONFLICTS} == {
        "closure-length", "who-captured-bukamal", "who-retook-qaim", "number-of-crossings",
        "control-iraqi-side", "sep-strike", "who-crossed", "trucks", "highway", "nearby-tanf",
        "last-bastion", "qaim-distance", "planned-reopenings", "hard-border", "names",
    }  # fmt: skip


def test_no_quote_is_shipped_twice_and_none_is_long():
    places = [(row["document"], row["start"], row["end"]) for row in rows("passages")]
    assert len(set(places)) == len(places)
    assert all(0 < len(row["exact"].split()) <= 40 for row in rows("passages"))
    assert all(not row["exact"] for row in rows("background/passages"))


def test_every_outside_document_says_where_it_was_or_that_this_is_not_known():
    for row in rows("background/documents"):
        assert row["url"] or "without title or address" in row["note"], row["id"]
        assert row["publisher"], row["id"]


def test_forces_differ_by_colour_and_by_letter_and_fit_a_label():
    forces = rows("forces")
    for column in ("colour", "letter", "name", "short_name"):
        values = [row[column].casefold() for row in forces]
        assert len(set(values)) == len(values), column
    assert all(len(row["short_name"]) <= 14 for row in forces)


def test_no_owner_has_two_preferred_names_in_one_language():
    preferred = Counter(
        (row["owner_kind"], row["owner"], row["language"])
        for row in rows("names")
        if row["role"] == "preferred"
    )
    assert {key for key, count in preferred.items() if count > 1} == set()


def test_words_that_name_no_crossing_are_pinned_to_none():
    for name in ("control", "status"):
        for row in rows(name):
            if any(
                word in row["passage"] for word in ("destroyed", "rest-kurdish", "second-sdf", "pmf-control")
            ):
                assert (row["subject_kind"], row["of"]) == ("frontier", "frontier"), row["id"]


def test_who_claims_or_denies_is_named():
    for name in ("control", "status", "background/control", "background/status"):
        for row in rows(name):
            assert row["speaker"] or row["stance"] not in ("claims", "denies"), row["id"]


def test_no_end_is_told_by_a_text_from_before_it():
    """Only texts that give a plain day of publication are held to it."""
    for place in ("", "background/"):
        published = {row["id"]: row["published"] for row in rows(f"{place}documents")}
        document = {row["id"]: row["document"] for row in rows(f"{place}passages")}
        for name in ("control", "status"):
            for row in rows(f"{place}{name}"):
                told, ends = published[document[row["passage"]]], row["ends"]
                if row["stance"] != "plans" and len(told) == len(ends) == len("2019-09-30"):
                    assert ends <= told, row["id"]


TOWN_OF = {"qaim-iq": "qaim", "bukamal-sy": "albukamal"}


def test_what_is_said_of_a_town_stands_on_its_own_page_too():
    for name in ("control", "background/control"):
        said = {
            (row["subject"], row["forces"], row["role"], row["stance"], row["passage"]) for row in rows(name)
        }
        for row in rows(name):
            if row["of"] == "place" and row["subject"] in TOWN_OF:
                town = TOWN_OF[row["subject"]]
                key = (town, row["forces"], row["role"], row["stance"], row["passage"])
                assert key in said or row["role"] != "holds", row["id"]


HEADS = {
    "times-of-israel": ("003-p01-headline", "003-p02-retaken-2017", "003-p02-near-compound"),
    "al-jazeera": ("004-p01-headline", "004-p02-five-years"),
}
CAPTIONS = {
    "afp": ("000-p02-guard-iraqi-side",),
    "reuters": ("001-p02-reopened-trade-travel", "001-p03-security-forces", "004-p04-caption-faces"),
    "ap": ("003-p03-opening-ceremony", "003-p10-guards-prepare", "003-p20-drone-aug25"),
    "imagesat": ("003-p16-alleged-iranian-crossing",),
}


@pytest.mark.parametrize("expected", [HEADS, CAPTIONS])
def test_a_head_is_the_outlets_and_a_caption_is_whose_it_says(expected):
    wires = {row["id"]: row["wire"] for row in rows("passages")}
    assert {wire: {wires[name] for name in names} for wire, names in expected.items()} == {
        wire: {wire} for wire in expected
    }


@pytest.mark.usefixtures("shipped", "db")
class TestLoaded:
    def test_each_set_is_one_edition(self):
        assert [(e.number, e.note) for e in m.Edition.objects.all()] == [
            (1, "Shipped data: The five articles"),
            (2, "Shipped data: Outside the five articles"),
        ]
        outside = m.ControlReport.objects.filter(main_passage__document__source_set__slug="background")
        assert set(outside.values_list("published_in", flat=True)) == {2}

    def test_the_counts_are_those_that_the_files_give(self):
        assert m.Crossing.objects.published().count() == 4
        assert m.Post.objects.count() == 8
        assert m.ControlReport.objects.count() == len(rows("control")) + len(rows("background/control"))
        traffics = sum(len(r["traffic"].split()) for n in ("status", "background/status") for r in rows(n))
        assert m.StatusReport.objects.count() == traffics
        assert not m.ControlReport.objects.exclude(state=m.State.PUBLISHED).exists()

    @pytest.mark.parametrize(
        "word",
        ["Qaim", "Al-Qa'im", "القائم", "Boukamal", "Rabia", "Yarubiyah", "التنف", "Til Koçer", "Pêşxabûr"],
    )
    def test_a_crossing_and_its_post_are_found_by_any_spelling(self, word):
        names = m.Name.objects.filter(folded=fold(word))
        assert names.filter(crossing__isnull=False).exists()
        assert names.filter(post__isnull=False).exists()

    def test_three_crossings_have_one_point_for_both_posts_and_tanf_is_apart_and_vague(self):
        apart = {c.slug: len({p.point.coords for p in c.posts.all()}) for c in m.Crossing.objects.all()}
        assert apart == {
            "qaim-bukamal": 1, "rabia-yarubiyah": 1, "semalka-faysh-khabur": 1, "walid-tanf": 2,
        }  # fmt: skip
        assert m.Post.objects.get(slug="tanf-sy").radius_m == 9500
        assert m.Site.objects.get(slug="imam-ali-base").radius_m == 5000

    def test_both_tellings_of_9_september_belong_to_one_event(self):
        event = m.StrikeEvent.objects.get(public_id="e-2019-09-09-bukamal")
        tolls = {
            (t.report.main_passage.document.slug, t.killed_low, t.killed_high)
            for t in m.Toll.objects.filter(report__event=event)
        }
        assert tolls == {("gulf-news-2019-09-30", 18, None), ("times-of-israel-2019-09-30", 18, 18)}
        blame = m.Attribution.objects.get(report__event=event)
        assert (blame.speaker, blame.kind, blame.accused.slug) == ("Syria", "blames", "israel")

    def test_a_report_about_the_ypg_counts_for_the_sdf(self):
        held = m.Holder.objects.filter(report__post__slug="yarubiyah-sy", force__slug="ypg")
        assert set(held.values_list("counts_for__slug", flat=True)) == {"sdf"}
