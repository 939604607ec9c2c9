"""The settings under test: the project's own, in a folder of their own and with plain static names.

`live_server` finds files by their unhashed names; what hashing does is tested on a real granian.
"""

import os
import tempfile

os.environ["ENV_FILE"] = os.devnull  # a developer's .env must not change what the tests say
os.environ["DATA_DIR"] = os.path.join(tempfile.gettempdir(), f"crossings-tests-{os.getuid()}")
os.environ.setdefault("SECRET_KEY", "for-tests-only-" * 5)
# Playwright's synchronous API runs an event loop in the thread that also talks to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

from crossings.settings import *  # noqa: F403  (the environment above comes first)
from crossings.settings import DATABASE, LIMITS, STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASE["ENGINE"].endswith("spatialite"):
    # In memory. pytest-xdist appends the name of its worker: here that lands in a parameter of no effect.
    DATABASE["TEST"] = {"NAME": "file:crossings?mode=memory&cache=shared&worker="}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LIMITS = dict.fromkeys(LIMITS)  # a test that asks a thousand times is no flood; tests of the limits set them
