"""Citations in words and in files: exactly what they say, and what they leave out."""

from __future__ import annotations

import datetime

import pytest

from crossings.models import Passage, Site
from crossings.publishing import workflow
from crossings.queries import citations
from crossings.queries.scope import Scope, resolve
from geodata.selection import Selection
from tests.factories import (
    make_crossing,
    make_frontier,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)

pytestmark = pytest.mark.django_db


def scope(**selection) -> Scope:
    return resolve(Selection(**selection))


def passage(**document) -> Passage:
    made = make_passage(exact="The gate is open.", paragraph=3)
    for name, value in document.items():
        setattr(made.document, name, value)
    made.document.save()
    return made


class TestInWords:
    def test_a_document_is_cited_by_publisher_title_date_and_address(self):
        document = passage(title="Gate opens", url="https://example.org/1").document

        assert citations.plain_document(document) == (
            "The Paper, “Gate opens”, 30 September 2019, https://example.org/1"
        )

    def test_a_missing_title_and_a_missing_date_are_said(self):
        document = passage(title="", published="", url="").document

        assert citations.plain_document(document) == "The Paper, untitled, undated"

    def test_a_passage_is_cited_with_its_words_and_its_paragraph(self):
        quoted = passage(title="Gate opens")

        assert citations.plain(quoted) == (
            "“The gate is open.” (The Paper, “Gate opens”, 30 September 2019, paragraph 3)"
        )

    def test_a_passage_without_words_or_paragraph_says_so(self):
        bare = make_passage(exact="")

        assert citations.plain(bare) == "not quoted (The Paper, untitled, 30 September 2019)"

    def test_a_crossing_is_cited_with_its_day_and_edition(self):
        crossing = make_crossing("alpha")
        on = scope(on=datetime.date(2019, 9, 30))

        assert citations.plain_crossing(crossing, on, "https://example.org/c") == (
            f"Crossings, “Alpha”, as reported for 30 September 2019, version {on.edition_number}, "
            "https://example.org/c"
        )

    @pytest.mark.parametrize(
        ("basis", "name", "said"),
        [
            ("stated", "The Paper", "The Paper"),
            ("apparent", "The Paper", "The Paper (apparent)"),
            ("apparent", "The Paper (apparent)", "The Paper (apparent)"),
        ],
    )
    def test_a_publisher_that_is_only_inferred_is_marked_once(self, basis, name, said):
        document = passage(publisher=name, publisher_basis=basis).document

        assert citations.publisher(document) == said


class TestInFiles:
    def test_a_citation_names_all_that_is_known(self):
        made = passage(title="Gate opens", url="https://example.org/1")

        assert citations.citation(made) == {
            "publisher": "The Paper",
            "title": "Gate opens",
            "published": "2019-09-30",
            "url": "https://example.org/1",
            "wire": "ap",
            "quote": "The gate is open.",
            "paragraph": 3,
            "note": None,
            "document": made.document.slug,
            "passage": made.public_id,
        }

    def test_what_is_not_known_is_empty_and_a_reference_says_that_it_is_not_quoted(self):
        bare = make_passage(exact="")
        bare.document.published = ""
        bare.document.save()

        found = citations.citation(bare)

        assert {name for name, value in found.items() if value is None} == {
            "title", "published", "url", "quote", "paragraph",
        }  # fmt: skip
        assert found["note"] == "not quoted"

    def test_each_passage_is_cited_once_with_all_that_rests_on_it(self):
        shared, own, other = make_passage(), make_passage(), make_passage()
        first = make_report(passage=shared)
        second = make_report("status", passage=shared)
        first.passages.add(shared)  # main and further: still once

        found = citations.citations([first, second], further=[own, shared, other])

        assert [(row["passage"], row["reports"]) for row in found] == [
            (shared.public_id, [first.public_id, second.public_id]),
            (own.public_id, []),
            (other.public_id, []),
        ]

    def test_the_main_passage_stands_first_and_only_once(self):
        main, further = make_passage(), make_passage()
        report = make_report(passage=main)
        report.passages.set([further, main])

        assert citations.passages_of(report) == [main, further]

    def test_wires_are_those_of_the_main_passages(self):
        reports = [make_report(wire="ap"), make_report(wire="afp"), make_report(wire="ap")]

        assert citations.wires(reports) == 2
        assert citations.wires([]) == 0


class TestPublicPassages:
    def test_only_passages_that_something_published_cites_are_public(self):
        main, unseen = make_passage(), make_passage()
        further = make_passage(document=main.document)
        report = make_report(passage=main, publish=False)
        report.passages.add(further)
        make_report(passage=unseen, publish=False)
        workflow.publish([report])

        assert set(citations.cited(scope())) == {main, further}

    def test_a_passage_of_a_source_set_that_is_not_chosen_is_left_out(self):
        chosen = make_passage(sources="articles")
        left_out = make_passage(sources="background")
        make_report(passage=chosen)
        make_report(passage=left_out)

        assert list(citations.cited(scope(sources=("articles",)))) == [chosen]


class TestDayAndPlace:
    @pytest.mark.parametrize(
        ("dates", "day"),
        [
            ({"as_of": "2019-09", "starts": "2018-01-02"}, "2019-09-01"),
            ({"starts": "2017-11"}, "2017-11-30"),
            ({"ends": "2017-11-03"}, "2017-11-02"),
            ({"ends": "[..2017-11-03]"}, "2017-11-03"),
            ({"starts": "[2017-11-03..]"}, "2017-11-03"),
        ],
    )
    def test_a_report_opens_on_a_day_that_it_speaks_of(self, dates, day):
        report = make_report("observation", publish=False, **dates)

        assert citations.day_of(report) == datetime.date.fromisoformat(day)

    def test_a_strike_opens_on_the_last_day_of_its_event(self):
        report = make_report("strike", event=make_strike_event(when="2019-09"), when="2019-09-09")

        assert citations.day_of(report) == datetime.date(2019, 9, 30)

    def test_each_report_opens_its_own_subject(self):
        post = make_report()
        site: Site = make_site("base")
        at_site = make_report(site=site)
        wide = make_report(frontier=make_frontier(), of="frontier")
        strike = make_report("strike")

        assert citations.popup_of(post) == "post.alpha-iq"
        assert citations.popup_of(at_site) == "site.base"
        assert citations.popup_of(wide) is None
        assert citations.popup_of(strike) == f"strike.{strike.event.public_id}"

    def test_the_link_to_the_map_keeps_edition_and_sources_and_opens_the_popup(self):
        report = make_report(as_of="2019-09-30")
        newest = scope().edition_number
        chosen = scope(edition=newest, sources=("articles",), on=datetime.date(2015, 1, 1))

        query = citations.map_query(report, chosen)

        assert (
            query
            == Selection(
                edition=newest, sources=("articles",), on=datetime.date(2019, 9, 30), show="post.alpha-iq"
            ).query()
        )

    def test_a_report_of_a_later_day_than_the_site_knows_opens_on_the_last_day(self):
        report = make_report(as_of="2019-09-30")
        early = scope()
        report.as_of_min = early.last + datetime.timedelta(days=30)

        assert f"on={early.last}" in citations.map_query(report, early)
