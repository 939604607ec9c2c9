"""A start heals what an interrupted one left, and says in one sentence what only a person can judge."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from crossings.database.locks import preparing
from crossings.database.preparation import check_file
from crossings.database.sqlite import open_spatialite
from tests.processes import ROOT, assert_one_sentence, clean_environment, manage, python, run, serving

NAME = "crossings.sqlite3"
MOMENTS = 30
CODE = """
from crossings.runtime.failures import problems_in_one_sentence
with problems_in_one_sentence():
    import django
    django.setup()
    from crossings.database.preparation import prepare_database
    prepare_database(print)
"""
#: Pages without collected static files.
PLAIN = """
import django
django.setup()
from django.test import override_settings
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
override_settings(STORAGES={"staticfiles": {"BACKEND": plain}}).enable()
"""


def begin(home: Path) -> subprocess.Popen[bytes]:
    """The part of a start that prepares the database, in a process of its own."""
    environment = {**clean_environment(home), "DJANGO_SETTINGS_MODULE": "crossings.settings"}
    with (home.parent / f"{home.name}.log").open("ab") as log:
        return subprocess.Popen(
            [
                sys.executable,
                "-c",
                CODE,
            ],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def prepare(home: Path) -> subprocess.CompletedProcess[str]:
    return python(
        CODE,
        clean_environment(home),
    )


def contents(file: Path) -> dict[str, int]:
    """Rows by table, and that every spatial index agrees with its table."""
    with closing(open_spatialite(file, readonly=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT CheckSpatialIndex('crossings_site', 'point')").fetchone() == (1,)
        listed = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND (name LIKE 'crossings%' OR name LIKE 'auth%' OR name = 'django_migrations')"
        )
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in listed.fetchall()
        }


@pytest.mark.slow
def test_a_first_start_killed_at_any_moment_is_healed_by_the_next(prepared, tmp_path):
    expected = contents(prepared / NAME)
    moments = random.Random(7)
    whole = tmp_path / "whole"
    whole.mkdir()
    began = time.monotonic()
    assert begin(whole).wait(timeout=300) == 0
    seconds = time.monotonic() - began
    for number in range(MOMENTS):
        home = tmp_path / str(number)
        home.mkdir()
        process = begin(home)
        time.sleep(seconds * (number + moments.random()) / MOMENTS)
        process.kill()
        process.wait()

        done = prepare(home)

        assert done.returncode == 0, (number, done.stdout, done.stderr)
        assert contents(home / NAME) == expected, number
        assert not (home / f"{NAME}.first-start").exists()
        shutil.rmtree(home)


def test_what_an_interrupted_first_start_has_written_is_not_built_upon(prepared, tmp_path):
    """Cut in the middle of a migration the file is sound and half made; one with documents in it is kept."""
    file, begun, said = tmp_path / NAME, tmp_path / f"{NAME}.first-start", []
    with closing(sqlite3.connect(file)) as half:
        half.execute("CREATE TABLE django_migrations (app text, name text)")
    begun.touch()

    check_file(file, begun, said.append)

    assert said == ["The first start was interrupted: it begins anew"]
    assert not file.exists()
    shutil.copy(prepared / NAME, file)
    check_file(file, begun, said.append)
    assert file.exists()
    assert len(said) == 1


def test_a_start_killed_after_the_last_migration_is_brought_to_its_end(prepared, tmp_path):
    """What follows the migrations gives editors their rights and the map its spatial indexes."""
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    with closing(open_spatialite(home / NAME)) as database, database:
        database.execute("DELETE FROM auth_group_permissions")
        database.execute("DELETE FROM auth_group")
        for prefix in ("gii", "giu", "gid"):
            database.execute(f'DROP TRIGGER "{prefix}_crossings_site_point"')
    (home / "migrated").unlink()

    done = prepare(home)

    assert done.returncode == 0, done.stderr
    assert contents(home / NAME) == contents(prepared / NAME)
    with closing(open_spatialite(home / NAME)) as database:
        triggers = database.execute(
            "SELECT count(*) FROM sqlite_master WHERE name LIKE 'gi_\\_crossings\\_site\\_point' ESCAPE '\\'"
        )
        assert triggers.fetchone() == (3,)


def test_an_interrupted_first_start_never_throws_an_account_away(prepared, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    (home / f"{NAME}.first-start").touch()
    environment = clean_environment(home, DJANGO_SUPERUSER_PASSWORD="a long one for this test")
    made = manage(
        "createsuperuser", "--noinput", "--username=layla", "--email=l@example.org", env=environment
    )
    assert made.returncode == 0, made.stderr

    assert prepare(home).returncode == 0

    with closing(sqlite3.connect(home / NAME)) as database:
        assert database.execute("SELECT username FROM auth_user").fetchall() == [("layla",)]


def test_an_existing_empty_file_is_not_filled_as_if_it_were_new(tmp_path):
    (tmp_path / NAME).touch()

    assert_one_sentence(prepare(tmp_path), "is empty", "restore")
    assert (tmp_path / NAME).stat().st_size == 0


@pytest.mark.parametrize("damage", ["noise", "page", "cut"])
def test_a_damaged_file_is_one_sentence(prepared, tmp_path, damage):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    with closing(sqlite3.connect(home / NAME)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'crossings_post'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with (home / NAME).open("r+b") as file:
        if damage == "noise":
            file.write(b"not a database " * 100)
        elif damage == "page":
            file.seek((root - 1) * size)
            file.write(os.urandom(size))
        else:
            file.truncate((home / NAME).stat().st_size // 2)

    assert_one_sentence(prepare(home), "damaged", "bin/manage restore")


def test_a_backup_is_made_before_the_shipped_data_is_migrated(prepared, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    assert manage("migrate", "sessions", "zero", env=clean_environment(home)).returncode == 0

    done = prepare(home)

    assert done.returncode == 0, done.stderr
    (made,) = (home / "backups").iterdir()
    with closing(open_spatialite(made, readonly=True)) as copy:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        documents = copy.execute("SELECT count(*) FROM crossings_document").fetchone()[0]
    assert "django_session" not in tables
    assert documents == contents(prepared / NAME)["crossings_document"] > 0


def test_a_start_waits_for_another_and_says_so(tmp_path):
    said, order = [], []

    def second() -> None:
        with preparing(tmp_path / NAME, lambda: said.append("waiting")):
            order.append("second")

    with preparing(tmp_path / NAME, lambda: said.append("nobody to wait for")):
        thread = threading.Thread(target=second)
        thread.start()
        while not said:
            time.sleep(0.01)
        order.append("first")
    thread.join(timeout=10)

    assert (said, order) == (["waiting"], ["first", "second"])


@pytest.mark.slow
def test_two_first_starts_at_once_wait_for_each_other(tmp_path):
    code = """
