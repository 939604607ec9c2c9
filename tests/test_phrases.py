"""Partials within a line of text are laid out over many lines and say the same, blank for blank."""

import re
from pathlib import Path

import pytest
from django.template import Template, TemplateSyntaxError
from django.template.context import Context

TEMPLATES = Path(__file__).parent.parent / "templates"


def rendered(source, **context):
    return Template(source).render(Context(context))


def test_a_line_break_in_a_phrase_is_no_blank():
    source = (
        '{% phrase %}\n<b>\n  {{ name }}\n</b>\n{% if level %}\n  {{ ", " }}\n  {{ level }}\n{% endif %}\n.\n'
    )

    assert rendered(source, name="Qaim", level="stated") == "<b>Qaim</b>, stated."
    assert rendered(source, name="Qaim") == "<b>Qaim</b>."


def test_blanks_and_line_breaks_of_the_data_stay():
    assert rendered("{% phrase %}\n{{ text }}\n", text=" two\n lines ") == " two\n lines "


def test_attributes_on_lines_of_their_own_stay_apart():
    source = (
        '{% phrase %}\n<a class="force"\n   href="{{ url }}"\n   {% if on %}data-on{% endif %}>\n  x\n</a>\n'
    )

    assert rendered(source, url="/f", on=True) == '<a class="force" href="/f" data-on>x</a>'


def test_a_phrase_takes_no_arguments():
    with pytest.raises(TemplateSyntaxError, match="phrase takes no arguments"):
        Template("{% phrase short %}")


def test_text_for_an_attribute_is_one_line_and_is_escaped_once():
    source = "{% filter one_line %}\n  {{ a }}\n  {{ b }}\n{% endfilter %}"

    assert rendered(source, a="Iraq &", b="Syria") == "Iraq &amp; Syria"


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_a_template_can_be_read_in_a_diff(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if len(line) > 160] == []
    if path.name.startswith("_"):
        head = [line for line in lines if line != "{% phrase %}"]
        assert re.match(r"\{# Context: ", head[0]), "A partial begins with a comment that names its context."
