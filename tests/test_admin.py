"""The editing pages: who may do what, what is refused and in which words, hostile text on all of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from crossings import review
from crossings.groups import EDITORS, PUBLISHERS
from crossings.models import (
    Answer,
    Attribution,
    Backing,
    ControlReport,
    Crossing,
    Disagreement,
    Document,
    Edition,
    Force,
    Frontier,
    Name,
    Passage,
    Post,
    Region,
    ReviewStep,
    Site,
    State,
    StrikeEvent,
    StrikeReport,
    Toll,
)
from tests.factories import make_crossing, make_force, make_passage, make_region, make_report, make_site

HOSTILE = """<script>x=1</script>{{7*191}}{% raw %}"'><img src=x onerror=x>${x}`\u202e</textarea>"""
OURS = [model for model in admin.site._registry if model._meta.app_label == "crossings"]
NO_ADDING = {"post", "edition", "reviewstep"}

pytestmark = pytest.mark.django_db


def _login(group: str) -> Client:
    user = User.objects.create_user(group.lower(), password="pw", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> Client:
    return _login(EDITORS)


@pytest.fixture
def publisher() -> Client:
    return _login(PUBLISHERS)


@pytest.fixture
def everything() -> None:
    _make_everything()


def _make_everything(text: str = "", publish: bool = True) -> None:
    """At least one row of every model; with a text, it stands in every column that holds words."""
    crossing = make_crossing(publish=publish)
    passage = make_passage(exact="They opened it on Monday.")
    reports = [
        make_report(kind, passage=passage, publish=False)
        for kind in ("control", "status", "strike", "observation")
    ]
    backing = Backing.objects.create(
        public_id="backing1", force=make_force(), backer=make_force("blues"), passage=passage
    )
    question = Disagreement.objects.create(question="How far is it?", crossing=crossing)
    Answer.objects.create(disagreement=question, text="Far").passages.add(passage)
    strike = reports[2]
    Toll.objects.create(report=strike, killed_low=1)
    Attribution.objects.create(report=strike, speaker="Syria", kind="blames", accused=make_force("blues"))
    make_region("west", [crossing], publish=publish)
    make_site(publish=publish)
    for owner in (crossing, crossing.posts.first(), Site.objects.get(), make_force(), Frontier.objects.get()):
        Name.objects.create(text="القائم", language="ar", **{owner._meta.model_name: owner})
    if text:
        _plant(text)
    if publish:
        rows = [type(row).objects.get(pk=row.pk) for row in (*reports, backing, question)]
        review.publish(rows, reason=text or "first")


def _plant(text: str) -> None:
    for model in (*OURS, Answer, Toll, Attribution):
        if model in (Edition, ReviewStep):
            continue
        columns = {
            field.name: text[: field.max_length or None]
            for field in model._meta.concrete_fields
            if field.get_internal_type() in ("CharField", "TextField")
            and field.editable
            and not field.choices
            and "EDTF" not in type(field).__name__
            and not (field.max_length and field.max_length < 60)
            and field.name not in ("sha256", "folded", "url")
        }
        if columns:
            model.objects.update(**columns)


def _url(row_or_model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:crossings_{row_or_model._meta.model_name}_{page}", args=args)


def _change(row: Any) -> str:
    return _url(row, "change", row.pk)


def _form(client: Client, url: str) -> dict[str, Any]:
    """The values that a browser would send back unchanged."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    data: dict[str, Any] = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if hasattr(bound.field.widget, "decompress"):
                parts = value if isinstance(value, list) else bound.field.widget.decompress(value)
                for name, part in zip(("_lon", "_lat", "_text"), parts, strict=True):
                    data[bound.html_name + name] = "" if part is None else str(part)
            elif isinstance(value, list):
                data[bound.html_name] = [getattr(item, "pk", item) for item in value]
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


def _said(response: Any) -> str:
    return " | ".join(str(message) for message in response.context["messages"])


# --- Every page opens


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_and_form_opens_for_an_editor(everything, editor, model):
    assert editor.get(_url(model, "changelist")).status_code == 200
    adding = editor.get(_url(model, "add"))
    assert adding.status_code == (403 if model._meta.model_name in NO_ADDING else 200)
    assert editor.get(_change(model.objects.first())).status_code == 200
    assert editor.get(_url(model, "history", model.objects.first().pk)).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_filters_searches_and_drills_down(everything, publisher, model):
    """Each filter is clicked once, the search finds nothing odd to say, and no address gives a 500."""
    url = _url(model, "changelist")
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
    assert set(apps.get_app_config("crossings").get_models()) - set(OURS) - inlines == set()


def test_the_index_groups_models_and_says_who_runs_this_copy(everything, editor, settings):
    settings.OPERATOR_NAME = "The <Border> Desk"
    page = editor.get(reverse("admin:index")).content.decode()
    assert "This copy is run by The &lt;Border&gt; Desk." in page
    assert 'href="/"' in page
    assert page.index("Control reports") < page.index("Documents") < page.index("Crossings</a>")


def test_the_pages_hold_nothing_inline_that_the_policy_would_refuse(everything, publisher):
    for model in OURS:
        for url in (_url(model, "changelist"), _change(model.objects.first())):
            page = publisher.get(url).content.decode()
            assert not re.search(r"<[^>]+\s(style|on\w+)=", page), url
            inline = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag]
            assert all('type="application/json"' in tag for tag in inline), url
            assert "<style" not in page
            assert not re.search(r'(src|href)="(https?:)?//', page), url


# --- Who may


def test_the_groups_have_the_rights_that_their_names_promise(db):
    editors = set(Group.objects.get(name=EDITORS).permissions.values_list("codename", flat=True))
    publishers = set(Group.objects.get(name=PUBLISHERS).permissions.values_list("codename", flat=True))
    assert editors < publishers
    assert {"add_controlreport", "change_crossing", "view_edition", "delete_toll"} <= editors
    assert "publish" in publishers
    assert not {"publish", "delete_controlreport", "add_edition", "change_reviewstep"} & editors
    assert not {"add_edition", "change_reviewstep", "delete_reviewstep"} & publishers


@pytest.mark.parametrize(
    ("who", "state", "offered"),
    [
        (EDITORS, State.DRAFT, {"send_to_review"}),
        (EDITORS, State.IN_REVIEW, {"back_to_draft"}),
        (EDITORS, State.PUBLISHED, set()),
        (PUBLISHERS, State.DRAFT, {"send_to_review", "publish"}),
        (PUBLISHERS, State.IN_REVIEW, {"back_to_draft", "publish"}),
        (PUBLISHERS, State.PUBLISHED, {"withdraw"}),
    ],
)
def test_the_steps_offered_are_those_the_person_may_take_from_this_state(who, state, offered):
    report = make_report(publish=state == State.PUBLISHED)
    if state == State.IN_REVIEW:
        review.send_to_review([report])
    client = _login(who)
    assert {step.name for step in client.get(_change(report)).context["steps"]} == offered
    actions = dict(
        client.get(_url(ControlReport, "changelist")).context["action_form"].fields["action"].choices
    )
    assert ("publish" in actions) == ("withdraw" in actions) == (who == PUBLISHERS)
    assert ("delete_selected" in actions) == (who == PUBLISHERS)


@pytest.mark.parametrize("step", ["publish", "withdraw"])
def test_an_editor_who_forges_the_step_is_refused(editor, step):
    report = make_report(publish=step == "withdraw")
    state = report.state
    url = _url(ControlReport, "step", step)
    assert editor.post(url, {"ids": report.pk, "reason": "because"}).status_code == 403
    assert editor.get(url, {"ids": report.pk}).status_code == 403
    editor.post(_url(ControlReport, "changelist"), {"action": step, "_selected_action": [report.pk]})
    assert ControlReport.objects.get().state == state


def test_readers_without_an_account_are_sent_to_the_login(client):
    report = make_report(publish=False)
    for url in (_change(report), _url(ControlReport, "step", "publish"), reverse("admin:position")):
        response = client.get(url)
        assert response.status_code == 302
        assert "/login/" in response["Location"]


def test_an_editor_cannot_change_what_readers_see_without_a_publisher(editor, publisher):
    report = make_report()
    seen = (
        report.post.crossing,
        report.post,
        report.main_passage,
        report.main_passage.document,
        make_force(),
    )
    for row in seen:
        page = editor.get(_change(row))
        assert "only those who may publish can change it" in page.context["notice"], row
        assert editor.post(_change(row), {}).status_code == 403
        assert "a change shows at once" in publisher.get(_change(row)).context["notice"]
    draft = make_passage()
    assert editor.get(_change(draft)).context["notice"] == ""


# --- Steps


def test_publishing_asks_first_then_publishes_all_in_one_edition(publisher):
    reports = [make_report(publish=False), make_report(publish=False)]
    ids = [report.pk for report in reports]
    before = Edition.objects.count()
    asked = publisher.post(_url(ControlReport, "changelist"), {"action": "publish", "_selected_action": ids})
    assert asked.status_code == 200
    assert ControlReport.objects.filter(state=State.PUBLISHED).count() == 0
    done = publisher.post(
        _url(ControlReport, "step", "publish"), {"ids": asked.context["ids"], "reason": ""}, follow=True
    )
    assert "2 rows published." in _said(done)
    assert Edition.objects.count() == before + 1
    assert set(ControlReport.objects.values_list("state", flat=True)) == {State.PUBLISHED}
    step = ReviewStep.objects.last()
    assert step.by.username == "publishers"


def test_one_row_that_is_not_ready_keeps_all_from_being_published(publisher):
    ready, bare = make_report(publish=False), make_report(publish=False)
    bare.holders.all().delete()
    url = _url(ControlReport, "step", "publish")
    ids = f"{ready.pk},{bare.pk}"
    assert "Name at least one force." in publisher.get(url, {"ids": ids}).content.decode()
    editions = Edition.objects.count()
    done = publisher.post(url, {"ids": ids}, follow=True)
    assert "Name at least one force." in _said(done)
    assert "Nothing was changed." in _said(done)
    assert set(ControlReport.objects.values_list("state", flat=True)) == {State.DRAFT}
    assert Edition.objects.count() == editions


def test_withdrawing_needs_a_reason(publisher):
    report = make_report()
    url = _url(ControlReport, "step", "withdraw")
    asked = publisher.post(url, {"ids": report.pk, "reason": "  "})
    assert "Give a reason" in str(asked.context["error"])
    assert ControlReport.objects.get().state == State.PUBLISHED
    publisher.post(url, {"ids": report.pk, "reason": "The town was misread."})
    assert ControlReport.objects.get().state == State.WITHDRAWN
    assert ReviewStep.objects.last().reason == "The town was misread."
    page = publisher.get(_change(report)).content.decode()
    assert "The town was misread." in page


def test_editors_send_to_review_and_back_from_the_list(editor):
    report = make_report(publish=False)
    url = _url(ControlReport, "changelist")
    sent = editor.post(url, {"action": "send_to_review", "_selected_action": [report.pk]}, follow=True)
    assert "1 row sent to review." in _said(sent)
    assert ControlReport.objects.get().state == State.IN_REVIEW
    wrong = editor.post(url, {"action": "send_to_review", "_selected_action": [report.pk]}, follow=True)
    assert "is in review and cannot become in review" in _said(wrong)
    editor.post(_url(ControlReport, "step", "back_to_draft"), {"ids": report.pk})
    assert ControlReport.objects.get().state == State.DRAFT


@pytest.mark.parametrize("ids", ["", "x", "1,two", "999999", "1" * 30, "-1", "NaN"])
def test_steps_on_rows_that_are_not_there_say_so(publisher, ids):
    for step in ("publish", "send_to_review"):
        done = publisher.post(_url(ControlReport, "step", step), {"ids": ids}, follow=True)
        assert done.status_code == 200
        assert "Nothing was changed." in _said(done)
    assert publisher.post(_url(ControlReport, "step", "fly"), {"ids": "1"}).status_code == 403


# --- Frozen reports and their correction


def test_a_published_report_is_read_only_and_says_how_to_correct_it(publisher):
    report = make_report()
    page = publisher.get(_change(report))
    assert "withdraw it and publish a corrected one" in page.context["notice"]
    assert 'name="_save"' not in page.content.decode()
    answer = publisher.post(_change(report), {"note": "rewritten"}, follow=True)
    assert "never rewritten" in _said(answer)
    assert ControlReport.objects.get().note == ""


def test_correcting_copies_the_report_with_its_lines_as_a_draft(editor):
    report = make_report("strike")
    further = make_passage(document=report.main_passage.document)
    report.passages.add(further)
    Toll.objects.create(report=report, group="fighters", killed_low=18)
    Attribution.objects.create(report=report, speaker="Syria", kind="blames", accused=make_force("blues"))
    opened = editor.post(_url(StrikeReport, "correct", report.pk), follow=True)
    copy = StrikeReport.objects.exclude(pk=report.pk).get()
    assert opened.request["PATH_INFO"] == _change(copy)
    assert (copy.state, copy.published_in) == (State.DRAFT, None)
    assert copy.public_id != report.public_id
    assert copy.event == report.event
    assert list(copy.passages.all()) == [further]
    assert [(toll.group, toll.killed_low) for toll in copy.tolls.all()] == [("fighters", 18)]
    assert [who.speaker for who in copy.attributions.all()] == ["Syria"]
    assert report.tolls.count() == report.attributions.count() == 1


def test_a_copy_of_a_control_report_has_its_forces_and_settles_their_umbrella_anew(publisher):
    report = make_report(forces=("reds", "blues"))
    publisher.post(_url(ControlReport, "correct", report.pk))
    copy = ControlReport.objects.exclude(pk=report.pk).get()
    assert [holder.force.slug for holder in copy.holders.all()] == ["reds", "blues"]
    assert {holder.counts_for for holder in copy.holders.all()} == {None}
    assert (copy.as_of, copy.as_of_min, copy.first_day) == (report.as_of, report.as_of_min, report.first_day)


def test_only_a_frozen_report_is_copied_and_only_by_post(publisher):
    draft, shown = make_report(publish=False), make_report()
    assert publisher.post(_url(ControlReport, "correct", draft.pk)).status_code == 403
    assert publisher.get(_url(ControlReport, "correct", shown.pk)).status_code == 403
    assert ControlReport.objects.count() == 2


# --- Deleting


def test_what_was_published_is_not_deleted_and_the_page_says_why(publisher):
    report = make_report()
    page = publisher.post(_url(report, "delete", report.pk), {"post": "yes"})
    assert page.status_code == 200
    assert "has been published and stays in the editions" in page.content.decode().replace("&quot;", '"')
    many = {"action": "delete_selected", "_selected_action": [report.pk], "post": "yes"}
    assert "None of these can be deleted" in publisher.post(_url(report, "changelist"), many).content.decode()
    assert ControlReport.objects.count() == 1


@pytest.mark.parametrize(
    "what", ["document", "passage", "further", "force", "crossing", "post", "frontier", "wire"]
)
def test_what_is_cited_is_not_deleted_and_the_page_says_why(publisher, what):
    report = make_report(publish=False)
    passage = report.main_passage
    further = make_passage(document=passage.document)
    report.passages.add(further)
    row = {
        "document": passage.document,
        "passage": passage,
        "further": further,
        "force": make_force(),
        "crossing": Crossing.objects.get(),
        "post": report.post,
        "frontier": Frontier.objects.get(),
        "wire": passage.wire,
    }[what]
    page = publisher.post(_url(row, "delete", row.pk), {"post": "yes"})
    assert page.status_code == 200
    assert "cannot be deleted, because of" in page.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_draft_that_nothing_cites_is_deleted(publisher):
    report = make_report(publish=False)
    assert publisher.post(_url(report, "delete", report.pk), {"post": "yes"}).status_code == 302
    assert not ControlReport.objects.exists()


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
    response = editor.post(_url(Crossing, "add"), _new_crossing())
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
    editor.post(_url(Crossing, "add"), data)
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
    response = editor.post(_url(Crossing, "add"), _new_crossing(**changed))
    assert response.status_code == 200
    assert says in " ".join(str(error) for error in response.context["errors"])
    assert not Crossing.objects.filter(slug="alpha").exists()


@pytest.mark.parametrize("posts", [1, 3])
def test_a_crossing_has_exactly_two_posts(editor, posts):
    data = _new_crossing(**{"posts-TOTAL_FORMS": posts})
    data |= {name.replace("-1-", "-2-"): f"{value}x" for name, value in data.items() if "posts-1-" in name}
    assert editor.post(_url(Crossing, "add"), data).status_code == 200
    assert not Crossing.objects.filter(slug="alpha").exists()


def test_saving_a_position_unchanged_keeps_every_digit(publisher):
    site = make_site(lon=40.97712345678901, lat=34.39751234567891)
    before = site.point.coords
    response = publisher.post(_change(site), _form(publisher, _change(site)))
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
    response = editor.post(_url(Frontier, "add"), data)
    assert response.status_code == 200
    assert response.context["errors"]
    assert editor.post(_url(Frontier, "add"), data | {"line": "LINESTRING (1 2, 2 3)"}).status_code == 302


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
        data = _form(publisher, _change(row)) | {column: "changed"}
        if row is crossing:
            data["posts-0-slug"] = "changed-too"
        response = publisher.post(_change(row), data)
        assert response.status_code == 302, response.context["errors"]
        row.refresh_from_db()
        assert getattr(row, column) == before
    assert not Post.objects.filter(slug="changed-too").exists()


def test_a_backing_gets_its_id_by_itself(editor):
    passage = make_passage()
    data = {"force": make_force().pk, "backer": make_force("blues").pk, "passage": passage.pk}
    assert editor.post(_url(Backing, "add"), data).status_code == 302
    assert len(Backing.objects.get().public_id) == 10


def _report(**changed: Any) -> dict[str, Any]:
    crossing, passage, force = make_crossing(), make_passage(), make_force()
    return {
        "post": crossing.posts.first().pk, "of": "post", "role": "holds", "as_of": "2019-09-30",
        "stance": "states", "main_passage": passage.pk,
        "holders-TOTAL_FORMS": 1, "holders-INITIAL_FORMS": 0, "holders-0-force": force.pk,
    } | changed  # fmt: skip


def test_a_report_is_saved_as_a_draft_with_its_forces(editor):
    response = editor.post(_url(ControlReport, "add"), _report(state="published", published_in=1))
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
    response = editor.post(_url(ControlReport, "add"), _report(**fields))
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
    response = editor.post(_url(Passage, "add"), _passage(**fields))
    assert response.status_code == 200
    assert says in " ".join(str(error) for error in response.context["errors"])


def test_a_pasted_quote_gets_its_end_and_says_where_it_stands(editor):
    response = editor.post(
        _url(Passage, "add"),
        _passage(exact="They\r\nopened it.", start=5, paragraph=2, _continue="1"),
        follow=True,
    )
    passage = Passage.objects.last()
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
    refused = editor.post(_url(Document, "add"), data)
    assert refused.status_code == 200
    assert "The document has 100 characters" in " ".join(map(str, refused.context["errors"]))
    assert editor.post(_url(Document, "add"), data | {"passages-0-start": 5}).status_code == 302
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
    refused = editor.post(_url(StrikeReport, "add"), data)
    assert "The lower number is greater" in " ".join(map(str, refused.context["errors"]))
    assert editor.post(_url(StrikeReport, "add"), data | {"tolls-0-killed_high": 18}).status_code == 302
    assert StrikeReport.objects.last().attributions.get().speaker == "Syria"


# --- Finding


@pytest.mark.parametrize("term", ["القائم", "القايم", "Al-Qāʾim", "al qaim", "AL QAIM"])
def test_any_spelling_finds_the_crossing_and_all_that_is_about_it(editor, term):
    report, other = make_report(crossing="gate"), make_report(crossing="far")
    crossing = report.post.crossing
    for text, language in (("القائم", "ar"), ("Al-Qa'im", "en")):
        Name.objects.create(text=text, language=language, crossing=crossing)
    for row in (crossing, report.post, report):
        found = editor.get(_url(row, "changelist"), {"q": term}).context["cl"].result_list
        expected = crossing.posts.all() if isinstance(row, Post) else [row]
        assert set(found) == set(expected)
        assert other not in found
    assert editor.get(_url(Name, "changelist"), {"q": term}).context["cl"].result_count >= 1
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
    found = editor.get(_url(report, "changelist"), {"q": report.public_id}).context["cl"].result_list
    assert list(found) == [report]


def test_a_report_of_two_forces_is_found_once(editor):
    report = make_report(forces=("reds", "redder"))
    found = editor.get(_url(report, "changelist"), {"q": "red"}).context["cl"].result_list
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
    url = _url(model, "changelist")
    editor.get(url)  # content types and the like are cached from now on
    with django_assert_max_num_queries(40) as first:
        editor.get(url)
    _more_of_everything()
    with django_assert_max_num_queries(len(first)):
        page = editor.get(url)
    assert page.context["cl"].result_count >= 2


def _more_of_everything() -> None:
    for n in range(3):
        crossing = make_crossing(f"more-{n}")
        make_region(f"more-{n}", [crossing])
        make_site(f"more-{n}")
        passage = make_passage(wire=f"wire-{n}", sources=f"set-{n}")
        for kind in ("control", "status", "strike", "observation"):
            make_report(kind, crossing=f"more-{n}", passage=passage, forces=(f"force-{n}",))
        review.publish(
            [
                Backing.objects.create(
                    public_id=f"more-{n}",
                    force=make_force(f"force-{n}"),
                    backer=make_force(),
                    passage=passage,
                )
            ]
        )
        question = Disagreement.objects.create(question=f"Question {n}?", crossing=crossing)
        Answer.objects.create(disagreement=question, text="Yes").passages.add(passage)
        Name.objects.create(text=f"Name {n}", language="en", crossing=crossing)
        Frontier.objects.create(slug=f"more-{n}", name="F", country_a="TR", country_b="SY")


# --- Hostile text


@pytest.mark.parametrize("publish", [True, False], ids=["published", "draft"])
def test_hostile_text_is_escaped_on_every_page(publisher, publish):
    _make_everything(HOSTILE, publish=publish)
    for model in OURS:
        row = model.objects.first()
        if row is None:  # no editions and steps of drafts
            continue
        pages = [
            _url(model, "changelist"),
            _change(row),
            _url(model, "history", row.pk),
            _url(model, "delete", row.pk),
        ]
        pages += [f"{_change(row)}?_popup=1", f"{_url(model, 'changelist')}?q={row.pk}"]
        pages += [
            _url(model, "step", step) + f"?ids={row.pk}"
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
    assert "&lt;script&gt;x=1" in publisher.get(_url(Crossing, "changelist")).content.decode()


def test_hostile_text_in_a_popup_answer_and_in_messages_is_escaped(publisher):
    data = {"name": HOSTILE, "slug": "w", "_popup": "1"}
    body = publisher.post(_url(ControlReport, "add").replace("controlreport", "wire"), data).content.decode()
    assert "<script>x=1" not in body
    assert "data-popup-response" in body
    report = make_report("observation", publish=False, summary=HOSTILE)
    done = publisher.post(
        reverse("admin:crossings_observationreport_step", args=["withdraw"]),
        {"ids": report.pk, "reason": HOSTILE},
        follow=True,
    )
    assert "<script>x=1" not in done.content.decode()
    assert "cannot become withdrawn" in _said(done)


def test_view_on_site_is_offered_for_what_readers_can_open(publisher):
    shown, hidden = make_crossing(), make_crossing("hidden", publish=False)
    assert publisher.get(_change(shown)).context["absolute_url"] == f"/crossings/{shown.slug}/"
    assert not publisher.get(_change(hidden)).context["has_absolute_url"]
    report = make_report()
    for row in (report.main_passage.document, make_force()):
        assert publisher.get(_change(row)).context["absolute_url"] == row.get_absolute_url()


def test_a_rule_that_only_saving_checks_is_told_in_words(editor, monkeypatch):
    from django.core.exceptions import ValidationError

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise ValidationError("The state changes only through a review step.")

    monkeypatch.setattr(ControlReport, "save", refuse)
    answer = editor.post(_url(ControlReport, "add"), _report(), follow=True)
    assert "only through a review step" in _said(answer)


def test_forces_and_events_show_in_the_lists(everything, editor):
    assert "Reds" in editor.get(_url(ControlReport, "changelist")).content.decode()
    assert editor.get(_url(StrikeEvent, "changelist")).context["cl"].result_list[0].n_reports == 1
    assert editor.get(_change(Force.objects.first())).status_code == 200
    assert editor.get(_change(Region.objects.first())).status_code == 200
