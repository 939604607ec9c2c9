"""Settings come from the environment, and a bad one is a sentence."""

from __future__ import annotations

import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, assert_one_sentence, clean_environment, manage, python, run

PRODUCTION = {
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
    "HSTS_SUBDOMAINS": "1",
    "HSTS_PRELOAD": "1",
    "ALLOWED_HOSTS": "crossings.example.org",
    "SITE_URL": "https://crossings.example.org",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("DEBUG", "perhaps"),
        ("HTTPS", "maybe"),
        ("HTTPS", ""),
        ("LOG_LEVEL", "LOUD"),
        ("SITE_URL", "crossings.example.org"),
        ("SITE_URL", "http://host:port/"),
        ("SITE_URL", "https://me;script-src@example.org"),
        ("HOST", "this machine"),
        ("CSRF_TRUSTED_ORIGINS", "crossings.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://*.example.org, example.org"),
        ("TILES_URL", "https://tile.example.org/1.png"),
        ("TILES_URL", "https://tile.example.org'; script-src */{z}/{x}/{y}.png"),
        ("DATABASE_URL", "mysql://me:secret@host/name"),
        ("DATABASE_URL", "postgis://me:secret@host:port/name"),
        ("DATABASE_URL", "postgis://me:secret@host/"),
        ("DATABASE_URL", "spatialite://"),
        ("CACHE", "carrier-pigeon://"),
        ("LIMIT_DOWNLOADS", "sixty a minute"),
        ("LIMIT_SEARCH", "0/minute"),
        ("METRICS_ADDRESS", "9100"),
        ("METRICS_ADDRESS", "127.0.0.1:99999"),
        ("LOG_FORMAT", "xml"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "sesame" * 20),
    ],
)
def test_a_malformed_setting_stops_the_start_with_a_sentence_naming_it(tmp_path, name, value):
    done = manage("check", env=clean_environment(tmp_path, **{name: value}))

    assert_one_sentence(done, name)
    assert "secret" not in done.stderr.replace("secret_key", "")


def test_the_server_too_stops_with_that_sentence(tmp_path):
    done = python("import crossings.wsgi", clean_environment(tmp_path, PORT="eight"))

    assert_one_sentence(done, "PORT")


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("PORT=8001\nOPERATOR_NAME='Example Newsroom'\n")
    environment = clean_environment(tmp_path, ENV_FILE=str(file), PORT="8002")

    done = python("from django.conf import settings as s; print(s.PORT, s.OPERATOR_NAME)", environment)

    assert done.stdout == "8002 Example Newsroom\n", done.stderr


def test_what_an_operator_may_write_is_read(tmp_path):
    variables = {
        "CSRF_TRUSTED_ORIGINS": "https://*.example.org, http://10.0.0.7:8000",
        "LOG_LEVEL": "debug",
        "HTTPS": "yes",
        "PORT": " 8001",
        "SITE_URL": "https://crossings.example.org/",
        "TILES_URL": "",
    }
    show = """
from django.conf import settings as s
print(s.CSRF_TRUSTED_ORIGINS, s.LOG_LEVEL, s.HTTPS, s.PORT, s.SITE_URL, repr(s.TILES_URL))
"""
    done = python(show, clean_environment(tmp_path, **variables))

    expected = (
        "['https://*.example.org', 'http://10.0.0.7:8000'] DEBUG True 8001 https://crossings.example.org ''\n"
    )
    assert done.stdout == expected, done.stderr


@pytest.mark.parametrize(("lines", "number"), [("PORT=1\n\nPORT 2\n", 3), ("PORT\n", 1), ("A='open\n", 1)])
def test_a_line_of_the_file_that_sets_nothing_is_a_sentence(tmp_path, lines, number):
    file = tmp_path / "settings.env"
    file.write_text(lines)

    done = manage("check", env=clean_environment(tmp_path, ENV_FILE=str(file)))

    assert_one_sentence(done, f"Line {number} of", str(file))


