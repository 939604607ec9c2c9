"""Words that the browser's own scripts say."""

from __future__ import annotations


def strings() -> dict[str, str]:
    """Every text of our scripts by its key, in the reader's language."""
    return {}
