"""The picture of a worked example: each report with its days, and the answers that they give.

Plain rectangles in the units of the picture's viewBox; a template turns them into SVG. No HTML, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crossings.assessment import Answer, Timeline, Value

WIDTH = 640.0
LABEL_HEIGHT, BAR_HEIGHT, GAP = 18.0, 12.0, 6.0
ANSWER_HEIGHT, NUMBER_HEIGHT, AXIS_HEIGHT = 20.0, 14.0, 20.0
MIN_WIDTH = 2.5  # a day must still be seen
LETTER_WIDTH = 7.0  # about, at 12 units
#: How full a bar is: the surer, the fuller. What is carried or denied is drawn as an outline.
OPACITY = {"stated": 1.0, "between": 0.7, "disputed": 1.0, "possible": 0.4, "carried": 0.12, "denied": 0.0}


@dataclass(frozen=True, slots=True)
class ExampleBar:
    """Days of a report or of an answer, both included; `text` where it fits."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    opacity: float
    outlined: bool
    text: str

    @property
    def stroke(self) -> str:
        return self.colour if self.outlined else "none"


@dataclass(frozen=True, slots=True)
class Look:
    """How a force or a status is named and painted."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class ExampleLane:
    label: str
    y: float
    bars: tuple[ExampleBar, ...]


@dataclass(frozen=True, slots=True)
class ExampleChart:
    """`days` are (x, number) of the days looked at, `ticks` (x, top, bottom) where they cross a lane.

    `months` are (x, label) of each first of a quarter, or of a month where few are shown.
    """

    width: float
    height: float
    axis_y: float
    lanes: tuple[ExampleLane, ...]
    days: tuple[tuple[float, int], ...]
    ticks: tuple[tuple[float, float, float], ...]
    months: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day begins."""
        return round(WIDTH * (day - self.first).days / ((self.last - self.first).days + 1), 2)


def draw_example(
    reports: Sequence[tuple[str, Timeline, str]],
    answers: tuple[str, Timeline],
    looks: Mapping[str, Look],
    first: date,
    last: date,
    days: Sequence[date],
) -> ExampleChart:
    """Lay out an example from `first` to `last`, both included.

    `reports` are (label, timeline that reads it, its id), `answers` the label and the timeline of the
    question, `looks` the name and the colour of each force or status.
    """
    scale, lanes, tops, y = Scale(first, last), [], [], 0.0
    for label, timeline, ident in reports:
        bars = _report_bars(timeline, ident, looks, scale, y + LABEL_HEIGHT)
        lanes.append(ExampleLane(label, y + LABEL_HEIGHT - 5, tuple(bars)))
        tops.append((y + LABEL_HEIGHT, BAR_HEIGHT))
        y += LABEL_HEIGHT + BAR_HEIGHT + GAP
    label, timeline = answers
    bars = _answer_bars(timeline, looks, scale, y + LABEL_HEIGHT)
    lanes.append(ExampleLane(label, y + LABEL_HEIGHT - 5, tuple(bars)))
    tops.append((y + LABEL_HEIGHT, ANSWER_HEIGHT))
    axis = y + LABEL_HEIGHT + ANSWER_HEIGHT + NUMBER_HEIGHT
    looked = [round(scale.x(day) + 1, 2) for day in days]
    return ExampleChart(
        WIDTH,
        axis + AXIS_HEIGHT,
        axis,
        tuple(lanes),
        tuple((x, number) for number, x in enumerate(looked, start=1)),
        tuple((x, top - 2, top + height + 2) for top, height in tops for x in looked),
        tuple(_months(scale)),
    )


def _report_bars(
    timeline: Timeline, ident: str, looks: Mapping[str, Look], scale: Scale, y: float
) -> list[ExampleBar]:
    """A bar for each run of days on which the report is at one level."""
    found: list[tuple[date, date, str, Value]] = []
    for n in range(scale.first.toordinal(), scale.last.toordinal() + 1):
        for active, state in timeline.active_on(n):
            record, day = active.dated.record, date.fromordinal(n)
            if record.id != ident:
                continue
            level = "denied" if record.stance == "denies" else state.level
            if found and found[-1][1] + timedelta(days=1) == day and found[-1][2] == level:
                found[-1] = (found[-1][0], day, level, record.value)
            else:
                found.append((day, day, level, record.value))
    return [_bar(scale, a, b, level, y, BAR_HEIGHT, looks[min(value)].colour) for a, b, level, value in found]


def _answer_bars(timeline: Timeline, looks: Mapping[str, Look], scale: Scale, y: float) -> list[ExampleBar]:
    """A bar for each segment; several values share its height."""
    bars = []
    for segment in timeline.segments(scale.first, scale.last):
        values = _values(segment.answer)
        for i, value in enumerate(values):
            height = ANSWER_HEIGHT / len(values)
            bars.append(
                _bar(
                    scale, segment.first, segment.last, segment.answer.level, y + i * height, height,
                    looks[value].colour, looks[value].name,
                )
            )  # fmt: skip
    return bars


def _values(answer: Answer) -> list[str]:
    """The forces or statuses of an answer, or those that are on the table."""
    if answer.value:
        return sorted(answer.value)
    return sorted({value for side in answer.alternatives for value in side.value})


def _bar(
    scale: Scale, first: date, last: date, level: str, y: float, height: float, colour: str, text: str = ""
) -> ExampleBar:
    x = scale.x(first)
    width = max(MIN_WIDTH, round(scale.x(last + timedelta(days=1)) - x, 2))
    fits = text if len(text) * LETTER_WIDTH < width and height >= BAR_HEIGHT else ""
    return ExampleBar(
        min(x, WIDTH - MIN_WIDTH), round(y, 2), width, round(height, 2), colour, OPACITY[level],
        level in ("carried", "denied"), fits,
    )  # fmt: skip


def _months(scale: Scale) -> list[tuple[float, str]]:
    """The first of each quarter, as 2016-04; of each month where less than a year is shown."""
    step = 1 if (scale.last - scale.first).days < 365 else 3
    firsts = [
        date(year, month, 1)
        for year in range(scale.first.year, scale.last.year + 1)
        for month in range(1, 13, step)
    ]
    inside = [day for day in firsts if scale.first <= day <= scale.last]
    return [(scale.x(day), f"{day:%Y-%m}") for day in inside if scale.x(day) < WIDTH - 50]
