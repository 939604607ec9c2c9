"""Positions: what an editor may paste, what is refused, and how many digits we show."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import formats, parse, position
from geodata.errors import GeodataError
from geodata.measure import geodesic_km

QAIM = (40.977, 34.3975)


@pytest.mark.parametrize(
    "text",
    [
        "34.3975, 40.977",
        "34.3975 40.977",
        "34.3975,40.977",
        "(34.3975; 40.977)",
        "+34.3975 +40.977",
        "34.3975N 40.977E",
        "34.3975° N, 40.977° E",
        "N34.3975 E40.977",
        "40.977E, 34.3975N",
        "34.3975°, 40.977°",
        "34°23'51\"N 40°58'37.2\"E",
        "34°23\u203251\u2033N 40°58\u203237.2\u2033E",
        "34°23\u201951\u201dN, 40°58\u201937.2\u201dE",
        "34°23'51''N 40°58'37.2''E",
        "34° 23' 51\" 40° 58' 37.2\"",
        "34 23 51 N 40 58 37.2 E",
        "34 23 51 40 58 37.2",
        "N 34° 23.850' E 040° 58.620'",
        "\u0663\u0664\u066b\u0663\u0669\u0667\u0665\u060c \u0664\u0660\u066b\u0669\u0667\u0667",
        "\u200e34.3975,\u00a040.977\u200f",
    ],
)
def test_it_reads_what_an_editor_pastes(text):
    assert parse(text) == pytest.approx(QAIM, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "within_km"),
    [
        ("37SFU8173008003", 0.002),
        ("37S FU 81730 08003", 0.002),
        ("37s fu 817 080", 0.08),
        ("37S FU 8 0", 8),
    ],
)
def test_it_reads_an_mgrs_square_as_its_centre(text, within_km):
    assert geodesic_km(parse(text), QAIM) < within_km


def test_southern_and_western_positions_are_negative():
    assert parse("34°30'S 58°15'W") == (-58.25, -34.5)
    assert parse("-34.5, -58.25") == (-58.25, -34.5)
    assert parse("-0 30 0, 10 0 0") == (10.0, -0.5)
    assert parse("34.5 -58.25") == (-58.25, 34.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "blank"),
        (" ( ) ", "blank"),
        ("34.3975", "a latitude and a longitude"),
        ("34.3975, 40.977, 12", "a latitude and a longitude"),
        ("34,3975 40,977", "decimals take a point"),
        ("34.39.75 40", "a latitude and a longitude|no part"),
        ("140.977, 34.39", "swapped"),
        ("95, 200", "outside -90 to 90"),
        ("34, 181", "outside -180 to 180"),
        ("nan, nan", "no part"),
        ("inf, 0", "no part"),
        ("1e400, 0", "a latitude and"),
        ("9" * 60 + ", 0", "outside"),
        ("34.4N 40.9N", "not a latitude"),
        ("34.4N, 40.9", "both compass letters or none"),
        ("-34.4N, 40.9E", "sign or the letter"),
        ("NN34 40", "letters follow"),
        ("--34, 40", "once"),
        ("34 60 0 N 40 0 0 E", "below 60"),
        ("34.5 30 N 40 0 E", "Only the last"),
        ("34'23° 40", "follow degrees"),
        ("37S FU", "ends with 2, 4"),
        ("37S FU 12345", "ends with 2, 4"),
        ("61S FU 1234", "no MGRS square"),
        ("37S ZZ 1234", "no MGRS square"),
        ("<script>alert(1)</script>", "no part"),
        ("34.39 40.97 \u202e", "no part"),
        ("3" * 81, "at most 80"),
    ],
)
def test_it_refuses_in_words(text, words):
    with pytest.raises(GeodataError, match=words) as caught:
        parse(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("value", [None, 34, ("34", "40"), b"34 40"])
def test_it_refuses_what_is_no_text(value):
    with pytest.raises(GeodataError, match="is a text"):
        parse(value)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(math.nan, 0), (0, math.nan), (math.inf, 0), (0, -math.inf), (181, 0), (0, 90.01), ("x", 0), (None, 0)],
)
def test_a_position_is_two_finite_numbers_on_earth(lon, lat):
    with pytest.raises(GeodataError):
        position(lon, lat)


@given(st.one_of(st.text(max_size=90), st.text(alphabet="0123456789.,°'\"NSEW -+", max_size=30)))
def test_junk_raises_nothing_but_geodata_error(text):
    try:
        lon, lat = parse(text)
    except GeodataError:
        return
    assert -180 <= lon <= 180
    assert -90 <= lat <= 90


@pytest.mark.parametrize(
    ("radius_m", "decimal", "dms", "mgrs"),
    [
        (5, "34.39750, 40.97700", "34°23\u203251.0\u2033N 40°58\u203237.2\u2033E", "37S FU 81730 08003"),
        (500, "34.398, 40.977", "34°23\u203251\u2033N 40°58\u203237\u2033E", "37S FU 817 080"),
        (1500, "34.40, 40.98", "34°24\u2032N 40°59\u2032E", "37S FU 81 08"),
        (5000, "34.40, 40.98", "34°24\u2032N 40°59\u2032E", "37S FU 81 08"),
        (100_000, "34, 41", "34°N 41°E", "37S FU"),
    ],
)
def test_it_shows_no_more_digits_than_the_radius_is_worth(radius_m, decimal, dms, mgrs):
    shown = formats(*QAIM, radius_m)
    assert shown == {"decimal": decimal, "dms": dms, "mgrs": mgrs}


@pytest.mark.parametrize("radius_m", [0, -1, math.nan, math.inf, 1e7])
def test_it_refuses_a_radius_that_is_none(radius_m):
    with pytest.raises(GeodataError, match="radius"):
        formats(*QAIM, radius_m)


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(1, 60_000))
def test_every_shown_position_reads_back_inside_its_circle(lon, lat, radius_m):
    for text in formats(lon, lat, radius_m).values():
        assert geodesic_km((lon, lat), parse(text)) * 1000 <= radius_m * 1.02


def test_threads_do_not_mix_their_mgrs_zones():
    places = [(lon, lat) for lon in range(-177, 178, 3) for lat in range(-78, 80, 6)]

    def shown(place):
        return formats(*place, 1)["mgrs"]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(shown, places)) == [shown(place) for place in places]
