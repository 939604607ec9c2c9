"""The method page says how we judge and who answers for this copy."""

from xml.etree import ElementTree

import pytest

from crossings.models import Document
from crossings.publishing import workflow
from crossings.queries.worked_examples import worked_examples
from crossings.views.method import contact_href
from docs import examples

from .factories import make_passage, make_report

pytestmark = pytest.mark.django_db


def test_it_says_how_we_judge_in_words(client):
    page = client.get("/method/").content.decode()

    for words in (
        "When two sources count as one",
        "It is not “uncontrolled”",
        "A day is the date that the source gives",
        "Three worked examples",
        "no tracking",
        "After 365 days",
        "at most 40 words",
        "Natural Earth",
        "GeoNames",
        "CC BY 4.0",
        "BSD-3-Clause",
    ):
        assert words in page


def test_a_copy_without_an_operator_says_so_decently(client, settings):
    settings.OPERATOR_NAME = settings.OPERATOR_CONTACT = ""

    page = client.get("/method/").content.decode()

    assert "has not given a name" in page
    assert "No address for errors has been given" in page


def test_the_operator_and_the_contact_are_shown_escaped(client, settings):
    settings.OPERATOR_NAME = "<script>alert(1)</script> {{7*191}}"
    settings.OPERATOR_CONTACT = "desk@example.org"

    page = client.get("/method/").content.decode()

    assert "<script>alert(1)" not in page
    assert "1337" not in page
    assert 'href="mailto:desk@example.org"' in page


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "room 4", "a@b", "data:text/html,x", "<x>@y.org"])
def test_a_contact_that_is_no_address_is_no_link(contact):
    assert contact_href(contact) == ""


def test_online_tiles_are_named_only_where_they_are_offered(client, settings):
    settings.TILES_HOST = ""

    assert "online map tiles" not in client.get("/method/").content.decode()


def test_it_asks_the_database_a_few_times_whatever_is_published(client, django_assert_num_queries):
    for _ in range(4):
        make_report()
    with django_assert_num_queries(11):  # the revision, the scope, and each kind of report
        client.get("/method/")


def words_of(page: str, first: str, last: str) -> str:
    return " ".join(page[page.index(first) : page.index(last, page.index(first))].split())


def test_it_counts_what_the_published_reports_rest_on(client):
    bare = {"exact": ""}
    make_report(passage=make_passage(exact="The reds hold it."))
    report = make_report(passage=make_passage(**bare), publish=False)
    report.passages.add(make_passage(document=report.main_passage.document, exact="They hold it."))
    workflow.publish([report])
    make_report("status", passage=make_passage(**bare))
    titled = make_report("observation", passage=make_passage(**bare))
    Document.objects.filter(pk=titled.main_passage.document_id).update(title="A headline")
    make_report("strike", publish=False)
    withdrawn = make_report()
    workflow.withdraw([withdrawn])

    shown = words_of(client.get("/method/").content.decode(), 'id="basis"', "</p>")

    assert "Of the 4 reports that are published now, 2 rest on the words of a quote, 1 on a headline" in shown
    assert "alone and 1 on neither" in shown


def test_without_reports_it_counts_none(client):
    assert 'id="basis"' not in client.get("/method/").content.decode()


def test_the_worked_examples_are_drawn_with_their_days_reports_and_answers(client):
    page = client.get("/method/").content.decode()

    assert page.count('<svg class="example"') == 3
    for example in worked_examples("en"):
        shown = words_of(page, f"<h3>{example.title}</h3>", "</section>")
        for lane in example.chart.lanes:
            assert f">{lane.label}</text>" in shown
            assert lane.bars
        for day in example.days:
            assert f"<td>{day.words}</td>" in shown
        assert shown.count('font-weight="bold"') == len(example.days)
    assert "style=" not in page[page.index('id="examples"') : page.index('id="unknown"')]


def test_the_examples_show_every_level_of_sureness():
    levels = {day.answer.level for example in worked_examples("en") for day in example.days}

    assert levels == {"stated", "between", "possible", "carried", "disputed", "unknown"}


def test_the_papers_have_the_examples_as_the_code_draws_them_today():
    command = "run .venv/bin/python -m docs.examples"
    assert examples.PAPER.read_text("utf-8") == examples.paper(), command
    for number, example in enumerate(worked_examples("en"), start=1):
        stored = examples.FOLDER / f"example-{number}.svg"
        assert stored.read_text("utf-8") == examples.picture(example), command
        ElementTree.fromstring(stored.read_text("utf-8"))  # well-formed
