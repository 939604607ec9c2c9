"""What differs: disputes, dates and accounts derived from reports, and questions asked by hand."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crossings.assessment import (
    Bounds,
    Membership,
    ReportRecord,
    clash_control,
    clash_status,
    control_timeline,
)
from crossings.assessment.conflicts import date_conflicts, timeline_conflicts
from crossings.models import Answer, Attribution, Disagreement, ObservationReport, Toll
from crossings.publishing import workflow
from crossings.queries.conflicts import Conflicts
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from geodata.selection import Selection

from .factories import make_force, make_frontier, make_passage, make_region, make_report, make_strike_event

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>{{7*191}}{% raw %}`${globalThis.x=1}`</script>\u202e\"'"


def conflicts(query=""):
    return Conflicts(Snapshot(resolve(Selection.from_query(query)))).all


def make_question(slug="how-far", *, answers=("300 km", "400 km"), crossing=None, **fields):
    question = Disagreement.objects.create(
        public_id=slug, question=fields.pop("question", "How far is it?"), crossing=crossing, **fields
    )
    for order, text in enumerate(answers):
        passage = make_passage(wire=f"wire-{order}", exact=f"some {text} away")
        Answer.objects.create(disagreement=question, text=text, order=order).passages.add(passage)
    workflow.publish([question])
    return question


def day(text):
    return datetime.date.fromisoformat(text)


def bounds(first, last=None):
    return Bounds(day(first), day(last or first))


def record(ident, value, *, starts=None, ends=None, as_of=None, stance="states", wire="ap", role="holds"):
    passing = {} if role else {"traffic": frozenset({"people"}), "direction": "both"}
    return ReportRecord(ident, frozenset([value]), starts, ends, as_of, stance, "post", role, wire, **passing)


# --- Derived, from records alone


def test_two_holders_stated_for_one_day_are_a_dispute_with_a_side_each():
    records = [
        record("a", "reds", as_of=bounds("2019-09-30")),
        record("b", "blues", as_of=bounds("2019-09-30"), wire="afp"),
    ]
    segments = control_timeline(records).segments(day("2019-01-01"), day("2019-12-31"))

    clashes = timeline_conflicts(segments, {r.id: r.value for r in records})

    assert [c.kind for c in clashes] == ["disputed"]
    assert [(side.value, side.reports) for side in clashes[0].sides] == [
        ({"blues"}, ("b",)),
        ({"reds"}, ("a",)),
    ]
    assert clashes[0].first == day("2019-09-30")


def test_who_names_a_partner_more_is_compatible_and_not_a_dispute():
    on = bounds("2019-09-30")
    records = [
        ReportRecord("a", frozenset({"reds"}), None, None, on, "states", "post", "holds", "ap"),
        ReportRecord("b", frozenset({"reds", "blues"}), None, None, on, "states", "post", "holds", "afp"),
    ]
    segments = control_timeline(records).segments(day("2019-09-30"), day("2019-09-30"))

    assert [c.kind for c in timeline_conflicts(segments, {r.id: r.value for r in records})] == ["compatible"]


def test_one_change_with_two_days_is_dated_differently():
    records = [
        record("a", "reds", starts=bounds("2014-06-21")),
        record("b", "reds", starts=bounds("2014-06-23"), wire="afp"),
    ]

    found = date_conflicts(records, clash_control)

    assert [(conflict.name, conflict.reports) for conflict in found] == [("starts", ("a", "b"))]


def test_a_day_inside_a_vaguer_date_agrees_with_it():
    records = [
        record("a", "reds", starts=bounds("2014-01-01", "2014-12-31")),
        record("b", "reds", starts=bounds("2014-06-21"), wire="afp"),
    ]

    assert date_conflicts(records, clash_control) == []


def test_two_changes_with_others_between_them_are_not_one():
    records = [
        record("a", "closed", starts=bounds("2012-07-19"), role=""),
        record("b", "open", as_of=bounds("2013-02-01"), role="", wire="afp"),
        record("c", "closed", starts=bounds("2014-06-21"), role="", wire="reuters"),
    ]

    assert date_conflicts(records, clash_status) == []


def test_two_closures_whose_days_do_not_overlap_are_two():
    records = [
        record("a", "closed", starts=bounds("2013-10-26"), role=""),
        record("b", "closed", starts=bounds("2020-03-14"), as_of=bounds("2020-05-28"), role="", wire="afp"),
    ]

    assert date_conflicts(records, clash_status) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"starts": bounds("2012-01-01", "2012-12-31"), "ends": bounds("2019-09-30")}, bounds("2014-06-21")),
        ({"starts": bounds("2014-06-19")}, bounds("2014-06-21")),
    ],
)
def test_closures_whose_days_overlap_or_nearly_do_may_be_one(first, second):
    records = [
        record("a", "closed", role="", **first),
        record("b", "closed", starts=second, role="", wire="afp"),
    ]

    assert [found.reports for found in date_conflicts(records, clash_status)] == [("a", "b")]


def test_a_member_and_its_umbrella_are_one_holder_from_the_day_of_joining():
    joined = [Membership("blues", "league", since=day("2015-10-11"))]
    records = [
        record("a", "blues", as_of=bounds("2015-10-01", "2015-10-20")),
        record("b", "league", as_of=bounds("2015-10-11", "2015-10-31"), wire="afp"),
    ]
    timeline = control_timeline(records, joined)
    segments = timeline.segments(day("2015-10-01"), day("2015-10-31"))
    values = {r.id: r.value for r in records}

    assert timeline_conflicts(segments, values)  # as they are named, they differ
    assert (
        timeline_conflicts(segments, values, lambda value, on: timeline.roll_up(value, on.toordinal())) == []
    )


def test_a_claim_between_also_makes_two_changes_of_it():
    records = [
        record("a", "reds", starts=bounds("2014-06-21")),
        record("b", "blues", starts=bounds("2015-02-01"), stance="claims"),
        record("c", "reds", starts=bounds("2016-06-21")),
    ]

    assert date_conflicts(records, clash_control) == []


# --- From the database


def test_a_dispute_is_shown_with_both_quotes_and_their_sources(client):
    reds = make_report(forces=("reds",), wire="ap")
    blues = make_report(forces=("blues",), wire="afp")

    page = client.get("/differs/").content.decode()

    assert "Who held Alpha (IQ)?" in page
    assert reds.main_passage.exact in page
    assert blues.main_passage.exact in page
    assert "text by <bdi>AFP</bdi>" in page
    assert "Sources contradict each other" in page
    assert "/?on=2019-09-30&amp;show=post.alpha-iq" in page


def test_two_documents_of_one_wire_are_one_witness_on_their_side():
    for _ in range(2):
        make_report(forces=("reds",), wire="ap")
    make_report(forces=("blues",), wire="afp")

    sides = {side.forces[0].slug: side for side in conflicts()[0].sides}

    assert (len(sides["reds"].wires), sides["reds"].documents) == (1, 2)


def test_people_and_goods_of_one_passage_are_one_conflict():
    for wire, status in (("ap", "open"), ("afp", "closed")):
        passage = make_passage(wire=wire)
        for traffic in ("people", "goods"):
            make_report("status", status=status, traffic=traffic, passage=passage)

    found = conflicts()

    assert [conflict.traffics for conflict in found] == [("people", "goods")]
    assert found[0].question == "Was Alpha (IQ) open to people and goods?"
    assert [said.traffics for side in found[0].sides for said in side.reports] == [("people", "goods")] * 2


def test_a_name_with_a_per_cent_sign_stays_a_name():
    make_force("reds", name="100% Reds %(post)s")
    for start, wire in (("2014-06-21", "ap"), ("2014-06-23", "afp")):
        make_report(forces=("reds",), starts=start, wire=wire)

    assert conflicts()[0].question == "When did 100% Reds %(post)s take Alpha (IQ)?"


def test_agreeing_reports_are_no_conflict(client):
    make_report(forces=("reds",), wire="ap")
    make_report(forces=("reds",), wire="afp")

    assert conflicts() == []
    assert "No published sources differ yet." in client.get("/differs/").content.decode()


def test_a_change_that_the_same_documents_report_is_no_conflict():
    passage = make_passage()
    make_report(forces=("reds",), passage=passage, ends="2019-09")
    make_report(forces=("blues",), passage=passage, starts="2019-09")

    assert conflicts() == []


def test_a_question_that_the_chosen_sources_answer_in_one_way_is_not_shown():
    question = make_question(answers=("300 km",))
    other = make_passage(wire="afp", sources="background", exact="some 400 km away")
    Answer.objects.create(disagreement=question, text="400 km", order=1).passages.add(other)

    assert [conflict.key for conflict in conflicts()] == ["how-far"]
    assert conflicts("sources=articles") == []


def test_who_spells_a_name_is_no_witness(client):
    make_question("spelt", answers=("Qaim", "Al-Qaim"), kind="naming", question="How is it spelt?")
    page = client.get("/differs/").content.decode()

    assert [(c.kind, c.wires) for c in conflicts()] == [("naming", ())]
    assert "some Al-Qaim away" in page
    assert "Named or spelt differently" in page
    assert (
        "independent"
        not in page[page.index('id="spelt"') : page.index("</section>", page.index('id="spelt"'))]
    )


def test_accounts_of_one_strike_differ_in_what_they_differ_in(client):
    event = make_strike_event(when="2019-09-09")
    first = make_report("strike", event=event, when="2019-09", wire="ap", publish=False)
    Toll.objects.create(report=first, killed_low=18)
    Attribution.objects.create(report=first, speaker="Syria", kind="blames", accused=make_force("greens"))
    workflow.publish([first])
    second = make_report("strike", event=event, when="2019-09-09", wire="afp", publish=False)
    Toll.objects.create(report=second, killed_low=18, killed_high=18)
    workflow.publish([second])

    found = conflicts()

    assert [conflict.kind for conflict in found] == ["telling"]
    assert found[0].aspects == ("the day", "the toll", "who is blamed")
    assert found[0].crossing.slug == "alpha"
    page = " ".join(client.get("/differs/").content.decode().split())
    assert "<li>18 or more killed, injured: not reported</li>" in page
    assert "<li>18 killed, injured: not reported</li>" in page


def test_accounts_that_agree_are_no_conflict():
    event = make_strike_event(when="2019-09-09")
    for wire in ("ap", "afp"):
        make_report("strike", event=event, when="2019-09-09", wire=wire)

    assert conflicts() == []


def test_a_closure_that_is_counted_differently_is_one_question():
    crossing = make_report("status", status="open").post.crossing
    for years, start in (("seven", "2012"), ("eight", "2011")):
        _closure(crossing, years, start)

    found = [conflict for conflict in conflicts() if conflict.kind == "lengths"]

    assert [side.text for side in found[0].sides] == ["Closed for eight years", "Closed for seven years"]


def _closure(crossing, years, start):
    report = ObservationReport.objects.create(
        main_passage=make_passage(wire=years),
        crossing=crossing,
        topic="closure",
        summary=f"Closed for {years} years",
        starts=start,
        ends="2019-09-30",
    )
    workflow.publish([report])


# --- Questions asked by hand, and what narrows the page


def test_a_question_by_hand_shows_its_answers_side_by_side_and_our_note(client):
    make_question(note="We measured 336.5 km.")

    page = client.get("/differs/").content.decode()

    assert 'id="how-far"' in page
    assert "some 300 km away" in page
    assert "some 400 km away" in page
    assert "We measured 336.5 km." in page


def test_what_a_question_already_holds_is_not_derived_again():
    reds = make_report(forces=("reds",), wire="ap")
    blues = make_report(forces=("blues",), wire="afp")
    question = Disagreement.objects.create(public_id="who", question="Who?")
    for report in (reds, blues):
        Answer.objects.create(disagreement=question, text="they").passages.add(report.main_passage)
    workflow.publish([question])

    assert [conflict.key for conflict in conflicts()] == ["who"]


def test_the_page_honours_sources_edition_region_and_text(client):
    report = make_report(forces=("reds",), crossing="alpha")
    make_report(forces=("blues",), crossing="alpha", wire="afp", sources="background")
    before = report.published_in_id
    make_report(forces=("reds",), crossing="omega", lon=42.0)
    make_report(forces=("blues",), crossing="omega", lon=42.0, wire="afp")
    make_region("eastern", [report.post.crossing])
    make_question(crossing=None)

    def keys(query):
        return {c.posts[0].crossing.slug if c.posts else c.key for c in conflicts(query)}

    assert keys("") == {"alpha", "omega", "how-far"}
    assert keys("sources=articles") == {"omega", "how-far"}
    assert keys(f"edition={before}") == set()
    assert keys("region=eastern") == {"alpha"}
    assert keys("q=omega") == {"omega"}
    assert keys("q=400 km") == {"how-far"}
    assert "Nothing differs among" in client.get("/differs/?q=zzz").content.decode()


def test_drafts_are_not_among_the_conflicts():
    make_report(forces=("reds",))
    make_report(forces=("blues",), wire="afp", publish=False)

    assert conflicts() == []


def test_bad_parameters_are_refused_in_words(client):
    assert client.get("/differs/?edition=99").status_code == 400
    assert client.get("/differs/?region=nowhere").status_code == 400


def test_hostile_text_is_shown_and_not_run(client):
    make_frontier()
    make_force("reds", name=HOSTILE)
    passage = make_passage(exact=HOSTILE)
    report = make_report(forces=("reds",), passage=passage, speaker=HOSTILE, note=HOSTILE)
    make_report(forces=("blues",), wire="afp")
    post = report.post
    post.name = HOSTILE
    post.save()
    make_question(question=HOSTILE[:200], answers=(HOSTILE[:100], "b"), note=HOSTILE)

    page = client.get("/differs/").content.decode()

    assert "<script>alert" not in page
    assert "1337" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_queries_do_not_grow_with_the_reports(client):
    def fill(crossing, lon):
        for forces, wire in ((("reds",), "ap"), (("blues",), "afp")):
            make_report(forces=forces, wire=wire, crossing=crossing, lon=lon)
            make_report("status", status="open" if wire == "ap" else "closed", wire=wire, crossing=crossing)
            make_report("observation", wire=wire, crossing=crossing)
        event = make_strike_event()
        for when in ("2019-09", "2019-09-09"):
            report = make_report("strike", event=event, when=when, publish=False)
            Toll.objects.create(report=report, killed_low=1)
            Attribution.objects.create(report=report, speaker="x", kind="blames", accused=make_force("reds"))
            workflow.publish([report])
        make_question(f"question-{crossing}")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/differs/").status_code == 200
        return len(seen)

    fill("alpha", 41.0)
    few = queries()
    for n in range(4):
        fill(f"beta{n}", 42.0)

    assert queries() == few
    assert few <= 50