import django; django.setup()
from pathlib import Path
from django.conf import settings
from crossings.database.locks import preparing
from crossings.database.preparation import prepare_database, sqlite_file
with preparing(sqlite_file(), lambda: print("WAITING", flush=True)):
    prepare_database(lambda text: print(text, flush=True))
"""
    environment = {**clean_environment(tmp_path), "DJANGO_SETTINGS_MODULE": "crossings.settings"}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _number in range(2)
    ]
    outputs = [process.communicate(timeout=300)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], outputs
    assert sum("WAITING" in output for output in outputs) == 1
    assert sum("Loading the shipped data" in output for output in outputs) == 1


def workers_of(master: int) -> list[int]:
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == master:
            found.append(int(file.parent.name))
    return found


def ended(process_id: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return True


def test_a_worker_ends_with_a_master_that_is_killed(tmp_path):
    worker = """
from crossings.runtime.workers import end_with_master
end_with_master()
import os, time
print(os.getpid(), flush=True)
time.sleep(600)
"""
    master = f"""
import os, subprocess, sys
os.environ["CROSSINGS_MASTER"] = str(os.getpid())
subprocess.run([sys.executable, "-c", {worker!r}])
"""
    process = subprocess.Popen([sys.executable, "-c", master], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    number = int(process.stdout.readline())
    assert not ended(number)

    process.kill()
    process.wait()

    until = time.monotonic() + 10
    while not ended(number) and time.monotonic() < until:
        time.sleep(0.05)
    assert ended(number)


@pytest.mark.slow
def test_workers_end_with_a_master_that_is_killed(prepared, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    with serving(clean_environment(home), tmp_path / "log") as server:
        workers = workers_of(server.process.pid)
        assert len(workers) >= 2
        server.stop(signal.SIGKILL)

    until = time.monotonic() + 30
    while not all(ended(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.1)
    assert [worker for worker in workers if not ended(worker)] == []


@pytest.mark.parametrize("how", ["replaced", "deleted"])
def test_a_database_deleted_or_replaced_under_the_site_takes_no_write_and_health_says_so(
    prepared, tmp_path, how
):
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    code = (
        PLAIN
        + """
