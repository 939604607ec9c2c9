"""What a request can be refused with (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered: its status, a sentence, and the parameter that it is about."""

    def __init__(self, status: int, detail: str, parameter: str = "") -> None:
        self.status, self.detail, self.parameter = status, detail, parameter
        super().__init__(detail)


def bad_value(parameter: str, came: str, right: str) -> Problem:
    """A value that cannot be read: what came, and what would be right."""
    return Problem(400, f"{parameter}: “{came[:80]}” cannot be read. {right}", parameter)


def problem_response(problem: Problem) -> JsonResponse:
    """The problem as a document; its title is that of the status."""
    body: dict[str, str | int] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.parameter:
        body["parameter"] = problem.parameter
    return JsonResponse(
        body, status=problem.status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
