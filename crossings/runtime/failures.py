"""What stops the operator rather than the code, said in one sentence."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured


class WithoutTraceback(logging.Filter):
    """Cuts a log entry down to its sentence, where the traceback says nothing about our code."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


@contextmanager
def problems_in_one_sentence() -> Iterator[None]:
    """End the process with a sentence and exit code 1 where the operator, not the code, must act."""
    try:
        yield
    except ImproperlyConfigured as error:
        stop(str(error))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"crossings", "geodata"}:
            raise
        stop(f"The Python package {error.name} is missing: run bin/setup.")
    except Exception as error:
        sentence = database_problem(error)
        if sentence is None:
            raise
        stop(sentence)


def database_problem(error: BaseException) -> str | None:
    """A sentence for a database that cannot be reached; None for every other error."""
    from django.db.utils import DatabaseError

    if not isinstance(error, DatabaseError):
        return None
    first_line = str(error).partition("\n")[0].strip()
    known = ("unable to open database", "readonly database", "not a database", "connection", "disk is full")
    if any(text in first_line.lower() for text in known):
        return f"The database of DATABASE_URL cannot be used: {first_line}."
    return None


def stop(sentence: str) -> NoReturn:
    """Print the sentence to stderr and leave with exit code 1."""
    print(f"crossings: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)
