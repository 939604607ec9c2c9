"""bin/manage take_down document SLUG --reason … --basis …: remove words from every edition."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import crossings.downloads.files  # noqa: F401  (it deletes its files of what is taken down)
from crossings.publishing import takedown


class Command(BaseCommand):
    help = "Remove the words, names and coordinates of a row from every edition. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = {takedown.kind_of_model(model): model for model in takedown.KINDS}
        parser.add_argument("kind", choices=sorted(kinds), metavar="KIND", help=", ".join(sorted(kinds)))
        parser.add_argument("ident", metavar="ID", help="the id in links; of a name, its number in the admin")
        parser.add_argument("--reason", required=True, help="why, for those who may take down; stays private")
        parser.add_argument("--basis", required=True, help="what readers are told")
        parser.add_argument("--yes", action="store_true", help="do it; without, only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        model = next(m for m in takedown.KINDS if takedown.kind_of_model(m) == options["kind"])
        row = takedown.find(model, options["ident"])
        if row is None:
            raise CommandError(_("There is no %(kind)s “%(ident)s”.") % options)
        try:
            going = takedown.going_with(row)
            for line in takedown.in_words(going):
                self.stdout.write(line)
            if not options["yes"]:
                self.stdout.write(_("Nothing was removed. Run it again with --yes to remove all of this."))
                return
            done = takedown.take_down(row, options["reason"], options["basis"])
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(_("Taken down: %(n)s rows.") % {"n": len(done.tombstones)})
        for line in takedown.backups_in_words(done):
            self.stdout.write(line)
