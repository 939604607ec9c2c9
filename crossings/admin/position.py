"""A position to type, to paste or to click: numbers, one line of text, and a map that asks no other host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.gis import forms as geo_forms
from django.contrib.gis.db.models import Extent
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, Point
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crossings.models import Frontier, Post
from geodata.basemap import NAMES
from geodata.errors import GeodataError

if TYPE_CHECKING:
    from django.forms.renderers import BaseRenderer


class PositionWidget(forms.MultiWidget):
    """Longitude, latitude and a line to paste into, with a map that position.js draws below them."""

    template_name = "admin/crossings/position.html"

    class Media:
        css = {"all": ["leaflet/leaflet.css", "crossings/admin/admin.css"]}
        js = [
            forms.Script("leaflet/leaflet.js", defer=True),
            forms.Script("crossings/admin/position.js", type="module"),
        ]

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        number = {"step": "any", "inputmode": "decimal", "autocomplete": "off"}
        lon = forms.NumberInput({**number, "min": -180, "max": 180, "data-position-lon": True})
        lat = forms.NumberInput({**number, "min": -90, "max": 90, "data-position-lat": True})
        text = {"autocomplete": "off", "data-position-text": True, "maxlength": 80, "dir": "ltr"}
        super().__init__({"lon": lon, "lat": lat, "text": forms.TextInput(text)}, attrs)

    def decompress(self, value: Point | None) -> list[float | str | None]:
        return [value.x, value.y, ""] if value else [None, None, ""]

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        # Degrees as the shortest text that gives the same number again, whatever the language.
        for part in context["widget"]["subwidgets"][:2]:
            part["value"] = repr(part["value"]) if isinstance(part["value"], float) else part["value"]
        context["map"] = {
            "basemap": {layer: reverse("basemap", args=[layer]) for layer in NAMES},
            "around": self._around(value),
            "reader": reverse("admin:position"),
            # The radius is the field beside this one, in the same form or the same row of forms.
            "radius": f"{name.removesuffix('point')}radius_m",
        }
        return context

    @staticmethod
    def _around(value: object) -> list[float] | None:
        """Where an empty map looks: at the posts that there are, else at the lines of frontiers.

        As west, south, east, north in degrees; None, which is the whole world, where there are neither.
        """
        if isinstance(value, GEOSGeometry):
            return None
        extent = Post.objects.aggregate(box=Extent("point"))["box"]
        extent = extent or Frontier.objects.aggregate(box=Extent("line"))["box"]
        return list(extent) if extent else None

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The inputs from Django's templates for widgets, the whole from the project's own."""
        for part in context["widget"]["subwidgets"]:
            part["input"] = super()._render(  # type: ignore[misc]  # not in the stubs
                part["template_name"], {"widget": part}, renderer
            )
        return render_to_string(template_name, context)


class PositionField(forms.MultiValueField):
    """One point in WGS 84. What was pasted wins over the numbers, which a script may not have updated."""

    widget = PositionWidget
    default_error_messages = {
        "required": _("Give a position: two numbers, a pasted text, or a click on the map."),
        "incomplete": _("A position needs both a longitude and a latitude."),
    }

    def __init__(self, *, srid: int = 4326, **kwargs: Any) -> None:
        self.srid = srid
        for of_geometries in ("geom_type", "max_geom_collections"):  # a model field hands these on
            kwargs.pop(of_geometries, None)
        lon = forms.FloatField(
            required=False,
            error_messages={"invalid": _("The longitude is a number of degrees, as in 40.977.")},
        )
        lat = forms.FloatField(
            required=False,
            error_messages={"invalid": _("The latitude is a number of degrees, as in 34.3975.")},
        )
        pasted = forms.CharField(required=False)
        super().__init__(fields=(lon, lat, pasted), require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[Any]) -> Point | None:
        from geodata.coordinates import parse, position  # here: pyproj and mgrs are slow to load

        if not data_list:
            return None
        lon, lat, pasted = data_list
        if not pasted and (lon is None or lat is None):
            if lon is None and lat is None:
                return None
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        try:
            x, y = parse(pasted) if pasted else position(lon, lat)
        except GeodataError as error:
            raise ValidationError(str(error), code="position") from error
        return Point(x, y, srid=self.srid)


class LineField(geo_forms.LineStringField):
    """A line as a text of coordinates, GeoJSON or WKT: two dimensions, on the globe, or an error in words."""

    def to_python(self, value: object) -> GEOSGeometry | None:
        try:
            line = super().to_python(value)
        except (GDALException, GEOSException, ValueError) as error:
            raise ValidationError(self.error_messages["invalid_geom"], code="invalid_geom") from error
        if line is None or line.geom_type != "LineString":
            return line
        if line.hasz or line.empty:
            raise ValidationError(
                _("The line has at least two points of longitude and latitude, no heights."), code="flat"
            )
        if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in line.coords):  # NaN fails too
            raise ValidationError(
                _("The line must lie between −180 and 180° east, −90 and 90° north."), code="range"
            )
        return line
