"""Patterns of LIKE: % stands for any text, _ for one letter, \\ before either for itself."""

from __future__ import annotations

import re
from functools import lru_cache


def as_regex(pattern: str, *, nocase: bool) -> str:
    r"""The pattern as a regular expression that takes time in proportion to the text.

    A piece between two % is looked for from where the last one ended and never again further on (atomic
    groups), so many % in a pattern cannot make a search long.

    >>> bool(re.search(as_regex("a%b_", nocase=False), "a...bc")), as_regex("50\\%", nocase=True)
    (True, '(?is)\\A50%\\Z')
    """
    pieces = _pieces(pattern)
    flags = "(?is)" if nocase else "(?s)"
    if len(pieces) == 1:
        return rf"{flags}\A{pieces[0]}\Z"
    between = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1] if piece)
    return rf"{flags}\A{pieces[0]}{between}.*{pieces[-1]}\Z"


def _pieces(pattern: str) -> list[str]:
    pieces, escaped = [""], False
    for letter in pattern:
        if escaped or letter not in "\\%_":
            pieces[-1] += re.escape(letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "%":
            pieces.append("")
        else:
            pieces[-1] += "."
    if escaped:  # a backslash at the end stands for itself
        pieces[-1] += re.escape("\\")
    return pieces


@lru_cache(maxsize=64)
def compiled(pattern: str, nocase: bool) -> re.Pattern[str]:
    return re.compile(as_regex(pattern, nocase=nocase))
