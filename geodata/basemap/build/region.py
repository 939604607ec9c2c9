"""Which part of the world a basemap shows, read from a file of settings such as iraq_syria.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shapely import Point, Polygon, box

from geodata.errors import GeodataError

SHIPPED: Final = Path(__file__).with_name("iraq_syria.toml")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The line of two countries (ISO codes) that becomes a layer of its own, with its names by language."""

    layer: str
    countries: frozenset[str]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class River:
    """A river by its stations: where each piece of the source starts and ends, going downstream."""

    id: str
    names: dict[str, str]
    stations: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Region:
    """The area that is drawn, and in it the area drawn with all the detail of the source."""

    area: Polygon
    detail: Polygon
    frontier: Frontier
    disputed: frozenset[frozenset[str]]
    waters: str
    water_error_m: int
    rivers: list[River]
    lakes: dict[str, Point]


def load(file: Path = SHIPPED) -> Region:
    """The region that a file describes. Raises GeodataError naming the file for what cannot be read.

    >>> sorted(load().frontier.countries), load().rivers[0].names["name_en"]
    (['IQ', 'SY'], 'Euphrates')
    """
    try:
        with file.open("rb") as opened:
            data = tomllib.load(opened)
        frontier = data["frontier"]
        first, second = frontier["countries"]
        return Region(
            area=box(*data["area"]),
            detail=box(*data["detail"]),
            frontier=Frontier(frontier["layer"], frozenset({first, second}), _names(frontier)),
            disputed=frozenset(frozenset(pair) for pair in data["disputed"]),
            waters=data["waters"],
            water_error_m=data["water_error_m"],
            rivers=[
                River(river["id"], _names(river), [(lon, lat) for lon, lat in river["stations"]])
                for river in data["rivers"]
            ],
            lakes={name: Point(at) for name, at in data["lakes"].items()},
        )
    except OSError as error:
        raise GeodataError(f"The region {file} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise GeodataError(f"The region {file} lacks {error}.") from error
    except (TypeError, ValueError) as error:
        raise GeodataError(f"The region {file} is malformed: {error}.") from error


def _names(table: dict[str, str]) -> dict[str, str]:
    return {key: text for key, text in table.items() if key.startswith("name_")}