from django.conf import settings
from django.test import Client
from django.contrib.auth.models import User
import os, shutil, sys
file = settings.DATABASES["default"]["NAME"]
client = Client(headers={"host": "localhost"}, raise_request_exception=False)
User.objects.create_superuser("layla", password="x")
print(client.get("/healthz").status_code)
if sys.argv[1] == "deleted":
    os.unlink(file)
else:
    shutil.copy(file, file + ".new")
    os.replace(file + ".new", file)
answer = client.get("/healthz")
print(answer.status_code, answer.json()["reason"])
sent = client.post("/admin/login/", {"username": "layla", "password": "x"})
print(sent.status_code, "Nothing was saved" in sent.content.decode())
print(client.get("/crossings/").status_code)
"""
    )
    done = run(
        sys.executable, "-c", code, how,
        env={**clean_environment(home), "DJANGO_SETTINGS_MODULE": "crossings.settings"},
    )  # fmt: skip
    said = "503 The database file was deleted or replaced: restart the site."
    assert done.stdout.splitlines() == ["200", said, "503 True", "200"], done.stderr


@pytest.mark.django_db(transaction=True)
def test_an_editor_is_told_what_to_do_when_nothing_more_can_be_written():
    """SQLite gives the same error for a full disk and for a file that may not grow."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no such bound; its words are known to crossings.views.errors")
    user = User.objects.create_superuser("layla", password="x")
    client = Client(raise_request_exception=False)
    client.force_login(user)
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        sent = None
        for number in range(2000):
            sent = client.post("/admin/crossings/wire/add/", {"slug": f"w{number}", "name": "t" * 200})
            if sent.status_code != 302:
                break
        assert sent is not None
        assert sent.status_code == 503
        assert "The disk of the server is full" in sent.content.decode()
        assert client.get("/crossings/").status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


@pytest.mark.slow
def test_on_a_full_disk_readers_go_on_and_editors_are_told_what_to_do(prepared, tmp_path):
    home = tmp_path / "small"
    home.mkdir()
    size = sum(file.stat().st_size for file in prepared.iterdir() if file.is_file()) + 1_500_000
    mounted = run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", home, env=dict(os.environ))
    if mounted.returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        for name in (NAME, "secret_key", "migrated"):
            shutil.copy(prepared / name, home / name)
        code = (
            PLAIN
            + """
from pathlib import Path
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
client = Client(headers={"host": "localhost"}, raise_request_exception=False)
User.objects.create_superuser("layla", password="x")
client.login(username="layla", password="x")
filler = (settings.DATA_DIR / "filler").open("wb")
try:
    while True:
        filler.write(b"x" * 4096); filler.flush()
except OSError:
    pass
print(client.get("/crossings/").status_code, client.get("/healthz").json()["status"])
print(client.get("/download/control.geojson").status_code)
title = "t" * 200
sent = None
for number in range(200):
    sent = client.post("/admin/crossings/wire/add/", {"slug": f"w{number}", "name": title, "_save": ""})
    if sent.status_code != 302:
        break
print(sent.status_code, "The disk of the server is full" in sent.content.decode())
print(client.get("/crossings/").status_code)
"""
        )
        done = python(code, clean_environment(home))
        assert done.stdout.splitlines() == ["200 degraded", "503", "503 True", "200"], (
            done.stdout + done.stderr
        )
    finally:
        run("umount", home, env=dict(os.environ))
