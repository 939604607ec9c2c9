"""Every public address worth an answer: each route and row, on several days, editions and filters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .site import EDITION_DAY, RenderError, model, newest_edition

DAYS = (
    "2012-07-20",
    "2014-07-15",
    "2016-06-01",
    "2017-11-10",
    "2019-09-30",
    "2020-04-01",
    "2024-12-10",
    "2025-07-01",
)
DAY = "on=2019-09-30"
ON = ("", *(f"on={day}" for day in DAYS))
DOCUMENT = "Sec-Fetch-Dest: document"

#: One of each parameter that cannot be read, and some that contradict each other.
BAD = (
    "on=yesterday",
    "on=2019-02-30",
    "on=2099-01-01",
    f"{DAY}&{DAY}",
    "days=0",
    "days=many",
    "from=2019",
    "from=2019-10-01&on=2019-09-30",
    "from=2019-09-01&days=3",
    "edition=0",
    "edition=99",
    "edition=2001-01-01",
    "on=2025-07-01&edition=2024-12-10",
    "region=Nowhere!",
    "region=nowhere",
    "sources=nobody",
    "sources=%00",
    "kinds=rumours",
    "holder=Who%3F",
    "accused=Who%3F",
    "target=Who%3F",
    "status=ajar",
    "precision=roughly",
    "grade=excellent",
    "q=" + "x" * 201,
    "q=%01",
    "bbox=1,2,3",
    "bbox=43,38,38,33",
    "bbox=nan,33,43,38",
    "show=post",
    "show=queen.qaim-iq",
    "view=7/34.4",
    "view=99/34.4/41",
    "tiles=satellite",
)
BAD_OF_ONE_PAGE = ("km=0", "km=501", "km=far", "km=nan", "km=10&km=20")
BAD_YEARS = ("year=1899", "year=soon", "year=2019.5")
ABSENT = (
    "/nowhere/",
    "/crossings",
    "/maps/nowhere/",
    "/maps/nowhere/map.js",
    "/maps/nowhere/days.json",
    "/maps/nowhere/strikes.json",
    "/basemap/nowhere.json",
    "/popup/post/nowhere/",
    "/popup/site/nowhere/",
    "/popup/strike/nowhere/",
    "/popup/queen/nowhere/",
    "/crossings/nowhere/",
    "/forces/nowhere/",
    "/documents/nowhere/",
    "/download/nowhere.geojson",
)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One request: its path with the query, the method and a header where these are not the usual ones."""

    path: str
    method: str = "GET"
    header: str = ""

    def __str__(self) -> str:
        said = self.path if self.method == "GET" else f"{self.method} {self.path}"
        return f"{said} [{self.header}]" if self.header else said


def every(client: Any) -> list[Address]:
    """All of them, each once, in an order that depends on nothing but the rows."""
    rows = Rows(client)
    found = [
        *_maps(rows),
        *_pages(rows),
        *_popups(rows),
        *_downloads(rows),
        *_filtered(rows),
        *_refused(rows),
        *_other_requests(rows),
    ]
    return list(dict.fromkeys(found))


class Rows:
    """The ids that addresses are made of, from the database and, where they are code's, from answers."""

    def __init__(self, client: Any) -> None:
        self.regions = ["all", *_ids("Region", "slug")]
        self.crossings = _ids("Crossing", "slug")
        self.forces = _ids("Force", "slug")
        self.documents = _ids("Document", "slug")
        self.sources = _ids("SourceSet", "slug")
        self.popups = [
            *(f"post/{slug}" for slug in _ids("Post", "slug")),
            *(f"site/{slug}" for slug in _ids("Site", "slug")),
            *(f"strike/{slug}" for slug in _ids("StrikeEvent", "public_id")),
        ]
        self.editions = ["edition=1", "edition=2", f"edition={newest_edition()}", f"edition={EDITION_DAY}"]
        self.downloads = _linked(client, "/download/", r"/download/([\w-]+)\.geojson")
        self.basemaps = _linked(client, "/", r"/basemap/([\w-]+)\.json")

    def usual(self) -> list[str]:
        """Queries of time and sources that every page understands."""
        return [
            *ON,
            *self.editions,
            *(f"{DAY}&{edition}" for edition in self.editions),
            *(f"{DAY}&sources={slug}" for slug in self.sources),
            f"on=2017-11-10&edition=2&sources={self.sources[0]}",
        ]


def _ids(name: str, field: str) -> list[str]:
    found = sorted(model(name).objects.values_list(field, flat=True))
    if not found:
        raise RenderError(f"There is no {name} in the database.")
    return found


def _linked(client: Any, path: str, pattern: str) -> list[str]:
    names = set(re.findall(pattern, client.get(path).content.decode())) - {"NAME"}
    if not names:
        raise RenderError(f"{path} links to no address like {pattern}.")
    return sorted(names)


def _with(path: str, queries: Iterable[str]) -> Iterator[Address]:
    for query in queries:
        yield Address(f"{path}?{query}" if query else path)


def _maps(rows: Rows) -> Iterator[Address]:
    yield from _with("/", rows.usual())
    for slug in rows.regions:
        yield from _with(f"/maps/{slug}/", rows.usual())
        yield from _with(f"/maps/{slug}/map.js", ["", DAY, *rows.editions, f"sources={rows.sources[0]}"])
        yield from _with(f"/maps/{slug}/days.json", rows.usual())
        yield from _with(f"/maps/{slug}/strikes.json", rows.usual())
        yield from _with(f"/maps/{slug}/strikes.json", ("year=2018", "year=2019", "year=2019&edition=1"))
        yield from _with("/", (f"region={slug}", f"region={slug}&{DAY}&q=Qaim"))
    yield Address("/frontiers.json")
    yield Address("/favicon.ico")
    for name in rows.basemaps:
        yield Address(f"/basemap/{name}.json")