@pytest.mark.parametrize("content", [None, b"OPERATOR_NAME=\xff\n"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, content):
    file = tmp_path / "settings.env"
    if content is not None:
        file.write_bytes(content)

    assert_one_sentence(manage("check", env=clean_environment(tmp_path, ENV_FILE=str(file))), str(file))


def test_a_misspelt_name_in_the_file_is_noticed(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("OPERATER_NAME=Example\nPORT=8001\n")
    show = "from crossings.settings import env; print(env.unknown)"

    assert python(show, clean_environment(tmp_path, ENV_FILE=str(file))).stdout == "['OPERATER_NAME']\n"


@pytest.mark.parametrize("stored", ["", "short", "a" * 64])
def test_a_stored_secret_key_that_could_be_guessed_is_refused(tmp_path, stored):
    (tmp_path / "secret_key").write_text(stored)

    assert_one_sentence(
        manage("check", env=clean_environment(tmp_path)), "secret key", "50 random characters"
    )


@pytest.mark.slow
def test_everything_in_the_data_folder_is_for_its_owner_alone_whatever_the_umask(tmp_path):
    home = tmp_path / "data"
    home.mkdir(mode=0o755)
    commands = " && ".join(
        f"{sys.executable} {ROOT / 'manage.py'} {command}"
        for command in ("migrate -v0", "collectstatic --noinput -v0", "backup")
    )

    done = run("sh", "-c", f"umask 000 && {commands}", env=clean_environment(home))

    assert done.returncode == 0, done.stderr
    found = [home, *home.rglob("*")]
    assert {"crossings.sqlite3", "secret_key", "backups", "static"} <= {path.name for path in found}
    assert [str(path) for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    show = "from django.conf import settings; print(settings.SECRET_KEY)"

    first = python(show, clean_environment(tmp_path)).stdout
    second = python(show, clean_environment(tmp_path)).stdout

    assert first == second
    assert len(first.strip()) >= 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_starts_at_the_same_time_agree_on_the_key(tmp_path):
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    environment = {**clean_environment(tmp_path), "DJANGO_SETTINGS_MODULE": "crossings.settings"}

    started = [
        subprocess.Popen([sys.executable, "-c", show], env=environment, cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    keys = {process.communicate()[0] for process in started}

    assert len(keys) == 1
    assert keys.pop().strip()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    done = manage("check", env=clean_environment(tmp_path / "file" / "data"))

    assert_one_sentence(done, "DATA_DIR", str(tmp_path / "file" / "data"))


def test_a_database_that_cannot_be_reached_is_a_sentence(tmp_path):
    (tmp_path / "other.sqlite3").write_text("this is no database, whatever its name says. " * 100)
    no_database = clean_environment(tmp_path, DATABASE_URL=f"spatialite:///{tmp_path}/other.sqlite3")
    no_server = clean_environment(tmp_path, DATABASE_URL="postgis://me:hush@127.0.0.1:1/name")

    assert_one_sentence(manage("migrate", env=no_database), "DATABASE_URL")
    done = manage("migrate", env=no_server)
    assert_one_sentence(done, "DATABASE_URL")
    assert "hush" not in done.stderr


def test_a_missing_package_is_a_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", ROOT / "manage.py", "check"],  # -S: without the packages of the environment
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert_one_sentence(done, "bin/setup")


def test_a_missing_spatialite_is_a_sentence(tmp_path):
    code = """
from crossings.runtime.failures import problems_in_one_sentence
with problems_in_one_sentence():
    from django.conf import settings
    settings.SPATIALITE_LIBRARY_PATH = "no_such_module"
    import django
    django.setup()
    from django.db import connection
    connection.cursor()
"""
    assert_one_sentence(python(code, clean_environment(tmp_path)), "SpatiaLite")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["localhost", "127.0.0.1", "[::1]"]),
        ({"HOST": "0.0.0.0"}, ["localhost", "127.0.0.1", "[::1]"]),
        ({"HOST": "::1"}, ["localhost", "127.0.0.1", "[::1]"]),
        ({"HOST": "10.0.0.7"}, ["localhost", "127.0.0.1", "[::1]", "10.0.0.7"]),
        ({"ALLOWED_HOSTS": "a.example, b.example,"}, ["a.example", "b.example"]),
    ],
)
def test_hosts(tmp_path, variables, expected):
    done = python(
        "from django.conf import settings; print(settings.ALLOWED_HOSTS)",
        clean_environment(tmp_path, **variables),
    )

    assert done.stdout.strip() == str(expected), done.stderr


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("", ""),
        ("https://{s}.tile.example.org:8443/{z}/{x}/{y}.png", "https://*.tile.example.org:8443"),
    ],
)
def test_the_host_of_the_tiles_follows_their_address(tmp_path, url, host):
    done = python(
        "from django.conf import settings; print(settings.TILES_HOST)",
        clean_environment(tmp_path, TILES_URL=url),
    )

    assert done.stdout.strip() == host, done.stderr


