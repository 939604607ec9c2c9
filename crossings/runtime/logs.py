"""How the log is written: lines for people, or JSON for machines, each with the id of its request."""

from __future__ import annotations

import logging
import secrets
from contextvars import ContextVar
from typing import Any, Final

OUTSIDE: Final = "-"  # of any request
#: The id of the request that this thread answers.
request_id: ContextVar[str] = ContextVar("request_id", default=OUTSIDE)

LINE = "{asctime} {levelname} {name} [{request_id}]: {message}"


def new_request_id() -> str:
    """Ours alone: an id that a client sends could forge another's, or lines of the log."""
    return secrets.token_hex(8)


class WithRequestId(logging.Filter):
    """Gives every record the id of its request, by which the lines of one answer are found."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class OneLine(logging.Formatter):
    """No text from outside begins a line of its own: a path or a query may hold line breaks."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def configuration(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING. `form` is LINES or JSON, where a record is one object on one line."""
    formatters = {
        "LINES": {"()": OneLine, "format": LINE, "style": "{"},
        "JSON": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{request_id}{message}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        },
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": formatters[form]},
        "filters": {
            "request": {"()": WithRequestId},
            "sentence": {"()": "crossings.runtime.failures.WithoutTraceback"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "chosen", "filters": ["request"]},
            "sentence": {
                "class": "logging.StreamHandler",
                "formatter": "chosen",
                "filters": ["request", "sentence"],
            },
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            # Passing robots ask for any host: worth a line, because ALLOWED_HOSTS may be wrong, not thirty.
            "django.security.DisallowedHost": {"handlers": ["sentence"], "propagate": False},
            "axes": {"level": "ERROR"},  # crossings.signin says it in one line
            # The server's own: what it says of every connection that a client cuts is left out.
            "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
