#!/usr/bin/env python
"""Django's command line for this project. `bin/manage` runs it in the project's own environment."""

import os
import sys


def main() -> None:
    """Run a management command; a problem of the set-up is one sentence and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crossings.settings")
    try:
        from crossings.runtime.failures import problems_in_one_sentence
    except ModuleNotFoundError as error:
        sys.exit(f"crossings: The Python package {error.name} is missing: run bin/setup.")
    with problems_in_one_sentence():
        from django.conf import settings
        from django.core.management import execute_from_command_line

        _ = settings.DEBUG  # loads settings here: Django's own command line hides why they failed
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
