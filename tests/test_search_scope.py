"""A text searched for finds nothing that the same answer would not show: `q=` gives no draft's words away.

What is planted stands where no reader of the answer sees it. Asking for it and asking for nonsense of the
same length must give the same answer, at every public address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crossings.downloads.catalogue import DOWNLOADS
from crossings.models import Crossing, Edition, Name, Publishable, Site, StrikeEvent
from crossings.models.review import ReviewStep
from crossings.publishing import workflow
from tests import world
from tests.factories import make_passage, make_report, make_site

pytestmark = pytest.mark.django_db

MARK, NONSENSE = "vermilionheron", "xylophonequark"
WAYS = ("draft", "withdrawn", "of a later edition", "of other sources")
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+(Z|\+00:00)")
DAY = "on=2019-09-30&days=3650"


def _last_keys() -> dict[Any, int]:
    return {model: max(model._base_manager.values_list("pk", flat=True), default=0) for model in world.MODELS}


def _plant(after: dict[Any, int]) -> None:
    """The mark in every column of words of the rows made since."""
    for model, last in after.items():
        columns = {
            field.name: MARK
            for field in world.text_fields(model)
            if not field.unique and not world.has_grammar(field) and (field.max_length or 99) >= len(MARK)
        }
        if columns and model not in (Edition, ReviewStep):
            model._base_manager.filter(pk__gt=last).update(**columns)
    for name in Name.objects.all():
        name.save()  # its folded form follows


def _drafts() -> list[Publishable]:
    models = (model for model in world.MODELS if issubclass(model, Publishable))
    return [row for model in models for row in model.objects.filter(state="draft")]


def _hide(way: str) -> str:
    """Rows with the mark that are out of sight in one way; the query of an answer that must not find them."""
    world.make_world()
    edition = Edition.objects.order_by("-number").first()
    before, shown = _last_keys(), StrikeEvent.objects.get()
    if way != "of other sources":
        world.make_surroundings("hidden", 7)
    sources = "outside" if way == "of other sources" else "articles"
    for kind in ("control", "status", "strike", "observation"):
        extra = {"event": shown} if kind == "strike" else {}
        make_report(kind, crossing="place-0", sources=sources, publish=False, **extra)
    make_passage(document=shown.reports.first().main_passage.document)  # that nothing cites
    _plant(before)
    rows = _drafts()
    if way != "draft":
        workflow.publish(rows)
    if way == "withdrawn":
        workflow.withdraw(rows, reason=MARK, with_dependents=True)
    if way in ("draft", "withdrawn"):
        # A strike that readers see, at a place that they do not.
        StrikeEvent.objects.filter(pk=shown.pk).update(site=Site.objects.get(name=MARK))
    pinned, chosen = f"edition={edition.number}", "sources=articles"
    return {"of a later edition": pinned, "of other sources": chosen}.get(way, "")


@pytest.mark.parametrize("name", ["crossing", "post", "site", "quote", "strike"])
def test_what_is_shown_is_found(client, name):
    world.make_world()
    site = make_site("seen", name=MARK if name == "site" else "Seen")
    if name in ("crossing", "post"):
        owner = Crossing.objects.get()
        owner = owner if name == "crossing" else owner.posts.first()
        Name.objects.create(text=MARK.title(), language="en", **{name: owner})
    if name == "quote":
        make_report("control", crossing="place-0", passage=make_passage(exact=f"They saw a {MARK}."))
    if name == "strike":
        StrikeEvent.objects.update(summary=MARK)
    found = client.get(f"/maps/all/days.json?q={MARK}").json()
    strikes = client.get(f"/maps/all/strikes.json?year=2019&q={MARK}").json()["strikes"]

    assert len(found["posts"]) == (2 if name in ("crossing", "post") else 1 if name == "quote" else 0)
    assert [row["id"] for row in found["sites"]] == ([site.slug] if name == "site" else [])
    assert len(strikes) == (1 if name == "strike" else 0)


# Last: these rows stay for all that comes after in this file.
@pytest.fixture(scope="module", params=WAYS)
def hidden(request, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with world.kept(django_db_blocker, lambda: _hide(request.param)) as query:
        yield query


def _answer(client: Client, address: str, query: str, text: str) -> str:
    response = client.get(f"{address}?{query}&q={text}")
    body = world.body_of(response)
    assert response.status_code in (200, 404), address
    return TIMES.sub("", body.replace(text, "TEXT").replace(MARK, "TEXT"))


def test_asking_for_hidden_words_and_for_nonsense_gives_the_same_answer(client, hidden):
    told = []
    downloads = [reverse("download", args=[name]) for name in DOWNLOADS]
    for address in [*world.one_of_each(but=("basemap", "health", "download")), *downloads]:
        query = f"{DAY}&{hidden}"
        if address.endswith("strikes.json"):
            query += "&year=2019"
        marked, nonsense = (_answer(client, address, query, text) for text in (MARK, NONSENSE))
        if marked != nonsense:
            told.append(address)
    assert told == []
