"""What the tests of downloads share: a little of everything in the database, and files fetched and read."""

from __future__ import annotations

import json
from typing import Any

from crossings.downloads.catalogue import DOWNLOADS
from crossings.models import Attribution, Toll
from crossings.publishing import workflow

from .factories import (
    make_force,
    make_frontier,
    make_membership,
    make_passage,
    make_report,
    make_site,
    make_strike_event,
)

NAMES = tuple(DOWNLOADS)
PLACED = tuple(name for name in NAMES if name != "memberships")  # a membership lies nowhere
HOSTILE = "<script>alert(1)</script>{{7*191}}\u202e\"'\\\n=cmd|'/c calc'!A1"


def fetch(client: Any, name: str, query: str = "") -> dict[str, Any]:
    response = client.get(f"/download/{name}.geojson?{query}")
    assert response.status_code == 200, name
    return json.loads(response.getvalue())


def features(client: Any, name: str, query: str = "") -> list[dict[str, Any]]:
    return fetch(client, name, query)["features"]


def ids(client: Any, name: str, query: str = "") -> set[str]:
    return {feature["id"] for feature in features(client, name, query)}


def fill() -> None:
    """A little of everything: two crossings, a site, all kinds of reports, a strike told twice."""
    make_report(
        forces=("reds",), as_of="2019-09-30", passage=make_passage(exact="The reds hold it.", paragraph=4)
    )
    make_report("status", status="open", traffic="people", as_of="2019-09-30")
    make_report("status", status="closed", traffic="goods", as_of="2019-09-30", crossing="omega", lon=42.0)
    make_membership("navy", "blues", since="2015")
    site = make_site("base")
    make_report(site=site, forces=("blues",))
    make_report(frontier=make_frontier(), of="frontier", forces=("reds",), passage=make_passage(exact=""))
    event = make_strike_event(public_id="one-strike", when="2019-09-09")
    event.targets.add(make_force("blues"))
    for wire, low, high in (("ap", 18, None), ("afp", 18, 18)):
        told = make_report("strike", event=event, when="2019-09-09", wire=wire, publish=False)
        Toll.objects.create(report=told, group="fighters", killed_low=low, killed_high=high)
        Attribution.objects.create(report=told, speaker="Syria", kind="blames", accused=make_force("greens"))
        workflow.publish([told])
