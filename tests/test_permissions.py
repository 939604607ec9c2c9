"""Who may do what in the admin: every role × model × action × address × state, against a declared table.

A model, an admin view, an action or a permission that is in none of the tables fails until it is decided.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, resolve, reverse

from crossings.admin.audit import SUBJECTS
from crossings.admin.publishing import STEPS
from crossings.models import (
    SEEN,
    Backing,
    Crossing,
    Disagreement,
    Document,
    Edition,
    Force,
    Membership,
    Name,
    ObservationReport,
    Publishable,
    ReviewStep,
    SourceSet,
    StrikeEvent,
    Takedown,
    Wire,
)
from crossings.publishing import editions, takedown, workflow
from crossings.publishing.dependents import dependents_of, places_of
from crossings.publishing.permissions import EDITORS, PUBLISHERS
from crossings.publishing.visibility import was_shown
from tests import world
from tests.admin_rows import make_everything, url_of
from tests.factories import (
    make_crossing,
    make_force,
    make_frontier,
    make_membership,
    make_passage,
    make_region,
    make_report,
    make_site,
    make_strike_event,
)

pytestmark = pytest.mark.django_db

# --- Roles, each with all that the ones before it may

ANYBODY, READER, STAFF, EDITOR, PUBLISHER, ADMINISTRATOR = ROLES = (
    "anybody",  # nobody is signed in
    "reader",  # signed in, not staff
    "staff",  # staff without a group
    "editor",
    "publisher",
    "administrator",
)
NOBODY = "nobody"


def may(role: str, lowest: str) -> bool:
    return lowest != NOBODY and ROLES.index(role) >= ROLES.index(lowest)


# --- States. What is no publishable row has the state of what cites or names it.

OWN, DRAFT, REVIEW, PUBLISHED, WITHDRAWN = STATES = ("own", "draft", "review", "published", "withdrawn")
UNSEEN = (OWN, DRAFT, REVIEW)

# --- The table: by kind of model and action the lowest role that may, by state; NOBODY where it is left out

Rule = dict[str, str]


def always(role: str) -> Rule:
    return dict.fromkeys(STATES, role)


#: Only what readers saw: everything else can be deleted.
GO = {"take_down": dict.fromkeys((PUBLISHED, WITHDRAWN), ADMINISTRATOR)}
LOOK = {"list": always(EDITOR), "view": always(EDITOR), "history": always(EDITOR)}
#: Steps start from a state; what may be published is decided by the row.
STEP_RULES = {
    "send_to_review": {OWN: EDITOR, DRAFT: EDITOR},
    "back_to_draft": {REVIEW: EDITOR},
    "publish": dict.fromkeys(UNSEEN, PUBLISHER),
    "withdraw": {PUBLISHED: PUBLISHER},
}
TABLE: dict[str, dict[str, Rule]] = {
    # Never rewritten once published: a corrected copy replaces it.
    "replaceable": {
        **LOOK,
        **GO,
        **STEP_RULES,
        "add": always(EDITOR),
        "change": dict.fromkeys(UNSEEN, EDITOR),
        "correct": dict.fromkeys((PUBLISHED, WITHDRAWN), EDITOR),
        "delete": dict.fromkeys(UNSEEN, PUBLISHER),
    },
    # Published, and changed by publishers; rows that others hang on are not deleted, whoever asks.
    "place": {
        **LOOK,
        **GO,
        **STEP_RULES,
        "add": always(EDITOR),
        "change": {**always(PUBLISHER), **dict.fromkeys(UNSEEN, EDITOR)},
        "delete": {OWN: PUBLISHER},
    },
    "uncited place": {
        **LOOK,
        **GO,
        **STEP_RULES,
        "add": always(EDITOR),
        "change": {**always(PUBLISHER), **dict.fromkeys(UNSEEN, EDITOR)},
        "delete": dict.fromkeys(UNSEEN, PUBLISHER),
    },
    # What reports rest on and name.
    "support": {
        **LOOK,
        **GO,
        "add": always(EDITOR),
        "change": {**always(PUBLISHER), **dict.fromkeys(UNSEEN, EDITOR)},
        "delete": {OWN: PUBLISHER},
    },
    # Made and deleted with its crossing.
    "post": {**LOOK, "change": {**always(PUBLISHER), **dict.fromkeys(UNSEEN, EDITOR)}},
    # A line of its owner that has a list of its own.
    "name": {
        **LOOK,
        **GO,
        "add": always(EDITOR),
        "change": {**always(PUBLISHER), **dict.fromkeys(UNSEEN, EDITOR)},
        "delete": {**always(PUBLISHER), **dict.fromkeys(UNSEEN, EDITOR)},
    },
    # Written by the workflow alone.
    "audit": LOOK,
    "account": {
        action: always(ADMINISTRATOR) for action in ("list", "view", "history", "add", "change", "delete")
    },
}
KINDS = {
    "crossings": {
        "backing": "replaceable", "controlreport": "replaceable", "disagreement": "replaceable",
        "membership": "replaceable", "observationreport": "replaceable", "statusreport": "replaceable",
        "strikereport": "replaceable",
        "crossing": "place", "site": "uncited place", "region": "uncited place",
        "document": "support", "force": "support", "frontier": "support", "passage": "support",
        "sourceset": "support", "strikeevent": "support", "wire": "support",
        "post": "post", "name": "name",
        "edition": "audit", "reviewstep": "audit", "takedown": "audit",
    },
    "auth": {"user": "account", "group": "account"},
}  # fmt: skip

#: The admin's pages that belong to no model, and who may open them.
OWN_VIEWS: dict[str, str] = {
    "index": STAFF,
    "login": ANYBODY,
    "logout": ANYBODY,  # there is nothing to end, then
    "password_change": STAFF,
    "password_change_done": STAFF,
    "jsi18n": STAFF,
    "app_list": EDITOR,
    "view_on_site": STAFF,
    "autocomplete": EDITOR,
    "position": STAFF,
    "sign_ins": ADMINISTRATOR,
    "account": STAFF,
    "confirm": STAFF,
    "second_factor": STAFF,
    "second_factor_setup": STAFF,
    "recovery_codes": STAFF,
    "second_factor_off": STAFF,
}
#: What every model's addresses end in, and those of some.
MODEL_VIEWS = {"changelist", "add", "history", "delete", "change"}
FURTHER_VIEWS = {"step", "correct", "take_down", "password_change"}
ACTIONS = {"delete_selected", "take_down", *STEPS}

#: Every permission of the app's models that is not the usual add, change, delete or view.
PERMISSIONS = {"publish": PUBLISHER, "take_down": ADMINISTRATOR}


def kind_of(model: type[models.Model]) -> str:
    return KINDS[model._meta.app_label][model._meta.model_name]


REGISTERED = tuple(admin.site._registry)


# --- Nothing is undecided


def test_every_registered_model_is_in_the_table():
    decided = {(app, name) for app, names in KINDS.items() for name in names}
    assert {(m._meta.app_label, m._meta.model_name) for m in REGISTERED} == decided


def test_every_address_of_the_admin_is_in_the_table():
    patterns = _patterns(admin.site.get_urls())
    names = {p.name for p in patterns if p.name}
    of_models = {
        f"{model._meta.app_label}_{model._meta.model_name}_{view}": view
        for model in REGISTERED
        for view in MODEL_VIEWS | FURTHER_VIEWS
    }
    passwords = {"auth_user_password_change"}
    assert names - of_models.keys() - passwords == set(OWN_VIEWS)
    # Without a name: the page for addresses that are none, and the old address of each form.
    assert sum(p.name is None for p in patterns) == len(REGISTERED) + 1


def _patterns(found: list[Any]) -> list[URLPattern]:
    return [
        pattern
        for item in found
        for pattern in ([item] if isinstance(item, URLPattern) else _patterns(item.url_patterns))
    ]


def test_every_action_of_a_list_is_in_the_table():
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    found = {
        name for model_admin in admin.site._registry.values() for name in model_admin.get_actions(request)
    }
    assert found == ACTIONS


def test_every_permission_and_group_is_decided():
    ours = Permission.objects.filter(content_type__app_label="crossings")
    usual = ("add_", "change_", "delete_", "view_")
    special = {p.codename for p in ours if not p.codename.startswith(usual)}
    assert special - set(PERMISSIONS) == set()
    assert set(Group.objects.values_list("name", flat=True)) == {EDITORS, PUBLISHERS}
    for name, role in ((EDITORS, EDITOR), (PUBLISHERS, PUBLISHER)):
        held = set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))
        assert {p for p in special if p in held} == {p for p in special if may(role, PERMISSIONS[p])}
        # A model without a list of its own is a line of a form, or the trace of one.
        unknown = {p.content_type.model for p in ours.filter(codename__in=held)} - set(KINDS["crossings"])
        assert unknown == {"answer", "attribution", "holder", "toll"}


def test_the_audit_trail_knows_every_publishable_model():
    publishable = {model for model in world.MODELS if issubclass(model, Publishable)}
    assert {rows.model for rows in SUBJECTS} == publishable


# --- What is shown


def _links() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every field that leads from a publishable row or a line of one to a row that has no state itself."""
    for model in world.MODELS:
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
            target = field.related_model
            if target in world.MODELS and not issubclass(target, (Publishable, Edition)):
                yield model, field


