from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class CrossingsConfig(AppConfig):
    name = "crossings"
    verbose_name = _("Crossings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import signals

        signals.connect()


class EditingConfig(AdminConfig):
    """Django's admin with our own site class: models under headings in plain words."""

    default_site = "crossings.admin_site.CrossingsAdminSite"
