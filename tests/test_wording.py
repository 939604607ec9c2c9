"""The words that readers see are those of docs/wording.md, each in one place, and no others."""

from __future__ import annotations

import datetime
import re

import pytest

from crossings.models import Attribution
from crossings.templatetags.words import of_itself, version
from crossings.wording.attributions import VERBS, verb
from crossings.wording.browser_strings import strings
from crossings.wording.levels import Sureness
from crossings.wording.public_words import WORDS, independent_sources, word
from geodata.selection import PARAMETERS

from . import world
from .factories import make_force, make_report
from .reading import OLD, REPLACED, ROOT, own_words, table, words_of_sources

#: The method page explains the words, those that are not used among them, and speaks of the web site.
NOT_READ = ("/method/",)


def test_the_table_and_the_code_have_the_same_words():
    assert {row.name: row.phrase for row in table()} == {name: str(text) for name, text in WORDS.items()}
    assert all(row.meaning or row.name in ("sides", "places") for row in table())
    assert len(REPLACED) > 15


def test_each_phrase_stands_in_one_place():
    """A template or a script that spells a phrase out would not change with it."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "crossings").glob("*.js")]
    fixed = (max(re.split(r"\{\w+\}", str(text)), key=len).strip(" (),;") for text in WORDS.values())
    phrases = {part for part in fixed if " " in part}
    assert len(phrases) > 15
    found = []
    for file in files:
        if file.name == "method.html" or "admin" in file.parts:
            continue
        text = re.sub(r"\{#.*?#\}|/\*.*?\*/|^\s*//.*?$", "", file.read_text(), flags=re.DOTALL | re.MULTILINE)
        found += [f"{file.relative_to(ROOT)}: {phrase}" for phrase in phrases if phrase in text]
    assert found == []


@pytest.fixture(scope="module")
def a_world(django_db_setup, django_db_blocker):
    with world.kept(django_db_blocker, world.make_world):
        yield


def old_words_on(client, addresses: list[str]) -> list[str]:
    theirs, found = words_of_sources(), []
    for address in addresses:
        text = own_words(client.get(address).content.decode(), theirs)
        found += [
            f"{address}: …{text[max(0, hit.start() - 40) : hit.end() + 40]}…" for hit in OLD.finditer(text)
        ]
    return found


@pytest.mark.django_db
def test_no_page_has_a_replaced_word_in_a_world_with_a_row_of_everything(client, a_world):
    pages = [page for page in world.pages() if page not in NOT_READ]
    assert len(pages) > 15
    assert old_words_on(client, [f"{page}?on=2019-09-30" for page in pages]) == []


@pytest.mark.django_db
def test_no_page_has_one_where_nothing_is_published(client):
    pages = [page for page in world.pages() if page not in NOT_READ]
    assert old_words_on(client, pages) == []


def test_the_scripts_and_the_filters_have_none():
    texts = [*strings().values()]
    for parameter in PARAMETERS:
        if parameter.form:
            options = parameter.form.options
            texts += [parameter.form.label, parameter.form.anything, parameter.form.hint]
            texts += [] if isinstance(options, str) else list(options.values())
    assert [text for text in texts if OLD.search(text)] == []


def test_an_old_word_would_be_seen():
    page = '<p>2 wires <bdi>The Post</bdi>, <span lang="en">A border post</span> <b title="a site">x</b></p>'
    assert OLD.findall(own_words(page, [])) == ["wires", "site"]


# --- Phrases put together


def on(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("sure", "words"),
    [
        (Sureness("stated"), "reported that day"),
        (
            Sureness("between", before=on("2016-03-12"), after=on("2017-06-04")),
            "same before and after (12 Mar 2016, 4 Jun 2017)",
        ),
        (
            Sureness("between", far=True, before=on("2013-10-26"), after=on("2026-02-07")),
            "same before and after, 12 years apart (2013, 2026)",
        ),
        (Sureness("between"), "same before and after"),
        (Sureness("carried", since=on("2024-12-08")), "last reported 8 Dec 2024"),
        (
            Sureness("carried", since=on("2024-12-08"), stale=True),
            "last reported 8 Dec 2024, over a year old",
        ),
        (Sureness("carried"), "last reported earlier"),
        (Sureness("possible"), "date uncertain"),
        (Sureness("possible", stance="claims"), "a party’s own claim"),
        (Sureness("possible", stance="alleges"), "alleged"),
        (Sureness("disputed"), "sources disagree"),
        (Sureness("disputed", last_disagree=True), "the last who reported disagree"),
        (Sureness("unknown"), "no report"),
    ],
)
def test_how_sure_an_answer_is_in_words(sure, words):
    assert sure.words == words


def test_what_the_words_speak_of_is_said_of_each():
    assert Sureness("stated", of=("place", "crossing")).spoken_of == [
        "said of the town, not of the crossing",
        "said of the crossing, not of this side",
    ]


def test_sources_are_counted_in_words():
    assert [independent_sources(n) for n in (1, 2)] == ["1 independent source", "2 independent sources"]
    assert word("passed", day="19 Dec 2024") == "others held it by 19 Dec 2024; when it changed is not told"


@pytest.mark.parametrize("kind", VERBS)
def test_no_verb_of_blame_takes_the_speaker_as_its_object(kind):
    alone = verb(kind, names_accused=True, of_itself=True)
    assert not alone.endswith((" of", " on", " was", " at", " for"))
    assert verb(kind, names_accused=True, of_itself=False) != alone


@pytest.mark.django_db
def test_a_version_has_its_number_and_its_day():
    report = make_report("control")
    report.published_in.at = datetime.datetime(2026, 11, 21, 10, tzinfo=datetime.UTC)
    assert version(report.published_in) == f"version {report.published_in.number} (21 Nov 2026)"


@pytest.mark.django_db
def test_speaker_and_accused_are_the_same_by_the_force_or_by_the_name():
    reds, blues = make_force("reds"), make_force("blues")
    assert of_itself(Attribution(speaker="A minister", speaker_force=reds, accused=reds))
    assert of_itself(Attribution(speaker="reds", accused=reds))
    assert not of_itself(Attribution(speaker="A minister", speaker_force=blues, accused=reds))
    assert not of_itself(Attribution(speaker="reds", accused=None))
