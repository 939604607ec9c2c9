"""What every test gets: an empty cache, and the full texts of the five articles where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import settings as hypothesis_settings

from crossings.publishing.permissions import EDITORS, PUBLISHERS

ROOT = Path(__file__).resolve().parent.parent

# No deadline for one example: where other work shares the cores the clock says nothing about the code.
hypothesis_settings.register_profile("shared-cores", deadline=None)
# In CI the same examples every time, so that a change is judged by itself; everybody else's runs explore.
hypothesis_settings.register_profile(
    "ci", parent=hypothesis_settings.get_profile("shared-cores"), derandomize=True, database=None
)
in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
hypothesis_settings.load_profile("ci" if in_ci else "shared-cores")


@pytest.fixture(autouse=True)
def _empty_cache():
    """Editions are numbered anew in each test, and what is kept is kept by their number."""
    cache.clear()


@pytest.fixture(scope="session")
def texts() -> Path:
    """The folder of full texts (CROSSINGS_TEXTS, or beside the checkout); skips where there is none."""
    folder = Path(os.environ.get("CROSSINGS_TEXTS") or ROOT.parent / "shared" / "seeds")
    if not any(folder.glob("*.txt")):
        pytest.skip("the full texts of the articles are not at hand (set CROSSINGS_TEXTS)")
    return folder


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that one start has prepared, with the shipped data. To be copied, not written in."""
    from tests.processes import clean_environment, python

    folder = tmp_path_factory.mktemp("prepared")
    code = """
import django
django.setup()
from crossings.database.preparation import prepare_database
prepare_database(print)
"""
    done = python(code, clean_environment(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def shipped(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Everything that is shipped, loaded once for the tests of a file and rolled back after them.

    A test that uses it also uses `db`, whose own transaction is then a savepoint inside this one.
    """
    from tests.shipped_rows import load  # Django is set up by now

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            folder = tmp_path_factory.getbasetemp()
            load(folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder)
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


@pytest.fixture
def editor(db: None) -> Client:
    """Signed in with the rights to enter data, but not to publish it."""
    from tests.admin_rows import login  # models are there only once Django is set up

    return login(EDITORS)


@pytest.fixture
def publisher(db: None) -> Client:
    """Signed in with the rights to publish, too."""
    from tests.admin_rows import login

    return login(PUBLISHERS)
