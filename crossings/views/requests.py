"""What every request gets: an id, its address, a place in the metrics, a line in the log when slow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crossings.runtime import logs, metrics
from crossings.runtime.addresses import client_address
from geodata.selection import Selection, SelectionError

#: Characters of a query that are logged.
LONGEST = 1000

log = logging.getLogger("crossings.requests")


class Requests:
    """Middleware, the outermost: whatever answers, the answer has the id that the log has."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        identity = logs.new_request_id()
        logs.request_id.set(identity)  # until the answer is closed: Django logs after the last middleware
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.BEHIND_PROXY,
        )
        with metrics.in_progress.track_inprogress():
            response = self.get_response(request)
        response["X-Request-ID"] = identity
        _note(request, response, time.perf_counter() - began)
        return response


@receiver(request_finished)
def _outside(**_: object) -> None:
    logs.request_id.set(logs.OUTSIDE)


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    match = request.resolver_match
    route = match.view_name if match and match.view_name else "none"
    method = request.method if request.method in {"GET", "HEAD", "POST"} else "other"
    metrics.requests.labels(route, method, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(seconds)
    if seconds >= settings.SLOW_SECONDS:
        extra = {
            "method": request.method,
            "path": request.path[:LONGEST],
            "selection": selection_in_log(request),
            "seconds": round(seconds, 3),
            "status": response.status_code,
        }
        log.warning("Slow: %(method)s %(path)s?%(selection)s took %(seconds)s s", extra, extra=extra)


def selection_in_log(request: HttpRequest) -> str:
    """The canonical query, by which equal requests are found; as it came where it cannot be read."""
    try:
        return Selection.from_query(dict(request.GET.lists())).query()[:LONGEST]
    except (SelectionError, SuspiciousOperation):  # the latter: too many parameters
        return str(request.META.get("QUERY_STRING", ""))[:LONGEST]
