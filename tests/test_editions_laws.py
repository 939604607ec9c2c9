"""Whatever is published, replaced, withdrawn, edited: an edition that has ended reads as it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crossings.models import (
    Crossing,
    Document,
    Edition,
    Force,
    Name,
    Passage,
    Post,
    Publishable,
    Region,
    Replaceable,
    Site,
    State,
    StrikeEvent,
)
from crossings.models.base import SEEN
from crossings.publishing import takedown, workflow
from crossings.publishing.corrections import copy_as_draft
from tests.factories import make_crossing, make_force, make_passage, make_region, make_report, make_site
from tests.world import MODELS, body_of

ADDRESSES = (
    "/",
    "/maps/all/days.json",
    "/maps/all/days.json?q=word",
    "/maps/all/strikes.json?year=2019",
    "/crossings/alpha/",
    "/documents/",
    "/differs/",
    "/forces/reds/",
    "/popup/site/base/",
    "/download/strikes.geojson",
    "/download/control.geojson",
    "/download/posts.geojson",
)
PUBLISHABLE = [model for model in MODELS if issubclass(model, Publishable)]
STEPS = ("publish", "replace", "withdraw", "edit", "take down", "add")
Step = tuple[str, int]


class Rows:
    """The rows, what each edition answered when it was the newest, and the words that may not come back."""

    def __init__(self) -> None:
        self.client = Client()
        self.answers: dict[int, dict[str, str]] = {}
        self.gone: set[str] = set()
        self.words = 0
        make_report("control")
        make_report("strike", when="2019-09-09")
        make_site()
        make_region("west", [make_crossing()])
        self.look()

    def word(self) -> str:
        """A new one, to be found again."""
        self.words += 1
        return f"Word{self.words}x"

    def look(self) -> None:
        """Remember what the newest edition says."""
        number = Edition.objects.order_by("-number").values_list("number", flat=True)[0]
        self.answers.setdefault(number, self.read(number))

    def read(self, edition: int) -> dict[str, str]:
        found = {}
        for address in ADDRESSES:
            response = self.client.get(f"{address}{'&' if '?' in address else '?'}edition={edition}")
            found[address] = f"{response.status_code} {body_of(response)}"
        return found

    def check(self) -> None:
        """Every edition reads as it did."""
        for edition, answers in self.answers.items():
            now = self.read(edition)
            for address, text in answers.items():
                assert now[address] == text, f"edition {edition}, {address}"

    def take(self, step: Step) -> None:
        name, number = step
        try:
            getattr(self, name.replace(" ", "_"))(number)
        except ValidationError:
            return  # a step that the rules refuse changes nothing
        self.look()

    # --- Steps; the number chooses a row

    def add(self, number: int) -> None:
        passage = make_passage(exact=f"{self.word()} says so.", sources=("articles", "others")[number % 2])
        kind = ("control", "strike", "observation", "status")[number % 4]
        make_report(kind, passage=passage, publish=False, note=self.word())

    def publish(self, number: int) -> None:
        rows = self.rows(State.DRAFT)
        if rows:
            workflow.publish([rows[number % len(rows)]], reason=self.word())

    def withdraw(self, number: int) -> None:
        rows = self.rows(State.PUBLISHED)
        if rows:
            workflow.withdraw([rows[number % len(rows)]], reason=self.word(), with_dependents=True)

    def replace(self, number: int) -> None:
        rows = [row for row in self.rows(State.PUBLISHED) if isinstance(row, Replaceable)]
        if rows:
            old = rows[number % len(rows)]
            workflow.replace(old, copy_as_draft(old))

    def edit(self, number: int) -> None:
        edits = EDITS[number % len(EDITS)]
        edits(self.word(), number)

    def take_down(self, number: int) -> None:
        rows: list[Any] = [
            row for state in SEEN for row in self.rows(state) if isinstance(row, takedown.KINDS)
        ]
        rows += [
            *StrikeEvent.objects.order_by("pk"),
            *Document.objects.order_by("pk"),
            *Name.objects.order_by("pk"),
        ]
        rows = [row for row in rows if takedown.may_be_taken_down(row)]
        if not rows:
            return
        row = rows[number % len(rows)]
        going = takedown.going_with(row)
        kept = {text for model in MODELS for text in _texts(model, going)}
        words = {text for text in takedown._words(going) if text.startswith("Word")} - kept
        takedown.take_down(row, "reason", "basis")
        self.gone |= words
        # What was taken down is the one thing that changes what an earlier edition says.
        self.answers = {edition: self.read(edition) for edition in self.answers}
        for answers in self.answers.values():
            for address, text in answers.items():
                assert not [word for word in self.gone if word in text], address

    @staticmethod
    def rows(state: str) -> list[Publishable]:
        return [row for model in PUBLISHABLE for row in model.objects.filter(state=state).order_by("pk")]


def _texts(model: Any, going: takedown.Going) -> set[str]:
    """Words of rows that stay."""
    gone = [*going.rows, *going.passages, *going.drafts]
    keys = [row.pk for row in gone if type(row) is model]
    names = [field.name for field in model._meta.concrete_fields if field.get_internal_type() == "CharField"]
    return {str(value) for row in model.objects.exclude(pk__in=keys).values_list(*names) for value in row}


def _edit(model: Any, **values: Callable[[str], Any]) -> Callable[[str, int], None]:
    def edit(word: str, number: int) -> None:
        rows = list(model.objects.order_by("pk"))
        if rows:
            row = rows[number // len(EDITS) % len(rows)]
            for name, value in values.items():
                setattr(row, name, value(word))
            row.save()

    return edit


def _point(word: str) -> Point:
    return Point(40 + int(word.strip("Wordx")) / 50, 34.5, srid=4326)


def _force(word: str, number: int) -> None:
    event = StrikeEvent.objects.order_by("pk").first()
    if event:
        event.targets.add(make_force(f"force-{number % 3}"))


def _region(word: str, number: int) -> None:
    region = Region.objects.get(slug="west")
    region.crossings.set(Crossing.objects.all() if number % 2 else [])


def _name(word: str, number: int) -> None:
    Name.objects.create(text=word, language="en", crossing=Crossing.objects.get(slug="alpha"))


def _no_name(word: str, number: int) -> None:
    Name.objects.order_by("pk")[:1].update(text=word) if number % 2 else Name.objects.all().delete()


EDITS: tuple[Callable[[str, int], Any], ...] = (
    _edit(StrikeEvent, summary=str, point=_point),
    _edit(StrikeEvent, grade=lambda _word: "confirmed", when=lambda _word: "2019-02"),
    _edit(Document, title=str, published=lambda _word: "2018-03-04"),
    _edit(Site, name=str, point=_point),
    _edit(Post, name=str, point=_point),
    _edit(Crossing, name=str),
    _edit(Force, name=str),
    _edit(Region, intro=str),
    _edit(Passage, note=str, paragraph=lambda _word: 9),
    _force,
    _region,
    _name,
    _no_name,
)

steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 200))
quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]


class EditionsKeep(TestCase):
    @settings(max_examples=2, suppress_health_check=quiet)
    @given(st.lists(steps, min_size=2, max_size=3))
    def test_earlier_editions_read_as_they_did_after_some_steps(self, taken: list[Step]) -> None:
        site = Rows()
        for step in taken:
            site.take(step)
        site.check()

    @pytest.mark.slow
    @settings(max_examples=25, suppress_health_check=quiet)
    @given(st.lists(steps, min_size=4, max_size=12))
    def test_earlier_editions_read_as_they_did_after_every_step(self, taken: list[Step]) -> None:
        site = Rows()
        for step in taken:
            site.take(step)
            site.check()