@pytest.mark.parametrize("state", [DRAFT, PUBLISHED, WITHDRAWN])
def test_what_a_row_cites_or_names_is_shown_as_soon_as_the_row_was(state):
    world.make_world(publish=False)
    south = make_frontier("south")
    common = {"crossing": "place-0", "publish": False}
    rows = [
        *(make_report(kind, frontier=south, **common) for kind in ("control", "status", "observation")),
        make_report("strike", **common),
        make_membership("marines", "umbrella", publish=False),
        ObservationReport.objects.create(
            topic="context",
            summary="Of a force.",
            as_of="2019",
            main_passage=make_passage(),
            force=make_force("watched"),
        ),
    ]
    for row in rows:
        passage = row.passage if isinstance(row, Membership) else row.main_passage
        row.passages.add(make_passage(document=passage.document, exact="Further words."))
    make_strike_event(summary="Never reported")
    _bring(state)
    shown = state in (PUBLISHED, WITHDRAWN)
    found = {}
    for model, field in _links():
        for row in model._base_manager.all():
            own = was_shown(row)
            targets = getattr(row, field.name)
            for target in targets.all() if field.many_to_many else [targets]:
                if target is not None and (own or isinstance(row, Publishable)):
                    found[f"{model._meta.model_name}.{field.name}", was_shown(target)] = own
    if shown:
        assert [name for (name, target), own in found.items() if own and not target] == []
        # A link that no row of this world has would pass unseen.
        every = {f"{model._meta.model_name}.{field.name}" for model, field in _links()}
        assert every - {name for name, _ in found} == set()
    else:
        assert [name for (name, target), own in found.items() if target] == []
    assert not was_shown(StrikeEvent.objects.get(summary="Never reported"))