def _pages(rows: Rows) -> Iterator[Address]:
    usual = rows.usual()
    for path in ("/crossings/", "/forces/", "/differs/"):
        yield from _with(path, usual)
    beside_the_day = ("", DAY, *rows.editions, *(f"sources={slug}" for slug in rows.sources))
    for path in ("/documents/", "/method/"):
        yield from _with(path, beside_the_day)
    yield Address("/healthz")
    yield from map(Address, ("/robots.txt", "/.well-known/security.txt", "/ogc/nowhere"))
    yield from map(Address, ("/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections"))
    for name in ("crossings", "posts", "sites", "control", "status", "strikes", "intervals", "assessment"):
        yield Address(f"/ogc/collections/{name}")
        yield Address(f"/ogc/collections/{name}/queryables")
        yield Address(f"/ogc/collections/{name}/items?datetime=2019-09-30")
    yield Address("/ogc/collections/posts/items/qaim-iq")
    for slug in rows.crossings:
        yield from _with(f"/crossings/{slug}/", [*usual, f"{DAY}&km=1", f"{DAY}&km=12.5", "km=500"])
    for slug in rows.forces:
        yield from _with(f"/forces/{slug}/", ("", DAY, "on=2025-07-01", "edition=1"))
        yield from _with(f"/forces/{slug}/", (f"sources={rows.sources[0]}",))
    for slug in rows.documents:
        yield from _with(f"/documents/{slug}/", ("", "edition=1"))
    for slug in rows.regions[1:]:
        yield from _with("/differs/", (f"region={slug}", f"region={slug}&edition=2"))
    yield from _with("/documents/", (f"q={quote('reuters')}", f"q={quote('القائم')}", "q=no+such+words"))


def _popups(rows: Rows) -> Iterator[Address]:
    for popup in rows.popups:
        path = f"/popup/{popup}/"
        yield from _with(path, (*ON, f"{DAY}&edition=1", f"{DAY}&sources={rows.sources[0]}"))
        for query in ("", "on=2016-06-01", f"{DAY}&edition=2"):
            yield Address(f"{path}?{query}" if query else path, header=DOCUMENT)


def _downloads(rows: Rows) -> Iterator[Address]:
    for path in ("/download/", *(f"/download/{name}.geojson" for name in rows.downloads)):
        yield from _with(path, rows.usual())
        yield from _with(path, (f"region={slug}&{DAY}" for slug in rows.regions[1:]))


def _filters(rows: Rows) -> list[str]:
    return [
        *(f"status={value}" for value in ("open", "closed", "open,limited", "impassable", "unknown")),
        *(f"precision={value}" for value in ("exact", "town", "province")),
        *(f"grade={value}" for value in ("fair", "weak,contested", "discounted")),
        *(f"q={quote(text)}" for text in ("Boukamal", "القائم", "“militias”", "no such words")),
        "bbox=40.5,34,41.5,35",
        "bbox=-10,-10,-9,-9",
        *(f"kinds={kind}" for kind in ("control", "status", "strikes", "sites", "strikes,sites")),
        "from=2019-08-01",
        "days=1",
        "days=400",
        f"holder={','.join(rows.forces[::3])}",
        f"accused={','.join(rows.forces[::2])}",
        f"target={','.join(rows.forces[1::2])}",
        "kinds=control&status=open&bbox=38,33,43,38",
    ]


def _filtered(rows: Rows) -> Iterator[Address]:
    filters = [f"{DAY}&{text}" for text in _filters(rows)]
    files = [f"/download/{name}.geojson" for name in rows.downloads]
    yield from _with("/maps/all/", filters[::4])
    for path in ("/", "/maps/all/days.json", "/maps/all/strikes.json", "/download/", *files):
        yield from _with(path, filters)
    for slug in rows.forces:
        yield from _with("/download/posts.geojson", (f"{DAY}&holder={slug}",))
        yield from _with("/download/strikes.geojson", (f"accused={slug}", f"target={slug}"))
    for popup in rows.popups:
        yield Address(f"/?{DAY}&show={popup.replace('/', '.')}")
    yield from _with(
        "/", ("view=7/34.4/41", "view=9.5/34.4/41&on=2017-11-10", "tiles=osm", "utm_source=mail")
    )


def _refused(rows: Rows) -> Iterator[Address]:
    for path in ("/", "/maps/all/days.json"):
        yield from _with(path, BAD)
    yield from _with("/download/posts.geojson", BAD[:4])
    yield from _with(f"/crossings/{rows.crossings[0]}/", BAD_OF_ONE_PAGE)
    yield from _with("/maps/all/strikes.json", BAD_YEARS)
    for path in ABSENT:
        yield Address(path)


def _other_requests(rows: Rows) -> Iterator[Address]:
    """What is not a plain GET: HEAD, a refused POST, an answer that the browser still has."""
    paths = (
        "/",
        f"/maps/{rows.regions[-1]}/",
        "/maps/all/map.js",
        "/maps/all/days.json",
        "/maps/all/strikes.json",
        "/frontiers.json",
        "/favicon.ico",
        f"/basemap/{rows.basemaps[0]}.json",
        f"/popup/{rows.popups[0]}/",
        "/crossings/",
        f"/crossings/{rows.crossings[0]}/",
        "/forces/",
        f"/forces/{rows.forces[0]}/",
        "/documents/",
        f"/documents/{rows.documents[0]}/",
        "/differs/",
        "/method/",
        "/download/",
        f"/download/{rows.downloads[0]}.geojson",
        "/healthz",
    )
    for path in paths:
        yield Address(path, method="HEAD")
        yield Address(path, method="POST")
        yield Address(path, header="If-None-Match: its own")
