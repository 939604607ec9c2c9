"""Every sentence on the shipped pages, over a grid of days: nothing empty, nothing false."""

from __future__ import annotations

import datetime
import re

import pytest

from . import sentences
from .reading import OLD, own_words, words_of_sources
from .sentences import Rendered, problems
from .world import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

#: The golden days of the rule, the turns of the shipped timelines, and days on which little is known.
DAYS = [
    "2011-06-01",
    "2012-07-19",
    "2012-10-01",
    "2013-06-01",
    "2014-01-15",
    "2014-06-01",
    "2014-06-10",
    "2014-06-16",
    "2014-06-21",
    "2014-07-15",
    "2015-01-01",
    "2015-04-30",
    "2015-05-21",
    "2015-05-31",
    "2015-10-11",
    "2016-03-05",
    "2016-06-01",
    "2017-05-05",
    "2017-10-15",
    "2017-11-03",
    "2017-11-09",
    "2019-09-30",
    "2020-01-01",
    "2020-06-01",
    "2023-05-24",
    "2024-04-01",
    "2024-12-07",
    "2024-12-10",
    "2024-12-19",
    "2025-02-09",
    "2026-02-12",
    "2026-05-01",
]
#: One of each kind of page and of answer: stated, between, carried, disputed, said of a town, nothing.
FEW = {
    "2014-06-21": ["/popup/post/qaim-iq/", "/popup/post/rabia-iq/", "/"],
    "2015-05-31": ["/popup/post/walid-iq/", "/popup/post/bukamal-sy/"],
    "2019-09-30": [
        "/popup/post/bukamal-sy/",
        "/popup/strike/e-2019-09-09-bukamal/",
        "/popup/strike/e-2019-12-29-qaim-us/",
        "/popup/site/qaim/",
        "/popup/site/imam-ali-base/",
        "/crossings/qaim-bukamal/",
        "/forces/united-states/",
        "/forces/pmf/",
        "/differs/",
        "/download/",
    ],
    "2024-12-10": ["/popup/post/bukamal-sy/", "/popup/post/semalka-sy/", "/crossings/", "/forces/"],
    "2025-02-09": ["/popup/post/tanf-sy/"],
}


@pytest.fixture
def same_rows(monkeypatch):
    """The database does not change here: what is the sources' own is read once."""
    theirs = words_of_sources()
    monkeypatch.setattr(sentences, "words_of_sources", lambda: theirs)


def rendered(client, path: str, on: str) -> Rendered:
    response = client.get(f"{path}?on={on}")
    assert response.status_code == 200, (path, on)
    return Rendered(path, datetime.date.fromisoformat(on), response.content.decode())


def test_every_sentence_of_some_pages_is_whole_and_true(client, same_rows):
    found = [p for on, paths in FEW.items() for path in paths for p in problems(rendered(client, path, on))]
    assert found == []


def test_the_list_of_the_map_is_in_the_public_words(client):
    days, strikes = (
        client.get(f"/maps/all/{name}").json() for name in ("days.json", "strikes.json?year=2019")
    )
    segments = [segment for place in (*days["posts"], *days["crossings"]) for segment in place["segments"]]
    html = [row["html"] for row in (*segments, *days["sites"], *strikes["strikes"])]
    theirs = words_of_sources()
    words = {segment["control"]["words"] for post in days["posts"] for segment in post["segments"]}

    assert len(html) > 100
    assert {hit for text in (*html, *words) for hit in OLD.findall(own_words(text, theirs))} == set()
    assert {"reported that day", "no report", "sources disagree", "date uncertain"} < words
    assert not [text for text in words if re.search(r"\(\s*[,)]|None", text)]


@pytest.mark.slow
def test_the_list_counts_as_many_sources_as_the_popup_names(client):
    """On the first day of every tenth segment: what lies between has its sources before and after."""
    days, compared = client.get("/maps/all/days.json").json(), 0
    for post in days["posts"]:
        for segment in post["segments"][::10]:
            held = re.search(r'<p class="held">(.*?)</p>', segment["html"], re.DOTALL)
            counted = re.search(r"(\d+) independent source", held[1])
            page = rendered(client, f"/popup/post/{post['id']}/", segment["from"])
            answer, rest = sentences.ANSWER.findall(page.html)[0]
            named = re.search(r'<p class="answer-sure">(.*?)(?:Also consistent|</p>)', rest, re.DOTALL)
            names = set(re.findall(r"<bdi>([^<]*)</bdi>", named[1])) if named else set()
            assert len(names) == (int(counted[1]) if counted else 0), (page.path, page.on, answer)
            compared += 1
    assert compared > 10


@pytest.mark.slow
@pytest.mark.parametrize("on", DAYS)
def test_every_sentence_of_every_page_is_whole_and_true(client, same_rows, on):
    paths = [path for path in pages() if not path.startswith(("/documents/", "/method/"))]
    found = [problem for path in paths for problem in problems(rendered(client, path, on))]
    assert len(paths) > 50
    assert found == []


@pytest.mark.slow
def test_every_sentence_of_every_document_is_whole_and_true(client, same_rows):
    paths = [path for path in pages() if path.startswith("/documents/")]
    public = [path for path in paths if client.get(path).status_code == 200]
    found = [problem for path in public for problem in problems(rendered(client, path, "2019-09-30"))]
    assert len(public) > 70
    assert found == []


# --- The checks themselves can fail


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<li>:  killed,  injured</li>", "number left out"),
        ("<p>Held by <bdi></bdi></p>", "empty element"),
        ("<p>same before and after (, )</p>", "empty brackets"),
        ("<p>At None km</p>", "None in a sentence"),
        ("<p>reported for , by nobody</p>", "a preposition and nothing"),
        ("<p>The post of Qaim</p>", "“post”"),
        ("<p>2 independent sources: <bdi>Reuters</bdi></p>", "2 independent sources"),
        ("<p>1 independent source: <bdi>Nobody</bdi></p>", "1 independent sources"),
        (
            '<bdi>United States</bdi> blamed <a href="/forces/united-states/"><bdi>United States</bdi></a>',
            "United States blamed United States",
        ),
    ],
)
def test_a_broken_sentence_is_seen(html, problem):
    assert any(problem in found for found in problems(Rendered("/x/", datetime.date(2019, 9, 30), html)))


@pytest.mark.parametrize(
    ("path", "html", "problem"),
    [
        ("/forces/sdf/", "No backer of it is entered here.", "No backer of it"),
        ("/forces/israel/", "No strike is entered here in which", "No strike is entered"),
        ("/popup/site/qaim/", "No report is entered for this place by itself.", "No report is entered"),
        (
            "/crossings/qaim-bukamal/",
            "No two published sources were found to differ",
            "No two sources differ",
        ),
        (
            "/popup/post/qaim-iq/",
            '<p class="answer-words"><span class="badge level-unknown">no report</span></p>',
            "although one speaks of the day",
        ),
        (
            "/popup/post/qaim-iq/",
            '<p class="answer-words"><span class="badge level-carried">last reported 1 Jan 1999</span></p>',
            "no cited report speaks of 1999-01-01",
        ),
        (
            "/popup/post/yarubiyah-sy/",
            '<p class="answer-words">Held by <a href="/forces/new-syrian-authorities/">N</a></p>',
            "new-syrian-authorities on 2019-09-30",
        ),
    ],
)
def test_a_false_sentence_is_seen(path, html, problem):
    assert any(problem in found for found in problems(Rendered(path, datetime.date(2019, 9, 30), html)))
