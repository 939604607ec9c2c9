"""A selection is read strictly, says what is wrong in words, and round-trips through its query string."""

import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata.bbox import BBox
from geodata.precision import CODES
from geodata.readers import FIRST_DAY, LAST_DAY, POPUPS
from geodata.selection import (
    GRADES,
    KINDS,
    PARAMETERS,
    PRECISIONS,
    STATUSES,
    Selection,
    SelectionError,
    View,
)

slugs = st.from_regex(r"[a-z0-9](?:[a-z0-9_-]{0,10}[a-z0-9])?", fullmatch=True)
days = st.dates(FIRST_DAY, LAST_DAY)
words = (
    st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=40)
    .map(lambda text: " ".join(text.split()))
)  # fmt: skip


def some(values, size=4):
    return st.lists(values, max_size=size, unique=True).map(lambda found: tuple(sorted(found)))


def choices(allowed):
    return st.sets(st.sampled_from(allowed)).map(lambda found: tuple(v for v in allowed if v in found))


def degrees(limit):
    return st.floats(-limit, limit).map(lambda number: round(number, 6) + 0.0)


@st.composite
def boxes(draw):
    west, east = sorted((draw(degrees(180)), draw(degrees(180))))
    south, north = sorted((draw(degrees(90)), draw(degrees(90))))
    return BBox(west, south, east, north)


views = st.builds(
    View,
    st.floats(0, 22).map(lambda z: round(z, 2)),
    degrees(90).map(lambda v: round(v, 5) + 0.0),
    degrees(180).map(lambda v: round(v, 5) + 0.0),
)


@st.composite
def selections(draw):
    on = draw(st.none() | days)
    since = draw(st.none() | (st.dates(FIRST_DAY, on) if on else days))
    edition = draw(st.none() | st.integers(1, 999_999_999) | (st.dates(on, LAST_DAY) if on else days))
    kinds = draw(choices(KINDS))
    values = {
        "region": draw(st.none() | slugs),
        "on": on,
        "days": None if since else draw(st.none() | st.integers(1, 36525).filter(lambda n: n != 30)),
        "since": since,
        "edition": edition,
        "sources": draw(some(slugs)),
        "kinds": () if len(kinds) == len(KINDS) else kinds,
        "holder": draw(some(slugs)),
        "accused": draw(some(slugs)),
        "target": draw(some(slugs)),
        "status": draw(choices(STATUSES)),
        "precision": draw(st.none() | st.sampled_from(PRECISIONS)),
        "grade": draw(choices(GRADES)),
        "q": draw(words),
        "bbox": draw(st.none() | boxes()),
        "show": draw(st.none() | st.builds("{}.{}".format, st.sampled_from(POPUPS), slugs)),
        "view": draw(st.none() | views),
        "tiles": draw(st.none() | st.just("osm")),
    }
    assert [*values] == [parameter.field for parameter in PARAMETERS], "A parameter is not tried here."
    return Selection(**values)


@settings(max_examples=200)
@given(selections())
def test_the_canonical_query_gives_the_same_selection(selection):
    query = selection.query()
    read = Selection.from_query(query)

    assert read == selection
    assert read.query() == query


