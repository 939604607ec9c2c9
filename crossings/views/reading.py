"""What every request of a reader is wrapped in: the edition that it reads, and whether it has the answer yet.

An answer is named by the revision of the database, so a browser that has it is told so (304) at the price of
one query.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from crossings.models import as_of
from crossings.queries import cache as answers

from .changes import gone
from .common import fresh

#: Answers that do not depend on the database.
APART = ("basemap", "favicon", "health")
#: What a page says beside the database.
SETTINGS = ("SITE_URL", "OPERATOR_NAME", "OPERATOR_CONTACT", "TILES_URL", "TILES_ATTRIBUTION", "DEBUG")


class Reading:
    """Middleware: the present is read until the request names an edition; what is unchanged is not sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with as_of.one_request(), answers.one_request():
            response = self.get_response(request)
        etag = getattr(request, "answer_etag", None)
        if etag and response.status_code == 200 and _is_asked_again(response):
            response.headers.setdefault("ETag", etag)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """What was taken down is gone, which is not the same as never having been there."""
        return gone(request, error)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """304 where the browser has this answer."""
        match = request.resolver_match
        if request.method not in ("GET", "HEAD") or match is None or match.namespaces:
            return None
        if match.url_name in APART:
            return None
        etag = etag_of(request, answers.begin())
        request.answer_etag = etag  # type: ignore[attr-defined]  # for the way back
        if request.headers.get("If-None-Match", "*").strip() == "*":
            return None
        known = get_conditional_response(
            request, etag=etag, response=fresh(HttpResponse(headers={"ETag": etag}))
        )
        return known if known is not None and known.status_code == 304 else None


def _is_asked_again(response: HttpResponseBase) -> bool:
    """Whether a view has said that browsers may keep the answer and ask again (`common.fresh`)."""
    control = response.headers.get("Cache-Control", "")
    return "no-cache" in control and "no-store" not in control


def etag_of(request: HttpRequest, revision: str) -> str:
    """The name of the answer to a request at a revision of the database.

    A weak one: a download says when it was made.
    """
    parts = (
        revision,
        request.build_absolute_uri(),
        request.headers.get("Sec-Fetch-Dest") == "document",
        "gzip" in request.headers.get("Accept-Encoding", ""),
        get_language(),
        timezone.now().date(),  # what is asked for no day shows today
        _program(),
    )
    return f'W/"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


@cache
def _program() -> str:
    """A text that differs for every version of the code, the templates, the static files and the settings."""
    digest = sha256(json.dumps([getattr(settings, name, "") for name in SETTINGS]).encode())
    for folder, pattern in (("crossings", "*.py"), ("geodata", "*.py"), ("templates", "*.html")):
        for file in sorted((settings.BASE_DIR / folder).rglob(pattern)):
            digest.update(file.read_bytes())
    names = Path(settings.STATIC_ROOT) / "staticfiles.json"
    digest.update(names.read_bytes() if names.is_file() else b"")
    return digest.hexdigest()
