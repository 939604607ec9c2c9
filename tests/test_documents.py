"""Documents: what each is, its public passages, what they support, and whose text it is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crossings.models import Answer, Disagreement, Document
from crossings.publishing import workflow
from crossings.queries import citations
from geodata.similarity import likeness, near_copies

from .factories import make_crossing, make_passage, make_report

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>{{7*191}}{% raw %}`${globalThis.x=1}`</script>\u202e\"'"


def queries_of(client, path):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_it_lists_only_documents_that_something_published_cites(client):
    shown = make_report().main_passage.document
    drafted = make_report(publish=False).main_passage.document

    page = client.get("/documents/").content.decode()

    assert f"/documents/{shown.slug}/" in page
    assert f"/documents/{drafted.slug}/" not in page


def test_the_list_counts_passages_and_reports(client):
    passage = make_passage()
    make_report(passage=passage)
    make_report("status", passage=passage)
    make_passage(document=passage.document)  # cited by nothing

    page = client.get("/documents/").content.decode()

    assert re.search(r'<td class="num">1</td>\s*<td class="num">2</td>', page)


def test_the_list_honours_the_source_sets_and_the_text(client):
    articles = make_report().main_passage.document
    Document.objects.filter(pk=articles.pk).update(title="A bridge at Qāʾim")
    outside = make_report(sources="background").main_passage.document

    chosen = client.get("/documents/?sources=background").content.decode()
    found = client.get("/documents/?q=al-Qaim").content.decode()

    assert articles.slug not in chosen
    assert outside.slug in chosen
    assert articles.slug in found
    assert f"/documents/{outside.slug}/" not in found


def test_a_document_without_public_passages_is_not_there(client):
    drafted = make_report(publish=False).main_passage.document

    assert client.get(f"/documents/{drafted.slug}/").status_code == 404
    assert client.get("/documents/no-such/").status_code == 404


def test_a_passage_that_only_a_draft_cites_is_not_shown(client):
    public = make_passage(exact="Words that stand.")
    hidden = make_passage(document=public.document, exact="Words unseen.")
    make_report(passage=public)
    make_report(passage=hidden, publish=False)

    page = client.get(f"/documents/{public.document.slug}/").content.decode()

    assert "Words that stand." in page
    assert "Words unseen." not in page


def test_a_withdrawn_report_keeps_its_document_in_its_edition(client):
    report = make_report()
    edition = report.published_in_id
    workflow.withdraw([report])
    path = f"/documents/{report.main_passage.document.slug}/"

    assert client.get(path).status_code == 404
    assert client.get(f"{path}?edition={edition}").status_code == 200


def test_passages_come_in_their_order_with_position_and_wire(client):
    second = make_passage(exact="Later words.", start=40, end=52, paragraph=3, wire="afp")
    first = make_passage(document=second.document, exact="Early words.", start=2, end=14, paragraph=1)
    make_report(passage=second)
    make_report(passage=first)

    page = client.get(f"/documents/{first.document.slug}/").content.decode()

    assert page.index("Early words.") < page.index("Later words.")
    assert "characters 40 to 52" in page
    assert "text by <bdi>AFP</bdi>" in page
    assert f'id="p-{first.public_id}"' in page


def test_each_report_leads_to_the_map_on_its_day(client):
    report = make_report(as_of="2019-09-30")

    page = client.get(f"/documents/{report.main_passage.document.slug}/").content.decode()

    assert "/?on=2019-09-30&amp;show=post.alpha-iq" in page


def test_a_report_dated_only_by_its_end_opens_on_the_day_before():
    report = make_report(starts="", ends="2017", as_of="")

    assert str(citations.day_of(report)) == "2016-12-31"


def test_what_is_apparent_outside_or_missing_is_said(client):
    document = make_report().main_passage.document
    document.publisher_basis = "apparent"
    document.url, document.url_basis = "https://example.org/a", "outside"
    document.missing = "title; author"
    document.save()

    page = client.get(f"/documents/{document.slug}/").content.decode()

    assert "apparent: inferred, not in the text" in page
    assert "found outside the text" in page
    assert "The text does not say" in page
    assert "The text has no title." in page


def test_a_reference_is_labelled_not_quoted(client):
    passage = make_passage(exact="")
    make_report(passage=passage)

    page = client.get(f"/documents/{passage.document.slug}/").content.decode()

    assert "not quoted" in page
    assert "<blockquote" not in page


def test_the_plain_citation_names_publisher_title_date_address_and_place():
    passage = make_passage(exact="Exact words.", paragraph=4)
    passage.document.title = "The bridge"
    passage.document.url = "https://example.org/bridge"

    assert citations.plain(passage) == (
        "“Exact words.” (The Paper, “The bridge”, 30 September 2019, https://example.org/bridge, paragraph 4)"
    )


def test_near_copies_are_marked_as_one_witness_or_as_another_wire(client):
    words = "Qaim and Bukamal were controlled by them until 2017"
    original = make_passage(exact=words, wire="ap")
    same = make_passage(exact="Qaim and Boukamal were controlled by the others until 2017", wire="ap")
    other = make_passage(exact=f"{words}.", wire="reuters")
    for passage in (original, same, other):
        make_report(passage=passage)

    page = client.get(f"/documents/{original.document.slug}/").content.decode()

    assert f"/documents/{same.document.slug}/#p-{same.public_id}" in page
    assert "the same text: one source" in page
    assert "text by <bdi>REUTERS</bdi>" in page


def test_short_and_unlike_words_are_no_copies():
    texts = {1: "The road is open", 2: "The crossing was closed in 2012 as rebels came from the east"}
    others = {3: "The road is open", 4: "Trucks were seen at the gate of the town on that morning"}

    assert near_copies(texts, others) == {}


def test_a_cut_of_a_sentence_is_as_like_it_as_can_be():
    assert likeness("controlled by Kurdish forces", "the rest are controlled by the Kurdish forces") == 1.0


def test_what_differs_is_linked_from_its_passage(client):
    passage = make_passage(exact="some 300 kilometres west")
    question = Disagreement.objects.create(public_id="far", question="How far is it?")
    Answer.objects.create(disagreement=question, text="300 km").passages.add(passage)
    workflow.publish([question])

    page = client.get(f"/documents/{passage.document.slug}/").content.decode()

    assert "/differs/#far" in page
    assert "How far is it?" in page


def test_hostile_text_is_shown_and_not_run(client):
    make_crossing("alpha", name=HOSTILE)
    report = make_report(passage=make_passage(exact=HOSTILE), speaker=HOSTILE)
    document = report.main_passage.document
    for name in (
        "title",
        "publisher",
        "author",
        "agency",
        "missing",
        "note",
        "publisher_why",
        "published_why",
    ):
        setattr(document, name, HOSTILE)
    document.save()
    document.source_set.name = document.source_set.description = HOSTILE
    document.source_set.save()

    for path in ("/documents/", f"/documents/{document.slug}/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "1337" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_bad_parameters_are_refused_in_words(client):
    response = client.get("/documents/?sources=nowhere")

    assert response.status_code == 400
    assert "nowhere" in response.content.decode()


def test_the_queries_do_not_grow_with_the_reports(client):
    passage = make_passage(exact="Qaim and Bukamal were controlled by them until 2017")
    copy = make_passage(exact="Qaim and Bukamal were controlled by them until 2017")
    for kind in ("control", "status", "strike", "observation"):
        make_report(kind, passage=passage)
        make_report(kind, passage=copy)
    path = f"/documents/{passage.document.slug}/"
    few = queries_of(client, "/documents/"), queries_of(client, path)
    for n in range(6):
        more = make_passage(document=passage.document, exact=f"Qaim and Bukamal were held by them until {n}")
        for kind in ("control", "status", "strike", "observation"):
            make_report(kind, passage=more, crossing=f"beta{n}")

    assert (queries_of(client, "/documents/"), queries_of(client, path)) == few
    assert few[0] <= 16
    assert few[1] <= 30
