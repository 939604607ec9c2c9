"""One crossing through the years: the picture, the table, the words, and the strikes nearby."""

from __future__ import annotations

import datetime
import re

import pytest
from django.contrib.gis.geos import Point

from crossings.drawing.timeline_chart import earliest_start
from crossings.models import Answer, Disagreement, Name, Toll
from crossings.publishing import workflow
from crossings.queries.strikes import box_around
from crossings.wording.dates import in_words

from .factories import (
    make_crossing,
    make_force,
    make_passage,
    make_report,
    make_strike_event,
)
from .test_popups import HOSTILE, words

pytestmark = pytest.mark.django_db

PAGE = "/crossings/alpha/"


def anchors(body: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', body))


def test_it_shows_both_sides_on_the_day(client):
    make_report("control", side="iq", forces=("reds",))
    make_report("control", side="sy", forces=("blues",))
    text = words(client.get(f"{PAGE}?on=2019-09-30"))
    assert "As reported for 30 September 2019" in text
    assert "Reds , reported that day" in text.replace("Reds,", "Reds ,")
    assert "Blues , reported that day" in text.replace("Blues,", "Blues ,")


def test_names_in_all_languages_carry_language_and_direction(client):
    crossing = make_crossing()
    Name.objects.create(crossing=crossing, text="القائم", language="ar", role="preferred")
    Name.objects.create(crossing=crossing, text="Qaîm", language="kmr", role="spelling")
    body = client.get(PAGE).content.decode()
    assert '<li lang="ar" dir="rtl">القائم</li>' in body
    assert '<li lang="kmr" dir="ltr">Qaîm</li>' in body


def test_every_stretch_of_the_picture_leads_to_its_words(client):
    make_report(
        "control", starts="2014-06-21", ends="2017-11-03", passage=make_passage(exact="They held it.")
    )
    make_report("control", forces=("blues",), starts="2017-11-03")
    make_report("status", status="closed", as_of="2015-01-01")
    body = client.get(PAGE).content.decode()
    picture = body[body.index('<svg class="years"') : body.index("</svg>", body.index('<svg class="years"'))]
    targets = re.findall(r'href="#([^"]+)"', picture)
    assert len(targets) >= 4
    assert set(targets) <= anchors(body)
    assert "“They held it.”" in body


def test_the_picture_has_no_style_attribute_and_no_script(client):
    make_report("control")
    body = client.get(PAGE).content.decode()
    article = body[body.index("<article") : body.index("</article>")]
    assert " style=" not in article
    assert "<script" not in article
    assert not re.search(r"\son\w+=", article)


def test_the_table_says_the_same_as_the_picture(client):
    make_report("control", starts="2014-06-21", ends="2017-11-03")
    body = client.get(PAGE).content.decode()
    table = body[body.index("<tbody>") : body.index("</tbody>")]
    rows = re.findall(r"<tr>.*?</tr>", table, re.S)
    assert len(rows) == 1
    assert "2014-06-21" in rows[0]
    assert "2017-11-02" in rows[0]
    assert "stated" in rows[0]


def test_what_came_before_the_picture_begins_stands_in_the_table(client):
    make_report("control", as_of="1994-05-01")
    text = words(client.get(PAGE))
    assert f"From {in_words(earliest_start(datetime.date.today()))}" in text
    assert "What is known of earlier years stands only there." in text
    assert "1 May 1994" in text


def test_people_and_goods_with_the_same_stretches_share_a_band(client):
    passage = make_passage(exact="Closed to all.")
    for traffic in ("people", "goods"):
        make_report("status", status="closed", traffic=traffic, passage=passage)
    make_report("status", status="open", traffic="aid")
    body = client.get(PAGE).content.decode()
    assert "Alpha (IQ)\u2069: people and goods" in body
    assert "Alpha (IQ)\u2069: aid" in body


def test_two_sources_that_differ_stand_side_by_side_with_their_wires(client):
    make_report("control", forces=("reds",), passage=make_passage(exact="Reds have it."))
    make_report("control", forces=("blues",), passage=make_passage(exact="Blues have it.", wire="afp"))
    text = words(client.get(PAGE))
    differ = text[text.index("Where sources differ") :]
    assert "“Reds have it.”" in differ
    assert "“Blues have it.”" in differ
    assert differ.count("1 independent source") >= 2


def test_a_question_that_no_map_can_hold_is_listed_with_its_answers(client):
    question = Disagreement.objects.create(question="How far is it?", crossing=make_crossing())
    for text, exact in (("300 km", "300 kilometres away"), ("336 km", "336 km west")):
        Answer.objects.create(disagreement=question, text=text).passages.add(make_passage(exact=exact))
    hidden = Disagreement.objects.create(question="Only a draft?", crossing=make_crossing())
    Answer.objects.create(disagreement=hidden, text="yes").passages.add(make_passage())
    workflow.publish([question])
    text = words(client.get(PAGE))
    assert "How far is it?" in text
    assert "“300 kilometres away”" in text
    assert "“336 km west”" in text
    assert "Only a draft?" not in text


# --- Strikes nearby. The crossing lies at 41.0 E 34.4 N; its posts are known to 1.5 km.


def strike_at(lon: float, lat: float, radius_m: float, summary: str) -> None:
    event = make_strike_event(point=Point(lon, lat, srid=4326), radius_m=radius_m, summary=summary)
    report = make_report("strike", event=event)
    Toll.objects.create(report=report, killed_low=18)


def test_strikes_are_counted_from_the_edge_of_their_uncertainty(client):
    make_crossing()
    strike_at(41.0, 34.9, 1000, "Too far by three kilometres")  # 55.5 km off, so 53 at least
    strike_at(41.0, 35.0, 20_000, "Perhaps near")  # 66.6 km off, so 45 at least
    text = words(client.get(PAGE))
    assert "Perhaps near" in text
    assert "Too far" not in text
    assert "Too far by three kilometres" in words(client.get(f"{PAGE}?km=54"))


def test_the_distance_is_the_readers_choice(client):
    make_crossing()
    strike_at(41.0, 34.5, 1000, "Eleven kilometres off")
    assert "Eleven kilometres off" not in words(client.get(f"{PAGE}?km=5"))
    assert "18 or more killed" in words(client.get(f"{PAGE}?km=20"))


@pytest.mark.parametrize("km", ["0", "0.5", "501", "-5", "nan", "inf", "1e2", "50km", "٥٠", "5,5", "1" * 500])
def test_a_distance_that_cannot_be_read_is_refused_in_words(client, km):
    make_crossing()
    response = client.get(PAGE, {"km": km})
    assert response.status_code == 400
    assert "Write a distance from 1 to 500 kilometres" in response.content.decode()


def test_the_box_that_is_searched_holds_every_point_in_reach():
    class Post:
        def __init__(self, x: float, y: float) -> None:
            self.point, self.radius_m = Point(x, y), 1500.0

    box = box_around([Post(41, 34.4), Post(41.1, 34.5)], 50)
    assert box.west < 40.45
    assert box.north > 34.95
    assert box_around([Post(179.9, 10)], 50).west == -180
    assert box_around([Post(0, 89.8)], 500).north == 90


# --- What is public, what is safe, what it costs


def test_an_unpublished_crossing_is_not_found(client):
    make_crossing("hidden", publish=False)
    assert client.get("/crossings/hidden/").status_code == 404
    assert "Hidden" not in words(client.get("/crossings/"))


def test_a_withdrawn_report_still_shows_in_the_edition_it_was_in(client):
    report = make_report("control", passage=make_passage(exact="Later withdrawn."))
    edition = report.published_in.number
    workflow.withdraw([report], reason="wrong")
    assert "“Later withdrawn.”" in words(client.get(f"{PAGE}?edition={edition}"))
    assert "“Later withdrawn.”" not in words(client.get(PAGE))


def test_the_citation_pins_the_day_and_the_edition(client, settings):
    report = make_report("control")
    text = words(client.get(f"{PAGE}?on=2019-09-30"))
    number = report.published_in.number
    assert f"as reported for 30 September 2019, version {number}, {settings.SITE_URL}{PAGE}" in text
    assert f"on=2019-09-30&edition={number}" in text


def test_sources_can_be_switched_off(client):
    make_report("control", passage=make_passage(exact="From the articles."))
    make_report("control", passage=make_passage(exact="From outside.", sources="outside"))
    text = words(client.get(f"{PAGE}?sources=articles"))
    assert "From the articles." in text
    assert "From outside." not in text


def test_hostile_text_is_shown_and_never_run(client):
    passage = make_passage(exact=HOSTILE)
    passage.document.title = passage.document.publisher = HOSTILE
    passage.document.save()
    crossing = make_crossing(name=HOSTILE, note=HOSTILE)
    crossing.posts.update(name=HOSTILE, position_source=HOSTILE)
    Name.objects.create(crossing=crossing, text=HOSTILE, language="ar", role="preferred")
    make_force("reds", name=HOSTILE, short_name=HOSTILE[:40], letter="<>")
    make_report("control", passage=passage, note=HOSTILE, speaker=HOSTILE, stance="claims")
    make_report("observation", passage=passage, summary=HOSTILE)
    strike_at(41.0, 34.5, 1000, HOSTILE)
    question = Disagreement.objects.create(question=HOSTILE, crossing=crossing, note=HOSTILE)
    Answer.objects.create(disagreement=question, text=HOSTILE).passages.add(passage)
    workflow.publish([question])
    for address in (PAGE, "/crossings/", "/forces/", "/forces/reds/"):
        body = client.get(f"{address}").content.decode()
        main = body[body.index("<main") : body.index("</main>")]
        assert "<script" not in main
        assert "1337" not in main
        assert "&lt;script&gt;x" in main
        assert "<script>x" not in body


QUERIES = 29


def test_the_number_of_queries_does_not_grow_with_the_reports(client, django_assert_num_queries):
    def fill(n: int) -> None:
        for i in range(n):
            make_report("control", wire="afp", side="sy", starts=f"201{i}-01-01")
            make_report("status", passage=make_passage(wire=f"wire-{i}"))
            make_report("observation")
            strike_at(41.0, 34.5, 1000, f"Strike {i}")
            question = Disagreement.objects.create(question=f"Question {i}?", crossing=make_crossing())
            Answer.objects.create(disagreement=question, text="yes").passages.add(make_passage())
            workflow.publish([question])

    fill(1)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
    fill(6)
    client.get(PAGE)  # fills the cache of the new edition
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


def test_the_list_says_of_both_sides_who_held_them(client, django_assert_num_queries):
    make_report("control", side="iq")
    make_report("control", crossing="beta", side="sy", forces=("blues",))
    client.get("/crossings/")
    with django_assert_num_queries(LIST_QUERIES):
        text = words(client.get("/crossings/?on=2019-09-30"))
    assert "Alpha Alpha (SY) – no report no report" in text
    assert "Beta Beta (SY)" in text


LIST_QUERIES = 13


def test_an_empty_site_has_an_empty_list(client):
    assert "No crossing has been published yet." in words(client.get("/crossings/"))
    assert "No force is known yet." in words(client.get("/forces/"))
