"""A checked filter as a condition of a database query.

Built from lookups on expressions, not from keyword filters: those add IS NOT NULL to a negation, so that NOT
(speaker = 'x') would be true of a report without a speaker, which by SQL and CQL2 it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, Exists, F, FloatField, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
)
from pygeofilter import ast
from pygeofilter.backends.evaluator import Evaluator, handle

from crossings.queries.scope import Scope

from .patterns import as_regex
from .queryables import GEOMETRY, Queryable

LOOKUPS: Final[dict[type[ast.Node], type[Lookup[Any]]]] = {
    ast.Equal: Exact,
    ast.NotEqual: Exact,  # negated
    ast.LessThan: LessThan,
    ast.LessEqual: LessThanOrEqual,
    ast.GreaterThan: GreaterThan,
    ast.GreaterEqual: GreaterThanOrEqual,
}

#: Rows that have a spatial relation: unknown (NULL) of those without a geometry.
Spatial = Callable[[ast.SpatialComparisonPredicate], Q]


def condition_of(
    node: ast.Node, queryables: dict[str, Queryable], scope: Scope, spatial: Spatial, has_place: Q
) -> Q:
    """The condition that rows of a collection fulfil. `has_place` is that a row has a geometry."""
    found: Q = _Rows(queryables, scope, spatial, has_place).evaluate(node)
    return found


class _Rows(Evaluator):
    def __init__(
        self, queryables: dict[str, Queryable], scope: Scope, spatial: Spatial, has_place: Q
    ) -> None:
        self.queryables = queryables
        self.scope = scope
        self.place = spatial
        self.has_place = has_place

    def adopt(self, node: Any, *_: Any) -> Any:
        return node

    @handle(ast.And)
    def both(self, node: ast.And, lhs: Q, rhs: Q) -> Q:
        return lhs & rhs

    @handle(ast.Or)
    def either(self, node: ast.Or, lhs: Q, rhs: Q) -> Q:
        return lhs | rhs

    @handle(ast.Not)
    def negated(self, node: ast.Not, sub: Q) -> Q:
        return ~sub

    @handle(ast.Include)
    def constant(self, node: ast.Include) -> Q:
        nothing = Q(pk__in=[])
        return nothing if node.not_ else ~nothing

    @handle(ast.IsNull)
    def empty(self, node: ast.IsNull, lhs: ast.Attribute) -> Q:
        if lhs.name == GEOMETRY:
            return self.has_place if node.not_ else ~self.has_place
        queryable = self.queryables[lhs.name]
        if queryable.several:
            rows, _path = queryable.several(self.scope)
            return Q(Exists(rows)) if node.not_ else ~Q(Exists(rows))
        return Q(IsNull(queryable.expression, not node.not_))

    @handle(ast.Comparison, subclasses=True)
    def comparison(self, node: ast.Comparison, lhs: ast.Attribute, rhs: Any) -> Q:
        lookup = LOOKUPS[type(node)]

        def compared(expression: Combinable) -> Q:
            if isinstance(rhs, ast.Attribute):
                other: Any = self.queryables[rhs.name].expression
            else:
                other = Value(rhs, FloatField()) if isinstance(rhs, float) else Value(rhs)
            if self.queryables[lhs.name].kind == "text":
                expression, other = _by_letters(expression), _by_letters(other)
            found = Q(lookup(expression, other))
            return ~found if isinstance(node, ast.NotEqual) else found

        return self._of(lhs.name, compared)

    @handle(ast.Like)
    def like(self, node: ast.Like, lhs: ast.Attribute) -> Q:
        return self._of(lhs.name, lambda expression: _like(expression, str(node.pattern), node.nocase))

    def _of(self, name: str, test: Callable[[Combinable], Q]) -> Q:
        """The test of the column, or of one of its several values."""
        queryable = self.queryables[name]
        if queryable.several:
            rows, path = queryable.several(self.scope)
            return Q(Exists(rows.filter(test(F(path)))))
        if queryable.expression is None:
            raise TypeError(f"{name} has neither a column nor rows")
        return test(queryable.expression)

    @handle(ast.SpatialComparisonPredicate, subclasses=True)
    def spatial(self, node: ast.SpatialComparisonPredicate, lhs: ast.Attribute, rhs: Any) -> Q:
        return self.place(node)


def _by_letters(expression: Any) -> Any:
    """Texts in the order of their letters' code points on both databases, as in memory."""
    return Collate(expression, "C") if connection.vendor == "postgresql" else expression


def _like(expression: Combinable, pattern: str, nocase: bool) -> Q:
    """On SQLite by a regular expression, because its LIKE takes no notice of case."""
    if connection.vendor == "postgresql":
        if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            pattern += "\\"  # PostgreSQL refuses a pattern that ends in the middle of an escape
        operator, value = ("ILIKE" if nocase else "LIKE"), pattern
    else:
        operator, value = "REGEXP", as_regex(pattern, nocase=nocase)
    return Q(
        Func(
            expression,
            Value(value),
            template="(%(expressions)s)",
            arg_joiner=f" {operator} ",
            output_field=BooleanField(),
        )
    )
