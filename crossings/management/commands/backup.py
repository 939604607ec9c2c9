"""bin/manage backup [FILE]"""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from crossings.database.backup import BackupError, backup


class Command(BaseCommand):
    help = "Make a consistent copy of the database, also while the site is running."
    requires_system_checks: list[str] = []  # a backup must work when something else is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="Where to; a new dated file in DATA_DIR/backups when left out."
        )

    def handle(self, *args: object, file: Path | None, **options: object) -> None:
        try:
            made = backup(connection.settings_dict, file, settings.DATA_DIR / "backups")
        except BackupError as error:
            raise CommandError(str(error)) from error
        size = made.stat().st_size / 1e6
        self.stdout.write(
            _("The database is backed up to %(file)s (%(size).1f MB).") % {"file": made, "size": size}
        )
