"""What docs/deploy.md tells an operator is true."""

from __future__ import annotations

import configparser
import re
import shutil
import sqlite3
import stat
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from crossings.database import backup as backups
from tests.processes import ROOT, assert_one_sentence, clean_environment, manage, python, run

DEPLOY = (ROOT / "docs" / "deploy.md").read_text()


def test_health_is_ok_while_the_database_answers(client, db):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_health_is_asked_once(client, db, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_health_is_only_for_reading(client, db):
    assert client.post("/healthz").status_code == 405


def test_health_is_unavailable_without_a_database(tmp_path):
    code = """
import django
django.setup()
from django.test import Client
answer = Client(headers={"host": "localhost"}).get("/healthz")
print(answer.status_code, answer.json())
"""
    empty = python(code, clean_environment(tmp_path))
    unreachable = python(code, clean_environment(tmp_path, DATABASE_URL="postgis://me:hush@127.0.0.1:1/none"))

    for done in (empty, unreachable):
        assert done.stdout == "503 {'status': 'unavailable'}\n", done.stderr
        assert "hush" not in done.stdout


PROXY = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_HSTS_SECONDS": 2592000,
}


@override_settings(**PROXY)
def test_behind_a_proxy_plain_requests_go_to_https_but_health_is_answered(client, db):
    plain = client.get("/admin/login/")
    secure = client.get("/admin/login/", headers={"X-Forwarded-Proto": "https"})

    assert plain.status_code == 301
    assert plain.headers["Location"] == "https://testserver/admin/login/"
    assert secure.status_code == 200
    assert secure.headers["Strict-Transport-Security"] == "max-age=2592000"
    assert client.get("/healthz").status_code == 200


def documented_settings() -> dict[str, str]:
    block = re.search(r"```sh\n(DATA_DIR=.*?)```", DEPLOY, re.DOTALL)
    assert block
    return dict(line.split("=", 1) for line in block[1].strip().splitlines())


def test_the_documented_settings_pass_the_deployment_check(tmp_path):
    file = tmp_path / "documented.env"
    lines = [f"{name}={value}" for name, value in documented_settings().items() if name != "DATA_DIR"]
    file.write_text("\n".join(lines))
    environment = clean_environment(tmp_path / "data", ENV_FILE=str(file))

    done = manage("check", "--deploy", "--fail-level", "WARNING", env=environment)

    assert (done.returncode, done.stderr) == (0, "")
    show = """
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_PROXY_SSL_HEADER, s.OPERATOR_NAME)
"""
    expected = "True True ('HTTP_X_FORWARDED_PROTO', 'https') Example Newsroom\n"
    assert python(show, environment).stdout == expected


def test_without_the_setting_nobody_believes_the_proxy_header(tmp_path):
    done = python(
        "from django.conf import settings; print(settings.SECURE_PROXY_SSL_HEADER)",
        clean_environment(tmp_path),
    )

    assert done.stdout == "None\n"


def test_the_unit_starts_what_is_there():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # systemd's names have capitals
    unit.read(ROOT / "docs" / "crossings.service")
    service = unit["Service"]

    folder = Path(service["WorkingDirectory"])
    assert (ROOT / Path(service["ExecStart"]).relative_to(folder)).is_file()
    assert str(folder) in DEPLOY
    assert documented_settings()["DATA_DIR"] == f"/var/lib/{service['StateDirectory']}"


def test_systemd_accepts_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    text = (ROOT / "docs" / "crossings.service").read_text()
    here = re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE).replace("/srv/crossings", str(ROOT))
    (tmp_path / "crossings.service").write_text(here)

    done = run("systemd-analyze", "verify", tmp_path / "crossings.service", env=clean_environment(tmp_path))

    assert "crossings.service" not in done.stdout + done.stderr


@pytest.fixture
def busy_database(tmp_path):
    """A database in WAL mode into which pairs of rows are written, each in a transaction, all the time."""
    file = tmp_path / "crossings.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript("PRAGMA journal_mode=WAL; CREATE TABLE pair (n int, side text, filling text);")
    done = threading.Event()
    written = []

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=20)) as database:
            while not done.is_set():
                database.execute("BEGIN IMMEDIATE")
                for side in ("left", "right"):
                    database.execute("INSERT INTO pair VALUES (?, ?, ?)", (len(written), side, "x" * 4000))
                database.execute("COMMIT")
                written.append(time.monotonic())

    writer = threading.Thread(target=write)
    writer.start()
    while len(written) < 50:
        time.sleep(0.01)
    yield written
    done.set()
    writer.join()


