"""Rules that the database itself keeps, and the words in which the models say them."""

import datetime
import math

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crossings.models import (
    Answer,
    Attribution,
    ControlReport,
    Disagreement,
    Name,
    Passage,
    Post,
    Toll,
)
from crossings.publishing import workflow
from crossings.queries.scope import resolve
from geodata.selection import Selection

from .factories import (
    make_crossing,
    make_force,
    make_frontier,
    make_membership,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)

pytestmark = pytest.mark.django_db


def refused(row, **changes):
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "point",
    [Point(181, 34), Point(41, -91), Point(math.nan, 34), Point(41, math.nan), Point(math.inf, 34)],
    ids=str,
)
def test_positions_out_of_range_or_nan_are_refused(point):
    point.srid = 4326
    post = make_crossing().posts.first()
    with pytest.raises(ValidationError):
        Post(
            crossing=post.crossing, slug="x", side="a", country="SY", name="x", point=point,
            precision="near", radius_m=1,
        ).full_clean()  # fmt: skip
    refused(post, point=point)


@pytest.mark.parametrize("radius", [0, -1, 1e7, math.inf, math.nan])
def test_the_radius_lies_between_0_and_10000_km(radius):
    site = make_site(publish=False)
    site.radius_m = radius
    with pytest.raises(ValidationError, match="radius"):
        site.full_clean()
    refused(site)


def test_3d_points_are_refused_in_words():
    site = make_site(publish=False)
    site.point = Point(40, 34, 5, srid=4326)
    with pytest.raises(ValidationError, match="longitude and a latitude"):
        site.full_clean()


def test_a_crossing_has_one_post_a_side_and_a_country():
    crossing = make_crossing()
    first, second = crossing.posts.all()
    refused(first, side=second.side)
    refused(Post.objects.get(pk=first.pk), country=second.country)


def test_a_post_lies_in_a_country_of_its_frontier():
    post = make_crossing().posts.first()
    post.country = "TR"
    with pytest.raises(ValidationError, match="two countries"):
        post.full_clean()


def test_the_first_possible_day_never_comes_after_the_last():
    report = make_report(publish=False, as_of="2017-11")
    assert (report.as_of_min, report.as_of_max) == (datetime.date(2017, 11, 1), datetime.date(2017, 11, 30))
    with pytest.raises(IntegrityError), transaction.atomic():
        ControlReport.objects.filter(pk=report.pk).update(as_of_min=datetime.date(2018, 1, 1))


def test_bounds_and_text_go_together():
    report = make_report(publish=False, as_of="2017-11")
    with pytest.raises(IntegrityError), transaction.atomic():
        ControlReport.objects.filter(pk=report.pk).update(as_of="")


@pytest.mark.parametrize("text", ["2017-02-30", "2017-21", "2017?", "2017/2018", "[2018..2017]", "yesterday"])
def test_dates_outside_our_grammar_are_refused_naming_the_field(text):
    report = make_report(publish=False)
    report.starts = text
    with pytest.raises(ValidationError) as error:
        report.full_clean()
    assert "starts" in error.value.message_dict
    with pytest.raises(ValidationError):
        report.save()


def test_a_report_gives_at_least_one_date_and_one_subject():
    report = make_report(publish=False)
    refused(report, as_of="")
    report = ControlReport.objects.get(pk=report.pk)
    refused(report, site=make_site())


def test_words_about_the_frontier_are_not_pinned_to_a_post():
    refused(make_report(publish=False), of="frontier")
    report = make_report(publish=False, frontier=make_frontier(), of="frontier")
    assert report.post is None


def test_a_report_cannot_be_without_a_passage():
    refused(make_report(publish=False), main_passage=None)


def test_a_report_cites_one_document():
    report = make_report(publish=False)
    report.passages.add(make_passage())
    assert "another document" in report.problems_before_publishing()[0]


def test_a_quote_has_at_most_40_words():
    with pytest.raises(ValidationError, match="at most 40 words; this one has 41"):
        make_passage(exact=" ".join(["word"] * 41)).full_clean()


def test_a_quote_lies_inside_its_document_and_is_as_long_as_its_position():
    passage = make_passage(exact="ten chars.")
    passage.document.characters = 20
    passage.start, passage.end = 15, 25
    with pytest.raises(ValidationError, match="20 characters"):
        passage.save()
    passage.start, passage.end = 5, 16
    with pytest.raises(ValidationError, match="position another number"):
        passage.save()
    passage.start, passage.end = 5, 15
    passage.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.filter(pk=passage.pk).update(end=5)


def test_words_that_a_published_report_cites_are_never_rewritten():
    passage = make_report().main_passage
    passage.note = "a printing error in the source"
    passage.save()
    passage.exact = "Other words."
    with pytest.raises(ValidationError, match="never rewritten"):
        passage.full_clean()
    with pytest.raises(ValidationError, match="never rewritten"):
        passage.save()
    draft = make_report(publish=False).main_passage
    draft.exact = "Other words."
    draft.save()


def test_words_that_a_published_disagreement_cites_are_never_rewritten():
    passage = make_passage()
    question = Disagreement.objects.create(question="How far?")
    Answer.objects.create(disagreement=question, text="300 km").passages.add(passage)
    assert not passage.was_published()
    workflow.publish([question])
    passage.exact = "Other words."
    with pytest.raises(ValidationError, match="never rewritten"):
        passage.save()


def test_words_that_blame_in_a_published_report_are_never_rewritten():
    report = make_report("strike", publish=False)
    words = make_passage(document=report.main_passage.document)
    Attribution.objects.create(report=report, speaker="Syria", kind="blames", passage=words)
    assert not words.was_published()
    workflow.publish([report])
    assert words.was_published()


@pytest.mark.parametrize(("start", "end"), [(None, 5), (5, None)])
def test_a_position_has_both_its_ends(start, end):
    passage = make_passage(exact="Words")
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.filter(pk=passage.pk).update(start=start, end=end)


def test_a_bare_reference_has_no_position():
    passage = make_passage(exact="")
    assert str(passage) == "not quoted"
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.filter(pk=passage.pk).update(start=1, end=2)


def test_tolls_are_ranges():
    report = make_report(kind="strike", when="2019-09-09", publish=False)
    toll = Toll(report=report, killed_low=21, killed_high=18)
    with pytest.raises(ValidationError, match="greater than the higher"):
        toll.full_clean()
    refused(toll)
    Toll.objects.create(report=report, killed_low=0, killed_high=0)


def test_a_force_is_no_umbrella_of_itself():
    membership = make_membership("navy", "blues", publish=False)
    refused(membership, umbrella=membership.member)


def test_a_name_has_one_owner_and_is_found_by_any_spelling():
    crossing = make_crossing()
    name = Name.objects.create(text="Al-Qā’im", language="en", crossing=crossing)
    assert name.folded == "qaim"
    refused(name, force=make_force())


def test_what_is_cited_cannot_be_deleted():
    report = make_report()
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        report.main_passage.document.delete()
    with pytest.raises(ProtectedError):
        make_force().delete()


def test_an_event_is_public_with_its_first_public_account():
    report = make_report(kind="strike", event=make_strike_event(), publish=False)
    assert resolve(Selection()).strikes().count() == 0
    edition = workflow.publish([report])
    assert resolve(Selection()).strikes().get() == report.event
    workflow.withdraw([report])
    assert resolve(Selection()).strikes().count() == 0
    assert resolve(Selection(edition=edition.number)).strikes().count() == 1
