"""What the tests of the OGC API share: a small frontier, features asked for, pages walked through."""

from __future__ import annotations

import datetime
from typing import Any

from crossings.models import Attribution
from crossings.ogc.collections import COLLECTIONS
from crossings.publishing import workflow

from .factories import make_force, make_frontier, make_passage, make_report, make_site, make_strike_event

NAMES = tuple(COLLECTIONS)
TODAY = datetime.datetime.now(datetime.UTC).date()


def fill() -> None:
    """Crossings, a site, reports over years and with open ends, strikes, and rows that nobody may see."""
    make_report(public_id="years", forces=("reds", "blues"), starts="2014", ends="2017", speaker="A general")
    make_report(
        public_id="one-day", as_of="2019-09-30", side="sy", passage=make_passage(exact="Reds hold it.")
    )
    make_report(
        public_id="since-about", crossing="beta", lon=42.0, starts="[..2016-06-30]", forces=("blues",)
    )
    make_report(public_id="until-after", crossing="beta", lon=42.0, ends="[2018-01-01..]", stance="claims")
    make_report(public_id="frontier", frontier=make_frontier(), of="frontier", as_of="2015-05")
    make_report(
        public_id="of-a-base", site=make_site(note="Near the river"), forces=("greens",), as_of="2018"
    )
    make_report("status", public_id="open", as_of="2019-09-30", note="50% of_it")
    make_report("status", public_id="closed", crossing="gamma", lon=43.5, status="closed", as_of="2016-02")
    for number in range(5):
        day = datetime.date(2019, 9, 1 + 7 * number)
        event = make_strike_event(public_id=f"strike-{number}", when=day.isoformat(), means="drone")
        event.targets.add(make_force("blues"))
        told = make_report("strike", event=event, when=day.isoformat(), publish=False)
        accused = make_force("greens" if number % 2 else "reds")
        Attribution.objects.create(report=told, speaker="Syria", kind="blames", accused=accused)
        workflow.publish([told])
    hide()


def hide() -> None:
    """Rows that no reader may reach: drafts of every kind, and a report that was withdrawn."""
    make_report(public_id="draft", as_of="2019-09-30", publish=False, speaker="Secret", forces=("hidden",))
    make_report("status", public_id="draft-status", publish=False, note="Secret")
    make_report(
        "strike", public_id="draft-account", event=make_strike_event(public_id="draft-strike"), publish=False
    )
    told = make_report("strike", public_id="untold", publish=False, event=_event("strike-0"))
    Attribution.objects.create(report=told, speaker="Secret", kind="blames", accused=make_force("hidden"))
    make_site("draft-site", publish=False)
    withdrawn = make_report(public_id="withdrawn", as_of="2019-09-30", speaker="Secret")
    workflow.withdraw([withdrawn], reason="wrong")


def _event(public_id: str) -> Any:
    from crossings.models import StrikeEvent

    return StrikeEvent.objects.get(public_id=public_id)


def ask(client: Any, path: str, status: int = 200, **query: Any) -> Any:
    """The JSON of an address under /ogc/; parameters with a hyphen are written with an underscore."""
    given = {name.replace("_", "-") if name in HYPHENS else name: value for name, value in query.items()}
    response = client.get(f"/ogc/{path}", given)
    assert response.status_code == status, (path, query, response.content[:500])
    return response.json()


HYPHENS = ("bbox_crs", "filter_lang", "filter_crs")


def items(client: Any, collection: str, **query: Any) -> list[dict[str, Any]]:
    return ask(client, f"collections/{collection}/items", **query)["features"]


def ids(client: Any, collection: str, **query: Any) -> set[str]:
    return {feature["id"] for feature in items(client, collection, **query)}


def href(document: dict[str, Any], rel: str) -> str | None:
    """The address of the first link of this relation, below the site's own."""
    found = next((link["href"] for link in document["links"] if link["rel"] == rel), None)
    return found and "/" + found.split("/", 3)[3]


def walk(client: Any, path: str) -> list[list[str]]:
    """The ids of every page, by the links from each to the next."""
    found = []
    following: str | None = path
    while following:
        document = client.get(following).json()
        found.append([feature["id"] for feature in document["features"]])
        following = href(document, "next")
    return found
