"""Draws docs/example-1.svg to example-3.svg and their tables: `.venv/bin/python -m docs.examples`.

The pictures are those of the method page, drawn by the same template from the answers of the rule.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crossings.queries.worked_examples import WorkedExample

FOLDER: Final = Path(__file__).parent
PAPER: Final = FOLDER / "assessment.md"
BEGIN: Final = "<!-- drawn by python -m docs.examples -->"
END: Final = "<!-- end of the examples -->"


def examples() -> tuple[WorkedExample, ...]:
    from crossings.queries.worked_examples import worked_examples

    return worked_examples("en")


def picture(example: WorkedExample) -> str:
    """The picture as a file of its own."""
    from django.template.loader import render_to_string
    from django.utils import translation

    context = {"chart": example.chart, "title": example.title, "standalone": True}
    with translation.override("en"):
        svg = render_to_string("pages/_worked_example.svg.html", context)
    return re.sub(r"\s*\n\s*", "\n", svg).strip() + "\n"


def section() -> str:
    """The examples as Markdown: title, picture and the days with their answers."""
    lines = []
    for number, example in enumerate(examples(), start=1):
        lines += [
            f"### {number}. {example.title}",
            "",
            f"![{example.title}](example-{number}.svg)",
            "",
            f"{example.question}",
            "",
            "| no. | day | answer | why |",
            "| --- | --- | --- | --- |",
            *(f"| {day.number} | {day.day} | {day.words} | {day.why} |" for day in example.days),
            "",
        ]
    return "\n".join(lines).strip()


def paper() -> str:
    """docs/assessment.md with the section as it is drawn today."""
    before, rest = PAPER.read_text("utf-8").split(BEGIN, 1)
    return f"{before}{BEGIN}\n\n{section()}\n\n{END}{rest.split(END, 1)[1]}"


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crossings.settings")
    django.setup()
    for number, example in enumerate(examples(), start=1):
        (FOLDER / f"example-{number}.svg").write_text(picture(example), "utf-8")
    PAPER.write_text(paper(), "utf-8")


if __name__ == "__main__":
    main()
