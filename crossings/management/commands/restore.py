"""bin/manage restore FILE"""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.utils.translation import gettext as _

from crossings.database.restore import RestoreError, restore


class Command(BaseCommand):
    help = "Put a backup in the database's place. The site must be stopped; the present database is kept."
    requires_system_checks: list[str] = []  # a restore must work when the database does not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="A file that bin/manage backup has made.")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        connections.close_all()
        try:
            done = restore(connection.settings_dict, file, settings.DATA_DIR / "backups")
        except RestoreError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("The database is restored from %(file)s.") % {"file": file})
        if done.aside:
            self.stdout.write(_("The one before is kept as %(file)s.") % {"file": done.aside})
        self.stdout.write(_("Start the site with bin/serve: it brings an older database up to date."))
