"""What was found about the sources, as text for a terminal and as a section of docs/data-quality.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypedDict

from django.utils.translation import gettext as _

from geodata.errors import GeodataError

from .golden import GoldenDay, Told
from .sources import SourceReview

BEGIN: Final = "<!-- written by bin/manage check_data --write -->"
END: Final = "<!-- end -->"
#: Fields of a review, and what they list.
TO_LOOK_AT: Final = (
    ("unquoted", "no quote"),
    ("no_date", "the quote does not date it"),
    ("no_force", "the quote names none of its forces"),
    ("no_place", "the quote does not name its place"),
    ("no_speaker", "“said”, “according to” or “reportedly” without a speaker"),
)
GoldenDays = Sequence[tuple[GoldenDay, Told | None]]


class GoldenRow(TypedDict):
    post: str
    question: str
    day: str
    expected: list[str]
    found: list[str] | None


def golden_rows(days: GoldenDays) -> list[GoldenRow]:
    return [
        {
            "post": day.post,
            "question": day.question,
            "day": day.day.isoformat(),
            "expected": list(day.told),
            "found": None if told is None else list(told),
        }
        for day, told in days
    ]


def in_text(reviews: Iterable[SourceReview], days: GoldenDays) -> str:
    lines = []
    for review in reviews:
        basis = review.basis
        lines.append(
            _(
                "%(set)s: %(n)d reports; %(quote)d rest on a quote, %(headline)d on a headline, "
                "%(neither)d on neither."
            )
            % {
                "set": review.source_set,
                "n": basis.reports,
                "quote": basis.quote,
                "headline": basis.headline,
                "neither": basis.neither,
            }
        )
        for name, what in TO_LOOK_AT:
            found: list[str] = getattr(review, name)
            lines.append(f"  {what} ({len(found)}): {', '.join(found) or '–'}")
        for document, wires in review.wires.items():
            lines.append(f"  wires of {document}: {_counted(wires)}")
    differing = [(day, told) for day, told in days if told != day.told]
    lines.append(
        _("Golden days: %(same)d as expected, %(other)d not.")
        % {"same": len(days) - len(differing), "other": len(differing)}
    )
    for day, told in differing:
        now = " | ".join(told) if told else _("there is no such post")
        lines.append(f"  {day}: {now}; {_('expected')}: {' | '.join(day.told)}")
    return "\n".join(lines)


def in_markdown(reviews: Iterable[SourceReview], days: GoldenDays) -> str:
    """The section of the paper, without the lines that it stands between."""
    lines = []
    for review in reviews:
        basis = review.basis
        lines += [
            f"### Source set `{review.source_set}`",
            "",
            f"{basis.reports} published reports, counted as they are stored: {basis.quote} rest on a quote, "
            f"{basis.headline} on a headline alone, {basis.neither} on neither.",
            "",
            "| to look at | reports | ids |",
            "| --- | --- | --- |",
        ]
        for name, what in TO_LOOK_AT:
            found: list[str] = getattr(review, name)
            ids = ", ".join(f"`{ident}`" for ident in found) if 0 < len(found) < 30 else "–"
            lines.append(f"| {what} | {len(found)} | {ids} |")
        lines += ["", "| document | passages by wire |", "| --- | --- |"]
        lines += [f"| `{document}` | {_counted(wires)} |" for document, wires in review.wires.items()]
        lines.append("")
    same = sum(told == day.told for day, told in days)
    lines.append(
        f"Golden days ([seeds/GOLDEN_DAYS.md](../seeds/GOLDEN_DAYS.md)): {same} of {len(days)} as expected."
    )
    return "\n".join(lines)


def write(path: Path, section: str) -> None:
    """Put the section between the lines that mark it. Raises GeodataError where the paper has none."""
    text = path.read_text("utf-8")
    if BEGIN not in text or END not in text:
        raise GeodataError(
            f"{path}: the lines {BEGIN} and {END} say where the section goes; they are missing."
        )
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.write_text(f"{before}{BEGIN}\n\n{section}\n\n{END}{after}", "utf-8")


def section_of(path: Path) -> str:
    """The section as it stands in the paper."""
    return path.read_text("utf-8").split(BEGIN, 1)[1].split(END, 1)[0].strip()


def _counted(wires: dict[str, int]) -> str:
    return ", ".join(f"{wire} {count}" for wire, count in wires.items())
