"""Vague dates: what is read, what it may mean, and what is refused in which words."""

import math
import time
from datetime import date

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from geodata.dates import MAX_YEAR, MIN_YEAR, DateError, FuzzyDate, parse
from geodata.errors import GeodataError


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2017", date(2017, 1, 1), date(2017, 12, 31), "year"),
        ("2017-04", date(2017, 4, 1), date(2017, 4, 30), "month"),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "month"),
        ("2016-02-29", date(2016, 2, 29), date(2016, 2, 29), "day"),
        ("[2017-10..2017-12]", date(2017, 10, 1), date(2017, 12, 31), "set"),
        ("[2017-10-17..2017-10-18]", date(2017, 10, 17), date(2017, 10, 18), "set"),
        ("[2017..2018]", date(2017, 1, 1), date(2018, 12, 31), "set"),
        ("[..2016-02-16]", None, date(2016, 2, 16), "set"),
        ("[2016-08..]", date(2016, 8, 1), None, "set"),
        ("1000", date(1000, 1, 1), date(1000, 12, 31), "year"),
        ("9998-12-31", date(9998, 12, 31), date(9998, 12, 31), "day"),
    ],
)
def test_it_reads_the_grammar(text, earliest, latest, precision):
    assert parse(text) == FuzzyDate(text, earliest, latest, precision)


def test_blanks_around_a_date_are_dropped():
    assert parse(" 2017-10\n").text == "2017-10"
    assert str(parse(" 2017-10")) == "2017-10"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "blank"),
        (" \t", "blank"),
        ("2017-02-30", "February 2017 has 28 days"),
        ("2017-00-01", "no month 00"),
        ("2017-13", "no month 13"),
        ("2017-20", "no month 20"),
        ("2017-21", "season"),
        ("2017-41", "season"),
        ("2017-42", "no month 42"),
        ("0999", "between 1000 and 9998"),
        ("9999", "between 1000 and 9998"),
        ("9999-12-31", "between 1000 and 9998"),
        ("12017", "four digits"),
        ("Y12017", "four digits"),
        ("-2017", "four digits"),
        ("17", "four digits"),
        ("2017/2018", "Intervals"),
        ("/2017", "Intervals"),
        ("2017/..", "Intervals"),
        ("17/10/2017", "year-month-day"),
        ("17.10.2017", "year-month-day"),
        ("2017?", "marks"),
        ("2017~", "marks"),
        ("2017-11%", "marks"),
        ("201X", "unknown digits"),
        ("2017-1X", "unknown digits"),
        ("2017-XX", "unknown digits"),
        ("2010s", "decade"),
        ("[2017,2019]", "Lists"),
        ("{2017..2019}", "Braces"),
        ("[2017-12..2017-10]", r"“\[2017-12..2017-10\]” ends before it starts. Write \[2017-10..2017-12\]"),
        ("[2017..2017]", "Write 2017."),
        ("[2017..2018-05]", "more exact than the other"),
        ("[2017-03-01..2017-04]", "more exact than the other"),
        ("[..]", "no date at all"),
        ("[2017]", "not read"),
        ("[2017-02-30..2018]", "February"),
        ("[2017..18]", r"“\[2017..18\]”: “18” is no date"),
        ("[2017 .. 2018]", "spaces"),
        ("2017 -10", "spaces"),
        ("2017-10-17T10:00", "time of day"),
        ("2017-1-7", "two digits"),
        ("2017-10-7", "two digits"),
        ("October 2017", "not read"),
        ("20171017", "four digits"),
        ("\u0662\u0660\u0661\u0667", "signs other"),
        ("\uff12\uff10\uff11\uff17", "signs other"),
        ("2017\u202e", r"“2017\\u202e” has signs other"),
        ("2017\u201310", "signs other"),  # an en dash: what word processors make of a hyphen
        ("\u00a02017", "signs other"),
        ("2017\x00", "not read"),
        ("2" * 40, "four digits"),
        ("2" * 41, "at most 40 characters"),
    ],
)
def test_it_refuses_in_words(text, words):
    with pytest.raises(DateError, match=words) as caught:
        parse(text)
    message = str(caught.value)
    assert message.endswith(".")
    assert message.isprintable()


