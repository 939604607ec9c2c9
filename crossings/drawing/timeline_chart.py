"""The picture of years: where each segment lies, as plain rectangles. No HTML, no database, no clock.

Lengths are in the units of the picture's viewBox; a template turns them into SVG.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 960.0
GUTTER = 1.0  # left and right of the first and the last day
AXIS_HEIGHT = 24.0
BAND_HEIGHT = {"control": 26.0, "status": 16.0, "strikes": 12.0}
LABEL_HEIGHT = 20.0
BAND_GAP = 8.0
MIN_WIDTH = 3.0  # a segment of one day must still be seen and hit
LETTER_WIDTH = 22.0  # narrower bars carry no letter
YEAR_WIDTH = 40.0  # the least width for the label of a year
#: Over more years than these a month would be narrower than a bar.
MOST_YEARS = int((WIDTH - 2 * GUTTER) / (12 * MIN_WIDTH))
#: A carried answer fades from the first to the second over a year, as on the map.
FADE_FROM, FADE_TO, FADE_DAYS = 0.85, 0.3, 365


@dataclass(frozen=True, slots=True)
class ChartSegment:
    """Days from `first` to `last`, both included, with one answer. `age_days` is that of its first day."""

    first: datetime.date
    last: datetime.date
    level: str
    stale: bool = False
    marks: tuple[tuple[str, str], ...] = ()  # (colour, letter) of each force that is named
    status: str = ""
    age_days: int | None = None
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ChartBand:
    """One row of the picture: a question with its segments in the order of time."""

    label: str
    kind: str  # control, status or strikes
    segments: tuple[ChartSegment, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One segment drawn. `paint` names the pattern or gradient it needs, if any."""

    segment: ChartSegment
    x: float
    y: float
    width: float
    height: float
    paint: str  # "", "split" or "fade"
    key: str  # unique in the picture, for the ids of paints
    opacity: tuple[float, float]

    @property
    def colour(self) -> str:
        return self.segment.marks[0][0] if self.segment.marks else ""

    @property
    def letters(self) -> list[tuple[str, str, float]]:
        """(colour, letter, x of its centre) of every force, where all of them fit."""
        if self.width < LETTER_WIDTH * max(1, len(self.segment.marks)):
            return []
        return [
            (colour, letter, round(self.x + LETTER_WIDTH * (i + 0.5), 2))
            for i, (colour, letter) in enumerate(self.segment.marks)
        ]

    @property
    def middle(self) -> tuple[float, float]:
        return round(self.x + self.width / 2, 2), round(self.y + self.height / 2, 2)

    @property
    def stripes(self) -> list[tuple[str, float]]:
        """(colour, offset) of each stripe of a split paint, six units wide."""
        return [(colour, 6.0 * i) for i, (colour, _) in enumerate(self.segment.marks)]

    @property
    def period(self) -> float:
        return 6.0 * max(1, len(self.segment.marks))


@dataclass(frozen=True, slots=True)
class Row:
    """A band drawn: its label's baseline and its bars, wide ones first so that short ones lie on top."""

    label: str
    kind: str
    label_y: float
    y: float
    height: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """The whole picture: `years` are (x, label or "") of each first of January, `day_x` the day looked at."""

    first: datetime.date
    last: datetime.date
    width: float
    height: float
    axis_y: float
    rows: tuple[Row, ...]
    years: tuple[tuple[float, str], ...]
    day_x: float | None


def earliest_start(last: datetime.date) -> datetime.date:
    """The first of January on which a picture that ends on `last` begins at the earliest."""
    return datetime.date(max(last.year - MOST_YEARS + 1, datetime.MINYEAR), 1, 1)


def draw_chart(
    bands: Sequence[ChartBand], first: datetime.date, last: datetime.date, day: datetime.date | None = None
) -> TimelineChart:
    """Lay out bands over the days from `first` to `last`, both included. Raises ValueError if reversed.

    Segments are cut to these days; those wholly outside are left out.
    """
    if first > last:
        raise ValueError(f"draw: {first} is after {last}")
    rows, y = [], 0.0
    for number, band in enumerate(bands):
        height = BAND_HEIGHT[band.kind]
        top = y + LABEL_HEIGHT
        bars = [
            _bar(segment, top, height, first, last, f"{number}-{i}")
            for i, segment in enumerate(band.segments)
            if segment.last >= first and segment.first <= last
        ]
        bars.sort(key=lambda bar: -bar.width)
        rows.append(Row(band.label, band.kind, y + LABEL_HEIGHT - 6, top, height, tuple(bars)))
        y = top + height + BAND_GAP
    return TimelineChart(
        first=first,
        last=last,
        width=WIDTH,
        height=y + AXIS_HEIGHT,
        axis_y=y,
        rows=tuple(rows),
        years=_years(first, last),
        day_x=_x(day, first, last) if day and first <= day <= last else None,
    )


def _x(day: datetime.date, first: datetime.date, last: datetime.date) -> float:
    """Where a day begins."""
    days = (last - first).days + 1
    return round(GUTTER + (WIDTH - 2 * GUTTER) * (day - first).days / days, 2)


def _bar(
    segment: ChartSegment, y: float, height: float, first: datetime.date, last: datetime.date, key: str
) -> Bar:
    begin = max(segment.first, first)
    left = _x(begin, first, last)
    after = min(segment.last, last)
    right = (
        _x(after + datetime.timedelta(days=1), first, last) if after < datetime.date.max else WIDTH - GUTTER
    )
    if right - left < MIN_WIDTH:
        middle = (left + right) / 2
        left = min(max(GUTTER, middle - MIN_WIDTH / 2), WIDTH - GUTTER - MIN_WIDTH)
        right = left + MIN_WIDTH
    return Bar(
        segment=segment,
        x=round(left, 2),
        y=y,
        width=round(right - left, 2),
        height=height,
        paint=_paint(segment),
        key=key,
        opacity=_opacity(segment, begin, after),
    )


def _paint(segment: ChartSegment) -> str:
    if len(segment.marks) > 1:
        return "split"
    faded = segment.level == "carried" and not segment.stale and bool(segment.marks)
    return "fade" if faded else ""


def _opacity(segment: ChartSegment, begin: datetime.date, end: datetime.date) -> tuple[float, float]:
    """How full the fill is at both ends of the bar."""
    if segment.stale or segment.level == "unknown":
        return 0.0, 0.0
    if segment.level == "carried":
        age = (segment.age_days or 0) + (begin - segment.first).days
        return _faded(age), _faded(age + (end - begin).days)
    full = {"stated": 1.0, "between": 0.8, "possible": 0.45}.get(segment.level, 1.0)
    return full, full


def _faded(age_days: int) -> float:
    part = min(1.0, max(0, age_days) / FADE_DAYS)
    return round(FADE_FROM - (FADE_FROM - FADE_TO) * part, 3)


def _years(first: datetime.date, last: datetime.date) -> tuple[tuple[float, str], ...]:
    """Every first of January in the picture, labelled as often as they fit."""
    begin = first.year if first == datetime.date(first.year, 1, 1) else first.year + 1
    years = range(begin, last.year + 1)
    per_year = (WIDTH - 2 * GUTTER) * 365.25 / ((last - first).days + 1)
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10_000) if n * per_year >= YEAR_WIDTH)
    marks = []
    for year in years:
        x = _x(datetime.date(year, 1, 1), first, last)
        labelled = year % step == 0 and x + YEAR_WIDTH * 0.75 <= WIDTH
        marks.append((x, str(year) if labelled else ""))
    return tuple(marks)
