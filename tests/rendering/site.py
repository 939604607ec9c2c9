"""A site of its own in a folder: the shipped data, two corrections, and a clock that stands still."""

from __future__ import annotations

import csv
import datetime
import os
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
UTC = datetime.UTC

#: Each act of the history has a day of its own, so that editions can be asked for by day.
LOADED = datetime.datetime(2026, 11, 20, 9, tzinfo=UTC)
WITHDRAWN = datetime.datetime(2026, 12, 5, 9, tzinfo=UTC)
REPLACED = datetime.datetime(2026, 12, 20, 9, tzinfo=UTC)
READ = datetime.datetime(2027, 1, 15, 9, tzinfo=UTC)
EDITION_DAY = datetime.date(2026, 12, 10)  # between two of them

#: Reports that an editor withdraws, by model; the first two in the order of their ids.
WITHDRAW = ("ControlReport", "StatusReport")
WITHDRAW_EACH = 2
#: Files of the seeds of which one published row is told otherwise, and that row's number.
REPLACE = {"control.csv": 2, "background/status.csv": 3}

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONHASHSEED", "PYTHONPATH")


class RenderError(Exception):
    """The tool cannot do its work. Its text is one sentence."""


class Clock:
    """Takes the place of `django.utils.timezone.now`."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now

    def __call__(self) -> datetime.datetime:
        return self.now


def start(folder: Path) -> Clock:
    """Set up Django on an empty database in `folder`; no setting of the caller counts."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(
        kept,
        DJANGO_SETTINGS_MODULE="crossings.settings",
        ENV_FILE=os.devnull,
        DATA_DIR=str(folder),
        SECRET_KEY="for-rendering-only-" * 4,
        LOG_LEVEL="CRITICAL",
        OPERATOR_NAME="A newsroom",
        OPERATOR_CONTACT="desk@example.org",
    )
    from django.utils import timezone

    clock = Clock(LOADED)
    timezone.now = clock  # before the project is imported, which may import the name

    import django

    django.setup()
    return clock


def fill(clock: Clock, folder: Path, seeds: Path) -> None:
    """The shipped data, then an edition that withdraws and one that replaces. Raises RenderError."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_seeds", str(seeds), verbosity=0)
    clock.now = WITHDRAWN
    _withdraw()
    clock.now = REPLACED
    call_command("load_seeds", str(_changed_seeds(seeds, folder / "seeds")), replace=True, verbosity=0)
    clock.now = READ


def model(name: str) -> Any:
    from django.apps import apps

    return apps.get_model("crossings", name)


def newest_edition() -> int:
    return model("Edition").objects.order_by("-number").values_list("number", flat=True)[0]


def _withdraw() -> None:
    """Through the admin, as a publisher does."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    user = get_user_model().objects.create_superuser("publisher")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    for name in WITHDRAW:
        rows = model(name).objects.filter(state="published").order_by("public_id")
        keys = [str(row.pk) for row in rows[:WITHDRAW_EACH]]
        before = newest_edition()
        address = f"/admin/crossings/{name.lower()}/step/withdraw/"
        response = client.post(address, {"ids": ",".join(keys), "reason": "Told twice."})
        if response.status_code != 302 or newest_edition() != before + 1:
            raise RenderError(f"POST {address} answered {response.status_code} and made no edition.")


def _changed_seeds(seeds: Path, to: Path) -> Path:
    """A copy of the seeds in which a few published rows read otherwise."""
    shutil.copytree(seeds, to)
    for name, number in REPLACE.items():
        path = to / name
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        rows[number]["note"] = "Corrected."
        _write(path, columns, rows)
    return to


def _write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
