"""What mutmut does not mutate here: the wording of messages.

A mutant that writes a sentence otherwise is killed only by a test that repeats the sentence, and says nothing
of what the code does. It is left out by the shape of its change, wherever it stands: only a string literal
differs, and that holds words with a blank between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import libcst
from mutmut.mutation import mutators

#: Written into each copy: mutants that were made by another rule have other numbers.
RULE: Final = "1: string literals of two words or more stay as they are\n"
_WORDS: Final = re.compile(r"[^\W\d_]{2}.* .*[^\W\d_]{2}", re.DOTALL)

Operator = Callable[[Any], Iterable[libcst.CSTNode]]


def is_wording(text: str) -> bool:
    """Whether a text is a message or a part of one, rather than a key, a format or a separator.

    >>> is_wording("Today is so early."), is_wording("published_in"), is_wording("%d %b %Y"), is_wording(", ")
    (True, False, False, False)
    """
    return _WORDS.search(text) is not None


def without_wording(operator: Operator) -> Operator:
    """The operator, leaving such literals alone."""

    def changed(node: libcst.CSTNode) -> Iterable[libcst.CSTNode]:
        if isinstance(node, libcst.SimpleString) and is_wording(str(node.evaluated_value)):
            return ()
        return operator(node)

    return changed


def apply() -> None:
    """Make mutmut follow the rule, in this process and in those that it forks."""
    operators: Any = mutators.mutation_operators
    operators[:] = [
        (kind, without_wording(operator) if operator is mutators.operator_string else operator)
        for kind, operator in operators
    ]