@given(st.text(max_size=200))
@example("on=%ff&view=7//")
@example("bbox=1e400,1,2,3")
@example("days=٣")
@example("on=２０１９-09-30")
def test_any_text_is_read_or_refused_in_words(text):
    refused = None
    try:
        selection = Selection.from_query(text)
    except SelectionError as error:
        refused = error
    if refused:
        assert str(refused).startswith(f"{refused.parameter}: ")
    else:
        assert Selection.from_query(selection.query()) == selection


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("on=2019-02-30", "on", "no such day"),
        ("on=30.9.2019", "on", "Write a day as 2019-09-30"),
        ("on=9999-12-31", "on", "can be asked for"),
        ("on=2019-01-01&on=2019-01-02", "on", "Give it once"),
        ("bbox=nan,1,2,3", "bbox", "west,south,east,north"),
        ("bbox=1,2,inf,3", "bbox", "west,south,east,north"),
        ("bbox=43,33,38,38", "bbox", "reversed"),
        ("bbox=1,2,3", "bbox", "west,south,east,north"),
        ("bbox=-181,0,0,1", "bbox", "within ±180"),
        ("view=7/91/0", "view", "zoom/latitude/longitude"),
        ("days=0", "days", "1 to 36525"),
        ("days=1e3", "days", "1 to 36525"),
        ("edition=0", "edition", "number of an edition"),
        ("edition=next", "edition", "number of an edition"),
        ("from=2020-01-02&on=2020-01-01", "from", "on or before"),
        ("from=2020-01-02&days=3", "from", "not both"),
        ("on=2020-01-02&edition=2020-01-01", "on", "says nothing of later days"),
        ("holder=" + ",".join(map(str, range(10_000))), "holder", "at most 50"),
        ("&".join(f"holder={n}" for n in range(10_000)), "query", "too many parameters"),
        ("holder=<script>", "holder", "small letters"),
        ("kinds=rumours", "kinds", "Choose from: control, status, strikes, sites"),
        ("precision=exactly", "precision", "Choose one of: exact"),
        ("show=post", "show", "post.ID"),
        ("tiles=other", "tiles", "Choose one of: osm"),
        ("q=" + "a" * 201, "q", "at most 200"),
        ("q=%00", "q", "control characters"),
    ],
)
def test_a_bad_parameter_is_named_with_what_would_be_right(query, parameter, words):
    with pytest.raises(SelectionError) as refused:
        Selection.from_query(query)

    assert refused.value.parameter == parameter
    assert words in str(refused.value)


def test_blank_and_unknown_parameters_are_left_out():
    assert Selection.from_query("on=&q=+&utm_source=mail") == Selection()
    assert Selection().query() == ""


def test_defaults_are_left_out_of_the_canonical_query():
    assert Selection.from_query("days=30&kinds=sites,strikes,status,control").query() == ""


def test_lists_are_sorted_and_said_once():
    assert Selection.from_query("holder=b&holder=a,b").query() == "holder=a,b"


def test_the_interval_is_closed_at_both_ends():
    day = datetime.date(2019, 9, 30)

    assert Selection().interval(day) == (datetime.date(2019, 9, 1), day)
    assert Selection(days=1).interval(day) == (day, day)
    assert Selection(since=datetime.date(2019, 1, 1)).interval(day) == (datetime.date(2019, 1, 1), day)


# --- What else goes by the declaration


@given(selections())
def test_a_selection_without_a_role_keeps_all_else(selection):
    bare = selection.without("view", "time")

    for parameter in PARAMETERS:
        if parameter.role in ("view", "time"):
            assert getattr(bare, parameter.field) == parameter.default
        else:
            assert getattr(bare, parameter.field) == getattr(selection, parameter.field)


def test_the_view_is_how_one_reader_looks():
    selection = Selection.from_query("on=2019-09-30&edition=2&grade=fair&show=post.a&view=7/34/41&tiles=osm")

    assert selection.without("view").query() == "on=2019-09-30&edition=2&grade=fair"


def test_precisions_stand_in_the_order_of_their_codes():
    assert PRECISIONS == CODES


def test_what_the_form_offers_of_a_fixed_choice_is_what_is_read():
    fixed = [p for p in PARAMETERS if p.form and not isinstance(p.form.options, str)]

    assert {p.field for p in fixed} >= {"kinds", "status", "precision", "grade"}
    for parameter in fixed:
        for value in parameter.form.options:
            assert parameter.read(parameter.name, [value]) in (value, (value,))
        with pytest.raises(SelectionError, match="Choose"):
            parameter.read(parameter.name, ["something-else"])
