from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CrossingsConfig(AppConfig):
    name = "crossings"
    verbose_name = _("Crossings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .database import sqlite
        from .models import as_of, revision
        from .publishing import editions
        from .publishing.permissions import ensure_groups

        post_migrate.connect(_repair_spatial_indexes, dispatch_uid="crossings.spatial_index")
        post_migrate.connect(ensure_groups, dispatch_uid="crossings.groups")
        sqlite.connect()
        revision.connect()
        as_of.connect()
        editions.connect()


class EditingConfig(AdminConfig):
    """Django's admin with our own site class: models under headings in plain words."""

    default_site = "crossings.admin_site.CrossingsAdminSite"


def _repair_spatial_indexes(using: str = "default", verbosity: int = 1, **_: object) -> None:
    from .database.spatial_index import repair

    repaired = repair(connections[using])
    if repaired and verbosity >= 2:
        print(f"  Spatial indexes checked: {', '.join(repaired)}")
