"""How static files are named and stored."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files whose ES modules import each other by hashed name."""

    # Without it `import "./day.js"` inside a module keeps the unhashed name and a stale copy is served.
    # It reads comments too: a module that names itself in an import there never comes to an end.
    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Not among the files, which are all served: it lists every name, those of the admin included.
        kwargs.setdefault("manifest_storage", FileSystemStorage(location=settings.STATIC_BUILD))
        super().__init__(*args, **kwargs)
