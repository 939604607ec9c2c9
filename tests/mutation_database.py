"""A pytest plugin for tests/mutation.py: each process tests on a copy of a database that is ready.

Making one anew takes longer than most mutants live.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.db import connections

TEMPLATE = "MUTATION_DATABASE"  # the variable that names the file


@pytest.hookimpl(trylast=True)  # after pytest-django has set up Django
def pytest_configure(config: pytest.Config) -> None:
    template = os.environ.get(TEMPLATE)
    if template:
        config.option.reuse_db = True
        connections["default"].settings_dict["TEST"]["NAME"] = str(_own(Path(template)))
        shutil.copyfile(template, _own(Path(template)))


def pytest_unconfigure() -> None:
    template = os.environ.get(TEMPLATE)
    if template:
        for file in Path(template).parent.glob(f"{_own(Path(template)).name}*"):  # with its -wal and -shm
            file.unlink()


def _own(template: Path) -> Path:
    return template.with_name(f"{os.getpid()}.sqlite3")


def make(template: Path) -> None:
    """Write the template: migrated, and otherwise empty."""
    import django

    django.setup()
    connection = connections["default"]
    connection.settings_dict["TEST"]["NAME"] = str(template)
    shutil.rmtree(template.parent, ignore_errors=True)  # with what processes that were stopped left there
    template.parent.mkdir(parents=True)
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
