"""What has to hold before Django can start: readable settings, a key, the native libraries.

Everything here runs while settings are imported or before, so nothing in this module may touch
Django's settings, apps or database. Problems are one sentence that names what to change.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import limits
from dj_database_url import DBConfig
from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import parse_stream
from environs import Env, EnvError, ValidationError, validate
from limits import RateLimitItem

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parent.parent.parent
DATABASE_ENGINES = {
    "spatialite": "django.contrib.gis.db.backends.spatialite",
    "postgis": "django.contrib.gis.db.backends.postgis",
}
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (compared with, never bound here)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SECRET_KEY_MINIMUM = 50  # characters, as Django's deployment check asks


class SettingsError(ImproperlyConfigured):
    """A setting or a library that stops the start. Its text is one sentence for the operator."""


class Environment:
    """Reads settings from the environment and `.env`, and remembers which names it was asked for.

    The environment wins over the file. Every reading method raises SettingsError naming the variable and
    what would be right; none repeats the value, which may be a password.
    """

    def __init__(self, file: Path, required: bool = False) -> None:
        self.names: list[str] = []
        self.file = file
        self._in_file: list[str] = []
        self._env = Env()
        try:
            if required or file.exists():
                self._in_file = names_in(file)
                self._env.read_env(str(file), recurse=False)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The settings file {file} cannot be read.") from error

    @property
    def unknown(self) -> list[str]:
        """Names in the file that no setting has, once all are read: most likely misspelt."""
        return [name for name in self._in_file if name not in self.names]

    def text(self, name: str, default: str = "") -> str:
        return self._read(self._env.str, name, default, "a text").strip()

    def secret(self, name: str) -> str:
        """A long text; empty when it is not set."""
        right = f"at least {SECRET_KEY_MINIMUM} random characters"
        return self._read(self._env.str, name, "", right, _or_empty(is_random)).strip()

    def flag(self, name: str, default: bool = False) -> bool:
        return self._read(self._env.bool, name, default, "1 or 0")

    def host(self, name: str, default: str) -> str:
        """A host name or an IP address to listen at, IPv6 without brackets."""
        right = "an address of this machine, like 127.0.0.1"
        return self._read(self._env.str, name, default, right, _HOST)

    def items(self, name: str, default: list[str] | None = None) -> list[str]:
        """A comma-separated list; blanks around and between the commas are dropped."""
        found: list[str] = self._read(self._env.list, name, default or [], "a list with commas between")
        return [item.strip() for item in found if item.strip()]

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        right = f"a whole number from {low} to {high}"
        return self._read(self._env.int, name, default, right, validate.Range(low, high))

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of the choices, which are in capitals; small letters are read, too."""
        known = validate.OneOf(choices)
        right = f"one of {', '.join(choices)}"
        return self._read(self._env.str, name, default, right, lambda text: known(text.upper())).upper()

    def rate(self, name: str, default: str) -> RateLimitItem | None:
        """How often in how long, like 60/minute; None when it is empty, which means no limit."""
        right = "like 60/minute or 1000/day, or empty for no limit"
        text = self._read(self._env.str, name, default, right, _or_empty(parse_rate)).strip()
        return parse_rate(text) if text else None

    def listening(self, name: str) -> tuple[str, int] | None:
        """The host and the port of an address like 127.0.0.1:9100; None when it is empty."""
        right = "an address of this machine with a port, like 127.0.0.1:9100"
        text = self._read(self._env.str, name, "", right, _or_empty(_check_listening)).strip()
        return _check_listening(text) if text else None

    def folder(self, name: str, default: Path) -> Path:
        """An absolute folder; a relative one is taken from the project's own folder."""
        return PROJECT / Path(self.text(name) or default).expanduser()

    def address(self, name: str, default: str = "", needs: tuple[str, ...] = ()) -> str:
        """A web address with a host, holding each text of `needs`; empty when it is switched off."""
        check = _or_empty(lambda text: _check_address(text, needs))
        return self._read(self._env.str, name, default, _address_like(needs), check).strip()

    def origins(self, name: str) -> list[str]:
        """A comma-separated list of web addresses; `*.` may stand for any subdomain."""
        found = self.items(name)
        try:
            for origin in found:
                _check_address(origin.replace("://*.", "://"))
        except ValidationError as error:
            raise SettingsError(f"{name} must be {_address_like()}.") from error
        return found

    def database(self, name: str, default: str) -> DBConfig:
        """Django's database settings from a spatialite:// or postgis:// address."""
        right = "like spatialite:///folder/file.sqlite3 or postgis://user:password@host/name"
        parsed = self._read(self._env.dj_db_url, name, default, right)
        if parsed["ENGINE"] not in DATABASE_ENGINES.values() or not parsed.get("NAME"):
            raise SettingsError(f"{name} must be {right}.")
        return parsed

    def cache(self, name: str, default: str, megabytes: int) -> dict[str, object]:
        """Django's description of a cache; one in memory holds so many megabytes at most, in each process."""
        right = "like locmem:// or file:///folder"
        described = dict(self._read(self._env.dj_cache_url, name, default, right))
        if str(described["BACKEND"]).endswith("LocMemCache"):
            described["BACKEND"] = "crossings.runtime.sized_cache.SizedLocMemCache"
            described["OPTIONS"] = {"MAX_BYTES": megabytes * 1_000_000}
        return described

    def _read(
        self,
        method: Callable[..., T],
        name: str,
        default: object,
        right: str,
        check: Callable[[str], object] | None = None,
    ) -> T:
        self.names.append(name)
        try:
            return method(name, default, validate=check) if check else method(name, default)
        except (EnvError, ValueError) as error:
            raise SettingsError(f"{name} must be {right}.") from error


