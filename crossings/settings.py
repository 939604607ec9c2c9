"""One settings file for laptop and server, driven by the environment and `.env` (see README.md)."""

import pyproj, shapely  # noqa: E401, F401, I001  (these two first: any other order aborts the process at exit)

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crossings.runtime import environment
from crossings.runtime import logs
from crossings.runtime import secret_key

BASE_DIR = environment.PROJECT
_file = os.environ.get("ENV_FILE")
env = environment.Environment(Path(_file or BASE_DIR / ".env"), required=bool(_file))

# --- Where it runs
DEBUG = env.flag("DEBUG")
DATA_DIR = secret_key.private_folder(env.folder("DATA_DIR", BASE_DIR / ".data"))
HOST = env.host("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, 1, 65535)
_shown_host = "localhost" if HOST in environment.EVERY_ADDRESS else environment.host_in_url(HOST)
SITE_URL = env.address("SITE_URL", f"http://{_shown_host}:{PORT}").rstrip("/")
WORKERS = env.number("WORKERS", 2, 1, 64)  # processes
THREADS = env.number("THREADS", 4, 1, 256)  # in each; SQLite lets one write at a time whatever this is
DOWNLOAD_THREADS = 2  # in each, beside those: what takes long never stands in the way of a page
DOWNLOADS_BYTES = env.number("DOWNLOADS_MB", 1000, 10, 1_000_000) * 1_000_000  # of files on disk
DOWNLOADS_AT_ONCE = env.number("DOWNLOADS_AT_ONCE", 6, 1, 10_000)  # by a reader, in each process
CLIENT_SECONDS = env.number("CLIENT_SECONDS", 30, 1, 3600)  # that a client may take for 64 kB
SECRET_KEY = env.secret("SECRET_KEY") or secret_key.stored_secret_key(DATA_DIR)
_own_host = {_shown_host} - {*environment.LOCAL_HOSTS}
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", [*environment.LOCAL_HOSTS, *_own_host])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# --- Behind a proxy
HTTPS = env.flag("HTTPS")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a load balancer asks over plain HTTP
_hsts_seconds = env.number("HSTS_SECONDS", 30 * 86400, 0, 10 * 366 * 86400)
SECURE_HSTS_SECONDS = _hsts_seconds if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS") and HTTPS
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD") and HTTPS
# Opt-in: without a proxy that overwrites this header any reader could claim to come by HTTPS.
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

# --- How often a reader may ask for what is expensive and cannot be cached; each process counts for itself
LIMITS = {
    "downloads": env.rate("LIMIT_DOWNLOADS", "60/minute"),  # files that have to be made
    "search": env.rate("LIMIT_SEARCH", "120/minute"),  # searches, and What differs with filters
    "areas": env.rate("LIMIT_AREAS", "240/minute"),  # data of a box of the map
}

# --- Who runs this copy (shown on the method page)
OPERATOR_NAME = env.text("OPERATOR_NAME")
OPERATOR_CONTACT = env.text("OPERATOR_CONTACT")

# --- Online tiles: an opt-in layer, asked for only when a reader chooses it; empty switches it off
TILES_URL = env.address(
    "TILES_URL", "https://tile.openstreetmap.org/{z}/{x}/{y}.png", needs=("{z}", "{x}", "{y}")
)
TILES_ATTRIBUTION = env.text("TILES_ATTRIBUTION", "© OpenStreetMap contributors")
TILES_HOST = environment.origin_of(TILES_URL)

# --- Database
BUSY_TIMEOUT = 20  # seconds that a write waits for its turn on SQLite
DATABASE = env.database("DATABASE_URL", f"spatialite:///{DATA_DIR}/crossings.sqlite3")
if DATABASE["ENGINE"] == environment.DATABASE_ENGINES["spatialite"]:
    DATABASE["NAME"] = str(BASE_DIR / DATABASE["NAME"])
    secret_key.writable_folder(Path(DATABASE["NAME"]).parent)
    DATABASE["CONN_MAX_AGE"] = None  # opening one loads the extension anew
    DATABASE["OPTIONS"] = {
        # A read that becomes a write inside a transaction fails at once however long the timeout is:
        # immediate transactions wait for their turn instead.
        "transaction_mode": "IMMEDIATE",
        "timeout": BUSY_TIMEOUT,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASE |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}  # seconds
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = environment.bundled_gdal()
SPATIALITE_LIBRARY_PATH = "mod_spatialite"
CACHES = {"default": env.cache("CACHE", "locmem://crossings", env.number("CACHE_MB", 32, 1, 65536))}

# --- Application
ROOT_URLCONF = "crossings.urls"
WSGI_APPLICATION = "crossings.wsgi.application"
INSTALLED_APPS = [
    "crossings.apps.CrossingsConfig",
    "crossings.apps.EditingConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "leaflet",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]
MIDDLEWARE = [
    "crossings.views.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "crossings.views.well_known.EarlierEditions",
    "crossings.views.reading.Reading",
    "crossings.views.limits.Limits",
    "crossings.views.common.SelectionErrors",
    "axes.middleware.AxesMiddleware",  # the last: it answers in the place of a refused sign-in
]
TEMPLATES: list[dict[str, object]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["crossings.templatetags.links", "crossings.templatetags.phrases"],
        },
    }
]

# --- Signing in (crossings/signin says how often somebody may fail)
SECOND_FACTOR = env.flag("SECOND_FACTOR", HTTPS)  # for those who may publish or administer
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2", "PBKDF2SHA1")
]
SESSION_COOKIE_AGE = 12 * 3600  # seconds without a request to the admin
AXES_HANDLER = "crossings.signin.throttle.SignInHandler"
AXES_CLIENT_IP_CALLABLE = "crossings.signin.throttle.network_of"
AXES_USERNAME_CALLABLE = "crossings.signin.throttle.account_of"
AXES_LOCKOUT_CALLABLE = "crossings.signin.pages.refused"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 1  # hour
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
OTP_TOTP_ISSUER = OPERATOR_NAME or "Crossings"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Languages and time: a day is a day in UTC
LANGUAGE_CODE = "en"
# One, until there is a catalogue for another: a page half in one language and half in another helps nobody.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_BUILD = DATA_DIR / "static-build"  # what collecting writes for itself: nothing of it is served
# Also of the collected static files, which this site serves itself: nobody else reads in DATA_DIR.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "crossings.runtime.static_files.StaticStorage"
    },
}

# --- What a browser may do with our pages: nothing from elsewhere, nothing inline, no nonce
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- Logging: to stderr, where systemd and granian collect it; answers with status 500 come with their cause
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOG_FORMAT = env.choice("LOG_FORMAT", "LINES", ("LINES", "JSON"))
SLOW_SECONDS = env.number("SLOW_SECONDS", 3, 1, 3600)  # what takes longer is logged with its selection
LOGGING = logs.configuration(LOG_LEVEL, LOG_FORMAT)

# --- Metrics: for Prometheus, at an address of their own
METRICS_ADDRESS = env.listening("METRICS_ADDRESS")
