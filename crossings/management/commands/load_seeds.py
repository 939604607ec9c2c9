"""`bin/manage load_seeds [FOLDER]`: the shipped data, or an editor's files, into the database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crossings.imports.loader import SeedError, Summary, load


class Command(BaseCommand):
    help = _(
        "Load the seed files of a folder and of the folders inside it, all rows or none, and publish them. "
        "A second run changes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "seeds")
        parser.add_argument(
            "--check", action="store_true", help=_("Do everything, then roll it back; nothing is written.")
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help=_("Where a published row has changed in the files, publish the new version in its place."),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            summary = load(folder, replace=options["replace"], check=options["check"])
        except SeedError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            count = len(error.problems)
            raise CommandError(
                ngettext("%(n)d problem; nothing was written.", "%(n)d problems; nothing was written.", count)
                % {"n": count}
            ) from error
        if options["verbosity"]:
            self._print(summary, checked_only=options["check"])

    def _print(self, summary: Summary, *, checked_only: bool) -> None:
        for verb, counts in (
            (_("new"), summary.created),
            (_("updated"), summary.updated),
            (_("replaced"), summary.replaced),
        ):
            for name, count in counts.items():
                self.stdout.write(f"  {name}: {count} {verb}")
        for edition in summary.editions:
            self.stdout.write(
                _("Edition %(number)d: %(note)s") % {"number": edition.number, "note": edition.note}
            )
        for line in summary.withdrawn:
            self.stdout.write(_("Left alone, because an editor withdrew it: %(row)s") % {"row": line})
        for line in summary.corrected:
            self.stdout.write(_("Left alone, because an editor corrected it: %(row)s") % {"row": line})
        for line in summary.removed:
            self.stdout.write(
                _("No longer in the files, still published (withdraw it in the admin): %(row)s")
                % {"row": line}
            )
        total = sum(summary.unchanged.values())
        if not summary.changed:
            self.stdout.write(_("Nothing to do: all %(n)d rows are already as in the files.") % {"n": total})
        elif checked_only:
            self.stdout.write(_("Checked only: nothing was written."))
