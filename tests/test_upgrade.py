"""A database of the first version that had one comes up to date by itself and says what it said."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crossings.database.restore import known_migrations
from crossings.database.sqlite import open_spatialite
from tests.processes import ROOT, clean_environment, run, serving

#: The first commit with migrations. It needs fewer libraries, of the same versions: this environment runs it.
FIRST = "89d11e1def3e8911d32156c08641c52f6c324455"
NAME = "crossings.sqlite3"
#: Loads and publishes with the models and the review steps of that commit.
FILL = """
import datetime
import django
django.setup()
from django.contrib.gis.geos import Point
from crossings.models import *
from crossings import review

frontier = Frontier.objects.create(slug="iq-sy", name="Iraq-Syria", country_a="IQ", country_b="SY")
crossing = Crossing.objects.create(slug="alpha", name="Alpha", frontier=frontier)
posts = [
    Post.objects.create(
        slug=f"alpha-{code.lower()}", crossing=crossing, side=side, country=code, name=f"Alpha {code}",
        point=Point(41 + n / 100, 34, srid=4326), precision="near", radius_m=500, position_source="a map",
    )
    for n, (side, code) in enumerate((("a", "IQ"), ("b", "SY")))
]
reds, blues, group = [
    Force.objects.create(
        slug=slug, name=slug.title(), short_name=slug, kind="army", colour=colour, letter=slug[0].upper()
    )
    for slug, colour in (("reds", "#d55e00"), ("blues", "#0072b2"), ("group", "#009e73"))
]
Name.objects.create(text="Alfa", language="en", crossing=crossing)
document = Document.objects.create(
    slug="paper", source_set=SourceSet.objects.create(slug="articles", name="Articles"), title="A paper",
    publisher="Publisher", published="2019-09-30",
)
wire = Wire.objects.create(slug="ap", name="AP")

def passage(words):
    return Passage.objects.create(document=document, wire=wire, exact=words)

def control(public_id, post, *forces, **dates):
    report = ControlReport.objects.create(
        public_id=public_id, post=post, main_passage=passage(f"Words of {public_id}."), **dates
    )
    for force in forces:
        Holder.objects.create(report=report, force=force)
    return report

first = [
    control("reds-2015", posts[1], reds, as_of="2015-03-01"),
    control("blues-2017", posts[1], blues, starts="2017-06-01"),
    control("both-2016", posts[0], reds, blues, as_of="2016-02-02"),
    StatusReport.objects.create(
        public_id="closed-2016", post=posts[1], main_passage=passage("It is closed."), status="closed",
        traffic="people", as_of="2016-01-01",
    ),
]
wrong = control("wrong-2016", posts[0], group, as_of="2016-05-05")
when = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
review.publish([crossing], at=when)
review.publish([*first, wrong], at=when + datetime.timedelta(days=1))
review.withdraw([wrong], reason="a mistake", at=when + datetime.timedelta(days=2))
control("draft-2014", posts[1], group, as_of="2014-01-01")
"""
#: What was entered, and so what has to be answered: (post, day, edition) and who held it.
ENTERED = {
    ("alpha-sy", "2015-03-01", None): ["reds"],
    ("alpha-sy", "2017-06-01", None): ["blues"],
    ("alpha-iq", "2016-02-02", None): ["blues", "reds"],
    ("alpha-iq", "2016-05-05", 2): ["group"],
    ("alpha-sy", "2014-01-01", None): [],
}


@pytest.fixture
def first_version(tmp_path) -> Path:
    """The tree of that commit; skips in a shallow clone, which does not reach back so far."""
    shallow = run("git", "rev-parse", "--is-shallow-repository", env=clean_environment(tmp_path)).stdout
    if shallow.strip() != "false":
        pytest.skip("the clone is shallow, or no clone")
    tree = tmp_path / "first"
    tree.mkdir()
    packed = subprocess.run(["git", "archive", FIRST], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x"], cwd=tree, input=packed.stdout, check=True)
    return tree


def tables(file: Path) -> dict[str, int]:
    with closing(open_spatialite(file, readonly=True)) as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'crossings\\_%' ESCAPE '\\' AND type = 'table'"
        ).fetchall()
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in names}


@pytest.mark.slow
def test_the_first_version_is_backed_up_migrated_and_answers_as_before(first_version, tmp_path):
    home = tmp_path / "home"
    environment = clean_environment(home, DJANGO_SETTINGS_MODULE="crossings.settings")
    for command in (["manage.py", "migrate", "-v0"], ["-c", FILL]):
        done = run(sys.executable, *command, env=environment, cwd=first_version)
        assert done.returncode == 0, done.stderr
    before = tables(home / NAME)
    assert before["crossings_controlreport"] == 5

    with serving(clean_environment(home), tmp_path / "log") as server:
        said = server.output
        for (post, day, edition), holders in ENTERED.items():
            query = f"on={day}" + (f"&edition={edition}" if edition else "")
            status, _headers, body = server.get(f"/download/posts.geojson?{query}")
            assert status == 200, body
            found = {f["id"]: f["properties"] for f in json.loads(body)["features"]}[post]
            assert found["holders"] == holders, (post, day)
            assert found["control_level"] == ("stated" if holders else "unknown")
        status, _headers, body = server.get("/download/posts.geojson?on=2016-01-01")
        assert {f["properties"]["people"] for f in json.loads(body)["features"]} == {"closed", "unknown"}
        for path in ("/", "/crossings/alpha/", "/documents/paper/", "/differs/", "/maps/all/days.json"):
            status, _headers, body = server.get(path)
            assert status == 200, path
            assert b"draft-2014" not in body
        assert b"wrong-2016" not in server.get("/download/control.geojson")[2]

    assert "The database is backed up to" in said
    assert "Bringing the database up to date" in said
    (copy,) = (home / "backups").iterdir()
    assert tables(copy) == before
    after = tables(home / NAME)
    assert {name: after.get(name) for name in before if name in after} == {
        name: count for name, count in before.items() if name in after
    }
    with closing(sqlite3.connect(home / NAME)) as database:
        rows = database.execute("SELECT name FROM django_migrations WHERE app = 'crossings'").fetchall()
    assert {name for (name,) in rows} == known_migrations()
