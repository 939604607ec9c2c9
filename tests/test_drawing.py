"""The picture of years: every day where it belongs, and nothing too slim to see."""

from __future__ import annotations

import datetime
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossings.drawing.timeline_chart import (
    GUTTER,
    MIN_WIDTH,
    WIDTH,
    ChartBand,
    ChartSegment,
    draw_chart,
    earliest_start,
)

FIRST, LAST = date(2011, 1, 1), date(2026, 11, 20)


def bar_of(segment: ChartSegment, first: date = FIRST, last: date = LAST):
    return draw_chart([ChartBand("Post", "control", (segment,))], first, last).rows[0].bars[0]


def test_a_segment_over_all_days_fills_the_picture():
    bar = bar_of(ChartSegment(FIRST, LAST, "stated"))
    assert bar.x == GUTTER
    assert bar.x + bar.width == pytest.approx(WIDTH - GUTTER)


def test_neighbouring_segments_touch():
    cut = date(2015, 6, 1)
    before = bar_of(ChartSegment(FIRST, cut - datetime.timedelta(days=1), "stated"))
    after = bar_of(ChartSegment(cut, LAST, "between"))
    assert before.x + before.width == pytest.approx(after.x, abs=0.02)


def test_one_day_can_still_be_seen_and_lies_on_top():
    day = date(2014, 6, 21)
    row = draw_chart(
        [
            ChartBand(
                "Post", "control", (ChartSegment(day, day, "stated"), ChartSegment(FIRST, LAST, "between"))
            )
        ],
        FIRST,
        LAST,
    ).rows[0]
    assert [bar.segment.level for bar in row.bars] == ["between", "stated"]
    assert row.bars[1].width == MIN_WIDTH


def test_segments_are_cut_to_the_days_shown_and_others_left_out():
    inside = ChartSegment(date(1900, 1, 1), date(2100, 1, 1), "stated")
    outside = ChartSegment(date(1900, 1, 1), date(2010, 12, 31), "stated")
    bars = draw_chart([ChartBand("Post", "control", (outside, inside))], FIRST, LAST).rows[0].bars
    assert [bar.segment for bar in bars] == [inside]
    assert bars[0].x == GUTTER


def test_levels_differ_by_how_full_they_are():
    full = {
        level: bar_of(ChartSegment(FIRST, LAST, level)).opacity[0]
        for level in ("stated", "between", "possible")
    }
    assert full["stated"] > full["between"] > full["possible"] > 0
    assert bar_of(ChartSegment(FIRST, LAST, "unknown")).opacity == (0, 0)
    assert bar_of(ChartSegment(FIRST, LAST, "carried", stale=True)).opacity == (0, 0)


def test_carried_fades_over_a_year():
    year = ChartSegment(date(2014, 1, 1), date(2015, 1, 1), "carried", marks=(("#000000", "I"),), age_days=0)
    bar = bar_of(year)
    assert bar.paint == "fade"
    assert bar.opacity == (0.85, 0.3)


def test_several_holders_are_split_in_their_colours_with_all_their_letters():
    bar = bar_of(ChartSegment(FIRST, LAST, "disputed", marks=(("#D55E00", "G"), ("#000000", "I"))))
    assert bar.paint == "split"
    assert bar.stripes == [("#D55E00", 0.0), ("#000000", 6.0)]
    assert [letter for _, letter, _ in bar.letters] == ["G", "I"]


def test_a_slim_bar_has_no_letter():
    assert bar_of(ChartSegment(FIRST, FIRST, "stated", marks=(("#000000", "I"),))).letters == []


def test_years_are_labelled_as_often_as_there_is_room():
    few = draw_chart([], FIRST, LAST).years
    assert [label for _, label in few[:3]] == ["2011", "2012", "2013"]
    many = draw_chart([], date(1900, 1, 1), LAST).years
    labels = [label for _, label in many if label]
    assert labels[:2] == ["1900", "1910"]


def test_in_the_longest_picture_a_month_is_wider_than_the_narrowest_bar():
    march, first = ChartSegment(date(2015, 3, 1), date(2015, 3, 31), "stated"), earliest_start(LAST)

    assert (first.month, first.day) == (1, 1)
    assert bar_of(march, first).width > MIN_WIDTH
    assert bar_of(march, date(first.year - 2, 1, 1)).width == MIN_WIDTH  # widened


def test_the_day_looked_at_is_marked_where_it_is_in_the_picture():
    assert draw_chart([], FIRST, LAST, FIRST).day_x == GUTTER
    assert draw_chart([], FIRST, LAST, date(2010, 1, 1)).day_x is None


def test_reversed_days_are_refused():
    with pytest.raises(ValueError, match="is after"):
        draw_chart([], LAST, FIRST)


days = st.dates(date(1000, 1, 1), date.max)


@given(st.tuples(days, days).map(sorted), st.tuples(days, days).map(sorted))
def test_every_bar_lies_inside_the_picture(window, segment):
    picture = draw_chart([ChartBand("Post", "status", (ChartSegment(*segment, "stated"),))], *window)
    for bar in picture.rows[0].bars:
        assert bar.x >= 0
        assert bar.width >= MIN_WIDTH - 0.02
        assert bar.x + bar.width <= WIDTH
        assert bar.y + bar.height <= picture.axis_y