def test_a_backup_of_a_database_in_use_is_whole(tmp_path, busy_database):
    before = len(busy_database)
    for number in range(3):
        done = manage("backup", str(tmp_path / f"copy{number}.sqlite3"), env=clean_environment(tmp_path))
        assert done.returncode == 0, done.stderr
        assert f"copy{number}.sqlite3" in done.stdout
    assert len(busy_database) > before, "writing did not go on"

    for number in range(3):
        file = tmp_path / f"copy{number}.sqlite3"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            halves = "SELECT count(*) FROM (SELECT n FROM pair GROUP BY n HAVING count(*) <> 2)"
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute(halves).fetchone() == (0,)
            assert copy.execute("SELECT count(*) FROM pair").fetchone()[0] >= 2 * before
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".copy*")), "a draft was left behind"


def test_a_backup_without_a_name_gets_a_dated_one(tmp_path, busy_database):
    done = manage("backup", env=clean_environment(tmp_path))

    (made,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"crossings-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite3", made.name)
    assert str(made) in done.stdout


def test_a_backup_never_replaces_a_file(tmp_path, busy_database):
    (tmp_path / "precious").write_text("precious")

    done = manage("backup", str(tmp_path / "precious"), env=clean_environment(tmp_path))

    assert done.returncode == 1
    assert "already there" in done.stderr
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize("target", ["/dev/null/copy.sqlite3", "/proc/copy.sqlite3"])
def test_a_backup_that_cannot_be_written_is_a_sentence(tmp_path, busy_database, target):
    assert_one_sentence(manage("backup", target, env=clean_environment(tmp_path)), "No backup was made")


def test_there_is_nothing_to_back_up_before_the_first_start(tmp_path):
    assert_one_sentence(manage("backup", env=clean_environment(tmp_path)), "There is no database")
    assert not (tmp_path / "crossings.sqlite3").exists()


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_postgis_can_be_restored(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("runs on PostGIS: bin/test --postgis")

    call_command("backup", str(tmp_path / "copy.dump"))

    listing = run("pg_restore", "--list", tmp_path / "copy.dump", env=clean_environment(tmp_path))
    assert "django_migrations" in listing.stdout
    with pytest.raises(CommandError, match="already there"):
        call_command("backup", str(tmp_path / "copy.dump"))


def test_without_pg_dump_the_backup_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    database = {"ENGINE": "django.contrib.gis.db.backends.postgis", "NAME": "crossings"}

    with pytest.raises(backups.BackupError, match="postgresql-client"):
        backups.backup(database, tmp_path / "copy.dump", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_serve_makes_a_backup_before_it_migrates(tmp_path):
    environment = clean_environment(tmp_path)
    assert manage("migrate", "sessions", "zero", env=environment).returncode == 0
    assert manage("migrate", "contenttypes", env=environment).returncode == 0
    code = """
import django
django.setup()
from crossings.serve import migrate
migrate()
migrate()
"""
    done = run(
        sys.executable, "-c", code, env={**environment, "DJANGO_SETTINGS_MODULE": "crossings.settings"}
    )

    assert done.returncode == 0, done.stderr
    (made,) = (tmp_path / "backups").iterdir()
    with closing(sqlite3.connect(made)) as copy:
        apps = {app for (app,) in copy.execute("SELECT app FROM django_migrations")}
    assert apps == {"contenttypes"}
    assert done.stdout.splitlines()[-1] == "==> The database is up to date"


def test_documented_commands_exist():
    for name in re.findall(r"bin/manage (\w+)", DEPLOY):
        assert (
            run(ROOT / "bin" / "manage", name, "--help", env=clean_environment(settings.DATA_DIR)).returncode
            == 0
        )
    for script in re.findall(r"\bbin/(\w+)", DEPLOY):
        assert (ROOT / "bin" / script).is_file()
