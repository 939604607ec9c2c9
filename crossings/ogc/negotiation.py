"""Which form of an answer a reader wants, and what every answer carries: CORS, validators, HEAD, OPTIONS."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from geodata.selection import SelectionError

from .problems import Problem, bad_value, problem_response

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
HTML: Final = "text/html"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
METHODS: Final = "GET, HEAD, OPTIONS"
#: What a script on another site may read.
EXPOSED: Final = "Content-Crs, ETag, Last-Modified, Link"

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a resource: its value of `f`, its media type, and further types that mean the same."""

    f: str
    media_type: str
    also: tuple[str, ...] = ()


AS_JSON: Final = Form("json", JSON)
AS_GEOJSON: Final = Form("json", GEOJSON, (JSON,))
AS_SCHEMA: Final = Form("json", SCHEMA, (JSON,))
AS_OPENAPI: Final = Form(
    "json", OPENAPI, (JSON, "application/vnd.oai.openapi+json", "application/openapi+json")
)
AS_HTML: Final = Form("html", HTML)


def choose_form(request: HttpRequest, *forms: Form) -> Form:
    """That of `f`, else the one that Accept prefers; the first where it says nothing. Raises Problem."""
    given = request.GET.getlist("f")
    if given:
        found = next((form for form in forms if [form.f] == given), None)
        if found is None:
            raise bad_value("f", ", ".join(given), f"Choose one of: {', '.join(form.f for form in forms)}.")
        return found
    types = {kind: form for form in forms for kind in (form.media_type, *form.also)}
    wanted = request.get_preferred_type(list(types))
    if wanted is None:
        offered = ", ".join(form.media_type for form in forms)
        raise Problem(406, f"There is no form of this that you accept. Ask for one of: {offered}.")
    return types[wanted]


def endpoint(view: View) -> View:
    """Methods, errors and CORS of an address of the API, which only ever reads."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **ids: str) -> HttpResponseBase:
        response = _answer(view, request, ids)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        patch_vary_headers(response, ["Accept"])
        return response

    return answer  # type: ignore[return-value]  # a 304 comes from Django as the base class


def _answer(view: View, request: HttpRequest, ids: dict[str, str]) -> HttpResponseBase:
    if request.method == "OPTIONS":
        allowed = {"Allow": METHODS, "Access-Control-Allow-Methods": METHODS}
        return HttpResponse(status=204, headers={**allowed, "Access-Control-Allow-Headers": "*"})
    if request.method not in ("GET", "HEAD"):
        refusal = problem_response(Problem(405, f"This can be read ({METHODS}), not written."))
        refusal["Allow"] = METHODS
        return refusal
    try:
        return view(request, **ids)
    except Problem as problem:
        return problem_response(problem)
    except SelectionError as error:
        return problem_response(Problem(400, str(error), error.parameter))


def validated(
    request: HttpRequest, response: HttpResponse, tag: bytes, changed: datetime | None = None
) -> HttpResponse:
    """The response with validators, or 304 where the reader has it. `tag` is what it says, its time apart."""
    patch_cache_control(response, no_cache=True)
    etag = f'W/"{hashlib.sha256(tag).hexdigest()[:32]}"'
    response["ETag"] = etag
    seconds = int(changed.timestamp()) if changed else None
    if seconds is not None:
        response["Last-Modified"] = http_date(seconds)
    found = get_conditional_response(request, etag, seconds, response)
    return found  # type: ignore[return-value]  # our own response or Django's 304
