"""`check_data` names each bad row that no constraint refuses, and what of the sources is worth a look."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from crossings.models import (
    Answer,
    Attribution,
    Crossing,
    Disagreement,
    Document,
    Edition,
    Holder,
    Membership,
    ObservationReport,
    Post,
)
from crossings.publishing import corrections, workflow
from crossings.quality.integrity import problems
from crossings.quality.sources import reviews

from .factories import (
    make_crossing,
    make_force,
    make_membership,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2014, 1, 1)


def plant(rows: Any, **values: Any) -> None:
    """Write past the models, as a faulty program or a hand at the database would."""
    QuerySet(rows.model, rows.query).update(**values)


def found(**options: Any) -> list[tuple[str, str, str]]:
    return [(each.model, each.ident, each.field) for each in problems(**options)]


def only(row: Any) -> Any:
    return type(row)._base_manager.filter(pk=row.pk)


# --- Each kind of bad row: (what is planted, model and field that are named)


def no_day_to_stand_on() -> Any:
    report = make_report()
    plant(only(report), starts="[2014..]", starts_min=DAY, as_of="", as_of_min=None, as_of_max=None,
          first_day=DAY, last_day=DAY)  # fmt: skip
    return report


def nobody_holds() -> Any:
    report = make_report()
    Holder.objects.all().delete()
    return report


def stored_day_of_another_date() -> Any:
    report = make_report("status", as_of="2019-09-30")
    plant(only(report), as_of_min=DAY)
    return report


def a_date_in_words() -> Any:
    report = make_report("observation")
    plant(only(report), as_of="last summer")
    return report


def over_before_it_began() -> Any:
    report = make_report(starts="2019", ends="2020")
    plant(only(report), starts="2021", starts_min="2021-01-01", starts_max="2021-12-31",
          last_day="2021-12-31", first_day="2020-01-01")  # fmt: skip
    return report


def told_when_it_was_over() -> Any:
    return make_report(ends="2019-01-01", as_of="2019-02-01")


def words_of_two_documents() -> Any:
    report = make_report()
    report.passages.add(make_passage())
    return report


def blame_in_another_document() -> Any:
    report = make_report("strike", publish=False)
    return Attribution.objects.create(report=report, speaker="x", kind="blames", passage=make_passage())


def who_blames_itself() -> Any:
    report, force = make_report("strike", publish=False), make_force("greens")
    return Attribution.objects.create(
        report=report, speaker="x", kind="blames", accused=force, speaker_force=force
    )


def an_answer_without_words() -> Any:
    question = Disagreement.objects.create(public_id="q", question="How far?")
    answer = Answer.objects.create(disagreement=question, text="far")
    answer.passages.add(make_passage())
    workflow.publish([question])
    answer.passages.clear()
    return answer


def a_report_on_a_withdrawn_crossing() -> Any:
    report = make_report()
    plant(Crossing.objects.all(), state="withdrawn", withdrawn_in=report.published_in)
    return report


def a_report_on_a_site_never_published() -> Any:
    report = make_report(site=make_site("base"))
    plant(only(report.site), state="draft", published_in=None)
    return report


def a_report_older_than_its_place() -> Any:
    report, later = make_report(crossing="alpha"), make_report(crossing="omega")
    plant(Crossing.objects.filter(slug="alpha"), published_in=later.published_in)
    return report


def a_crossing_with_one_post() -> Any:
    crossing = make_crossing()
    Post.objects.filter(slug="alpha-iq").delete()
    return crossing


def what_was_replaced_and_stayed() -> Any:
    old = make_report()
    new = corrections.copy_as_draft(old)
    workflow.publish([new])
    plant(only(old), state="published", withdrawn_in=None)
    return new


def the_same_membership_twice() -> Any:
    first = make_membership("blues", "league", since="2015")
    return Membership.objects.get(pk=_copy(first, "again", since="2016"))


def each_others_umbrella() -> Any:
    first = make_membership("blues", "league", since="2015")
    again = Membership.objects.get(pk=_copy(first, "back", since="2016"))
    plant(only(again), member=first.umbrella, umbrella=first.member)
    return again


def _copy(membership: Membership, ident: str, **fields: Any) -> int:
    other = Membership.objects.create(
        public_id=ident, member=membership.member, umbrella=membership.umbrella, passage=membership.passage,
        **fields,
    )  # fmt: skip
    workflow.publish([other])
    return other.pk


def a_membership_over_before_it_began() -> Any:
    membership = make_membership("blues", "league", since="2015", until="2016")
    plant(only(membership), until="2014", until_min="2014-01-01", until_max="2014-12-31")
    return membership


def a_membership_without_words() -> Any:
    membership = make_membership("blues", "league")
    plant(only(membership), passage=None)
    return membership


def a_post_abroad() -> Any:
    post = make_crossing().posts.get(slug="alpha-iq")
    plant(only(post), point=Point(36.3, 33.5, srid=4326))  # Damascus
    return post


def a_post_of_a_third_country() -> Any:
    post = make_crossing().posts.get(slug="alpha-iq")
    plant(only(post), country="AM", point=Point(44.5, 40.2, srid=4326))  # Yerevan
    return post


def a_quote_of_41_words() -> Any:
    passage = make_passage()
    plant(only(passage), exact="word " * 41)
    return passage


def a_subject_without_a_quote() -> Any:
    return make_passage(exact="", lead="The crossing")


def a_quote_beyond_its_document() -> Any:
    passage = make_passage(exact="word", start=0, end=4)
    plant(Document.objects.all(), characters=3)
    return passage


def a_quote_that_is_longer_than_its_place() -> Any:
    passage = make_passage(exact="word", start=0, end=4)
    plant(only(passage), end=9)
    return passage


def a_state_that_no_step_made() -> Any:
    report = make_report("observation")
    plant(only(report), state="draft", published_in=None)
    return report


def withdrawn_before_it_was_published() -> Any:
    first, report = make_report(), make_report("observation")
    workflow.withdraw([report])
    plant(only(report), withdrawn_in=first.published_in)
    return report


def an_edition_before_the_last_one() -> Any:
    make_report()
    last = Edition.objects.order_by("-number").first()
    return Edition.objects.create(number=last.number + 1, at=last.at - datetime.timedelta(days=1))


def a_gap_in_the_editions() -> Any:
    make_report()
    last = Edition.objects.order_by("-number").first()
    return Edition.objects.create(number=last.number + 7, at=last.at)


PLANTED: list[tuple[Callable[[], Any], str]] = [
    (no_day_to_stand_on, "starts, ends, as_of"),
    (nobody_holds, "forces"),
    (stored_day_of_another_date, "as_of_min"),
    (a_date_in_words, "as_of"),
    (over_before_it_began, "ends"),
    (told_when_it_was_over, "as_of"),
    (words_of_two_documents, "passages"),
    (blame_in_another_document, "passage"),
    (who_blames_itself, "accused"),
    (an_answer_without_words, "passages"),
    (a_report_on_a_withdrawn_crossing, "state"),
    (a_report_on_a_site_never_published, "state"),
    (a_report_older_than_its_place, "state"),
    (a_crossing_with_one_post, "posts"),
    (what_was_replaced_and_stayed, "supersedes"),
    (the_same_membership_twice, "since"),
    (each_others_umbrella, "umbrella"),
    (a_membership_over_before_it_began, "until"),
    (a_membership_without_words, "passage"),
    (a_post_abroad, "point"),
    (a_post_of_a_third_country, "country"),
    (a_quote_of_41_words, "exact"),
    (a_subject_without_a_quote, "lead"),
    (a_quote_beyond_its_document, "end"),
    (a_quote_that_is_longer_than_its_place, "end"),
    (a_state_that_no_step_made, "state"),
    (withdrawn_before_it_was_published, "withdrawn_in"),
    (an_edition_before_the_last_one, "at"),
    (a_gap_in_the_editions, "number"),
]


@pytest.mark.parametrize(("planted", "field"), PLANTED, ids=lambda case: getattr(case, "__name__", ""))
def test_a_bad_row_is_named_with_its_field(planted, field):
    row = planted()
    row_id = str(getattr(row, "public_id", None) or getattr(row, "slug", None) or row.pk)

    assert (type(row).__name__, row_id, field) in found()


def test_rows_that_hold_together_are_no_problem():
    make_membership("blues", "league", since="2015")
    make_report(forces=("blues",), starts="2014", ends="2016")
    make_report("status")
    make_report("strike")
    make_report(publish=False)  # nobody has seen it: it may be unfinished
    withdrawn = make_report("observation")
    workflow.withdraw([withdrawn])
    workflow.publish([corrections.copy_as_draft(make_report())])

    assert problems() == []


def test_a_review_step_of_a_row_that_is_gone_is_named():
    report = make_report("observation")
    report.forces.clear()
    rows = ObservationReport._base_manager.filter(pk=report.pk)
    rows._raw_delete(rows.db)

    assert [(model, field) for model, _, field in found()] == [("ReviewStep", "object_id")]


def test_a_quote_that_the_text_does_not_have_is_named(tmp_path):
    text = "The crossing opened on Monday."
    (tmp_path / "text.txt").write_text(text)
    passage = make_passage(exact="opened on Sunday", start=13, end=29, paragraph=1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    plant(Document.objects.all(), sha256=digest, characters=len(text))

    assert found(texts=tmp_path) == [("Passage", passage.public_id, "exact")]
    plant(Document.objects.all(), sha256="0" * 64)
    assert [(model, field) for model, _, field in found(texts=tmp_path)] == [("Document", "sha256")]


# --- The command


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("check_data", stdout=out, **options)
    return out.getvalue()


def test_the_command_ends_with_an_error_and_says_what_would_be_right():
    told_when_it_was_over()
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 problem"):
        call_command("check_data", stdout=out)

    assert "ControlReport" in out.getvalue()
    assert "as_of: a day before it was over (2019-01-01)" in out.getvalue()


def test_the_same_comes_as_json():
    report = told_when_it_was_over()
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_data", format="json", stdout=out)
    data = json.loads(out.getvalue())

    assert [(row["model"], row["id"], row["field"]) for row in data["problems"]] == [
        ("ControlReport", report.public_id, "as_of")
    ]
    assert data["sources"][0]["source_set"] == "articles"
    assert data["golden_days"][0]["found"] is None  # the posts of the golden days are not there


def test_a_table_of_golden_days_that_is_missing_is_said():
    with pytest.raises(CommandError, match="with golden days"):
        run(golden=Path("no-such-table.md"))


# --- What is worth a look


def looked_at() -> Any:
    return next(iter(reviews()))


def test_what_a_quote_leaves_out_is_listed():
    document = make_passage(exact="first").document
    whole = make_passage(document=document, exact="Reds took Alpha in November 2017, a mayor said.")
    bare = make_passage(document=document, exact="They took the crossing there.")
    full = make_report(starts="2017-11-03", as_of="", passage=whole, speaker="the mayor")
    short = make_report(starts="2017-11-03", as_of="", passage=bare)
    told = make_report(passage=make_passage(document=document, exact="Reds hold Alpha, a mayor said."))
    unquoted = make_report(passage=make_passage(document=document, exact=""))
    review = looked_at()

    assert full.public_id not in [*review.no_date, *review.no_force, *review.no_place, *review.no_speaker]
    assert (review.no_date, review.no_force, review.no_place) == ([short.public_id],) * 3
    assert review.no_speaker == [told.public_id]
    assert review.unquoted == [unquoted.public_id]
    assert (review.basis.quote, review.basis.headline, review.basis.neither) == (3, 0, 1)
    assert review.wires == {document.slug: {"ap": 5}}


def test_a_lead_and_a_further_passage_are_read_with_the_quote():
    report = make_report(passage=make_passage(exact="hold it", lead="Reds"), publish=False)
    report.passages.add(make_passage(document=report.main_passage.document, exact="the post of Alpha"))
    workflow.publish([report])

    assert (looked_at().no_force, looked_at().no_place) == ([], [])


def test_targets_are_the_forces_of_a_strike():
    event = make_strike_event()
    event.targets.add(make_force("blues"))
    report = make_report(
        "strike", event=event, passage=make_passage(exact="Someone was struck on 9 September.")
    )

    assert looked_at().no_force == [report.public_id]


# --- The paper


def test_a_paper_without_a_place_for_the_section_is_left_alone(tmp_path):
    (tmp_path / "other.md").write_text("Nothing here.")
    with pytest.raises(CommandError, match="they are missing"):
        run(write=tmp_path / "other.md")
    assert (tmp_path / "other.md").read_text() == "Nothing here."
