"""Every page of the admin opens, finds, stays cheap, and shows hostile text as text."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from simple_history.models import HistoricalChanges

from crossings.models import (
    ControlReport,
    Crossing,
    Force,
    Name,
    Post,
    Region,
    Revision,
    StrikeEvent,
)
from tests.admin_rows import (
    HOSTILE,
    NO_ADDING,
    OURS,
    change_url,
    make_everything,
    make_more_of_everything,
    said,
    url_of,
)
from tests.factories import make_passage, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything() -> None:
    make_everything()


# --- Every page opens


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_and_form_opens_for_an_editor(everything, editor, model):
    assert editor.get(url_of(model, "changelist")).status_code == 200
    adding = editor.get(url_of(model, "add"))
    assert adding.status_code == (403 if model._meta.model_name in NO_ADDING else 200)
    assert editor.get(change_url(model.objects.first())).status_code == 200
    assert editor.get(url_of(model, "history", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_filters_searches_and_drills_down(everything, publisher, model):
    """Each filter is clicked once, the search finds nothing odd to say, and no address gives a 500."""
    url = url_of(model, "changelist")
    page = publisher.get(url)
    changes = page.context["cl"]
    for spec in changes.filter_specs:
        for choice in list(spec.choices(changes))[:3]:
            found = publisher.get(url + choice["query_string"])
            assert found.status_code == 200, choice
            assert "e=1" not in choice["query_string"]
    for term in ("qaim", "القائم", '"two words"', "'", "\\", "%", "a" * 300, "al", "-"):
        assert publisher.get(url, {"q": term}).status_code == 200
    if changes.model_admin.date_hierarchy:
        assert publisher.get(url, {f"{changes.model_admin.date_hierarchy}__year": 2019}).status_code == 200


def test_every_model_is_in_the_admin_or_a_line_of_a_form():
    from django.apps import apps

    inlines = {inline.model for model in OURS for inline in admin.site._registry[model].inlines}
    ours = {m for m in apps.get_app_config("crossings").get_models() if not issubclass(m, HistoricalChanges)}
    assert ours - set(OURS) - inlines == {Revision}


def test_the_index_groups_models_and_says_who_runs_this_copy(everything, editor, settings):
    settings.OPERATOR_NAME = "The <Border> Desk"
    page = editor.get(reverse("admin:index")).content.decode()
    assert "This copy is run by The &lt;Border&gt; Desk." in page
    assert 'href="/"' in page
    assert page.index("Control reports") < page.index("Documents") < page.index("Crossings</a>")


def test_the_pages_hold_nothing_inline_that_the_policy_would_refuse(everything, publisher):
    for model in OURS:
        for url in (url_of(model, "changelist"), change_url(model.objects.first())):
            page = publisher.get(url).content.decode()
            assert not re.search(r"<[^>]+\s(style|on\w+)=", page), url
            inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag]
            assert all('type="application/json"' in tag for tag in inline), url
            assert "<style" not in page
            assert not re.search(r'(src|href)="(https?:)?//', page), url


# --- Finding


@pytest.mark.parametrize("term", ["القائم", "القايم", "Al-Qāʾim", "al qaim", "AL QAIM"])
def test_any_spelling_finds_the_crossing_and_all_that_is_about_it(editor, term):
    report, other = make_report(crossing="gate"), make_report(crossing="far")
    crossing = report.post.crossing
    for text, language in (("القائم", "ar"), ("Al-Qa'im", "en")):
        Name.objects.create(text=text, language=language, crossing=crossing)
    for row in (crossing, report.post, report):
        found = editor.get(url_of(row, "changelist"), {"q": term}).context["cl"].result_list
        expected = crossing.posts.all() if isinstance(row, Post) else [row]
        assert set(found) == set(expected)
        assert other not in found
    assert editor.get(url_of(Name, "changelist"), {"q": term}).context["cl"].result_count >= 1
    choices = editor.get(
        reverse("admin:autocomplete"),
        {"term": term, "app_label": "crossings", "model_name": "controlreport", "field_name": "post"},
    ).json()["results"]
    assert {choice["text"] for choice in choices} == {
        f"{post.name} (Gate, {post.country})" for post in crossing.posts.all()
    }


def test_a_public_id_finds_its_row(editor):
    report = make_report()
    make_report()
    found = editor.get(url_of(report, "changelist"), {"q": report.public_id}).context["cl"].result_list
    assert list(found) == [report]


def test_a_report_of_two_forces_is_found_once(editor):
    report = make_report(forces=("reds", "redder"))
    found = editor.get(url_of(report, "changelist"), {"q": "red"}).context["cl"].result_list
    assert list(found) == [report]


def test_a_passage_in_a_choice_says_which_document_it_is_from(editor):
    passage = make_passage(exact="They opened it.", paragraph=3)
    answer = editor.get(
        reverse("admin:autocomplete"),
        {
            "term": "opened",
            "app_label": "crossings",
            "model_name": "controlreport",
            "field_name": "main_passage",
        },
    ).json()
    assert answer["results"] == [
        {"id": str(passage.pk), "text": "“They opened it.” – The Paper: untitled, ¶ 3"}
    ]


# --- Lists stay cheap


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(
    editor, model, django_assert_max_num_queries, everything
):
    url = url_of(model, "changelist")
    editor.get(url)  # content types and the like are cached from now on
    with django_assert_max_num_queries(40) as first:
        editor.get(url)
    make_more_of_everything()
    with django_assert_max_num_queries(len(first)):
        page = editor.get(url)
    assert page.context["cl"].result_count >= 2


# --- Hostile text


@pytest.mark.parametrize("publish", [True, False], ids=["published", "draft"])
def test_hostile_text_is_escaped_on_every_page(publisher, publish):
    make_everything(HOSTILE, publish=publish)
    for model in OURS:
        row = model.objects.first()
        if row is None:  # no editions and steps of drafts
            continue
        pages = [
            url_of(model, "changelist"),
            change_url(row),
            url_of(model, "history", row.pk),
            url_of(model, "delete", row.pk),
        ]
        pages += [f"{change_url(row)}?_popup=1", f"{url_of(model, 'changelist')}?q={row.pk}"]
        pages += [
            url_of(model, "step", step) + f"?ids={row.pk}"
            for step in ("publish", "withdraw")
            if hasattr(row, "state")
        ]
        for url in pages:
            response = publisher.get(url)
            body = response.content.decode()
            assert response.status_code in (200, 403), url
            assert "<script>x=1" not in body, url
            assert "<img src=x" not in body, url
            assert "1337" not in body, url
            assert "</textarea></textarea>" not in body, url
    assert "&lt;script&gt;x=1" in publisher.get(url_of(Crossing, "changelist")).content.decode()


def test_hostile_text_in_a_popup_answer_and_in_messages_is_escaped(publisher):
    data = {"name": HOSTILE, "slug": "w", "_popup": "1"}
    body = publisher.post(
        url_of(ControlReport, "add").replace("controlreport", "wire"), data
    ).content.decode()
    assert "<script>x=1" not in body
    assert "data-popup-response" in body
    report = make_report("observation", publish=False, summary=HOSTILE)
    done = publisher.post(
        reverse("admin:crossings_observationreport_step", args=["withdraw"]),
        {"ids": report.pk, "reason": HOSTILE},
        follow=True,
    )
    assert "<script>x=1" not in done.content.decode()
    assert "cannot become withdrawn" in said(done)


def test_forces_and_events_show_in_the_lists(everything, editor):
    assert "Reds" in editor.get(url_of(ControlReport, "changelist")).content.decode()
    assert editor.get(url_of(StrikeEvent, "changelist")).context["cl"].result_list[0].n_reports == 1
    assert editor.get(change_url(Force.objects.first())).status_code == 200
    assert editor.get(change_url(Region.objects.first())).status_code == 200
