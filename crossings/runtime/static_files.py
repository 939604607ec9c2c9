"""How static files are named and stored."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files whose ES modules import each other by hashed name."""

    # Without it `import "./day.js"` inside a module keeps the unhashed name and a stale copy is served.
    # It reads comments too: a module that names itself in an import there never comes to an end.
    support_js_module_import_aggregation = True
