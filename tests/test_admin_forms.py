"""The forms of the admin: positions, ids, dates and quotes, each refused in words where it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from crossings.models import (
    Backing,
    ControlReport,
    Crossing,
    Document,
    Frontier,
    Name,
    Passage,
    Post,
    Site,
    State,
    StrikeReport,
)
from tests.admin_rows import (
    change_url,
    form_data,
    said,
    url_of,
)
from tests.factories import make_crossing, make_force, make_passage, make_report, make_site

pytestmark = pytest.mark.django_db


# --- Positions


def _new_crossing(**changed: Any) -> dict[str, Any]:
    make_crossing("other")
    data: dict[str, Any] = {
        "name": "Alpha", "slug": "alpha", "frontier": Frontier.objects.get().pk,
        "posts-TOTAL_FORMS": 2, "posts-INITIAL_FORMS": 0, "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0,
    }  # fmt: skip
    for row, (side, country) in enumerate((("a", "SY"), ("b", "IQ"))):
        fields = {
            "name": f"Alpha {country}", "slug": f"alpha-{country.lower()}", "side": side, "country": country,
            "point_lon": "40.977", "point_lat": "34.3975", "point_text": "", "precision": "near",
            "radius_m": "1500",
        }  # fmt: skip
        data |= {f"posts-{row}-{name}": value for name, value in fields.items()}
    return data | changed


def test_a_crossing_is_made_with_its_two_posts_on_one_page(editor):
    response = editor.post(url_of(Crossing, "add"), _new_crossing())
    assert response.status_code == 302, response.context["errors"]
    crossing = Crossing.objects.get(slug="alpha")
    assert crossing.state == State.DRAFT
    assert [(post.country, post.point.coords) for post in crossing.posts.all()] == [
        ("SY", (40.977, 34.3975)),
        ("IQ", (40.977, 34.3975)),
    ]


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("34.3975, 40.977", 40.977, 34.3975),
        ("34°23′51″N 40°58′37.2″E", 40.977, 34.3975),
        ("37S FU 81730 08003", 40.977, 34.3975),
    ],
)
def test_a_pasted_position_wins_over_the_numbers(editor, text, lon, lat):
    data = _new_crossing(**{"posts-0-point_text": text, "posts-0-point_lon": "1", "posts-0-point_lat": "2"})
    editor.post(url_of(Crossing, "add"), data)
    point = Post.objects.get(slug="alpha-sy").point
    assert (point.x, point.y) == pytest.approx((lon, lat), abs=1e-5)
    read = editor.get(reverse("admin:position"), {"text": text}).json()
    assert (read["lon"], read["lat"]) == pytest.approx((lon, lat), abs=1e-5)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"point_lon": "nan"}, "The longitude is a number of degrees"),
        ({"point_lat": "inf"}, "The latitude is a number of degrees"),
        ({"point_lon": "181"}, "outside -180 to 180"),
        ({"point_lat": "-90.5"}, "outside -90 to 90"),
        ({"point_lat": ""}, "both a longitude and a latitude"),
        ({"point_lon": "", "point_lat": ""}, "Give a position"),
        ({"point_text": "34.4, 40.9, 250"}, "a latitude and a longitude"),
        ({"point_text": "somewhere"}, "latitude"),
        ({"radius_m": "0"}, "radius must be more than 0"),
        ({"radius_m": "nan"}, "Enter a number"),
        ({"radius_m": "1e7"}, "less than 10,000,000"),
        ({"country": "JO"}, "one of the two countries of its frontier"),
        ({"side": "b"}, "duplicate"),
    ],
)
def test_a_bad_post_is_refused_in_words(editor, fields, says):
    changed = {f"posts-0-{name}": value for name, value in fields.items()}
    response = editor.post(url_of(Crossing, "add"), _new_crossing(**changed))
    assert response.status_code == 200
    assert says in " ".join(str(error) for error in response.context["errors"])
    assert not Crossing.objects.filter(slug="alpha").exists()


@pytest.mark.parametrize("posts", [1, 3])
def test_a_crossing_has_exactly_two_posts(editor, posts):
    data = _new_crossing(**{"posts-TOTAL_FORMS": posts})
    data |= {name.replace("-1-", "-2-"): f"{value}x" for name, value in data.items() if "posts-1-" in name}
    assert editor.post(url_of(Crossing, "add"), data).status_code == 200
    assert not Crossing.objects.filter(slug="alpha").exists()


def test_saving_a_position_unchanged_keeps_every_digit(publisher):
    site = make_site(lon=40.97712345678901, lat=34.39751234567891)
    before = site.point.coords
    response = publisher.post(change_url(site), form_data(publisher, change_url(site)))
    assert response.status_code == 302, response.context["errors"]
    assert Site.objects.get().point.coords == before


@pytest.mark.parametrize("text", ["", "x" * 500, "nan, nan", "91, 0", "<script>", "\x00"])
def test_the_reader_of_positions_answers_bad_text_with_a_sentence(editor, text):
    response = editor.get(reverse("admin:position"), {"text": text})
    assert response.status_code == 200
    assert len(response.json()["error"]) > 10


@pytest.mark.parametrize(
    "line",
    [
        "LINESTRING Z (1 2 3, 2 3 4)",
        "LINESTRING (nan 1, 2 3)",
        "LINESTRING (200 1, 2 3)",
        "POINT (1 2)",
        "hello",
        "{}",
    ],
)
def test_a_frontier_with_a_bad_line_is_refused_in_words(editor, line):
    data = {
        "name": "F", "slug": "f", "country_a": "SY", "country_b": "IQ", "line": line,
        "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0,
    }  # fmt: skip
    response = editor.post(url_of(Frontier, "add"), data)
    assert response.status_code == 200
    assert response.context["errors"]
    assert editor.post(url_of(Frontier, "add"), data | {"line": "LINESTRING (1 2, 2 3)"}).status_code == 302


# --- Ids, dates, quotes


def test_ids_in_links_never_change(publisher):
    crossing, passage = make_crossing(publish=False), make_passage()
    report = make_report(publish=False)
    for row, column in (
        (crossing, "slug"),
        (passage, "public_id"),
        (report, "public_id"),
        (make_force(), "slug"),
    ):
        before = getattr(row, column)
        data = form_data(publisher, change_url(row)) | {column: "changed"}
        if row is crossing:
            data["posts-0-slug"] = "changed-too"
        response = publisher.post(change_url(row), data)
        assert response.status_code == 302, response.context["errors"]
        row.refresh_from_db()
        assert getattr(row, column) == before
    assert not Post.objects.filter(slug="changed-too").exists()


def test_a_backing_gets_its_id_by_itself(editor):
    passage = make_passage()
    data = {"force": make_force().pk, "backer": make_force("blues").pk, "passage": passage.pk}
    assert editor.post(url_of(Backing, "add"), data).status_code == 302
    assert len(Backing.objects.get().public_id) == 10


def _report(**changed: Any) -> dict[str, Any]:
    crossing, passage, force = make_crossing(), make_passage(), make_force()
    return {
        "post": crossing.posts.first().pk, "of": "post", "role": "holds", "as_of": "2019-09-30",
        "stance": "states", "main_passage": passage.pk,
        "holders-TOTAL_FORMS": 1, "holders-INITIAL_FORMS": 0, "holders-0-force": force.pk,
    } | changed  # fmt: skip


def test_a_report_is_saved_as_a_draft_with_its_forces(editor):
    response = editor.post(url_of(ControlReport, "add"), _report(state="published", published_in=1))
    assert response.status_code == 302, response.context["errors"]
    report = ControlReport.objects.get()
    assert report.state == State.DRAFT
    assert [holder.force.slug for holder in report.holders.all()] == ["reds"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"as_of": "2019-02-30"}, "is no day"),
        ({"starts": "2017-06/2018"}, "Intervals are not dates here"),
        ({"starts": "2019-01-01", "ends": "2018-01-01"}, "over before it began"),
        ({"as_of": ""}, "Give at least one of: starts, ends, as of."),
        ({"post": ""}, "one post, one site or one frontier"),
        ({"of": "frontier"}, "belong to the frontier"),
        ({"main_passage": ""}, "required"),
        ({"main_passage": "x"}, "valid choice"),
    ],
)
def test_a_bad_report_is_refused_once_and_in_words(editor, fields, says):
    response = editor.post(url_of(ControlReport, "add"), _report(**fields))
    assert response.status_code == 200
    errors = " ".join(str(error) for error in response.context["errors"])
    assert errors.count(says) == 1
    assert not ControlReport.objects.exists()


def _passage(**changed: Any) -> dict[str, Any]:
    passage = make_passage()
    Document.objects.update(characters=1000)
    return {"document": passage.document_id, "wire": passage.wire_id, "exact": "They opened it."} | changed


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"exact": "word " * 41}, "at most 40 words; this one has 41"),
        ({"start": 990}, "The document has 1000 characters"),
        ({"start": 5, "end": 9}, "The quote has 15 characters"),
        ({"end": 9}, "Give the first character too"),
        ({"exact": "", "start": 5, "end": 9}, "A reference without a quote has no position."),
        ({"paragraph": 0}, "greater than or equal to 1"),
    ],
)
def test_a_bad_quote_is_refused_in_words(editor, fields, says):
    response = editor.post(url_of(Passage, "add"), _passage(**fields))
    assert response.status_code == 200
    assert says in " ".join(str(error) for error in response.context["errors"])


def test_a_pasted_quote_gets_its_end_and_says_where_it_stands(editor):
    response = editor.post(
        url_of(Passage, "add"),
        _passage(exact="They\r\nopened it.", start=5, paragraph=2, _continue="1"),
        follow=True,
    )
    passage = Passage.objects.get(exact__startswith="They")
    assert (passage.exact, passage.start, passage.end) == ("They\nopened it.", 5, 20)
    assert "paragraph 2, characters 5 to 20 of 1000" in response.content.decode()


def test_quotes_are_pasted_into_a_document_that_is_being_made(editor):
    passage = make_passage()
    data = {
        "publisher": "The Paper", "slug": "new",
        "source_set": passage.document.source_set_id, "language": "en",
        "title_basis": "stated", "publisher_basis": "stated", "url_basis": "stated", "characters": 100,
        "passages-TOTAL_FORMS": 1, "passages-INITIAL_FORMS": 0, "passages-0-exact": "It opened.",
        "passages-0-wire": passage.wire_id, "passages-0-start": 95,
    }  # fmt: skip
    refused = editor.post(url_of(Document, "add"), data)
    assert refused.status_code == 200
    assert "The document has 100 characters" in " ".join(map(str, refused.context["errors"]))
    assert editor.post(url_of(Document, "add"), data | {"passages-0-start": 5}).status_code == 302
    assert Document.objects.get(slug="new").passages.get().end == 15


def test_a_strike_report_is_saved_with_tolls_and_attributions(editor):
    told = make_report("strike")
    data = {
        "event": told.event_id, "stance": "states", "main_passage": make_passage().pk, "when": "2019-09-09",
        "tolls-TOTAL_FORMS": 1, "tolls-INITIAL_FORMS": 0, "tolls-0-group": "all", "tolls-0-killed_low": 18,
        "tolls-0-killed_high": 5,
        "attributions-TOTAL_FORMS": 1, "attributions-INITIAL_FORMS": 0, "attributions-0-speaker": "Syria",
        "attributions-0-kind": "blames",
    }  # fmt: skip
    refused = editor.post(url_of(StrikeReport, "add"), data)
    assert "The lower number is greater" in " ".join(map(str, refused.context["errors"]))
    assert editor.post(url_of(StrikeReport, "add"), data | {"tolls-0-killed_high": 18}).status_code == 302
    assert StrikeReport.objects.last().attributions.get().speaker == "Syria"


def test_a_rule_that_only_saving_checks_is_told_in_words(editor, monkeypatch):
    from django.core.exceptions import ValidationError

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise ValidationError("The state changes only through a review step.")

    monkeypatch.setattr(ControlReport, "save", refuse)
    answer = editor.post(url_of(ControlReport, "add"), _report(), follow=True)
    assert "only through a review step" in said(answer)


def test_an_editor_cannot_name_what_readers_see_by_way_of_the_list_of_names(editor):
    shown, hidden = make_crossing(), make_crossing("hidden", publish=False)
    data = {"text": "Another name", "language": "en", "role": "spelling"}
    refused = editor.post(url_of(Name, "add"), data | {"crossing": shown.pk})
    assert "only those who may publish" in " ".join(map(str, refused.context["errors"]))
    assert editor.post(url_of(Name, "add"), data | {"crossing": hidden.pk}).status_code == 302
    assert editor.post(url_of(Name, "add"), data).status_code == 200
    assert [name.crossing for name in Name.objects.all()] == [hidden]
