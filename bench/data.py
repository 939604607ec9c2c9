"""A made-up world of any size: the same rows for the same numbers, uneven as real collections are.

Crossings are spread over frontiers between 30° and 42° north; a few are reported on far more often than
the others, and strikes gather around towns. Rows are published in edition 1. Text is invented, partly Arabic.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Final, TypeVar

from django.contrib.gis.geos import Point
from django.db import models, transaction

from crossings.models import (
    ControlReport,
    Crossing,
    Document,
    Edition,
    Force,
    Frontier,
    Holder,
    Name,
    Passage,
    Post,
    Region,
    SourceSet,
    StatusReport,
    StrikeEvent,
    StrikeReport,
    Toll,
    Wire,
)
from geodata.text import fold

FIRST: Final = date(2012, 1, 1)
DAYS: Final = (date(2026, 11, 1) - FIRST).days
BATCH: Final = 5000
SOURCE_SET: Final = "bench"
PLACES_A_DOCUMENT: Final = 20
REPORTS: Final = (5, 40)  # of a side, at least and at most
TEXT: Final = """
the crossing was held by fighters on Monday officials said trucks waited at the gate soldiers returned to
their posts after dawn residents heard aircraft near the town a convoy was struck on the road
القائم البوكمال معبر حدودي قصف موقع قرب الحدود"""
WORDS: Final = tuple(TEXT.split())
FORCES: Final = (
    ("northern-army", "Northern Army", "army", "#0072B2", "N"),
    ("southern-army", "Southern Army", "army", "#E69F00", "S"),
    ("river-brigades", "River Brigades", "militia", "#009E73", "R"),
    ("desert-front", "Desert Front", "armed_group", "#D55E00", "D"),
    ("hill-council", "Hill Council", "coalition", "#CC79A7", "H"),
)
PRECISIONS: Final = (
    ("exact", 100.0, 10),
    ("near", 1500.0, 30),
    ("town", 5000.0, 35),
    ("district", 20000.0, 20),
    ("province", 80000.0, 4),
    ("country", 400000.0, 1),
)

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """How many of each there are."""

    strikes: int
    crossings: int

    @property
    def name(self) -> str:
        return f"{self.strikes}-strikes-{self.crossings}-crossings"


class World:
    """Writes the rows of one size into the default database, which is migrated and empty."""

    def __init__(self, size: Size, seed: int = 1) -> None:
        self.size = size
        self.chance = random.Random(f"{seed} {size.name}")
        self.serial = count(1)
        self.published = {"state": "published", "published_in_id": 1}

    def write(self) -> None:
        with transaction.atomic():
            Edition.objects.create(number=1, at=datetime(2026, 11, 1, tzinfo=UTC), note="made up for timings")
            self.sources = SourceSet.objects.create(slug=SOURCE_SET, name="Made up")
            self.wires = [Wire.objects.create(slug=f"agency-{n}", name=f"Agency {n}") for n in range(12)]
            self.forces = [
                Force.objects.create(
                    slug=slug, name=name, short_name=name, kind=kind, colour=colour, letter=letter
                )
                for slug, name, kind, colour, letter in FORCES
            ]
            self._crossings()
            self._reports()
            self._strikes()

    def _crossings(self) -> None:
        frontiers = [
            Frontier.objects.create(
                slug=f"frontier-{n}", name=f"Frontier {n}", country_a="SY", country_b="IQ"
            )
            for n in range(max(1, self.size.crossings // 100))
        ]
        crossings = [
            Crossing(
                slug=f"crossing-{n}",
                name=f"Crossing {n}",
                frontier=frontiers[n % len(frontiers)],
                **self.published,
            )
            for n in range(self.size.crossings)
        ]
        _insert(crossings)
        self.posts = list(self._posts(crossings))
        _insert(self.posts)
        names = (
            Name(text=text, folded=fold(text), language="ar", role="preferred", post=post)
            for number, post in enumerate(self.posts)
            for text in (f"معبر {number}",)
        )
        _insert(names)
        for number, start in enumerate(range(0, self.size.crossings, 50)):
            region = Region(slug=f"region-{number}", name=f"Region {number}", order=number, **self.published)
            Region.objects.bulk_create([region])
            region.crossings.set(crossings[start : start + 50])

    def _posts(self, crossings: list[Crossing]) -> Iterator[Post]:
        for number, crossing in enumerate(crossings):
            lon = 36.0 + 10.0 * ((number * 0.6180339887) % 1)
            lat = 30.0 + 12.0 * ((number * 0.7548776662) % 1)
            for side, country in (("a", "SY"), ("b", "IQ")):
                yield Post(
                    slug=f"{crossing.slug}-{country.lower()}",
                    crossing=crossing,
                    side=side,
                    country=country,
                    name=f"{crossing.name} ({country})",
                    point=Point(lon + (0.01 if side == "b" else 0), lat, srid=4326),
                    precision="near",
                    radius_m=1500,
                )

    def _reports(self) -> None:
        """Per side between 5 and 40 reports, few with many: two of three on control."""
        for posts in _batched(self.posts, 500):
            plan = [post for post in posts for _ in range(self._uneven(*REPORTS))]
            control: list[ControlReport] = []
            status: list[StatusReport] = []
            for number, (post, passage) in enumerate(zip(plan, self._passages(len(plan)), strict=True)):
                fields = {"public_id": self._id(), "main_passage": passage, "post": post}
                fields |= self._dates() | self.published
                if number % 3:
                    control.append(ControlReport(**fields))
                else:
                    value = self.chance.choice(["open", "open", "limited", "closed"])
                    traffic = self.chance.choice(["people", "goods"])
                    status.append(StatusReport(status=value, traffic=traffic, **fields))
            _insert(control)
            _insert(status)
            _insert(Holder(report=report, force=self._force()) for report in control)

    def _strikes(self) -> None:
        towns = [(self.chance.uniform(36, 46), self.chance.uniform(30, 42)) for _ in range(60)]
        weights = [1 / (rank + 1) for rank in range(len(towns))]
        for numbers in _batched(range(self.size.strikes), BATCH):
            events, reports = [], []
            for number, passage in zip(numbers, self._passages(len(numbers)), strict=True):
                event = self._event(f"Strike {number}", *self.chance.choices(towns, weights)[0])
                dates = {name: getattr(event, name) for name in ("when", "when_min", "when_max")}
                events.append(event)
                reports.append(
                    StrikeReport(
                        public_id=self._id(), main_passage=passage, event=event, **dates, **self.published
                    )
                )
            _insert(events)
            _insert(reports)
            _insert(
                Toll(report=report, killed_low=killed, killed_high=killed + self.chance.randrange(3))
                for report in reports
                if (killed := self.chance.randrange(-3, 12)) >= 0
            )

    def _event(self, summary: str, lon: float, lat: float) -> StrikeEvent:
        """A strike near a town; one in ten is dated by its month alone."""
        code, radius, _ = self.chance.choices(PRECISIONS, [share for *_, share in PRECISIONS])[0]
        first = last = self._day()
        when = first.isoformat()
        if self.chance.random() < 0.1:
            when, first = f"{first:%Y-%m}", first.replace(day=1)
            last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return StrikeEvent(
            public_id=self._id(),
            summary=summary,
            when=when,
            when_min=first,
            when_max=last,
            means=self.chance.choice(["air", "drone", "artillery", "unknown"]),
            grade=self.chance.choice(["confirmed", "fair", "weak", "contested"]),
            point=Point(self.chance.gauss(lon, 0.15), self.chance.gauss(lat, 0.15), srid=4326),
            precision=code,
            radius_m=radius,
        )

    def _passages(self, number: int) -> list[Passage]:
        documents = [
            Document(
                slug=f"document-{next(self.serial)}",
                source_set=self.sources,
                title=f"Report of {day}",
                publisher=f"Paper {self.chance.randrange(40)}",
                published=day.isoformat(),
                published_min=day,
                published_max=day,
            )
            for day in (self._day() for _ in range(-(-number // PLACES_A_DOCUMENT)))
        ]
        _insert(documents)
        passages = [
            Passage(
                public_id=self._id(),
                document=documents[place // PLACES_A_DOCUMENT],
                wire=self.chance.choice(self.wires),
                exact=self._quote(),
                paragraph=place % PLACES_A_DOCUMENT + 1,
            )
            for place in range(number)
        ]
        _insert(passages)
        return passages

    def _quote(self) -> str:
        """About 200 characters, at most 40 words."""
        return " ".join(self.chance.choices(WORDS, k=34))

    def _dates(self) -> dict[str, str | date]:
        first = self._day()
        name = self.chance.choice(["as_of", "as_of", "starts"])
        return {
            name: first.isoformat(),
            f"{name}_min": first,
            f"{name}_max": first,
            "first_day": first,
            "last_day": first,
        }

    def _day(self) -> date:
        return FIRST + timedelta(days=int(DAYS * self.chance.betavariate(2, 1.5)))

    def _uneven(self, low: int, high: int) -> int:
        return low + int((high - low) * self.chance.random() ** 4)

    def _force(self) -> Force:
        return self.chance.choices(self.forces, [8, 5, 3, 2, 1])[0]

    def _id(self) -> str:
        return f"b{next(self.serial)}"


def _insert(rows: Iterable[M]) -> None:
    """In batches, so that memory stays flat whatever the number."""
    for batch in _batched(rows, BATCH):
        type(batch[0])._default_manager.bulk_create(batch)


def _batched(rows: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    rest = iter(rows)
    while batch := tuple(islice(rest, size)):
        yield batch
