"""A filter checked against a collection and reduced to what both evaluators know.

That is: And, Or, Not, Include, IsNull, comparisons of a property with a value or another property, Like, and
a spatial relation of the geometry to a value. Logic is that of SQL: what compares with an empty value is
neither true nor false, and neither is its negation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pyproj  # noqa: F401  (comes before shapely: both bring a PROJ)
import shapely
from pygeofilter import ast, values
from shapely.geometry import mapping, shape

from .cql2 import COMPARISONS, geometry, joined, refused
from .crs import Crs
from .problems import Problem
from .queryables import GEOMETRY, Queryable
from .temporal import day_of

MAX_NODES: Final = 500
INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)
NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SWAPPED: Final = {
    ast.Equal: ast.Equal,
    ast.NotEqual: ast.NotEqual,
    ast.LessThan: ast.GreaterThan,
    ast.LessEqual: ast.GreaterEqual,
    ast.GreaterThan: ast.LessThan,
    ast.GreaterEqual: ast.LessEqual,
}
_SWAPPED_PLACES: Final = {
    ast.GeometryContains: ast.GeometryWithin,
    ast.GeometryWithin: ast.GeometryContains,
}


def checked(node: Any, queryables: dict[str, Queryable], crs: Crs) -> ast.Node:
    """The reduced tree, its geometries in longitude and latitude. Raises Problem naming what does not fit."""
    if sum(1 for _ in _nodes(node)) > MAX_NODES:
        raise refused(f"it has more than {MAX_NODES} parts.")
    return _Checker(queryables, crs).condition(node)


def equals(name: str, text: str, queryables: dict[str, Queryable]) -> ast.Node:
    """What a queryable as a parameter of the query asks: that it has this value. Raises Problem."""
    kind = queryables[name].kind
    try:
        value: Any = text
        if kind in ("integer", "number"):
            if not (INTEGER if kind == "integer" else NUMBER).fullmatch(text):
                raise ValueError(text)
            value = float(text)
        elif kind == "yes/no":
            value = {"true": True, "false": False}[text]
        return _Checker(queryables, Crs("")).compared(ast.Equal, ast.Attribute(name), value)
    except (ValueError, KeyError, Problem) as error:
        right = {"day": "a day, as 2019-09-30", "yes/no": "true or false", "text": "a text"}
        raise Problem(
            400, f"{name}: “{text[:80]}” cannot be read. Write {right.get(kind, 'a number')}.", name
        ) from error


def _nodes(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, ast.Node):
            waiting += found.get_sub_nodes()


@dataclass(frozen=True, slots=True)
class _Checker:
    queryables: dict[str, Queryable]
    crs: Crs

    def condition(self, node: Any) -> ast.Node:
        match node:
            case ast.And() | ast.Or():
                return type(node)(self.condition(node.lhs), self.condition(node.rhs))
            case ast.Not():
                return ast.Not(self.condition(node.sub_node))
            case ast.Include():
                return node
            case ast.Comparison():
                return self.compared(type(node), node.lhs, node.rhs)
            case ast.Between():
                low = self.compared(ast.GreaterEqual, node.lhs, node.low)
                high = self.compared(ast.LessEqual, node.lhs, node.high)
                return _negated(ast.And(low, high), node.not_)
            case ast.In():
                options = [self.compared(ast.Equal, node.lhs, option) for option in node.sub_nodes]
                return _negated(joined(ast.Or, options), node.not_)
            case ast.IsNull():
                return ast.IsNull(ast.Attribute(self._property(node.lhs).name), node.not_)
            case ast.Like():
                return self._like(node)
            case ast.SpatialComparisonPredicate():
                return self._spatial(node)
            case ast.TemporalPredicate():
                return self._temporal(node)
        raise refused("this is a value, not a condition.")

    def _property(self, node: Any) -> Queryable:
        if not isinstance(node, ast.Attribute):
            raise refused("name a property on one side.")
        if node.name not in self.queryables:
            known = ", ".join(self.queryables)
            raise refused(f"there is no queryable “{node.name[:40]}”; there are {known}.")
        return self.queryables[node.name]

    # --- Comparisons

    def compared(self, op: type[ast.Comparison], lhs: Any, rhs: Any) -> ast.Node:
        """A comparison with the property on the left; in CASEI it is one of patterns."""
        if not isinstance(lhs, ast.Attribute | ast.Function):
            op, lhs, rhs = _SWAPPED[op], rhs, lhs
        if isinstance(lhs, ast.Function) or isinstance(rhs, ast.Function):
            return self._without_case(op, lhs, rhs)
        queryable = self._property(lhs)
        if queryable.kind == GEOMETRY:
            raise refused(f"{GEOMETRY} is compared by S_INTERSECTS and its like.")
        if queryable.kind == "yes/no" and op not in (ast.Equal, ast.NotEqual):
            raise refused(f"{queryable.name} is true or false; ask whether it equals one.")
        if isinstance(rhs, ast.Attribute):
            other = self._property(rhs)
            if _family(other) != _family(queryable) or other.many or queryable.many:
                raise refused(f"{queryable.name} and {other.name} cannot be compared.")
            return op(ast.Attribute(queryable.name), ast.Attribute(other.name))
        return op(ast.Attribute(queryable.name), _value(queryable, rhs))

    def _without_case(self, op: type[ast.Comparison], lhs: Any, rhs: Any) -> ast.Node:
        both = isinstance(lhs, ast.Function) and isinstance(rhs, ast.Function)
        if not both or op not in (ast.Equal, ast.NotEqual):
            raise refused("CASEI stands on both sides of =, <>, IN or LIKE.")
        (left,), (right,) = lhs.arguments, rhs.arguments
        if isinstance(left, str):
            left, right = right, left
        if not isinstance(right, str):
            raise refused("CASEI compares a property with a text.")
        pattern = right.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = self._like(ast.Like(left, pattern, True, "%", "_", "\\", not_=False))
        return _negated(found, op is ast.NotEqual)

    def _like(self, node: ast.Like) -> ast.Node:
        queryable = self._property(node.lhs)
        if queryable.kind != "text":
            raise refused(f"{queryable.name} is no text, so it has no pattern.")
        pattern = _text(str(node.pattern))
        return ast.Like(ast.Attribute(queryable.name), pattern, node.nocase, "%", "_", "\\", not_=False)

    # --- Places

    def _spatial(self, node: ast.SpatialComparisonPredicate) -> ast.Node:
        op, lhs, rhs = type(node), node.lhs, node.rhs
        if isinstance(lhs, values.Geometry):
            op, lhs, rhs = _SWAPPED_PLACES.get(op, op), rhs, lhs
        if self._property(lhs).kind != GEOMETRY or not isinstance(rhs, values.Geometry):
            raise refused(f"a spatial relation is of {GEOMETRY} to a place.")
        found = self.crs.geometry_to_crs84(shape(rhs.geometry))
        return op(ast.Attribute(GEOMETRY), values.Geometry(mapping(_on_the_globe(found))))

    # --- Times

    def _temporal(self, node: ast.TemporalPredicate) -> ast.Node:
        return relation(type(node), self._span(node.lhs), self._span(node.rhs), self._order)

    def _span(self, given: Any) -> tuple[Any, Any]:
        """The first and last day of a time: properties, days, or None where it is open."""
        ends = (given.start, given.end) if isinstance(given, values.Interval) else (given, given)
        found = []
        for end in ends:
            if isinstance(end, ast.Attribute):
                queryable = self._property(end)
                if queryable.kind != "day":
                    raise refused(f"{queryable.name} is no day.")
                found.append(ast.Attribute(queryable.name))
            elif end is None or isinstance(end, date):
                found.append(end if end is None else day_of(end))
            else:
                raise refused("a time is a day, a timestamp, an interval or a property that is a day.")
        first, last = found
        if isinstance(first, date) and isinstance(last, date) and first > last:
            raise refused("an interval ends before it begins.")
        return first, last

    def _order(self, op: str, a: Any, b: Any, infinite: tuple[int, int]) -> ast.Node:
        """One comparison of two ends; `infinite` says where each lies if it is open."""
        if isinstance(a, ast.Attribute) and b is not None:
            return self.compared(COMPARISONS[op], a, b)
        if isinstance(b, ast.Attribute) and a is not None:
            return self.compared(COMPARISONS[op], a, b)
        if isinstance(a, ast.Attribute) or isinstance(b, ast.Attribute):
            # Against an open end only what lies beyond all days matters; an empty property stays unknown.
            known = a if isinstance(a, ast.Attribute) else b
            holds = _holds(op, 0 if a is known else infinite[0], 0 if b is known else infinite[1])
            never_empty = ast.Equal(known, known)
            return never_empty if holds else ast.Not(never_empty)
        return ast.Include(
            not_=not _holds(op, _place_in_time(a, infinite[0]), _place_in_time(b, infinite[1]))
        )


def _place_in_time(day: date | None, infinite: int) -> int:
    return infinite * 10_000_000 if day is None else day.toordinal()


def _holds(op: str, a: int, b: int) -> bool:
    return {"<": a < b, ">": a > b, "=": a == b}[op]


def relation(kind: type[ast.TemporalPredicate], a: tuple[Any, Any], b: tuple[Any, Any], order: Any) -> Any:
    """A relation of two times as comparisons of their ends (OGC 21-065r2, 7.8)."""

    def starts(op: str) -> Any:
        return order(op, a[0], b[0], (-1, -1))

    def ends(op: str) -> Any:
        return order(op, a[1], b[1], (1, 1))

    def start_to_end(op: str) -> Any:
        return order(op, a[0], b[1], (-1, 1))

    def end_to_start(op: str) -> Any:
        return order(op, a[1], b[0], (1, -1))

    rules = {
        ast.TimeAfter: lambda: [start_to_end(">")],
        ast.TimeBefore: lambda: [end_to_start("<")],
        ast.TimeContains: lambda: [starts("<"), ends(">")],
        ast.TimeDuring: lambda: [starts(">"), ends("<")],
        ast.TimeEquals: lambda: [starts("="), ends("=")],
        ast.TimeEndedBy: lambda: [starts("<"), ends("=")],
        ast.TimeEnds: lambda: [starts(">"), ends("=")],
        ast.TimeMeets: lambda: [end_to_start("=")],
        ast.TimeMetBy: lambda: [start_to_end("=")],
        ast.TimeOverlaps: lambda: [starts("<"), end_to_start(">"), ends("<")],
        ast.TimeOverlappedBy: lambda: [starts(">"), start_to_end("<"), ends(">")],
        ast.TimeBegunBy: lambda: [starts("="), ends(">")],
        ast.TimeBegins: lambda: [starts("="), ends("<")],
    }
    if kind is ast.TimeDisjoint:
        return ast.Or(start_to_end(">"), end_to_start("<"))
    return joined(ast.And, rules[kind]())


def _negated(node: ast.Node, is_negated: bool) -> ast.Node:
    return ast.Not(node) if is_negated else node


def _family(queryable: Queryable) -> str:
    return "number" if queryable.kind == "integer" else queryable.kind


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise refused("a text has half a character.") from error
    if "\0" in text:
        raise refused("a text has a character that no text here has.")
    return text


def _value(queryable: Queryable, given: Any) -> Any:
    """The value in the kind of the property. Raises Problem."""
    kind = _family(queryable)
    if kind == "text" and isinstance(given, str):
        return _text(given)
    if kind == "number" and isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    if kind == "yes/no" and isinstance(given, bool):
        return given
    if kind == "day" and isinstance(given, datetime | date):
        return day_of(given)
    if kind == "day" and isinstance(given, str) and len(given) == 10:
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    wanted = {"text": "a text", "number": "a number", "yes/no": "true or false", "day": "a DATE"}[kind]
    raise refused(f"{queryable.name} is compared with {wanted}.")


def _on_the_globe(found: Any) -> Any:
    geometry(found)
    west, south, east, north = found.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise refused("a geometry lies outside longitudes of ±180 and latitudes of ±90 degrees.")
    return shapely.force_2d(found)
