"""What happens after each migration, and when rows are saved."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate

from . import remembered, sqlite
from .groups import ensure_groups
from .spatial_index import repair


def connect() -> None:
    post_migrate.connect(_after_migrate, dispatch_uid="crossings.spatial_index")
    post_migrate.connect(ensure_groups, dispatch_uid="crossings.groups")
    sqlite.connect()
    remembered.connect()


def _after_migrate(using: str = "default", verbosity: int = 1, **_: Any) -> None:
    mended = repair(connections[using])
    if mended and verbosity >= 2:
        print(f"  Spatial indexes checked: {', '.join(mended)}")
