"""Draws docs/architecture.svg from the imports in the code: `.venv/bin/python -m docs.architecture`."""

from __future__ import annotations

from collections.abc import Collection
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import grimp

PICTURE: Final = Path(__file__).with_name("architecture.svg")
APP, PURE = "crossings", "geodata"
WIDTH, ROW, BOX_W, BOX_H = 900, 84, 108, 30  # user units

Graph = dict[str, set[str]]

HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
font-family="system-ui, sans-serif" font-size="13">
<title>Which package imports which</title>
<style>
rect {{ fill: #fff }} .box {{ stroke: #555 }} text {{ fill: #111; text-anchor: middle }}
polyline {{ stroke: #777; fill: none }} marker path {{ fill: #777 }}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">\
<path d="M0 0 8 4 0 8z"/></marker></defs>
<rect width="{width}" height="{height}"/>
"""


def imports() -> Graph:
    """Which packages each one imports, named as in docs/architecture.md: `queries`, `geodata`.

    Migrations belong to the models; the modules at the app's root are Django's own and no packages.
    """
    graph = grimp.build_graph(APP, PURE, exclude_type_checking_imports=True, cache_dir=None)
    found = {name for name in graph.find_children(APP) if graph.find_children(name)} | {PURE}
    for name in found:
        graph.squash_module(name)
    names = {name: name.removeprefix(f"{APP}.") for name in found - {f"{APP}.migrations"}}
    return {
        short: {names[other] for other in graph.find_modules_directly_imported_by(name) if other in names}
        - {short}
        for name, short in names.items()
    }


def reduced(graph: Graph) -> Graph:
    """Without the arrows that a longer way says already."""
    below = {name: _reachable(graph, name) for name in graph}
    return {
        name: {other for other in found if not any(other in below[between] for between in found - {other})}
        for name, found in graph.items()
    }


def levels_of(graph: Graph) -> dict[str, int]:
    """How many steps each package stands above the lowest. ValueError for imports in a circle."""
    levels: dict[str, int] = {}
    while len(levels) < len(graph):
        ready = [name for name in graph if name not in levels and graph[name] <= levels.keys()]
        if not ready:
            raise ValueError(f"These import each other in a circle: {sorted(graph.keys() - levels.keys())}")
        levels |= {name: max((levels[other] + 1 for other in graph[name]), default=0) for name in ready}
    return levels


def routed(graph: Graph, levels: dict[str, int]) -> tuple[Graph, dict[str, int], list[list[str]]]:
    """The graph with a point in each level that an arrow passes, to lead it between boxes; and the arrows."""
    steps: Graph = {name: set() for name in graph}
    places, arrows = dict(levels), []
    for name in sorted(graph):
        for other in sorted(graph[name], key=lambda other: (-levels[other], other)):
            points = [f"{name} {other} {level}" for level in range(levels[name] - 1, levels[other], -1)]
            arrows.append([name, *points, other])
            places |= {point: int(point.split()[-1]) for point in points}
            for above, below in pairwise(arrows[-1]):
                steps.setdefault(above, set()).add(below)
    return steps, places, arrows


def positions(steps: Graph, levels: dict[str, int], boxes: Collection[str]) -> dict[str, tuple[float, float]]:
    """The middle of each box and point: rows by level, each in the order of what stands below it."""
    height = (max(levels.values()) + 1) * ROW
    placed: dict[str, tuple[float, float]] = {}
    for level in range(max(levels.values()) + 1):
        row = sorted(name for name in levels if levels[name] == level)
        row.sort(key=lambda name: _mean([placed[other][0] for other in steps[name]]))
        widths = [1.0 if name in boxes else 0.25 for name in row]
        for name, width, left in zip(row, widths, accumulate(widths, initial=0.0), strict=False):
            placed[name] = (WIDTH * (left + width / 2) / sum(widths), height - ROW * (level + 0.5))
    return placed


def picture() -> str:
    """The SVG: importers above what they import, arrows down."""
    graph = reduced(imports())
    steps, levels, arrows = routed(graph, levels_of(graph))
    placed = positions(steps, levels, graph)
    parts = [HEAD.format(width=WIDTH, height=(max(levels.values()) + 1) * ROW)]
    for first, *between, last in arrows:
        (x, y), (to_x, to_y) = placed[first], placed[last]
        points = [(x, y + BOX_H / 2), *(placed[point] for point in between), (to_x, to_y - BOX_H / 2)]
        shown = " ".join(f"{across:.0f},{down:.0f}" for across, down in points)
        parts.append(f'<polyline points="{shown}" marker-end="url(#head)"/>\n')
    for name in sorted(graph):
        x, y = placed[name]
        corner = f'x="{x - BOX_W / 2:.0f}" y="{y - BOX_H / 2:.0f}"'
        parts.append(f'<rect class="box" {corner} width="{BOX_W}" height="{BOX_H}" rx="4"/>')
        parts.append(f'<text x="{x:.0f}" y="{y + 4.5:.0f}">{escape(name)}</text>\n')
    return "".join([*parts, "</svg>\n"])


def _reachable(graph: Graph, name: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[name])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += graph[other]
    return found


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else WIDTH / 2


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")
