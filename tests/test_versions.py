"""What is edited in place is versioned: an edition that has ended goes on saying what it said."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from simple_history.models import HistoricalChanges

from crossings.downloads.catalogue import DOWNLOADS
from crossings.models import (
    Crossing,
    Document,
    Edition,
    Force,
    Frontier,
    Name,
    Passage,
    Post,
    Region,
    Site,
    SourceSet,
    StrikeEvent,
    Wire,
)
from crossings.models.versions import version_model, versioned_models
from crossings.publishing import editions, workflow
from tests.admin_rows import login
from tests.factories import make_force, make_report, make_site
from tests.world import body_of, make_world, one_of_each

pytestmark = pytest.mark.django_db

#: One edit of every kind of row that is edited in place, of something that readers see.
EDITS: dict[str, Callable[[], object]] = {
    "a strike's grade": lambda: save(StrikeEvent, grade="confirmed", grade_why="Edited"),
    "a strike's date": lambda: save(StrikeEvent, when="2018-01-01"),
    "a strike's words": lambda: save(StrikeEvent, summary="Edited"),
    "a strike's place": lambda: save(StrikeEvent, point=Point(44.5, 36.5, srid=4326), radius_m=7),
    "a strike's targets": lambda: StrikeEvent.objects.first().targets.add(make_force("blues")),
    "a crossing's name": lambda: save(Crossing, name="Edited", note="Edited"),
    "a post": lambda: save(Post, name="Edited", point=Point(41.5, 34.0, srid=4326), precision="town"),
    "a site": lambda: save(Site, name="Edited", point=Point(41.1, 34.9, srid=4326), kind="town"),
    "a document": lambda: save(Document, title="Edited", publisher="Edited", published="2020-01-01"),
    "a document's source set": lambda: save(Document, source_set=SourceSet.objects.get(slug="others")),
    "the words around a quote": lambda: save(Passage, paragraph=77, note="Edited"),
    "a wire's name": lambda: save(Wire, name="Edited"),
    "a source set's name": lambda: save(SourceSet, name="Edited", order=9),
    "a force": lambda: save(Force, name="Edited", short_name="Ed", colour="#123456", letter="E"),
    "a frontier": lambda: save(Frontier, name="Edited", line="LINESTRING (40 33, 41 35)"),
    "a region": lambda: save(Region, name="Edited", intro="Edited"),
    "a region's crossings": lambda: Region.objects.first().crossings.clear(),
    "a name": lambda: save(Name, text="Edited"),
    "a new name": lambda: Name.objects.create(text="Edited", language="en", site=Site.objects.first()),
    "a name less": lambda: Name.objects.filter(post__isnull=False).first().delete(),
    "many names at once": lambda: Name.objects.update(text="Edited", folded="edited"),
    "names added at once": lambda: Name.objects.bulk_create(
        [Name(text="Edited", folded="edited", language="en", force=make_force("reds"))]
    ),
}


FEW = ("/maps/place-0-map/", "/documents/", "/crossings/place-0/", "/download/strikes.geojson")


def save(model: Any, **values: Any) -> None:
    row = model.objects.order_by("pk").first()
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.fixture
def world() -> int:
    """A row of every model, published; the number of the newest edition."""
    make_world()
    make_report(sources="others", crossing="place-0", as_of="2018-05-05")
    return newest()


def newest() -> int:
    return Edition.objects.order_by("-number").values_list("number", flat=True)[0]


def answers(client: Client, edition: int) -> dict[str, str]:
    """One address of each kind and some more, in an edition."""
    found = {}
    more = ["/popup/post/place-0-iq/", "/popup/site/place-0-base/", "/forces/reds/", "/maps/place-0-map/"]
    more += ["/maps/place-0-map/days.json", "/maps/all/days.json", "/maps/all/strikes.json?year=2019"]
    more += [f"/download/{name}.geojson" for name in DOWNLOADS] + ["/crossings/?q=place", "/?q=place"]
    for address in (*one_of_each(but=("basemap", "health", "favicon", "method", "changes")), *more):
        response = client.get(f"{address}{'&' if '?' in address else '?'}edition={edition}")
        found[address] = f"{response.status_code} {body_of(response)}"
    return found


def test_every_edit_is_an_edition_and_those_before_read_as_they_did(client: Client, world: int) -> None:
    before = answers(client, world)
    for n, edit in enumerate(EDITS):
        assert newest() == world + n
        EDITS[edit]()
        assert newest() == world + n + 1, edit
        if edit == "a region":
            between, there = newest(), answers(client, newest())
    assert "\n".join(differing(before, answers(client, world))) == ""
    assert differing(there, answers(client, between)) == []


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [
        f"{address}: {first_difference(text, after[address])}"
        for address, text in before.items()
        if text != after[address]
    ]


def first_difference(a: str, b: str) -> str:
    at = next(
        (n for n, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]), min(len(a), len(b))
    )
    return f"{a[at - 60 : at + 60]!r} and {b[at - 60 : at + 60]!r}"


def test_the_present_shows_the_edit(client: Client, world: int) -> None:
    for edit in ("a strike's words", "a crossing's name", "a document", "a force", "a site", "a name"):
        EDITS[edit]()
    for address in ("/crossings/place-0/", "/documents/", "/forces/", "/maps/all/days.json"):
        assert "Edited" in body_of(client.get(address)), address


def test_an_edit_of_what_nobody_sees_is_no_edition_and_shows_from_its_publication_on(
    client: Client, world: int
) -> None:
    hidden = make_site("hidden", publish=False, name="First words")
    hidden.name = "Second words"
    hidden.save()
    assert newest() == world
    workflow.publish([hidden])
    hidden.name = "Third words"
    hidden.save()
    first, last = (body_of(client.get("/popup/site/hidden/", {"edition": world + n})) for n in (1, 2))
    assert "Second words" in first
    assert "Third words" in last
    assert client.get("/popup/site/hidden/", {"edition": world}).status_code == 404


def test_the_search_of_an_edition_finds_the_words_of_its_time(client: Client, world: int) -> None:
    Name.objects.create(text="Spelt anew", language="en", crossing=Crossing.objects.first())
    ask = {"q": "spelt anew", "edition": world}
    assert not client.get("/maps/all/days.json", ask).json()["posts"]
    assert client.get("/maps/all/days.json", {**ask, "edition": world + 1}).json()["posts"]


def test_a_moved_strike_is_where_it_was_in_its_edition(client: Client, world: int) -> None:
    EDITS["a strike's place"]()
    then, now = "40.5,34,41.5,35", "44,36,45,37"
    for edition, box, count in ((world, then, 1), (world, now, 0), (world + 1, then, 0), (world + 1, now, 1)):
        ask = {"edition": edition, "bbox": box, "year": 2019}
        assert client.get("/maps/all/strikes.json", ask).json()["total"] == count, (edition, box)


def test_the_present_asks_nothing_of_the_versions(client: Client, world: int) -> None:
    EDITS["a strike's words"]()
    for query in ({}, {"edition": world + 1}, {"edition": timezone.now().date().isoformat()}):
        with CaptureQueriesContext(connection) as queries:
            for address in one_of_each(but=("basemap", "health", "map-script", "favicon", "changes")):
                body_of(client.get(address, query))
        assert not [row["sql"] for row in queries if "historical" in row["sql"]]
    with CaptureQueriesContext(connection) as queries:
        client.get("/", {"edition": world})
    assert [row["sql"] for row in queries if "historicalstrikeevent" in row["sql"]]


def test_the_rows_of_an_existing_database_get_a_first_version_that_earlier_editions_read(
    client: Client, world: int
) -> None:
    before = {path: body_of(client.get(path, {"edition": world})) for path in FEW}
    for model in apps.get_app_config("crossings").get_models():
        if issubclass(model, HistoricalChanges):
            model.objects.all().delete()  # as before there were versions
    import_module("crossings.migrations.0006_first_versions").write(apps, None)
    assert {model: version_model(model).objects.count() for model in versioned_models()} == {
        model: model._base_manager.count() for model in versioned_models()
    }
    first = version_model(Crossing).objects.get()
    assert (first.edition, first.history_date) == (0, Crossing.objects.get().published_in.at)
    for edit in ("a strike's words", "a strike's targets", "a region's crossings", "a name", "a document"):
        EDITS[edit]()
    assert {path: body_of(client.get(path, {"edition": world})) for path in FEW} == before


@pytest.mark.slow
def test_a_row_that_came_without_a_version_has_one_before_its_first_edit(client: Client, world: int) -> None:
    for model in versioned_models():
        version_model(model).objects.all().delete()  # as after a load by SQL
    before = answers(client, world)
    for edit in EDITS:
        EDITS[edit]()
    after = answers(client, world)
    assert "\n".join(differing(before, after)) == ""


def test_a_form_with_its_lines_is_one_edition_with_a_name_to_it(world: int) -> None:
    client, post = login("Publishers"), Post.objects.first()
    address = f"/admin/crossings/post/{post.pk}/"
    data = form_data(client.get(f"{address}change/")) | {"name": "Renamed", "names-0-text": "Respelt"}
    done = client.post(f"{address}change/", data)
    assert done.status_code == 302, done.context["errors"]
    assert newest() == world + 1
    page = client.get(f"{address}history/").content.decode()
    for words in ("Renamed", "Respelt", post.name, "publishers"):
        assert words in page, words
    versions = version_model(Post).objects.filter(edition=world + 1, public=True)
    assert [version.history_user.username for version in versions] == ["publishers"]
    client.post(f"{address}change/", form_data(client.get(f"{address}change/")))
    assert newest() == world + 1, "saving without a change is no edition"


def form_data(page: Any) -> dict[str, Any]:
    form = page.context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for formset in page.context["inline_admin_formsets"]:
        for part in (formset.formset.management_form, *formset.formset.initial_forms):
            data |= {
                part.add_prefix(name): part.get_initial_for_field(field, name)
                for name, field in part.fields.items()
            }
    if "point" in data:
        data |= {"point_lat": data["point"].y, "point_lon": data["point"].x, "point_text": ""}
    return {name: getattr(value, "pk", value) for name, value in data.items() if value is not None}


def test_what_fails_leaves_no_edition_behind(world: int) -> None:
    class Stop(Exception):
        pass

    def edit_and_stop() -> None:
        with editions.act():
            save(Site, name="Edited")
            raise Stop

    with editions.act("outer") as outer:
        with pytest.raises(Stop):
            edit_and_stop()
        assert outer.edition is None
        save(Site, name="Kept")
    assert newest() == world + 1
    assert list(version_model(Site).objects.filter(public=True).values_list("name", flat=True)) == ["Kept"]


def test_what_is_edited_and_published_in_one_act_is_in_one_edition(client: Client, world: int) -> None:
    with editions.act("together"):
        save(Site, name="Edited")
        new = make_site("new", publish=False)
        workflow.publish([new])
    assert newest() == world + 1
    save(Site, name="Edited again")
    assert client.get("/popup/site/new/", {"edition": world + 1}).status_code == 200
    assert "Edited<" in body_of(client.get("/popup/site/place-0-base/", {"edition": world + 1}))
