"""What stands beside words: swatches, and the parameters that a form or a link keeps."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template

from crossings.templatetags.marks import at, ink_on, query_without


def render(source: str, **context: object) -> str:
    return Template("{% load marks %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("colour", "ink"),
    [("#000000", "#ffffff"), ("#F0E442", "#111417"), ("#0072B2", "#ffffff"), ("#009E73", "#111417")],
)
def test_a_letter_reads_on_its_colour(colour, ink):
    assert ink_on(colour) == ink


@pytest.mark.parametrize("colour", ["", "red", "#12", '#000000"/><script>', None])
def test_what_is_no_colour_gets_dark_ink(colour):
    assert ink_on(colour) == "#111417"


def test_a_swatch_escapes_what_it_is_given():
    force = SimpleNamespace(colour='"><script>', letter="<b>")
    html = render("{% swatch force %}", force=force)
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_count_is_found_by_a_key_with_a_colon_and_is_0_where_there_is_none():
    assert at({"level:stated": 3}, "level:stated") == 3
    assert at({}, "level:stated") == 0


def test_a_form_keeps_the_parameters_that_it_does_not_set_itself():
    html = render(
        '{% query_inputs query "on" %}', query="on=2019-09-30&sources=articles&q=%22%3E%3Cscript%3E"
    )
    assert 'name="sources" value="articles"' in html
    assert 'name="on"' not in html
    assert "<script>" not in html


def test_a_link_drops_one_parameter_and_keeps_the_rest_readable():
    assert query_without("on=2019-09-30&view=7/34.4/41&tiles=osm", "tiles") == "on=2019-09-30&view=7/34.4/41"
