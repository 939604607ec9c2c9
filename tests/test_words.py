"""Dates and distances in words that say how exact they are, and the direction of languages."""

from __future__ import annotations

import datetime

import pytest

from crossings.assessment import SURENESS
from crossings.templatetags.dates_in_words import direction
from crossings.templatetags.places_in_words import distance
from crossings.wording.dates import in_words, interval_in_words
from crossings.wording.levels import least_sure
from crossings.wording.traffic import traffic_in_words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2017-11-03", "3 November 2017"),
        ("2017-11", "some time in November 2017"),
        ("2017", "some time in 2017"),
        ("[2017-10..2017-12]", "some time from October 2017 to December 2017"),
        ("[2017-10-17..2017-10-18]", "some time from 17 October 2017 to 18 October 2017"),
        ("[2014..2017]", "some time from 2014 to 2017"),
        ("[2016-08..]", "August 2016 or later"),
        ("[..2016-02-16]", "16 February 2016 or before"),
        (datetime.date(2019, 9, 30), "30 September 2019"),
        ("", ""),
        (None, ""),
        ("no date", ""),
    ],
)
def test_a_date_says_how_exact_it_is(when, words):
    assert in_words(when) == words


@pytest.mark.parametrize(
    ("metres", "words"),
    [(500, "500 m"), (999.7, "1 km"), (1500, "1.5 km"), (20_000, "20 km"), (12_340, "12 km")],
)
def test_a_distance_keeps_two_digits(metres, words):
    assert distance(metres) == words


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("ar", "rtl"),
        ("ckb", "rtl"),
        ("kmr", "ltr"),
        ("ku-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("en", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_language_has_its_direction(language, way):
    assert direction(language) == way


def test_the_least_sure_level_is_the_last_in_their_order():
    order = ["stated", "between", "possible", "carried", "disputed", "unknown"]
    assert list(SURENESS) == order
    for n in range(1, len(order) + 1):
        assert least_sure(reversed(order[:n])) == order[n - 1]


@pytest.mark.parametrize(
    ("traffics", "direction", "text"),
    [
        (["goods"], "both", "goods"),
        (["people", "goods"], "both", "people and goods"),
        (["people", "goods", "official"], "inbound", "people, goods and official traffic (inbound)"),
    ],
)
def test_kinds_of_traffic_are_named_in_a_sentence(traffics, direction, text):
    assert traffic_in_words(traffics, direction) == text


def test_an_interval_of_one_day_is_that_day():
    first, last = datetime.date(2019, 9, 1), datetime.date(2019, 9, 30)
    assert interval_in_words(first, first) == "1 September 2019"
    assert interval_in_words(first, last) == "1 September 2019 to 30 September 2019"
