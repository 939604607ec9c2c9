"""One answer as text that two runs on the same tree write alike, and the routes that answers come from."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .addresses import Address

#: Headers whose value follows the body or the machine's clock: only that they are there counts.
VOLATILE = frozenset({"Content-Length", "Date", "Etag", "Expires", "Last-Modified"})
_HASHED_FILE = re.compile(r"(/static/[\w./-]+?)\.[0-9a-f]{12}(\.[a-z0-9]+)")
_TOKEN = re.compile(r"""((?:name="csrfmiddlewaretoken"\s+value|nonce)=["'])[^"']+""")
_INTEGRITY = re.compile(r"""(sha(?:256|384|512)-)[A-Za-z0-9+/]{43,}={0,2}""")


def ask(client: Any, address: Address) -> Any:
    headers = {}
    if address.header == "If-None-Match: its own":
        etag = client.get(address.path).headers.get("ETag")
        headers = {"If-None-Match": etag or '"none"'}
    elif address.header:
        name, value = address.header.split(": ", 1)
        headers = {name: value}
    return client.generic(address.method, address.path, headers=headers)


def as_text(response: Any) -> str:
    """Status, headers by name, names of cookies, then the body; hashes and secrets as constants."""
    raw = b"".join(response) if response.streaming else response.content
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        body = f"{len(raw)} bytes that are no text, SHA-256 {hashlib.sha256(raw).hexdigest()}"
    lines = [f"status: {response.status_code}"]
    for name, value in sorted((name.title(), value) for name, value in response.items()):
        lines.append(f"{name}: {_header(name, value)}")
    lines += [f"cookie: {name}" for name in sorted(response.cookies)]
    return normalised("\n".join([*lines, "", body]))


def _header(name: str, value: str) -> str:
    """django-csp writes its directives in the order of a set, which changes with every process."""
    if name in VOLATILE:
        return "(there)"
    if name != "Content-Security-Policy":
        return value
    return "; ".join(sorted(part.strip() for part in value.split(";")))


def normalised(text: str) -> str:
    """Names of static files without their hash, and tokens as constants.

    >>> normalised('<script src="/static/crossings/map.0123456789ab.js" nonce="x1">')
    '<script src="/static/crossings/map.HASH.js" nonce="TOKEN">'
    """
    text = _HASHED_FILE.sub(r"\1.HASH\2", text)
    text = _INTEGRITY.sub(r"\1HASH", text)
    return _TOKEN.sub(r"\1TOKEN", text)


def route_of(path: str) -> str:
    """The pattern in the URLconf that takes the path, or "none"."""
    from django.urls import Resolver404, resolve

    try:
        return resolve(path.partition("?")[0]).route
    except Resolver404:
        return "none"


def public_routes() -> list[str]:
    """The pattern of every address that is not the admin's."""
    from django.urls import URLResolver, get_resolver

    def walk(resolver: Any, before: str) -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if not isinstance(entry, URLResolver):
                found.append(route)
            elif entry.app_name != "admin":
                found += walk(entry, route)
        return found

    return walk(get_resolver(), "")
