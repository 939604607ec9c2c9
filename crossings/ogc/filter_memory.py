"""A checked filter asked of one feature in memory."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pyproj  # noqa: F401  (comes before shapely: both bring a PROJ)
import shapely
from pygeofilter import ast
from pygeofilter.backends.evaluator import Evaluator, handle
from shapely.geometry import Point, shape

from .patterns import compiled
from .queryables import GEOMETRY, Queryable

OPERATORS: Final[dict[type[ast.Node], Callable[[Any, Any], bool]]] = {
    ast.Equal: operator.eq,
    ast.NotEqual: operator.ne,
    ast.LessThan: operator.lt,
    ast.LessEqual: operator.le,
    ast.GreaterThan: operator.gt,
    ast.GreaterEqual: operator.ge,
}
RELATIONS: Final[dict[type[ast.Node], Callable[[Any, Any], bool]]] = {
    ast.GeometryIntersects: shapely.intersects,
    ast.GeometryEquals: shapely.equals,
    ast.GeometryDisjoint: shapely.disjoint,
    ast.GeometryTouches: shapely.touches,
    ast.GeometryWithin: shapely.within,
    ast.GeometryOverlaps: shapely.overlaps,
    ast.GeometryCrosses: shapely.crosses,
    ast.GeometryContains: shapely.contains,
}


def matches(node: ast.Node, feature: dict[str, Any], queryables: dict[str, Queryable]) -> bool:
    """Whether the filter is true of the feature."""
    return _Feature(feature, queryables).evaluate(node) is True


def relates(node: ast.SpatialComparisonPredicate, lon: float, lat: float) -> bool:
    """Whether a point has the relation to the place that the predicate names."""
    return bool(RELATIONS[type(node)](Point(lon, lat), shape(node.rhs.geometry)))


class _Feature(Evaluator):
    """True, False, or None where an empty value leaves it open."""

    def __init__(self, feature: dict[str, Any], queryables: dict[str, Queryable]) -> None:
        self.feature = feature
        self.queryables = queryables

    def adopt(self, node: Any, *_: Any) -> Any:
        return node

    def _values(self, name: str) -> list[Any]:
        """None of an empty column; several of one that joins them."""
        value = self.feature["properties"][name]
        if value is None or value == "":
            return []
        return str(value).split("; ") if self.queryables[name].many else [value]

    @handle(ast.And)
    def both(self, node: ast.And, lhs: bool | None, rhs: bool | None) -> bool | None:
        if lhs is False or rhs is False:
            return False
        return None if lhs is None or rhs is None else True

    @handle(ast.Or)
    def either(self, node: ast.Or, lhs: bool | None, rhs: bool | None) -> bool | None:
        if lhs is True or rhs is True:
            return True
        return None if lhs is None or rhs is None else False

    @handle(ast.Not)
    def negated(self, node: ast.Not, sub: bool | None) -> bool | None:
        return None if sub is None else not sub

    @handle(ast.Include)
    def constant(self, node: ast.Include) -> bool:
        return not node.not_

    @handle(ast.IsNull)
    def empty(self, node: ast.IsNull, lhs: ast.Attribute) -> bool:
        if lhs.name == GEOMETRY:
            return (self.feature["geometry"] is None) != node.not_
        return (not self._values(lhs.name)) != node.not_

    @handle(ast.Comparison, subclasses=True)
    def comparison(self, node: ast.Comparison, lhs: ast.Attribute, rhs: Any) -> bool | None:
        wanted = self._values(rhs.name) if isinstance(rhs, ast.Attribute) else [rhs]
        return self._any(
            lhs.name, lambda value: bool(wanted) and OPERATORS[type(node)](value, wanted[0]), wanted
        )

    @handle(ast.Like)
    def like(self, node: ast.Like, lhs: ast.Attribute) -> bool | None:
        pattern = compiled(str(node.pattern), node.nocase)
        return self._any(lhs.name, lambda value: bool(pattern.search(value)), [node.pattern])

    def _any(self, name: str, test: Callable[[Any], bool], wanted: list[Any]) -> bool | None:
        found = [_comparable(value) for value in self._values(name)]
        if self.queryables[name].many:
            return any(test(value) for value in found)
        return test(found[0]) if found and wanted else None

    @handle(ast.SpatialComparisonPredicate, subclasses=True)
    def spatial(self, node: ast.SpatialComparisonPredicate, lhs: ast.Attribute, rhs: Any) -> bool | None:
        if self.feature["geometry"] is None:
            return None
        return relates(node, *self.feature["geometry"]["coordinates"])


def _comparable(value: Any) -> Any:
    return value if isinstance(value, str | date | bool) else float(value)
