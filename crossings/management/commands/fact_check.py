"""`bin/manage fact_check draw` and `record`: rows drawn for a reader to judge, and what they judged."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crossings.models import SourceSet
from crossings.quality.sample import DrawnRow, draw
from crossings.quality.verdicts import VerdictError, record, sheet


class Command(BaseCommand):
    help = _("Draw published reports at random with their words, and record what a reader judged of them.")

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        drawing = actions.add_parser("draw", help=_("Print reports with their words and values."))
        drawing.add_argument("-n", "--number", type=_positive, default=20)
        drawing.add_argument(
            "--seed", type=int, help=_("Draws the same rows again; else one is made and printed.")
        )
        drawing.add_argument("--sources", default="", help=_("The id of a source set; else all."))
        drawing.add_argument(
            "--csv", type=Path, help=_("Also write a sheet to fill in. It must not exist yet.")
        )
        recording = actions.add_parser("record", help=_("Append the verdicts of a filled sheet to the log."))
        recording.add_argument("sheet", type=Path)
        recording.add_argument("--by", required=True, help=_("Who judged."))
        recording.add_argument("--log", type=Path, default=settings.DATA_DIR / "fact-check.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "draw":
            self._draw(options)
        else:
            self._record(options)

    def _draw(self, options: dict[str, Any]) -> None:
        sources = options["sources"]
        known = list(SourceSet.objects.values_list("slug", flat=True))
        if sources and sources not in known:
            raise CommandError(_("--sources: choose from %s.") % ", ".join(known))
        seed = secrets.randbelow(1_000_000) if options["seed"] is None else options["seed"]
        rows = draw(options["number"], seed, sources)
        for number, row in enumerate(rows, start=1):
            self.stdout.write(_in_text(number, row))
        drawn = ngettext(
            "%(n)d report, drawn with --seed %(seed)d.",
            "%(n)d reports, drawn with --seed %(seed)d.",
            len(rows),
        )
        self.stdout.write(drawn % {"n": len(rows), "seed": seed})
        if options["csv"]:
            try:
                with options["csv"].open("x", encoding="utf-8", newline="") as file:
                    file.write(sheet(rows, seed))
            except FileExistsError as error:
                raise CommandError(_("%s is there already; name a new file.") % options["csv"]) from error
            except OSError as error:
                raise CommandError(str(error)) from error

    def _record(self, options: dict[str, Any]) -> None:
        try:
            count = record(options["sheet"], options["log"], options["by"], timezone.now().date())
        except VerdictError as error:
            for problem in error.problems:
                self.stderr.write(problem)
            raise CommandError(_("Nothing was recorded.")) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        done = ngettext("%(n)d verdict recorded in %(log)s.", "%(n)d verdicts recorded in %(log)s.", count)
        self.stdout.write(done % {"n": count, "log": options["log"]})


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(_("a number of rows, 1 or more"))
    return number


def _in_text(number: int, row: DrawnRow) -> str:
    words = f"“{row.quote}”" if row.quote else _("not quoted; the headline: “%s”") % row.title
    whose = f"{row.stance}; {_('speaker')}: {row.speaker or '–'}; {_('wire')}: {row.wire}"
    lines = [
        f"{number}. {row.kind} {row.id}",
        f"   {row.publisher}, {row.title or _('untitled')}, {row.published}",
        f"   {row.url or _('no address is known')}",
        f"   {row.page}",
        f"   {words}",
        f"   → {row.subject} ({row.of or '–'}): {row.says}",
        f"   → {row.dates or '–'}; {whose}",
    ]
    return "\n".join([*lines, *([f"   {_('note')}: {row.note}"] if row.note else []), ""])
