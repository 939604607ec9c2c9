"""One row that changes with everything that is written: what caches and ETags go by.

Every statement that writes to one of our tables renews it first, in the same transaction: an answer that was
computed before the transaction ended has another revision than one computed after. The row is locked by that,
so on PostgreSQL, as on SQLite, there is one writer at a time, and no two acts get the same edition.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

#: Statements that write, or are about to: rows locked before the revision would be locked in another order
#: by another writer.
_WRITES = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+"
    r'"?crossings_(?!revision)|\s*SELECT\b.*"crossings_.*\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b',
    re.IGNORECASE | re.DOTALL,
)
_TABLE: Final = "crossings_revision"


class Revision(models.Model):
    """The single row. Its token never recurs, not even after a transaction that was rolled back."""

    token = models.CharField(max_length=22)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.token


def current() -> str:
    """The revision as this connection sees it; empty before anything was written. One query."""
    # What follows may be cached under this token: the next write needs another one.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.__dict__.pop("_crossings_renewed", None)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "token" FROM "{_TABLE}" WHERE "id" = 1')  # noqa: S608  (a constant)
        row = cursor.fetchone()
    return row[0] if row else ""


def connect() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(_prepare, dispatch_uid="crossings.revision")


def _prepare(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _renew_before_writing not in connection.execute_wrappers:
        connection.execute_wrappers.append(_renew_before_writing)


def _renew_before_writing(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    connection: BaseDatabaseWrapper = context["connection"]
    if not _WRITES.match(sql) or not _is_there(connection):
        return execute(sql, params, many, context)
    if connection.in_atomic_block:
        _renew(connection)
        return execute(sql, params, many, context)
    if "RETURNING" in sql:
        # Its rows have still to be read, and SQLite ends no transaction before. Our models save in one.
        done = execute(sql, params, many, context)
        _renew(connection)
        return done
    with transaction.atomic(using=connection.alias):
        _renew(connection)
        return execute(sql, params, many, context)


def _is_there(connection: BaseDatabaseWrapper) -> bool:
    """Whether the table is: earlier migrations write before it is made."""
    if not connection.__dict__.get("_crossings_has_revision"):
        connection.__dict__["_crossings_has_revision"] = _TABLE in connection.introspection.table_names()
    return bool(connection.__dict__["_crossings_has_revision"])


def _renew(connection: BaseDatabaseWrapper) -> None:
    """A new token, once in a transaction unless it was read meanwhile.

    A savepoint that is rolled back takes its callbacks along, and with them our mark.
    """
    mark = connection.__dict__.get("_crossings_renewed")
    if mark is not None and any(callback[1] is mark for callback in connection.run_on_commit):
        return
    token = secrets.token_urlsafe(16)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{_TABLE}" SET "token" = %s WHERE "id" = 1', [token])  # noqa: S608  (a constant)
        if cursor.rowcount == 0:
            cursor.execute(f'INSERT INTO "{_TABLE}" ("id", "token") VALUES (1, %s)', [token])  # noqa: S608

    def renewed() -> None:
        """Nothing to do when the transaction ends: it is there to be found until then."""

    connection.__dict__["_crossings_renewed"] = renewed
    connection.on_commit(renewed)
