"""The project's settings, with plain names of static files: nothing is collected for a timing."""

from crossings.settings import *  # noqa: F403
from crossings.settings import STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