def test_an_editor_changes_no_name_of_a_force_that_is_known_as_an_umbrella_alone(editor):
    make_membership("marines", "umbrella")
    for slug in ("marines", "umbrella"):
        force = Force.objects.get(slug=slug)
        assert editor.post(url_of(Force, "change", force.pk), {"name": "Changed"}).status_code == 403


def test_a_source_set_is_offered_to_readers_once_something_published_cites_it(client, editor):
    make_report()
    editor.post(url_of(SourceSet, "add"), {"name": "Secret sources", "slug": "secret", "order": 0})
    assert SourceSet.objects.filter(slug="secret").exists()
    report = make_report(sources="hidden", publish=False)
    SourceSet.objects.filter(slug="hidden").update(name="Hidden sources")

    for address in world.pages():
        body = world.body_of(client.get(address))
        assert "Secret sources" not in body, address
        assert "Hidden sources" not in body, address
    refused = world.body_of(client.get("/?sources=nowhere"))
    assert "articles" in refused
    assert "secret" not in refused
    assert client.get("/?sources=secret").status_code == 400

    workflow.publish([report])
    assert "Hidden sources" in world.body_of(client.get("/"))
    assert client.get("/?sources=hidden").status_code == 200


# --- The matrix


def _bring(state: str) -> None:
    """All rows of the world from draft to this state."""
    rows = [row for m in world.MODELS if issubclass(m, Publishable) for row in m.objects.all()]
    if state == REVIEW:
        workflow.send_to_review(rows)
    elif state in (PUBLISHED, WITHDRAWN):
        workflow.publish(rows)
        if state == WITHDRAWN:
            workflow.withdraw(rows, reason="Wrong.")


def _people() -> dict[str, Any]:
    people: dict[str, Any] = {ANYBODY: AnonymousUser()}
    for role in ROLES[1:]:
        people[role] = User.objects.create(
            username=role, is_staff=role != READER, is_superuser=role == ADMINISTRATOR
        )
    people[EDITOR].groups.add(Group.objects.get(name=EDITORS))
    people[PUBLISHER].groups.add(Group.objects.get(name=PUBLISHERS))
    return people


