"""What docs/deploy.md tells an operator is true."""

from __future__ import annotations

import configparser
import re
import shutil
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


def test_systemd_accepts_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    text = (ROOT / "docs" / "crossings.service").read_text()
    here = re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE).replace("/srv/crossings", str(ROOT))
    (tmp_path / "crossings.service").write_text(here)

    done = run("systemd-analyze", "verify", tmp_path / "crossings.service", env=clean_environment(tmp_path))

    assert "crossings.service" not in done.stdout + done.stderr


def test_documented_commands_exist():
    for name in re.findall(r"bin/manage (\w+)", DEPLOY):
        assert (
            run(ROOT / "bin" / "manage", name, "--help", env=clean_environment(settings.DATA_DIR)).returncode
            == 0
        )
    for script in re.findall(r"\bbin/(\w+)", DEPLOY):
        assert (ROOT / "bin" / script).is_file()
