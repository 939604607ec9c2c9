"""The resolved scope: it alone says which published rows a reader sees, and it is resolved once a request."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crossings.models import Attribution, Backing, ControlReport, Crossing, Disagreement, Site, StrikeReport
from crossings.publishing import workflow
from crossings.queries.scope import Scope, resolve
from geodata.selection import Selection

from . import world
from .factories import (
    make_crossing,
    make_force,
    make_passage,
    make_region,
    make_report,
    make_site,
    make_strike_event,
)

APP = Path(__file__).resolve().parent.parent / "crossings"
#: Writers of publication state and imports read drafts, too; the models define what the scope asks for.
EXEMPT = (
    "assessment/",
    "models/",
    "publishing/",
    "imports/",
    "admin/",
    "management/",
    "migrations/",
    "quality/",  # judges the rows themselves, drafts too
    "queries/scope.py",
    "queries/changes.py",  # the log of all editions, by ids and counts
)
METHODS = {"published", "of_sources"}
LOOKUPS = ("source_set__slug", "source_set__in", "published_in__", "withdrawn_in__")


def scope(query: str = "") -> Scope:
    return resolve(Selection.from_query(query))


# --- No other access


def _own_rules(tree: ast.AST) -> Iterator[str]:
    """Calls and lookups by which code would decide for itself what is public."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS and not _is_column(node):
            yield f"line {node.lineno}: .{node.attr}"
        if (
            isinstance(node, ast.keyword)
            and node.arg
            and (node.arg in ("state", "source_set") or any(lookup in node.arg for lookup in LOOKUPS))
        ):
            yield f"line {node.lineno}: {node.arg}="


def _is_column(node: ast.Attribute) -> bool:
    """`document.published` is a date of publication."""
    return isinstance(node.value, ast.Name) and node.value.id in ("document", "row")


def test_the_search_for_own_rules_finds_them():
    source = """
rows = ControlReport.objects.published(2).of_sources(("articles",))
Passage.objects.filter(document__source_set__slug__in=slugs, published_in__lte=3, state="published")
date = document.published
"""
    found = list(_own_rules(ast.parse(source)))

    assert len(found) == 5  # published, of_sources and three lookups; not the attribute of a document


def test_no_module_but_the_scope_decides_which_rows_are_public():
    names = {path: path.relative_to(APP).as_posix() for path in sorted(APP.rglob("*.py"))}
    readers = {path: name for path, name in names.items() if not name.startswith(EXEMPT)}
    assert {"views/maps.py", "queries/snapshot.py", "downloads/places.py"} <= set(readers.values())

    found = {name: list(_own_rules(ast.parse(path.read_text("utf-8")))) for path, name in readers.items()}

    assert {name: rules for name, rules in found.items() if rules} == {}


# --- What it gives

pytestmark = pytest.mark.django_db


def _ids(rows) -> set[str]:
    return {row.public_id for row in rows}


def test_reports_are_those_of_the_edition_and_the_chosen_sources():
    first = make_report()
    outside = make_report(sources="background")
    make_report(publish=False)
    workflow.withdraw([first])

    assert _ids(scope().reports(ControlReport)) == {outside.public_id}
    pinned = f"edition={outside.published_in_id}"
    assert _ids(scope(pinned).reports(ControlReport)) == {first.public_id, outside.public_id}
    assert _ids(scope(f"{pinned}&sources=articles").reports(ControlReport)) == {first.public_id}
    chosen = scope(f"{pinned}&sources=articles").with_all_sources()
    assert _ids(chosen.reports(ControlReport)) == {first.public_id, outside.public_id}


def test_strikes_are_those_that_a_visible_report_is_about():
    shown = make_report("strike")
    make_report("strike", publish=False)
    make_report("strike", sources="background")

    assert [event.pk for event in scope("sources=articles").strikes()] == [shown.event_id]
    assert scope().strikes().count() == 2


def test_attributions_backings_and_passages_follow_the_chosen_sources():
    report = make_report("strike", sources="articles")
    draft = make_report("strike", sources="articles", publish=False)
    for each in (report, draft):
        Attribution.objects.create(report=each, speaker="Syria", kind="blames", accused=make_force())
    passage = make_passage(sources="background")
    backing = Backing.objects.create(
        public_id="b", force=make_force("reds"), backer=make_force("blues"), passage=passage
    )
    workflow.publish([backing])

    assert scope().attributions().get().report == report
    assert not scope("sources=background").attributions()
    assert scope("sources=background").backings().get() == backing
    assert not scope("sources=articles").backings()
    assert list(scope("sources=background").passages()) == [passage]


def test_places_are_published_ones_and_crossings_those_of_the_region():
    here, there = make_crossing("here"), make_crossing("there")
    make_crossing("hidden", publish=False)
    make_region("north", [here])
    site = make_site()
    make_site("secret", publish=False)

    assert set(scope().places(Crossing)) == {here, there}
    assert list(scope("region=north").places(Crossing)) == [here]
    assert list(scope("region=north").places(Site)) == [site]


def test_a_question_asked_by_hand_is_visible_once_it_is_published():
    question = Disagreement.objects.create(question="How far?")
    assert not scope().disagreements()
    question.answers.create(text="300 km").passages.add(make_passage())
    workflow.publish([question])

    assert scope().disagreements().get() == question


def test_the_words_of_a_draft_are_not_searched(client):
    event = make_report("strike", passage=make_passage(exact="They struck a depot.")).event
    draft = make_passage(exact="Nobody has read this yet.")
    StrikeReport.objects.create(main_passage=draft, event=event)

    found = client.get("/maps/all/strikes.json?year=2019&q=depot").json()["strikes"]
    assert [strike["id"] for strike in found] == [event.public_id]
    assert client.get("/maps/all/strikes.json?year=2019&q=nobody+has+read").json()["strikes"] == []


def test_with_nothing_published_the_time_line_is_the_last_year():
    empty = scope()

    assert (empty.first.year, empty.first.month, empty.first.day) == (empty.last.year - 1, 1, 1)
    assert empty.on == empty.latest == empty.last


def test_the_time_line_reaches_from_the_year_before_the_first_report_to_the_edition():
    make_report(as_of="2014-06-21")
    make_report(starts="2031", stance="plans")
    make_report("strike", event=make_strike_event(when="2012-03-04"))

    found = scope()

    assert found.first == datetime.date(2011, 1, 1)
    assert found.latest == datetime.date(2014, 6, 21)
    assert found.last == datetime.datetime.now(datetime.UTC).date()


def test_the_scope_is_resolved_once_for_each_request(client):
    world.make_world()
    addresses = [reverse(name, args=args) for name in world.ARGUMENTS for args in world.ARGUMENTS[name]()]
    for address in addresses:
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            world.body_of(client.get(address))
        editions = [q["sql"] for q in seen if 'FROM "crossings_edition"' in q["sql"]]
        # The list of editions asks how many there are.
        assert len(editions) <= (2 if address == "/changes/" else 1), (address, editions)
