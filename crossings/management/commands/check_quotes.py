"""`bin/manage check_quotes FOLDER`: every shipped quote against the full texts in a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crossings.imports.quotes import check_quotes


class Command(BaseCommand):
    help = _(
        "Check that every shipped quote stands word for word where it is said to, in full texts that you "
        "have in a folder. The texts are found by their SHA-256, or by a file name that is the document's id."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help=_("The folder with the full texts."))
        parser.add_argument("--seeds", type=Path, default=settings.BASE_DIR / "seeds")

    def handle(self, *args: Any, **options: Any) -> None:
        check = check_quotes(options["seeds"], options["folder"])
        for document, name in check.texts.items():
            self.stdout.write(f"{document}: {name}")
        self.stdout.write(
            _("%(quotes)d quotes checked against %(texts)d texts; %(bare)d passages are not quoted.")
            % {"quotes": check.quotes, "texts": len(check.texts), "bare": check.bare}
        )
        for failure in check.failures:
            self.stderr.write(failure)
        if check.failures:
            count = len(check.failures)
            raise CommandError(ngettext("%(n)d check failed.", "%(n)d checks failed.", count) % {"n": count})
        self.stdout.write(_("Every quote holds."))
