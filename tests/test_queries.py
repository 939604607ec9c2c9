"""How many queries each answer needs, whatever the number of rows behind it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crossings.models import Crossing
from tests import world
from tests.factories import make_passage, make_report

pytestmark = pytest.mark.django_db

DAY = "on=2019-09-30"
#: The most queries of one answer, by the name of its address; those not named here have 25.
MOST = {
    "home": 24,
    "map": 25,
    "crossing": 34,
    "differs": 34,
    "force": 28,
    "method": 11,
    "changes": 26,
    "health": 1,
    "basemap": 0,
}


def _queries(client: Client, address: str) -> int:
    cache.clear()  # the assessments of an edition are kept there
    with CaptureQueriesContext(connection) as seen:
        response = client.get(f"{address}?{DAY}")
        assert response.status_code == 200, address
        world.body_of(response)
    return len(seen)


def test_no_answer_needs_more_queries_when_there_are_more_reports(client):
    world.make_world(times=2)
    every = [(name, reverse(name, args=args)) for name in world.ARGUMENTS for args in world.ARGUMENTS[name]()]
    client.get("/")  # content types and the like are kept by the process from now on
    few = {address: _queries(client, address) for _, address in every}
    for n in range(8):
        passage = make_passage(exact=f"They opened gate {n} again.", wire=f"wire-{n}")
        for kind in ("control", "status", "strike", "observation"):
            make_report(kind, crossing="place-0", passage=passage, forces=(f"force-{n}",), publish=False)
    for n in range(2, 10):
        world.make_surroundings(f"place-{n}", n)
    world.publish_all()
    assert Crossing.objects.count() == 10

    many = {address: _queries(client, address) for _, address in every}

    assert {a: (few[a], many[a]) for a in few if many[a] > few[a]} == {}
    assert {a: few[a] for name, a in every if few[a] > MOST.get(name, 25)} == {}
