"""How alike two sentences are, and which of many are near copies of each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from geodata.text import fold

SHINGLE = 3  # words in a row that two texts must share before they are compared
LEAST_WORDS = 5
ALIKE = 0.7  # likeness from which a text is a near copy


@lru_cache(maxsize=16_384)
def folded_words(text: str) -> tuple[str, ...]:
    return tuple(fold(text).split())


def likeness(a: str, b: str) -> float:
    """Share of the shorter text's words that stand in the other in the same order, from 0 to 1.

    Words are compared folded; a cut of a sentence is as like it as a sentence can be.

    >>> likeness("Bukamal was controlled by Daesh", "Boukamal was controlled by the Daesh until 2017")
    0.8
    """
    words, other_words = folded_words(a), folded_words(b)
    shorter = min(len(words), len(other_words))
    if not shorter:
        return 0.0
    blocks = SequenceMatcher(None, words, other_words, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / shorter


def near_copies(texts: Mapping[int, str], others: Mapping[int, str]) -> dict[int, list[int]]:
    """For each text the keys of the others that carry nearly the same words, the most alike first.

    Texts of fewer than five words are left out: they are alike by chance. Only others that share three words
    in a row are compared, so that the cost grows with what is alike and not with all there is.
    """
    index: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for key, text in others.items():
        for shingle in _shingles(text):
            index[shingle].add(key)
    found: dict[int, list[int]] = {}
    for key, text in texts.items():
        shared = Counter(other for shingle in _shingles(text) for other in index.get(shingle, ()))
        alike = [(likeness(text, others[other]), other) for other in shared]
        copies = sorted((-degree, other) for degree, other in alike if degree >= ALIKE)
        if copies:
            found[key] = [other for _, other in copies]
    return found


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = folded_words(text)
    if len(found) < LEAST_WORDS:
        return set()
    return {found[i : i + SHINGLE] for i in range(len(found) - SHINGLE + 1)}