@pytest.fixture(scope="module", params=STATES)
def site(request, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """A world whose rows are all in one state, and somebody of each role."""

    def build() -> tuple[str, dict[str, Any]]:
        # The audit trail has rows whatever the state of the others.
        make_everything(publish=False)
        ReviewStep.objects.create(
            subject=Crossing.objects.get(), from_state=DRAFT, to_state=REVIEW, at="2026-01-01T00:00Z"
        )
        _bring(request.param)
        edition = editions.new_edition("for the list")
        Takedown.objects.create(kind="site", ident="x", edition=edition, at=edition.at, basis="b", reason="r")
        return request.param, _people()

    with world.kept(django_db_blocker, build) as built:
        yield built


def _fresh(model: type[models.Model]) -> Any:
    """A new row that nothing cites; where it needs others, these are published."""
    crossing, passage = make_crossing("ready"), make_passage(exact="Fresh words.")
    reports = {f"{kind}report": kind for kind in ("control", "status", "strike", "observation")}
    name = model._meta.model_name
    if name in reports:
        return make_report(reports[name], crossing="ready", publish=False, passage=passage)
    if name == "disagreement":
        question = Disagreement.objects.create(question="How old is it?", crossing=crossing)
        question.answers.create(text="Old").passages.add(passage)
        return question
    make: dict[str, Callable[[], Any]] = {
        "backing": lambda: Backing.objects.create(
            public_id="fresh", force=make_force("a"), backer=make_force("b"), passage=passage
        ),
        "membership": lambda: make_membership("a", "b", publish=False),
        "crossing": lambda: make_crossing("fresh", publish=False),
        "site": lambda: make_site("fresh", publish=False),
        "region": lambda: make_region("fresh", [crossing], publish=False),
        "document": lambda: Document.objects.create(
            slug="fresh", source_set=passage.document.source_set, publisher="New"
        ),
        "force": lambda: make_force("fresh"),
        "frontier": lambda: make_frontier("fresh"),
        "passage": lambda: make_passage(exact="Uncited."),
        "sourceset": lambda: SourceSet.objects.create(slug="fresh", name="Fresh"),
        "strikeevent": lambda: make_strike_event(summary="Fresh"),
        "wire": lambda: Wire.objects.create(slug="fresh", name="Fresh"),
        "post": lambda: make_crossing("fresh", publish=False).posts.get(side="a"),
        "name": lambda: Name.objects.create(text="N", language="en", site=make_site("new", publish=False)),
        "user": lambda: User.objects.create(username="fresh"),
        "group": lambda: Group.objects.create(name="Fresh"),
    }
    return make[name]() if name in make else model._default_manager.first()


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(user: Any, method: str, url: str, data: dict[str, Any] | None = None) -> HttpResponse | None:
    """The view's own answer, not yet rendered; None where it refuses or sends to the sign-in page."""
    request = getattr(RequestFactory(), method)(url, data or {})
    request.user, request.session, request._dont_enforce_csrf_checks = user, SessionStore(), True
    request._messages = FallbackStorage(request)
    request.session["confirmed_at"] = int(time.time())
    match = resolve(request.path)
    request.resolver_match = match
    try:
        answer = match.func(request, *match.args, **match.kwargs)
    except (PermissionDenied, Http404):
        return None
    location = answer.get("Location", "")
    return None if answer.status_code >= 400 or location.startswith("/admin/login/") else answer


def _is_page(answer: Any) -> bool:
    return answer is not None and answer.status_code == 200


def _changed(user: Any, row: Any) -> bool:
    """Whether the form is taken: an empty one comes back with its errors."""
    with _undone():
        answer = ask(user, "post", _url(row, "change", row.pk))
        return _is_page(answer) and bool(getattr(answer, "context_data", {}).get("errors"))


def _gone(row: Any) -> bool:
    return not type(row)._base_manager.filter(pk=row.pk).exists()


def _deleted(user: Any, row: Any) -> bool:
    with _undone():
        ask(user, "post", _url(row, "delete", row.pk), {"post": "yes"})
        return _gone(row)


def _deleted_in_bulk(user: Any, row: Any) -> bool:
    with _undone():
        form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        ask(user, "post", _url(row, "changelist"), form)
        return _gone(row)


def _stepped(user: Any, row: Any, step: str) -> bool:
    """By the page of the step."""
    with _undone():
        form = {"ids": row.pk, "reason": "r", "dependents": len(dependents_of([row]))}
        ask(user, "post", _url(row, "step", step), form)
        return type(row).objects.get(pk=row.pk).state != row.state


def _stepped_in_the_list(user: Any, row: Any, step: str) -> bool:
    """By the action of the list, which for what readers see opens the page that asks."""
    with _undone():
        form = {"action": step, "_selected_action": [row.pk]}
        answer = ask(user, "post", _url(row, "changelist"), form)
        if STEPS[step].for_publishers:
            return _is_page(answer) and row.state in STEPS[step].starts_from
        return type(row).objects.get(pk=row.pk).state != row.state


def _corrected(user: Any, row: Any) -> bool:
    with _undone():
        before = type(row).objects.count()
        ask(user, "post", _url(row, "correct", row.pk))
        return type(row).objects.count() > before


def _taken_down(user: Any, row: Any) -> bool:
    with _undone():
        try:
            count = len(takedown.in_words(takedown.going_with(row)))
        except ValidationError:
            count = 1
        form = {"reason": "r", "basis": "b", "agreed": count}
        ask(user, "post", _url(row, "take_down", row.pk), form)
        return Takedown.objects.filter(kind=row._meta.model_name, ident=takedown.ident_of(row)).exists()


def _url(row: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=args)


def _outcomes(user: Any, row: Any) -> Iterator[tuple[str, str, bool]]:
    """(action, address, whether it was done) of everything that can be tried with a row."""
    yield "list", "changelist", _is_page(ask(user, "get", _url(row, "changelist")))
    yield "view", "change", _is_page(ask(user, "get", _url(row, "change", row.pk)))
    yield "history", "history", _is_page(ask(user, "get", _url(row, "history", row.pk)))
    yield "change", "change", _changed(user, row)
    yield "delete", "delete", _deleted(user, row)
    yield "delete", "changelist", _deleted_in_bulk(user, row)
    with _undone():
        yield "add", "add", _is_page(ask(user, "post", _url(row, "add")))
    if isinstance(row, takedown.KINDS):
        yield "take_down", "take_down", _taken_down(user, row)
    if isinstance(row, Publishable):
        for step in STEPS:
            yield step, "step", _stepped(user, row, step)
            yield step, "changelist", _stepped_in_the_list(user, row, step)
        yield "correct", "correct", _corrected(user, row)


def _reloaded(user: Any) -> Any:
    """Permissions are kept on the instance."""
    return User.objects.get(pk=user.pk) if user.pk else user


def test_each_role_opens_the_pages_of_its_own(db):
    make_everything()
    people = _people()
    content_type = ReviewStep.objects.first().content_type_id
    arguments: dict[str, tuple[Any, ...]] = {
        "app_list": ("crossings",),
        "view_on_site": (content_type, Crossing.objects.get().pk),
    }
    queries = {
        "autocomplete": {
            "term": "", "app_label": "crossings", "model_name": "controlreport", "field_name": "post",
        }
    }  # fmt: skip
    wrong = []
    for view, lowest in OWN_VIEWS.items():
        for role in ROLES:
            url = reverse(f"admin:{view}", args=arguments.get(view, ()))
            opened = (
                ask(people[role], "post" if view == "logout" else "get", url, queries.get(view)) is not None
            )
            if opened != may(role, lowest):
                wrong.append(f"{view} for {role}: {opened}")
    assert wrong == []


# Last: these rows stay for all that comes after in this file.
def test_an_editor_does_with_each_row_what_the_table_says_and_no_more(site):
    assert _wrong(*site, EDITOR) == []


@pytest.mark.parametrize("site", [PUBLISHED], indirect=True)
@pytest.mark.parametrize("role", [role for role in ROLES if role != EDITOR])
def test_each_role_does_with_what_readers_see_what_the_table_says_and_no_more(site, role):
    assert _wrong(*site, role) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in ROLES if role != EDITOR])
def test_each_role_does_with_each_row_what_the_table_says_and_no_more(site, role):
    assert _wrong(*site, role) == []


def _wrong(state: str, people: dict[str, Any], role: str) -> list[str]:
    """What somebody of this role does with the first row of each model and may not, or may and does not."""
    wrong = []
    for model in REGISTERED:
        rules = TABLE[kind_of(model)]
        with _undone():
            row = _fresh(model) if state == OWN else model._default_manager.order_by("pk").first()
            if isinstance(row, Publishable) and row.state not in SEEN:
                # A row about a place is published after it.
                workflow.publish([place for place in places_of(row) if place.state not in SEEN])
            for action, address, done in _outcomes(_reloaded(people[role]), row):
                if done != may(role, rules.get(action, {}).get(state, NOBODY)):
                    wrong.append(f"{model._meta.model_name}: {action} by {address}: {done}")
    return wrong
