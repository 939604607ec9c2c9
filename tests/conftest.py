"""What every test gets: an empty cache, and the full texts of the five articles where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent.parent

# No deadline for one example: where other work shares the cores the clock says nothing about the code.
hypothesis_settings.register_profile("shared-cores", deadline=None)
hypothesis_settings.load_profile("shared-cores")


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


@pytest.fixture
def seeded(db, django_db_blocker):
    """A database with everything that is shipped."""
    from django.core.management import call_command

    call_command("load_seeds", verbosity=0)