_HOST = validate.Regexp(r"(?:[A-Za-z0-9.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\Z")
_URL = validate.URL(schemes={"http", "https"}, require_tld=False)
_NO_QUOTES = validate.ContainsNoneOf("'\";")  # the address's host becomes part of a content security policy


def _check_listening(text: str) -> tuple[str, int]:
    host, _colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    _HOST(host)
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise ValidationError("no port")
    return host, int(port)


def parse_rate(text: str) -> RateLimitItem:
    """Raises ValidationError for what is no rate, or one that nobody could keep."""
    try:
        found = limits.parse(text.strip())
    except ValueError as error:
        raise ValidationError("no rate") from error
    if found.amount < 1 or found.multiples < 1:
        raise ValidationError("no rate")
    return found


def _check_address(text: str, needs: Iterable[str] = ()) -> None:
    """Refuse anything but an http(s) address with a host and the given placeholders. ValidationError."""
    text = text.strip()
    _NO_QUOTES(text)
    _URL(text.replace("{s}", "s"))
    if not all(need in text for need in needs):
        raise ValidationError("placeholder missing")


def _address_like(needs: Iterable[str] = ()) -> str:
    return "a web address like " + "/".join(["https://example.org", *needs])


def is_random(text: str) -> None:
    """Raises ValidationError for a key that could be guessed."""
    validate.Length(min=SECRET_KEY_MINIMUM)(text.strip())
    validate.Length(min=5)(set(text))


def _or_empty(check: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: check(text) if text.strip() else None


def names_in(file: Path) -> list[str]:
    """The names that a settings file sets. SettingsError for a line that is not NAME=value."""
    with file.open(encoding="utf-8") as lines:
        found = list(parse_stream(lines))
    for binding in found:
        if binding.error or (binding.key and binding.value is None):
            text = binding.original.string
            number = binding.original.line + len(text) - len(text.lstrip("\n"))
            raise SettingsError(f"Line {number} of the settings file {file} is not NAME=value.")
    return [binding.key for binding in found if binding.key]


def host_in_url(host: str) -> str:
    """The host as addresses on the web write it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def origin_of(url: str) -> str:
    """The scheme and host of a tile address as a source for a content security policy.

    >>> origin_of("https://{s}.tile.example.org:8443/{z}/{x}/{y}.png")
    'https://*.tile.example.org:8443'
    """
    if not url:
        return ""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


def bundled_gdal() -> str:
    """Path of the one libgdal inside the pyogrio wheel.

    Django, pyogrio and geopandas must share it: a second GDAL in one process crashes on writing a GeoPackage.
    """
    spec = importlib.util.find_spec("pyogrio")
    if spec is None or spec.origin is None:
        raise SettingsError("The Python package pyogrio is missing: run bin/setup.")
    package = Path(spec.origin).parent
    found = [*package.parent.glob("pyogrio.libs/libgdal*.so*"), *package.glob(".dylibs/libgdal*.dylib")]
    if len(found) != 1:
        raise SettingsError(
            f"Expected one GDAL library in the pyogrio wheel, found {len(found)}: run bin/setup."
        )
    return str(found[0])
