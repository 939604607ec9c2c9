"""How often a reader may ask for what is expensive and cannot be cached; 429 beyond."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import ngettext
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from crossings.runtime import metrics
from crossings.runtime.addresses import reader
from crossings.runtime.delivery import UNDER_WAY

#: Seconds after which a further download may have a place.
AT_ONCE_SECONDS = 10
#: Views whose data depends on the box that is asked for.
AREAS = {"days", "strikes-json", "ogc-items"}

limiter = SlidingWindowCounterRateLimiter(MemoryStorage())


class TooManyRequests(Exception):
    """The reader has to wait; `seconds` says how long, `limit` which setting says so."""

    def __init__(self, limit: str, seconds: int) -> None:
        super().__init__(limit, seconds)
        self.limit, self.seconds = limit, seconds


def spend(request: HttpRequest, limit: str) -> None:
    """Count one request of a reader against a limit of settings.LIMITS. Raises TooManyRequests."""
    rate = settings.LIMITS[limit]
    who = reader(request.META["REMOTE_ADDR"])
    if rate is not None and not limiter.hit(rate, limit, who):
        until = limiter.get_window_stats(rate, limit, who).reset_time
        raise TooManyRequests(limit, max(1, math.ceil(until - time.time())))


def cost(request: HttpRequest) -> str | None:
    """The limit that a request counts against before it is answered; files count when they are made."""
    match = request.resolver_match
    name = match.url_name if match and not match.app_name else None
    if name is None or name == "download":
        return None
    if request.GET.get("q", "").strip() or (name == "differs" and request.GET):
        return "search"
    return "areas" if name in AREAS and "bbox" in request.GET else None


class Limits:
    """Middleware: refuses before the work, and answers TooManyRequests of a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        try:
            if request.META.get(UNDER_WAY, 0) > settings.DOWNLOADS_AT_ONCE:
                raise TooManyRequests("downloads at once", AT_ONCE_SECONDS)
            if (limit := cost(request)) is not None:
                spend(request, limit)
        except TooManyRequests as error:
            return refusal(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal(request, error) if isinstance(error, TooManyRequests) else None


def refusal(request: HttpRequest, error: TooManyRequests) -> HttpResponse:
    """429, as JSON where data was asked for, else a page; Retry-After in seconds."""
    metrics.refused.labels(error.limit).inc()
    sentence = ngettext(
        "Too many requests from your address. Please wait %(n)d second and ask again.",
        "Too many requests from your address. Please wait %(n)d seconds and ask again.",
        error.seconds,
    ) % {"n": error.seconds}
    response: HttpResponse
    if request.path.endswith("json") or request.path.startswith(reverse("ogc-landing")):
        response = JsonResponse({"error": sentence}, status=429)
    else:
        response = render(request, "429.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(error.seconds)
    add_never_cache_headers(response)
    return response
