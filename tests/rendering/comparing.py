"""Two folders of answers, side by side. Knows nothing of Django."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from .site import RenderError

MANIFEST = "manifest.json"
SHOWN = 24  # lines of a difference
WIDE = 400  # characters of a line


def manifest(folder: Path) -> dict[str, str]:
    """The file of every address. Raises RenderError where the folder is not one of ours."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RenderError(f"{folder} holds no answers: its {MANIFEST} cannot be read.") from error
    return {str(address): str(file) for address, file in files.items()}


def differences(
    first: Path, other: Path, *, only: str = "", ignore: str = "", ignore_space: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """Addresses that differ, each with the first lines of a unified diff.

    `only` limits the addresses, text that matches `ignore` is not compared; both are regular expressions.
    """
    before, after = manifest(first), manifest(other)
    chosen = [a for a in dict.fromkeys([*before, *after]) if re.search(only, a)]
    if not chosen:
        raise RenderError(f"No address in either folder matches {only!r}.")
    for address in chosen:
        if address not in before or address not in after:
            yield address, [f"only in {first if address in before else other}"]
            continue
        texts = [
            _compared((folder / files[address]).read_text(encoding="utf-8"), ignore, ignore_space)
            for folder, files in ((first, before), (other, after))
        ]
        if texts[0] != texts[1]:
            yield address, _diff(texts[0], texts[1], str(first), str(other))


def _compared(text: str, ignore: str, ignore_space: bool) -> str:
    if ignore:
        text = re.sub(ignore, "…", text)
    if ignore_space:
        head, _, body = text.partition("\n\n")
        text = f"{head}\n\n{' '.join(body.split())}"
    return text


def _diff(before: str, after: str, first: str, other: str) -> list[str]:
    lines = list(difflib.unified_diff(_lines(before), _lines(after), first, other, n=1, lineterm=""))
    shown = [line if len(line) <= WIDE else line[:WIDE] + "…" for line in lines[:SHOWN]]
    more = [f"… and {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []
    return [*shown, *more] if lines else ["the line ends differ"]


def _lines(text: str) -> list[str]:
    """Long lines in pieces, or a JSON answer would be one line."""
    return [
        piece
        for line in text.split("\n")
        for piece in (re.split(r"(?<=[>,}\]])", line) if len(line) > 160 else [line])
    ]