@pytest.mark.parametrize("value", [None, 2017, 2017.0, date(2017, 1, 1), b"2017", ["2017"]])
def test_it_refuses_what_is_no_text(value):
    with pytest.raises(DateError, match=f"A date is a text, not of type {type(value).__name__}"):
        parse(value)


def test_a_date_error_is_a_geodata_error():
    assert issubclass(DateError, GeodataError)
    assert issubclass(GeodataError, ValueError)


years = st.integers(MIN_YEAR, MAX_YEAR)
days = st.dates(date(MIN_YEAR, 1, 1), date(MAX_YEAR, 12, 31))
plain = st.one_of(
    years.map(str), days.map(lambda d: f"{d.year:04}-{d.month:02}"), days.map(date.isoformat)
)  # fmt: skip


@given(plain)
def test_plain_dates_have_ordered_bounds_and_come_back_as_written(text):
    read = parse(text)
    assert read.text == text
    assert read.earliest <= read.latest
    assert parse(read.text) == read
    assert read.precision == {4: "year", 7: "month", 10: "day"}[len(text)]


@given(st.one_of(st.just(""), plain), st.one_of(st.just(""), plain))
def test_sets_are_refused_or_ordered_and_wide_enough_for_both_ends(low, high):
    text = f"[{low}..{high}]"
    try:
        read = parse(text)
    except DateError:
        return
    assert parse(read.text) == read
    assert read.precision == "set"
    assert read.earliest == (parse(low).earliest if low else None)
    assert read.latest == (parse(high).latest if high else None)
    if low and high:
        assert read.earliest < read.latest


@given(days, days)
def test_any_two_different_days_make_a_set_in_one_order_only(a, b):
    if a == b:
        b = b.replace(year=b.year - 1, day=1) if b.year > MIN_YEAR else b.replace(year=b.year + 1, day=1)
    low, high = sorted((a, b))
    assert parse(f"[{low}..{high}]").latest == high
    with pytest.raises(DateError, match="ends before"):
        parse(f"[{high}..{low}]")


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="0123456789-[].", max_size=24),
        st.text(alphabet="012X?~%/,{} -[].TZYs\u0660", max_size=24),
        st.none() | st.integers() | st.floats() | st.binary(),
    )
)
def test_junk_raises_nothing_but_date_error(junk):
    try:
        read = parse(junk)
    except DateError:
        return
    assert parse(read.text) == read


def _edtf_day(struct) -> date | None:
    return None if isinstance(struct, float) and math.isinf(struct) else date(*struct[:3])


@given(st.one_of(plain, st.tuples(plain, plain).map(lambda p: f"[{p[0]}..{p[1]}]")))
def test_the_edtf_library_gives_the_same_bounds(text):
    try:
        read = parse(text)
    except DateError:
        return
    reference = parse_edtf(text)
    assert (_edtf_day(reference.lower_strict()), _edtf_day(reference.upper_strict())) == (
        read.earliest,
        read.latest,
    )


@pytest.mark.parametrize("text", ["[..2016-02-16]", "[2016-08..]"])
def test_the_edtf_library_gives_the_same_open_sets(text):
    reference, read = parse_edtf(text), parse(text)
    assert (_edtf_day(reference.lower_strict()), _edtf_day(reference.upper_strict())) == (
        read.earliest,
        read.latest,
    )


def test_ten_thousand_dates_take_well_under_a_second():
    start = time.perf_counter()
    for year in range(2000, 2030):
        for month in range(1, 13):
            for day in range(1, 28):
                parse(f"{year}-{month:02}-{day:02}")
    assert time.perf_counter() - start < 1
