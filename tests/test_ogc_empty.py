"""The API of a site on which nothing has been published yet."""

import pytest

from .ogc import NAMES, ask

pytestmark = pytest.mark.django_db


def test_a_site_without_data_has_empty_collections(client):
    document = ask(client, "collections")

    assert [row["id"] for row in document["collections"]] == list(NAMES)
    for name in NAMES:
        found = ask(client, f"collections/{name}/items")
        assert (found["features"], found["numberMatched"]) == ([], 0)
        assert client.get(f"/ogc/collections/{name}/items?f=html").status_code == 200
