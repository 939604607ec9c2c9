"""What docs/deploy.md tells an operator is true."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from tests.processes import ROOT, clean_environment, manage, python, run

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


@pytest.mark.parametrize("name", ["crossings.service", "crossings-backup.timer"])
def test_systemd_accepts_the_units(tmp_path, name):
    """A timer is read together with the service that it starts."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for unit in (ROOT / "docs").glob("crossings*.*e*"):
        here = re.sub(r"^(User|Group)=.*\n", "", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(here.replace("/srv/crossings", str(ROOT)))
    assert (tmp_path / name).is_file()

    done = run("systemd-analyze", "verify", tmp_path / name, env=clean_environment(tmp_path))

    said = (done.stdout + done.stderr).splitlines()
    assert [line for line in said if "crossings" in line] == []


def test_the_documented_timer_makes_a_backup_and_deletes_none_that_is_younger_than_documented(tmp_path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(ROOT / "docs" / "crossings-backup.service")
    service = unit["Service"]

    assert service["ExecStart"] == "/srv/crossings/bin/manage backup"
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, days in (("crossings-old.sqlite3", 16), ("crossings-new.sqlite3", 13), ("mine", 100)):
        (folder / name).touch()
        past = time.time() - days * 86400
        os.utime(folder / name, (past, past))
    command = shlex.split(service["ExecStartPost"].replace("/var/lib/crossings", str(tmp_path)))

    assert run(*command, env=clean_environment(tmp_path)).returncode == 0
    assert {path.name for path in folder.iterdir()} == {"crossings-new.sqlite3", "mine"}


def test_documented_commands_exist():
    for name in re.findall(r"bin/manage (\w+)", DEPLOY):
        assert (
            run(ROOT / "bin" / "manage", name, "--help", env=clean_environment(settings.DATA_DIR)).returncode
            == 0
        )
    for script in re.findall(r"\bbin/(\w+)", DEPLOY):
        assert (ROOT / "bin" / script).is_file()
