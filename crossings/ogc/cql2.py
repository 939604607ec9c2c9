"""CQL2 (OGC 21-065r2), text and JSON, into pygeofilter's tree.

The tree is as it was written: `filters.checked` says whether it fits a collection. Every error is a Problem
about the parameter `filter`; nothing that a reader can write is anything else.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import pyproj  # noqa: F401  (comes before shapely: both bring a PROJ)
import shapely
from lark import Lark, LarkError, Token, Transformer, v_args
from pygeofilter import ast, values
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from .problems import Problem
from .temporal import read_instant

MAX_LENGTH: Final = 8000
MAX_DEPTH: Final = 40  # of parentheses
MAX_JSON_DEPTH: Final = 60

COMPARISONS: Final = {
    "=": ast.Equal,
    "<>": ast.NotEqual,
    "<": ast.LessThan,
    "<=": ast.LessEqual,
    ">": ast.GreaterThan,
    ">=": ast.GreaterEqual,
}
SPATIAL: Final = {
    "s_intersects": ast.GeometryIntersects,
    "s_equals": ast.GeometryEquals,
    "s_disjoint": ast.GeometryDisjoint,
    "s_touches": ast.GeometryTouches,
    "s_within": ast.GeometryWithin,
    "s_overlaps": ast.GeometryOverlaps,
    "s_crosses": ast.GeometryCrosses,
    "s_contains": ast.GeometryContains,
}
TEMPORAL: Final = {
    "t_after": ast.TimeAfter,
    "t_before": ast.TimeBefore,
    "t_contains": ast.TimeContains,
    "t_disjoint": ast.TimeDisjoint,
    "t_during": ast.TimeDuring,
    "t_equals": ast.TimeEquals,
    "t_finishedby": ast.TimeEndedBy,
    "t_finishes": ast.TimeEnds,
    # pygeofilter has no node of its own for it: two intervals that are not disjoint.
    "t_intersects": lambda lhs, rhs: ast.Not(ast.TimeDisjoint(lhs, rhs)),
    "t_meets": ast.TimeMeets,
    "t_metby": ast.TimeMetBy,
    "t_overlappedby": ast.TimeOverlappedBy,
    "t_overlaps": ast.TimeOverlaps,
    "t_startedby": ast.TimeBegunBy,
    "t_starts": ast.TimeBegins,
}


def refused(reason: str) -> Problem:
    return Problem(400, f"filter: {reason}", "filter")


def joined(kind: type[ast.And] | type[ast.Or], items: list[Any]) -> Any:
    """These conditions as a balanced tree: a thousand of them are ten deep."""
    if len(items) == 1:
        return items[0]
    middle = len(items) // 2
    return kind(joined(kind, items[:middle]), joined(kind, items[middle:]))


def number(text: str | int | float) -> int | float:
    """A number that databases can hold too. Raises Problem."""
    try:
        found = int(text) if isinstance(text, int) or text.lstrip("+-").isdigit() else float(text)  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        found = float(text) if isinstance(text, float) else math.nan
    if not -(2**53) <= found <= 2**53:  # so is NaN
        raise refused(f"{str(text)[:40]} is out of range.")
    return found


def geometry(found: Any) -> values.Geometry:
    """A shapely geometry as a value. Raises Problem where it is none that can be asked for."""
    if found.is_empty or not all(math.isfinite(number) for number in found.bounds):
        raise refused("a geometry is empty or has no finite coordinates.")
    if not found.is_valid:
        raise refused("a geometry crosses or touches itself; give one that does not.")
    return values.Geometry(mapping(shapely.force_2d(found)))


def box(numbers: list[int | float]) -> values.Geometry:
    """A box of four numbers, or six with heights, which nothing here has."""
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise refused("a box has four numbers (west, south, east, north) in order, or six with heights.")
    if numbers[0] == numbers[2] or numbers[1] == numbers[3]:
        raise refused("a box has no area; give a point or a line as such.")
    return geometry(shapely.box(*numbers))


def text_instant(text: str, *, time: bool) -> date | datetime:
    try:
        found = read_instant("filter", text)
    except Problem as problem:
        raise refused(f"“{text[:40]}” is no day and no time in RFC 3339.") from problem
    if isinstance(found, datetime) != time:
        raise refused(f"“{text[:40]}” is {'a day' if time else 'a time'}; say so by its name.")
    return found


def interval_end(given: Any) -> Any:
    """An end of an interval: a property, an instant, None for an open one."""
    if not isinstance(given, str):
        return given
    if given == "..":
        return None
    return text_instant(given, time=len(given) > 10)


# --- Text


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    """From the grammar's rules to pygeofilter's nodes."""

    def any_of(self, *items: Any) -> Any:
        return joined(ast.Or, list(items))

    def all_of(self, *items: Any) -> Any:
        return joined(ast.And, list(items))

    def negated(self, item: Any) -> Any:
        return ast.Not(item)

    def constant(self, token: Token) -> Any:
        return ast.Include(not_=token.lower() == "false")

    def comparison(self, lhs: Any, op: Token, rhs: Any) -> Any:
        return COMPARISONS[str(op)](lhs, rhs)

    def is_null(self, lhs: Any) -> Any:
        return ast.IsNull(lhs, not_=False)

    def is_not_null(self, lhs: Any) -> Any:
        return ast.IsNull(lhs, not_=True)

    def like(self, lhs: Any, pattern: Any) -> Any:
        return like(lhs, pattern)

    def not_like(self, lhs: Any, pattern: Any) -> Any:
        return ast.Not(like(lhs, pattern))

    def between(self, lhs: Any, low: Any, high: Any) -> Any:
        return ast.Between(lhs, low, high, not_=False)

    def not_between(self, lhs: Any, low: Any, high: Any) -> Any:
        return ast.Between(lhs, low, high, not_=True)

    def is_in(self, lhs: Any, *items: Any) -> Any:
        return ast.In(lhs, list(items), not_=False)

    def is_not_in(self, lhs: Any, *items: Any) -> Any:
        return ast.In(lhs, list(items), not_=True)

    def spatial(self, op: Token, lhs: Any, rhs: Any) -> Any:
        return SPATIAL[op.lower()](lhs, rhs)

    def temporal(self, op: Token, lhs: Any, rhs: Any) -> Any:
        return TEMPORAL[op.lower()](lhs, rhs)

    def property(self, token: Token) -> Any:
        return ast.Attribute(str(token).strip('"'))

    def day(self, token: Token) -> Any:
        return text_instant(self.text(token), time=False)

    def timestamp(self, token: Token) -> Any:
        return text_instant(self.text(token), time=True)

    def interval(self, start: Any, end: Any) -> Any:
        return values.Interval(interval_end(start), interval_end(end))

    def text(self, token: Token) -> str:
        return str(token)[1:-1].replace("''", "'").replace("\\'", "'")

    def number(self, token: Token) -> Any:
        return number(str(token))

    def boolean(self, token: Token) -> bool:
        return token.lower() == "true"

    def casei(self, item: Any) -> Any:
        return ast.Function("casei", [item])

    def position(self, *numbers: Token) -> str:
        return " ".join(repr(float(number(str(token)))) for token in numbers)

    def group(self, *members: str) -> str:
        return f"({', '.join(members)})"

    def wkt(self, kind: Token, group: str) -> Any:
        try:
            return geometry(shapely.from_wkt(f"{kind} {group}"))
        except (ShapelyError, ValueError) as error:
            raise refused(f"{str(kind)[:20]} is no geometry in WKT.") from error

    def box(self, *numbers: Token) -> Any:
        return box([number(str(token)) for token in numbers])


def like(lhs: Any, pattern: Any) -> Any:
    """LIKE; the pattern may be in CASEI where the left side is."""
    nocase = isinstance(lhs, ast.Function)
    if nocase != isinstance(pattern, ast.Function):
        raise refused("with LIKE give CASEI on both sides or on neither.")
    if nocase:
        lhs, pattern = lhs.arguments[0], pattern.arguments[0]
    if not isinstance(pattern, str):
        raise refused("the pattern of LIKE is a text.")
    return ast.Like(lhs, pattern, nocase, wildcard="%", singlechar="_", escapechar="\\", not_=False)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = files(__package__).joinpath("cql2.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Tree(), maybe_placeholders=False)


def parse_text(text: str) -> Any:
    """The tree of a filter in CQL2 text. Raises Problem."""
    _check_length(text)
    if _deepest(text, "(", ")") > MAX_DEPTH:
        raise refused(f"at most {MAX_DEPTH} parentheses can be open at once.")
    try:
        return _parser().parse(text)
    except LarkError as error:
        cause = getattr(error, "orig_exc", None)
        if isinstance(cause, Problem):
            raise cause from error
        column = getattr(error, "column", None)
        where = f" at character {column}" if isinstance(column, int) and column > 0 else ""
        raise refused(f"this is no CQL2 text{where}.") from error


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise refused(f"it has {len(text)} characters; {MAX_LENGTH} are read.")
    if "\0" in text:
        raise refused("it has a character that no text here has.")


def _deepest(text: str, opening: str, closing: str) -> int:
    depth = deepest = 0
    for letter in text:
        if letter in opening:
            depth += 1
            deepest = max(deepest, depth)
        elif letter in closing:
            depth -= 1
    return deepest


# --- JSON


def parse_json(text: str) -> Any:
    """The tree of a filter in CQL2 JSON. Raises Problem."""
    _check_length(text)
    if _deepest(text, "[{", "]}") > MAX_JSON_DEPTH:
        raise refused(f"it is nested more than {MAX_JSON_DEPTH} deep.")
    try:
        return _node(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise refused("this is no JSON.") from error


def _node(given: Any) -> Any:
    """A condition or a value."""
    if isinstance(given, bool):
        return ast.Include(not_=not given)
    if not isinstance(given, dict) or not isinstance(given.get("op"), str) or not _is_list(given.get("args")):
        raise refused("a condition in CQL2 JSON is an object with op and args.")
    return _operation(given["op"].lower(), given["args"])


def _is_list(given: Any) -> bool:
    return isinstance(given, list) and bool(given)


def _operation(op: str, args: list[Any]) -> Any:
    if op in ("and", "or"):
        return joined(ast.And if op == "and" else ast.Or, [_node(item) for item in args])
    if op == "not":
        return ast.Not(_node(_exactly(op, args, 1)[0]))
    if op == "in":
        lhs, options = _exactly(op, args, 2)
        if not _is_list(options):
            raise refused("the second argument of in is a list.")
        return ast.In(_scalar(lhs), [_scalar(item) for item in options], not_=False)
    if op == "between":
        return ast.Between(*(_scalar(item) for item in _exactly(op, args, 3)), not_=False)
    if op == "isnull":
        return ast.IsNull(_scalar(_exactly(op, args, 1)[0]), not_=False)
    two = _exactly(op, args, 2)
    if op == "like":
        return like(*(_scalar(item) for item in two))
    if op in COMPARISONS:
        return COMPARISONS[op](*(_scalar(item) for item in two))
    if op in SPATIAL:
        return SPATIAL[op](*(_place(item) for item in two))
    if op in TEMPORAL:
        return TEMPORAL[op](*(_time(item) for item in two))
    raise refused(f"there is no operation “{op[:40]}”.")


def _exactly(op: str, args: list[Any], count: int) -> list[Any]:
    known = op in {"not", "in", "between", "isnull", "like", *COMPARISONS, *SPATIAL, *TEMPORAL}
    if known and len(args) != count:
        raise refused(f"{op} takes {count} argument{'s' * (count > 1)}.")
    if not known:
        raise refused(f"there is no operation “{op[:40]}”.")
    return args


def _scalar(given: Any) -> Any:
    if isinstance(given, bool | str):
        return given
    if isinstance(given, int | float):
        return number(given)
    if isinstance(given, dict):
        if given.get("op") == "casei" and _is_list(given.get("args")) and len(given["args"]) == 1:
            return ast.Function("casei", [_scalar(given["args"][0])])
        found = _named(given)
        if found is not None and not isinstance(found, values.Interval):
            return found
    raise refused("a value is a text, a number, true, false, a property, a date or a timestamp.")


def _named(given: dict[str, Any]) -> Any:
    """A property, a date, a timestamp or an interval; None where it is none of these."""
    match given:
        case {"property": str(name)}:
            return ast.Attribute(name)
        case {"date": str(text)}:
            return text_instant(text, time=False)
        case {"timestamp": str(text)}:
            return text_instant(text, time=True)
        case {"interval": [start, end]}:
            return values.Interval(*(_end(item) for item in (start, end)))
    return None


def _end(given: Any) -> Any:
    if isinstance(given, dict):
        found = _named(given)
        if found is not None and not isinstance(found, values.Interval):
            return found
    if isinstance(given, str):
        return interval_end(given)
    raise refused("an end of an interval is a day, a time, a property or “..”.")


def _time(given: Any) -> Any:
    found = _named(given) if isinstance(given, dict) else None
    if found is None:
        raise refused("a time is a property, a date, a timestamp or an interval.")
    return found


def _place(given: Any) -> Any:
    match given:
        case {"property": str(name)}:
            return ast.Attribute(name)
        case {"bbox": [*numbers]}:
            return box([number(item) if isinstance(item, int | float) else number("nan") for item in numbers])
        case {"type": str(), "coordinates": [*_]}:
            try:
                return geometry(shape(given))
            except (ShapelyError, TypeError, ValueError, IndexError, AttributeError, KeyError) as error:
                raise refused("a geometry is no GeoJSON.") from error
    raise refused("a place is a property, a geometry in GeoJSON or a box.")