def test_checks_are_silent(tmp_path):
    done = manage(
        "check", "--fail-level", "WARNING", "--database", "default", env=clean_environment(tmp_path)
    )

    assert done.returncode == 0
    assert done.stdout == "System check identified no issues (0 silenced).\n"
    assert done.stderr == ""


def test_the_deployment_check_is_silent_with_production_settings(tmp_path):
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING", env=clean_environment(tmp_path, **PRODUCTION)
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"
    assert done.stderr == ""


def test_sqlite_runs_as_a_server_needs_it(tmp_path):
    code = """
import django
django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        print(pragma, cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
    cursor.execute("CREATE TABLE t (n int)")
import sqlite3
other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM t")
    try:
        other.execute("INSERT INTO t VALUES (1)")
    except sqlite3.OperationalError as error:
        print("immediate:", error)
"""
    done = python(code, clean_environment(tmp_path))

    assert done.stdout.splitlines() == [
        "journal_mode wal",
        "synchronous 2",
        "foreign_keys 1",
        "busy_timeout 20000",
        "immediate: database is locked",
    ], done.stderr
    assert sqlite3.connect(tmp_path / "crossings.sqlite3").execute("PRAGMA journal_mode").fetchone() == (
        "wal",
    )


@pytest.mark.parametrize(
    "imports",
    [
        "import geopandas, pyogrio",
        "import django.contrib.gis.gdal, geopandas",
        "import pyogrio, geopandas, django.contrib.gis.geos",
    ],
)
def test_a_process_with_all_native_libraries_ends_well(tmp_path, imports):
    """Each carries its own GEOS, PROJ and GDAL; in a wrong order the process aborts after its last line."""
    code = f"""
import django
django.setup()
{imports}
import geopandas, shapely
from django.contrib.gis.geos import Point
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT AsText(ST_Buffer(MakePoint(1, 2), 1, 1))")
point = Point(41.0, 34.4, srid=4326)
point.transform(32637)
frame = geopandas.GeoDataFrame({{"name": ["Qaim"]}}, geometry=[shapely.Point(41, 34.4)], crs=4326)
frame.to_file("{tmp_path}/out.gpkg")
rows = len(geopandas.read_file("{tmp_path}/out.gpkg"))
print(round(point.x), round(frame.to_crs(32637).geometry.x[0]), rows)
"""
    done = python(code, clean_environment(tmp_path))

    assert done.returncode == 0, done.stderr
    here, there, rows = done.stdout.split()
    assert here == there
    assert rows == "1"


def test_the_table_of_settings_is_complete():
    from crossings import settings

    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    read_directly = re.findall(
        r"os\.environ\.get\(\"([A-Z_]+)\"\)", (ROOT / "crossings" / "settings.py").read_text()
    )

    assert len(table) == len(set(table))
    assert set(table) == {*settings.env.names, *read_directly}
    assert Path(settings.__file__) == ROOT / "crossings" / "settings.py"


def test_the_example_names_only_settings_that_exist():
    from crossings import settings

    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert named
    assert set(named) <= set(settings.env.names)
