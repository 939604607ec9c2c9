"""A template tag for partials that stand within a line of text, where a stray blank would show."""

from __future__ import annotations

import re
from typing import cast

from django import template
from django.template.base import NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.template.defaultfilters import stringfilter

register = template.Library()

_BREAK_OR_BRACKET = re.compile(r"\s*\n\s*|[<>]")


class PhraseNode(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        return self.nodelist.render(context)


@register.tag
def phrase(parser: Parser, token: Token) -> PhraseNode:
    """From here to the end of the file, a line break and the blanks around it are layout and not text.

    A blank that is text is written {{ " " }}. Within an HTML tag, and within blocktranslate, breaks stay.
    """
    if len(token.split_contents()) > 1:
        raise template.TemplateSyntaxError("phrase takes no arguments: write {% phrase %}.")
    nodelist = parser.parse()
    in_tag = False
    for node in cast(list[TextNode], nodelist.get_nodes_by_type(TextNode)):
        node.s, in_tag = _joined(node.s, in_tag)
    return PhraseNode(nodelist)


@register.filter(is_safe=True)
@stringfilter
def one_line(text: str) -> str:
    """Text for a title or an attribute, however its block is laid out.

    >>> one_line("\\n  Iraq\\n  and Syria\\n")
    'Iraq and Syria'
    """
    return " ".join(text.split())


def _joined(text: str, in_tag: bool) -> tuple[str, bool]:
    """The text without its line breaks, and whether it ends inside an HTML tag.

    >>> _joined('\\n  held by\\n  <a href="', False)
    ('held by<a href="', True)
    >>> _joined('"\\n     class="force">\\n  Iraq\\n</a>', True)
    ('" class="force">Iraq</a>', False)
    """
    parts = []
    end = 0
    for found in _BREAK_OR_BRACKET.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        if found[0] in "<>":
            in_tag = found[0] == "<"
            parts.append(found[0])
        elif in_tag:
            parts.append(" ")
    return "".join([*parts, text[end:]]), in_tag
