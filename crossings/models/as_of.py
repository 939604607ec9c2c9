"""Reading as of an edition that has ended: every query sees the rows as they were at its end.

A statement that names a table whose rows were edited since gets a common table expression of the same name
before it, made of the versions. Joins, prefetches and filters of all queries stay as they are written, and
none can forget to ask for the version. While the present is read, nothing of this happens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from .versions import NOT_VERSIONED, version_model, versioned_models

_OURS = re.compile(r'"(crossings_\w+)"')


@dataclass(frozen=True, slots=True)
class Past:
    """The end of an edition, and the tables whose rows were edited since."""

    edition: int
    tables: frozenset[str]


_past: ContextVar[Past | None] = ContextVar("past", default=None)
_in_request: ContextVar[bool] = ContextVar("in_request", default=False)


def past_of(edition: int) -> Past:
    """What differs now from the end of this edition. One query."""
    tables = {model._meta.db_table: version_model(model)._meta.db_table for model in versioned_models()}
    exists = 'SELECT \'{}\' WHERE EXISTS (SELECT 1 FROM "{}" WHERE "edition" > %s)'
    sql = " UNION ALL ".join(exists.format(table, versions) for table, versions in tables.items())
    with reading(None), connection.cursor() as cursor:
        cursor.execute(sql, [edition] * len(tables))
        return Past(edition, frozenset(table for (table,) in cursor.fetchall()))


@contextmanager
def reading(past: Past | None) -> Iterator[None]:
    """Every query inside reads the past, or the present for None."""
    token = _past.set(past)
    try:
        yield
    finally:
        _past.reset(token)


@contextmanager
def one_request() -> Iterator[None]:
    """Reads the present until `begin` says otherwise."""
    token = _in_request.set(True)
    try:
        with reading(None):
            yield
    finally:
        _in_request.reset(token)


def begin(past: Past | None) -> None:
    """In a request: read this from here on, to its end. Elsewhere nothing: use `reading`."""
    if _in_request.get():
        _past.set(past)


def is_past(table: str) -> bool:
    """Whether queries read older rows of this table than those that it holds."""
    past = _past.get()
    return past is not None and table in past.tables


def connect() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(_prepare, dispatch_uid="crossings.as_of")


def _prepare(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.alias == DEFAULT_DB_ALIAS and _read_versions not in connection.execute_wrappers:
        connection.execute_wrappers.append(_read_versions)


def _read_versions(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    past = _past.get()
    if past is not None and past.tables and sql.lstrip("( ").startswith("SELECT"):
        sql = _with_versions(sql, past, context["connection"].vendor)
    return execute(sql, params, many, context)


@lru_cache(maxsize=512)
def _with_versions(sql: str, past: Past, vendor: str) -> str:
    named = set(_OURS.findall(sql))
    # An expression named like a table hides it; inside, SQLite reaches the table by its schema alone.
    schema = "main." if vendor == "sqlite" else ""
    expressions = []
    for model in versioned_models():
        if model._meta.db_table not in past.tables:
            continue
        if model._meta.db_table in named:
            expressions.append(_rows(model, past.edition, schema))
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            if through is not None and through._meta.auto_created and through._meta.db_table in named:
                expressions.append(_links(model, field, past.edition, schema))
    return f"WITH {', '.join(expressions)} {sql}" if expressions else sql


def _rows(model: type[models.Model], edition: int, schema: str) -> str:
    table, versions = model._meta.db_table, version_model(model)._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields]
    stays = {field.column for field in model._meta.concrete_fields if field.name in NOT_VERSIONED}
    unchanged = ", ".join(f'c."{column}"' for column in columns)
    changed = ", ".join(f's."{column}"' if column in stays else f'h."{column}"' for column in columns)
    join = f' JOIN {schema}"{table}" s ON s."id" = h."id"' if stays else ""
    return (
        f'"{table}" AS (SELECT {unchanged} FROM {schema}"{table}" c'  # noqa: S608  (names of our own tables)
        f' WHERE c."id" NOT IN ({_edited(versions, edition)})'
        f' UNION ALL SELECT {changed} FROM "{versions}" h{join} WHERE h."history_type" <> \'-\''
        f' AND h."history_id" IN ({_last(versions, edition)}))'
    )


def _links(model: type[models.Model], field: Any, edition: int, schema: str) -> str:
    """The table of a many-to-many field: each version of a row has its own copy of the row's links."""
    versions = version_model(model)
    through = field.remote_field.through
    copies = getattr(versions, field.name).model._meta.db_table
    table = through._meta.db_table
    columns = [str(column.column) for column in through._meta.concrete_fields]
    unchanged = ", ".join(f'c."{column}"' for column in columns)
    changed = ", ".join(f'h."{column}"' for column in columns)
    name = versions._meta.db_table
    return (
        f'"{table}" AS (SELECT {unchanged} FROM {schema}"{table}" c'  # noqa: S608  (likewise)
        f' WHERE c."{field.m2m_column_name()}" NOT IN ({_edited(name, edition)})'
        f' UNION ALL SELECT {changed} FROM "{copies}" h WHERE h."history_id" IN ({_last(name, edition)}))'
    )


def _edited(versions: str, edition: int) -> str:
    """The rows that were edited after an edition."""
    return f'SELECT w."id" FROM "{versions}" w WHERE w."edition" > {edition:d}'  # noqa: S608


def _last(versions: str, edition: int) -> str:
    """Of these rows, the versions that were in force at its end."""
    return (
        f'SELECT MAX(v."history_id") FROM "{versions}" v WHERE v."edition" <= {edition:d}'  # noqa: S608
        f' AND v."id" IN ({_edited(versions, edition)}) GROUP BY v."id"'
    )
