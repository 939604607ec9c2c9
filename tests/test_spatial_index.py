"""SpatiaLite's indexes outlive migrations that remake their tables, and queries use them."""

import pytest
from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection

from crossings.database.spatial_index import repair
from crossings.models import StrikeEvent
from geodata.bbox import BBox

from .factories import make_strike_event

spatialite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="SpatiaLite only: PostGIS keeps its indexes by itself"
)


def indexed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM idx_crossings_strikeevent_point")
        return cursor.fetchone()[0]


@spatialite
@pytest.mark.django_db(transaction=True)
def test_an_index_is_mended_after_a_migration_that_remakes_its_table():
    make_strike_event()
    field = StrikeEvent._meta.get_field("summary")
    longer = models.CharField(max_length=201)
    longer.set_attributes_from_name("summary")
    longer.model = StrikeEvent
    with connection.schema_editor() as editor:
        editor.alter_field(StrikeEvent, field, longer)
    make_strike_event()
    assert StrikeEvent.objects.count() == 2

    call_command("migrate", verbosity=0)

    assert indexed() == 2
    make_strike_event()
    assert indexed() == 3
    box = BBox(40, 34, 41, 35)
    assert StrikeEvent.objects.inside(box).count() == 3
    with connection.schema_editor() as editor:
        editor.alter_field(StrikeEvent, longer, field)
    repair(connection)


@spatialite
@pytest.mark.django_db
def test_every_index_is_in_step():
    make_strike_event()
    assert set(repair(connection)) >= {
        "crossings_post.point",
        "crossings_site.point",
        "crossings_strikeevent.point",
    }


@spatialite
@pytest.mark.django_db
def test_a_box_asks_the_index_and_not_every_row():
    plan = StrikeEvent.objects.inside(BBox(40, 34, 41, 35)).explain()
    assert "idx_crossings_strikeevent_point VIRTUAL TABLE INDEX" in plan
    assert "SCAN crossings_strikeevent" not in plan


@pytest.mark.django_db
def test_the_edges_of_a_box_belong_to_it():
    event = make_strike_event(point=Point(40.123456, 34.654321, srid=4326))

    assert StrikeEvent.objects.inside(BBox(40.123456, 34.654321, 41, 35)).get() == event
    assert not StrikeEvent.objects.inside(BBox(40.123457, 34.654321, 41, 35)).exists()


@spatialite
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_indexes_outlive_the_migrations_after_the_first():
    make_strike_event()
    call_command("migrate", "crossings", "0001", verbosity=0)
    before = triggers()
    make_strike_event()

    call_command("migrate", verbosity=0)

    assert triggers() == before
    make_strike_event()
    assert indexed() == 3
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []


def triggers() -> set[str]:
    """The triggers that fill and check the spatial indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'crossings_%'"
        )
        return {name for (name,) in cursor.fetchall()}
