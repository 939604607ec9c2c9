"""The structure of a map: container, view, layers, layer control and scale."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import folium
from branca.element import Element, Figure
from django.utils.translation import gettext, gettext_noop, override
from folium.map import Layer
from folium.template import Template

from geodata.bbox import BBox

#: Layers from the ground up: kind, its name in the layer control (a constant), whether it is listed there.
LAYERS: tuple[tuple[str, str, bool], ...] = (
    ("land", "", False),
    ("borders", "", False),
    ("rivers", gettext_noop("Rivers"), True),
    ("frontier", "", False),
    ("towns", gettext_noop("Towns"), True),
    ("uncertainty", gettext_noop("Uncertainty"), True),
    ("sites", gettext_noop("Places"), True),
    ("strikes", gettext_noop("Strikes"), True),
    ("posts", gettext_noop("Crossings"), True),
)
MIN_ZOOM, MAX_ZOOM = 3, 16
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a page needs of a Folium map: the id of its container, its HTML, and its script."""

    container: str
    html: str
    script: str


class DataLayer(Layer):
    """A layer whose features the browser fetches by itself."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = Crossings.layer({{ this.kind|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, kind: str, name: str, listed: bool) -> None:
        super().__init__(name=name, overlay=True, control=listed, show=True)
        self._name, self._id, self.kind = "layer", kind, kind


class Ready(folium.MacroElement):
    """Hands the finished map over to our own script."""

    _template = Template(
        "{% macro script(this, kwargs) %}Crossings.ready({{ this._parent.get_name() }});{% endmacro %}"
    )


@lru_cache(maxsize=256)
def build(slug: str, box: BBox, language: str = "en") -> MapParts:
    """The map of one region, looking at a box. Cached: the parts are the same bytes every time.

    `language` names the layers in the layer control. Raises ValueError if `slug` is no region's id or the
    box is not finite.
    """
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"map: {slug!r} is no id of a region")
    corners = [[box.south, box.west], [box.north, box.east]]
    if not all(math.isfinite(value) for corner in corners for value in corner):
        raise ValueError("map: the box is not finite")
    chart = folium.Map(
        location=[(box.south + box.north) / 2, (box.west + box.east) / 2],
        tiles=None,
        control_scale=True,
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,
        world_copy_jump=True,
    )
    chart._name, chart._id = "map", slug.replace("-", "_")
    with override(language):
        for kind, name, listed in LAYERS:
            chart.add_child(DataLayer(kind, gettext(name) if name else kind, listed))
    chart.fit_bounds(corners)
    control = folium.LayerControl(position="topright", collapsed=True)
    _stable(control, "layers").add_to(chart)
    _stable(Ready(), "ready").add_to(chart)
    figure = cast(Figure, chart.get_root())
    figure.render()
    return MapParts(chart.get_name(), figure.html.render(), _tidy(figure.script.render()))


def _stable(element: Element, name: str) -> Element:
    """Folium numbers its elements at random; a name of our own keeps the script cacheable."""
    element._id = name
    return element


def _tidy(script: str) -> str:
    return "\n".join(line.strip() for line in script.splitlines() if line.strip()) + "\n"
