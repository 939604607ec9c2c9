"""The legend, the list, the data that move the map and the downloads say the same numbers."""

from __future__ import annotations

import datetime
import random
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from crossings.models import Force, Region, SourceSet
from geodata.selection import GRADES, KINDS, PRECISIONS, STATUSES
from tests import world

pytestmark = pytest.mark.django_db

EXAMPLES = 20
QUICK = 10  # of these in the default suite
FIRST = datetime.date(2011, 1, 1)
_SHOWING = re.compile(r"Showing (\d+) sides? of (\d+) crossings?, (\d+) strikes? .*?, (\d+) places?\.")
TEXTS = ("qaim", "القائم", "Rabia", "militias", "Boukamal", "closed", "zzz")


def _selections() -> list[tuple[str, dict[str, str]]]:
    """(region, parameters) drawn from all that the filters offer: the same ones in each run."""
    dice = random.Random(20190930)
    forces = list(Force.objects.values_list("slug", flat=True))
    sets = list(SourceSet.objects.values_list("slug", flat=True))
    regions = ["all", *Region.objects.values_list("slug", flat=True)]

    def some(values: list[str] | tuple[str, ...], most: int = 3) -> str:
        return ",".join(dice.sample(list(values), dice.randint(1, min(most, len(values)))))

    offered = {
        "days": lambda: str(dice.choice((1, 7, 365, 3650))),
        "sources": lambda: some(sets, 1),
        "kinds": lambda: some(KINDS),
        "holder": lambda: some(forces),
        "accused": lambda: some(forces),
        "target": lambda: some(forces),
        "status": lambda: some(STATUSES),
        "precision": lambda: dice.choice(PRECISIONS),
        "grade": lambda: some(GRADES),
        "q": lambda: dice.choice(TEXTS),
        "bbox": lambda: dice.choice(("40,33,43,36", "38,33,41.2,35", "0,0,1,1")),
    }
    found: list[tuple[str, dict[str, str]]] = [("all", {"on": "2019-09-30"}), ("all", {})]
    while len(found) < EXAMPLES:
        chosen = {name: offered[name]() for name in dice.sample(list(offered), dice.randint(0, 3))}
        chosen["on"] = str(FIRST + datetime.timedelta(days=dice.randint(0, 5500)))
        found.append((dice.choice(regions), chosen))
    return found


def _on_page(client: Client, region: str, query: str) -> tuple[dict[str, int], world.Page, str]:
    address = f"/maps/{region}/" if region != "all" else "/"
    response = client.get(f"{address}?{query}")
    assert response.status_code == 200, (address, query)
    body = response.content.decode()
    page = world.Page(body)
    posts, crossings, strikes, sites = (int(n) for n in _SHOWING.search(page.text()).groups())
    counts = {"posts": posts, "crossings": crossings, "strikes": strikes, "sites": sites}
    for name, number in re.findall(r'data-count="([^"]+)">(\d+)<', body):
        assert counts.setdefault(name, int(number)) == int(number), f"{name} differs within the page: {query}"
    return {name: n for name, n in counts.items() if n}, page, body


def _in_list(page: world.Page) -> dict[str, set[str]]:
    ids = [a.get("id") or "" for tag, a in page.tags if tag in ("li", "section")]
    return {
        kind: {i.removeprefix(f"{kind}-") for i in ids if i.startswith(f"{kind}-") and i != "strike-list"}
        for kind in ("post", "crossing", "site", "strike")
    }


def _from_data(days: dict[str, Any], years: list[dict[str, Any]], on: str, since: str) -> dict[str, int]:
    """What the browser counts: the same data, summed as it sums them."""
    counts: Counter[str] = Counter()
    crossings = set()
    for post in days["posts"]:
        for segment in post["segments"]:
            if segment["from"] <= on <= segment["to"]:
                counts["posts"] += 1
                crossings.add(post["crossing"])
                if segment["status"]:
                    counts[f"status:{segment['status']['shape']}"] += 1
                control = segment["control"]
                if not control:
                    continue
                counts[f"level:{control['level']}"] += 1
                named = {slug for slugs in (control["holders"], *control["claims"]) for slug in slugs}
                counts.update(f"holder:{slug}" for slug in named)
    counts["crossings"] = len(crossings)
    counts["sites"] = len(days["sites"])
    counts["strikes"] = len(_strikes_of(years, on, since))
    return {name: n for name, n in counts.items() if n}


