"""What SQLite needs told after SpatiaLite is loaded."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def connect() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(_wait_as_set, dispatch_uid="crossings.database.sqlite")


def _wait_as_set(connection: BaseDatabaseWrapper, **_: Any) -> None:
    # mod_spatialite sets the busy timeout to 5 s while it loads, whatever the connection was opened with.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {settings.BUSY_TIMEOUT * 1000:d}")
