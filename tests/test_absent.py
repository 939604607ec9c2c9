"""What is not published is nowhere, and a copy with nothing in it says so."""

from __future__ import annotations

import pytest

from crossings.models import Document, Edition, Post, StrikeEvent
from crossings.publishing import workflow
from tests import world
from tests.factories import make_crossing, make_passage, make_region, make_report, make_site

pytestmark = pytest.mark.django_db

DAY = "on=2019-09-30"


def test_an_empty_copy_says_so_on_every_page(client):
    says = {
        "/": "Nothing has been published yet.",
        "/crossings/": "No crossing has been published yet.",
        "/forces/": "No force is known yet.",
        "/documents/": "No document is published yet.",
        "/differs/": "No published sources differ yet.",
        "/download/": "nothing is published yet",
    }
    for address in world.addresses():
        response = client.get(address)
        assert response.status_code == 200, address
        body = world.body_of(response)
        assert says.get(address, "") in body, address
    for name in ("posts", "strikes"):
        assert world.data_of(client.get(f"/download/{name}.geojson"))["features"] == []
    assert client.get("/maps/all/days.json").json()["posts"] == []


def test_drafts_are_nowhere(client):
    world.make_world(publish=False)
    make_site("seen")
    drafts = [a for a in world.addresses() if "place-0" in a]
    drafts += [f"/popup/strike/{StrikeEvent.objects.get().public_id}/"]
    drafts += [f"/documents/{document.slug}/" for document in Document.objects.all()]
    assert len(drafts) > 8

    assert {address: client.get(address).status_code for address in drafts} == dict.fromkeys(drafts, 404)
    for address in world.addresses():
        if address not in drafts:
            body = world.body_of(client.get(f"{address}?{DAY}"))
            assert "gate 0" not in body, address
            assert "place-0" not in body, address
            assert "Place-0" not in body, address


def test_a_published_crossing_shows_no_word_of_its_drafts(client):
    make_crossing()
    make_report("control", passage=make_passage(exact="Unseen words."), note="unseen note", publish=False)
    make_report("observation", passage=make_passage(exact="Unseen too."), publish=False)

    for address in world.addresses(but=("document", "popup")):
        body = world.body_of(client.get(f"{address}?{DAY}"))
        assert "nseen" not in body, address
        assert "Troops were seen" not in body, address
    for post in Post.objects.all():
        assert "nseen" not in client.get(f"/popup/post/{post.slug}/?{DAY}").content.decode()


def test_a_withdrawn_crossing_is_gone_but_for_its_editions(client):
    crossing = make_crossing()
    make_region("west", [crossing])
    before = Edition.objects.order_by("-number").first()
    workflow.withdraw([crossing])

    assert client.get("/crossings/alpha/").status_code == 404
    assert client.get("/popup/post/alpha-iq/").status_code == 404
    assert client.get(f"/crossings/alpha/?edition={before.number}").status_code == 200
    assert client.get(f"/popup/post/alpha-iq/?edition={before.number}").status_code == 200