def _strikes_of(years: list[dict[str, Any]], on: str, since: str) -> set[str]:
    """Those whose possible days overlap since…on."""
    rows = {row["id"]: row for year in years for row in year["strikes"]}
    return {
        ident
        for ident, row in rows.items()
        if (row["min"] or "0000") <= on and (row["max"] or "9999") >= since
    }


def _features(client: Client, name: str, query: str) -> list[dict[str, Any]]:
    return world.data_of(client.get(f"/download/{name}.geojson?{query}"))["features"]


@pytest.mark.parametrize(
    ("drawn", "kinds"),
    [
        pytest.param(slice(QUICK), {"post", "crossing", "site", "strike"}, id="some"),
        pytest.param(slice(QUICK, EXAMPLES), {"post", "crossing", "site"}, id="more", marks=pytest.mark.slow),
    ],
)
def test_legend_list_map_and_download_say_the_same_of_any_selection(client, shipped, drawn, kinds):
    seen: Counter[str] = Counter()
    for region, chosen in _selections()[drawn]:
        query = urlencode(chosen)
        counts, page, _body = _on_page(client, region, query)
        listed = _in_list(page)
        days = client.get(f"/maps/{region}/days.json?{query}").json()
        on = chosen.get("on", days["latest"])
        last = datetime.date.fromisoformat(on)
        since = last - datetime.timedelta(days=int(chosen.get("days", 30)) - 1)
        years = [
            client.get(f"/maps/{region}/strikes.json?{query}&year={year}").json()
            for year in range(max(since.year, 1900), last.year + 1)
        ]
        # The page's link to its downloads names the day that it shows.
        where = urlencode(chosen | {"on": on} | ({} if region == "all" else {"region": region}))

        assert counts == _from_data(days, years, on, str(since)), (region, query)
        assert {kind: len(ids) for kind, ids in listed.items()} == {
            kind: counts.get(f"{kind}s", 0) if kind != "crossing" else counts.get("crossings", 0)
            for kind in listed
        }, (region, query)
        posts = _features(client, "posts", where)
        assert {f["id"] for f in posts} == listed["post"], (region, query)
        levels = [level for f in posts if (level := f["properties"]["control_level"])]
        assert Counter(f"level:{level}" for level in levels) == {
            name: n for name, n in counts.items() if name.startswith("level:")
        }
        shapes = [shape for f in posts if (shape := f["properties"]["shape"])]
        assert Counter(f"status:{shape}" for shape in shapes) == {
            name: n for name, n in counts.items() if name.startswith("status:")
        }
        for name in ("crossings", "sites", "strikes"):
            ids = {f["id"] for f in _features(client, name, where)}
            assert ids == listed[name.removesuffix("s")], (name, region, query)
        seen.update({kind: len(ids) for kind, ids in listed.items()})
    assert kinds <= {kind for kind, count in seen.items() if count}, seen  # not merely nothing, everywhere


def test_the_download_page_says_these_numbers_too(client, shipped):
    for region, chosen in _selections()[:8]:
        counts, page, _body = _on_page(client, region, urlencode(chosen))
        link = next(a["href"] for tag, a in page.tags if tag == "a" and "data-download" in a)
        download = world.Page(client.get(link).content.decode()).text()
        titles = {"posts": "Sides", "crossings": "Crossings", "strikes": "Strikes", "sites": "Places"}
        for key, name in titles.items():
            n = counts.get(key, 0)
            assert re.search(rf"Columns : {name} {n}\b", download), (name, n, link)


def test_an_empty_list_says_so_and_a_full_one_does_not(client, shipped):
    _counts, _page, nothing = _on_page(client, "all", "q=zzz&on=2019-09-30")
    _counts, _page, something = _on_page(client, "all", "on=2019-09-30")

    assert '<p class="empty" data-empty>' in nothing
    assert '<p class="empty" data-empty hidden>' in something


def test_sources_change_the_map(client, shipped):
    """With the five articles alone only Qaim–Bukamal and Tanf's Syrian side have an answer on that day."""
    every, articles = (
        {
            f["id"]
            for f in _features(client, "posts", f"on=2019-09-30{sources}")
            if f["properties"]["control_level"] != "unknown"
        }
        for sources in ("", "&sources=articles")
    )

    assert articles == {"qaim-iq", "bukamal-sy", "tanf-sy"}
    assert articles < every
