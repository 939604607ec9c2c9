"""Imports point one way.

geodata ← models ← assessment, review ← maps, api, imports ← views, admin, commands.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: What each room may import from `crossings`; the pure ones nothing at all.
ROOMS: dict[str, set[str]] = {
    "assessment": set(),
    "models": set(),
    "review": {"assessment", "lanes", "models"},
    "lanes": {"assessment", "models"},
    "search": {"models"},
    "asking": {"models"},
    "board": {"assessment", "asking", "lanes", "models", "search"},
    "maps": set(),
}
OUTER = {"views", "admin", "management", "urls", "wsgi", "serve"}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "crossings").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of every module that a file imports, relative ones resolved."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.add(module)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def rooms_imported(path: Path) -> set[str]:
    parts = [name.split(".") for name in imports(path) if name.startswith("crossings.")]
    return {part[1] for part in parts} - {room_of(path)}


APP = sorted(p for p in (ROOT / "crossings").rglob("*.py") if "migrations" not in p.parts)
GEODATA = sorted((ROOT / "geodata").rglob("*.py"))


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", GEODATA, ids=names)
def test_geodata_knows_neither_django_nor_the_app(path):
    assert not {name for name in imports(path) if name.split(".")[0] in ("django", "crossings")}


@pytest.mark.parametrize("path", [p for p in APP if room_of(p) in ROOMS], ids=names)
def test_a_room_imports_only_the_rooms_below_it(path):
    known = {p.relative_to(ROOT / "crossings").parts[0].removesuffix(".py") for p in APP}
    assert rooms_imported(path) & known <= ROOMS[room_of(path)]


@pytest.mark.parametrize(
    "path", [p for p in APP if room_of(p) not in OUTER | {"settings", "apps"}], ids=names
)
def test_nothing_below_imports_views_admin_or_commands(path):
    assert not rooms_imported(path) & OUTER


@pytest.mark.parametrize("path", [p for p in APP if room_of(p) != "maps"] + GEODATA, ids=names)
def test_folium_stays_in_its_room(path):
    assert not {name for name in imports(path) if name.split(".")[0] in ("folium", "branca")}


@pytest.mark.parametrize("path", [p for p in APP if room_of(p) == "assessment"], ids=names)
def test_the_assessment_knows_no_clock_no_database_and_no_framework(path):
    roots = {name.split(".")[0] for name in imports(path)}
    assert roots <= {
        "__future__",
        "bisect",
        "collections",
        "crossings",
        "dataclasses",
        "datetime",
        "typing",
        "functools",
        "itertools",
        "heapq",
    }
    source = path.read_text(encoding="utf-8")
    assert "today(" not in source
    assert "now(" not in source


@pytest.mark.parametrize("path", [p for p in APP if room_of(p) == "maps"], ids=names)
def test_the_map_room_gets_no_rows_from_the_database(path):
    assert not {name for name in imports(path) if name.startswith(("crossings.models", "django.db"))}
