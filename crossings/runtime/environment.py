"""What has to hold before Django can start: readable settings, a key, the native libraries.

Everything here runs while settings are imported or before, so nothing in this module may touch
Django's settings, apps or database. Problems are one sentence that names what to change.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import parse_stream
from environs import Env, EnvError

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

    The environment wins over the file. Every reading method raises SettingsError naming the variable.
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
        return self._read(self._env.str, name, default).strip()

    def secret(self, name: str) -> str:
        """A long text that no error repeats; empty when it is not set."""
        value = self.text(name)
        if value and (len(value) < SECRET_KEY_MINIMUM or len(set(value)) < 5):
            raise SettingsError(f"{name} must be at least {SECRET_KEY_MINIMUM} random characters.")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        try:
            return bool(self._read(self._env.bool, name, default))
        except SettingsError as error:
            raise SettingsError(f"{name} must be 1 or 0.") from error

    def host(self, name: str, default: str) -> str:
        """A host name or an IP address to listen at, IPv6 without brackets."""
        value = self.text(name, default)
        if not re.fullmatch(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", value):
            raise SettingsError(f"{name} must be an address of this machine, like 127.0.0.1.")
        return value

    def items(self, name: str, default: list[str] | None = None) -> list[str]:
        """A comma-separated list; blanks around and between the commas are dropped."""
        found = self._read(self._env.list, name, default or [])
        return [item.strip() for item in found if item.strip()]

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        shape = f"{name} must be a whole number from {low} to {high}"
        try:
            value: int = self._read(self._env.int, name, default)
        except SettingsError as error:
            raise SettingsError(f"{shape}.") from error
        if not low <= value <= high:
            raise SettingsError(f"{shape}, not {value}.")
        return value

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            raise SettingsError(f"{name} must be one of {', '.join(choices)}.")
        return value

    def folder(self, name: str, default: Path) -> Path:
        """An absolute folder; a relative one is taken from the project's own folder."""
        return PROJECT / Path(self.text(name) or default).expanduser()

    def address(self, name: str, default: str = "", needs: tuple[str, ...] = ()) -> str:
        """A web address with a host, holding each text of `needs`; empty when it is switched off."""
        value = self.text(name, default)
        if value:
            check_address(name, value, needs)
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's database settings from a spatialite:// or postgis:// address.

        The address may hold a password, so no error repeats it.
        """
        shape = (
            f"{name} must look like spatialite:///folder/file.sqlite3 or postgis://user:password@host/name."
        )
        try:
            parsed = dict(self._read(self._env.dj_db_url, name, default))
        except SettingsError as error:
            raise SettingsError(shape) from error
        if parsed["ENGINE"] not in DATABASE_ENGINES.values():
            raise SettingsError(shape)
        if not parsed.get("NAME"):
            raise SettingsError(shape)
        return parsed

    def cache(self, name: str, default: str) -> dict[str, Any]:
        try:
            return dict(self._read(self._env.dj_cache_url, name, default))
        except SettingsError as error:
            raise SettingsError(f"{name} must look like locmem:// or file:///folder.") from error

    def _read(self, method: Callable[..., Any], name: str, default: Any) -> Any:
        self.names.append(name)
        try:
            return method(name, default)
        except (EnvError, ValueError) as error:
            raise SettingsError(f"{name} is malformed: {_reason(error)}") from error


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


def check_address(name: str, value: str, needs: tuple[str, ...] = ()) -> None:
    """Refuse anything but an http(s) address with a host and the given placeholders."""
    example = "https://example.org" + ("/" + "/".join(needs) if needs else "")
    try:
        parts = urlsplit(value)
        good = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and not set(value) & set(" '\";\t\n")
        )
        _ = parts.port  # raises ValueError where the port is not a number
    except ValueError:
        good = False
    if not good or not all(need in value for need in needs):
        raise SettingsError(f"{name} must be a web address like {example}.")


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


def _reason(error: Exception) -> str:
    messages = getattr(error, "error_messages", None) or [str(error)]
    return " ".join(str(message) for message in messages).rstrip(".") + "."
