"""`bin/manage check_data`: what in the database is wrong, and what of each source set is worth a look."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crossings.quality import paper
from crossings.quality.golden import computed, golden_days
from crossings.quality.integrity import problems
from crossings.quality.sources import reviews
from geodata.errors import GeodataError

GOLDEN_DAYS = settings.BASE_DIR / "seeds" / "GOLDEN_DAYS.md"
PAPER = settings.BASE_DIR / "docs" / "data-quality.md"


class Command(BaseCommand):
    help = _(
        "Check all that the database cannot refuse by itself, each problem by model, id and field, and list "
        "for each source set what an editor may want to look at. Ends with 1 if there is a problem."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--texts", type=Path, help=_("A folder with full texts to hold the quotes against.")
        )
        parser.add_argument(
            "--golden", type=Path, default=GOLDEN_DAYS, help=_("A table of golden days to compute again.")
        )
        parser.add_argument(
            "--write",
            type=Path,
            nargs="?",
            const=PAPER,
            help=_("Also write the section on the sources into this paper (docs/data-quality.md)."),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = problems(options["texts"])
        looked = list(reviews())
        days = [(day, told) for day, told in computed(_days(options["golden"]))]
        if options["format"] == "json":
            data = {
                "problems": [problem.as_dict() for problem in found],
                "sources": [review.as_dict() for review in looked],
                "golden_days": paper.golden_rows(days),
            }
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=1))
        else:
            for problem in found:
                self.stdout.write(str(problem))
            self.stdout.write(paper.in_text(looked, days))
        if options["write"]:
            try:
                paper.write(options["write"], paper.in_markdown(looked, days))
            except (GeodataError, OSError) as error:
                raise CommandError(str(error)) from error
        if found:
            count = len(found)
            raise CommandError(ngettext("%(n)d problem.", "%(n)d problems.", count) % {"n": count})


def _days(table: Path) -> list[Any]:
    if not table.is_file():
        raise CommandError(_("There is no file %s with golden days.") % table)
    return golden_days(table)
