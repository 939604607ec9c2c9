"""The commands in bin/ do what the README says, and say in one sentence what they cannot do."""

from __future__ import annotations

import hashlib
import re
import shutil
import signal
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossings.serve import check_port
from tests.processes import ROOT, Server, assert_one_sentence, clean_environment, run, serving

LOCKED = ("requirements.txt", "requirements-dev.txt")
QUICK_START = 5  # seconds, what the README promises for every start but the first


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The folder of a copy that bin/serve has started once, and stopped."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def first_start(home) -> Iterator[tuple[str, int]]:
    with serving(clean_environment(home / "data"), home / "first.log") as server:
        output = server.output
        code = server.stop(signal.SIGTERM)
    return output, code


@pytest.fixture(scope="module")
def server(home, first_start) -> Iterator[Server]:
    with serving(clean_environment(home / "data", HOST="0.0.0.0"), home / "second.log") as running:
        yield running


@pytest.mark.slow
def test_the_first_start_prints_its_steps_and_last_the_address_and_the_next_step(first_start):
    steps = [line for line in first_start[0].splitlines() if line.startswith("==> ")]

    expected = [
        "The environment is ready",
        "Bringing the database up to date",
        "Loading the shipped data",
        "Collecting and compressing static files",
        "Crossings is at http://127.0.0.1:",
        "To edit, make an account with bin/manage createsuperuser",
    ]
    assert [want for want in expected if not any(want in step for step in steps)] == []
    assert steps[-2].startswith("==> Crossings is at http://127.0.0.1:")
    assert "createsuperuser" in steps[-1]


@pytest.mark.slow
def test_it_ends_well_on_sigterm(first_start):
    assert first_start[1] == 0


def test_a_start_on_a_prepared_folder_serves_and_ends_well_on_sigterm(prepared, tmp_path):
    """The quick one: static files as they are. What else a first start does is among the slow ones."""
    home = tmp_path / "data"
    shutil.copytree(prepared, home)
    with serving(clean_environment(home, DEBUG="1"), tmp_path / "log") as server:
        assert "Bringing the database up to date" not in server.output
        assert server.get("/healthz")[0] == 200
        status, headers, page = server.get("/crossings/", **{"Accept-Encoding": "gzip"})
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert int(headers["content-length"]) == len(page)
        assert server.get("/admin/login/", Host="elsewhere.example.org")[0] == 400
        code = server.stop(signal.SIGTERM)

    assert code == 0
    assert "Traceback" not in server.output


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file, but for SQLite's own while it is open."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


@pytest.mark.slow
def test_a_second_start_takes_under_five_seconds_and_touches_nothing(home, first_start):
    before = contents(home / "data")

    with serving(clean_environment(home / "data"), home / "again.log") as again:
        assert again.get("/healthz")[0] == 200
        code = again.stop(signal.SIGINT)

    assert again.started_within(QUICK_START), (again.seconds, again.work)
    assert code == 0
    assert "migrat" not in again.output.lower()
    assert contents(home / "data") == before


@pytest.mark.slow
def test_it_serves_pages_with_compressed_static_files_that_may_be_kept_for_ever(server):
    status, _, page = server.get("/admin/login/")
    assert status == 200
    sheet = re.search(rb'href="(/static/[^"]+\.css)"', page)
    assert sheet

    status, headers, _ = server.get(sheet[1].decode(), **{"Accept-Encoding": "br"})

    assert status == 200
    assert re.search(rb"\.[0-9a-f]{12}\.css", sheet[1])
    assert headers["content-encoding"] == "br"
    assert "immutable" in headers["cache-control"]


@pytest.mark.slow
def test_what_collecting_notes_for_itself_is_not_served(home, server):
    notes = {file.name for file in (home / "data" / "static-build").iterdir()}
    assert notes == {"staticfiles.json", "collected"}
    for name in (*notes, ".collected"):
        assert server.get(f"/static/{name}")[0] == 404, name


def test_no_module_names_itself_in_an_import():
    """Not even in a comment: hashing its name would change its text, and its text the name, for ever."""
    for module in (ROOT / "static").rglob("*.js"):
        assert not re.search(rf"""["']\./{re.escape(module.name)}["']""", module.read_text()), module


@pytest.mark.slow
def test_on_every_address_it_prints_the_one_of_the_network_and_answers_there(server):
    found = re.search(r"On this network: http://([\d.]+):\d+", server.output)
    if not found:
        pytest.skip("this machine has no network address")

    assert server.get("/healthz", Host=f"{found[1]}:{server.port}")[0] == 200
    assert server.get("/admin/login/", Host=f"{found[1]}:{server.port}")[0] == 200
    assert server.get("/admin/login/", Host="elsewhere.example.org")[0] == 400
    assert "ALLOWED_HOSTS" in server.output
    assert "Traceback" not in server.output


def test_a_busy_port_is_a_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = run(ROOT / "bin" / "serve", env=clean_environment(tmp_path, PORT=port))

    assert_one_sentence(done, f"Port {port}", "PORT")
    assert not (tmp_path / "crossings.sqlite3").exists()


def test_a_host_may_be_a_name():
    assert check_port("localhost", 0) in {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"PORT": "eight"}, "PORT"),
        ({"HOST": "not an address"}, "HOST"),
        ({"HOST": "192.0.2.254"}, "192.0.2.254"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATA_DIR": "/dev/null/folder"}, "DATA_DIR"),
    ],
)
def test_what_stops_the_server_is_a_sentence(tmp_path, variables, word):
    done = run(ROOT / "bin" / "serve", env=clean_environment(tmp_path, **variables))

    assert_one_sentence(done, word)


def test_manage_runs_from_any_folder(tmp_path):
    done = run(ROOT / "bin" / "manage", "version", env=clean_environment(tmp_path / "data"), cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5.2")


@pytest.fixture
def bare(tmp_path) -> Path:
    """A copy of the scripts on a system that has neither apt nor an environment."""
    copied = ("bin/setup", "bin/manage", "bin/lock", "bin/bare-machine", *LOCKED)
    for name in copied:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "dirname", "cat", "sha256sum", "cut", "sed", "tail", "id", "env"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def program(path: Path, script: str) -> Path:
    """A shell script in the place of a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def fake_python(folder: Path, says: str) -> Path:
    return program(folder / "fake-python", f"echo '{says}' >&2\nexit 1")


def test_on_another_system_setup_names_the_packages_and_stops(bare):
    environment = {"PATH": str(bare / "programs"), "PYTHON": str(fake_python(bare, "too old"))}

    done = run(bare / "bin" / "setup", env=environment, cwd=bare)

    assert_one_sentence(done, "Python 3.11", "SpatiaLite")
    assert "fake-python: too old" in done.stdout
    assert not (bare / ".venv").exists()


def test_setup_without_root_or_sudo_names_the_command_to_run(bare):
    programs = bare / "programs"
    program(programs / "id", "echo 1000")
    program(programs / "apt-get", "")
    environment = {"PATH": str(programs), "PYTHON": str(fake_python(bare, "too old"))}

    done = run(bare / "bin" / "setup", env=environment, cwd=bare)

    assert_one_sentence(done, "apt-get install python3 python3-venv libsqlite3-mod-spatialite")


@pytest.fixture
def without_libatomic(bare) -> Path:
    """The copy on a small Debian: the locked packages are there, but Playwright's node misses a library."""
    program(bare / ".venv/bin/python", "exit 0")
    program(
        bare / ".venv/bin/playwright",
        f"[ -e {bare}/libatomic1 ] || {{ echo 'libatomic.so.1: not found' >&2; exit 127; }}",
    )
    locked = b"".join((bare / name).read_bytes() for name in LOCKED)
    (bare / ".venv/installed-for-requirements-dev").write_text(hashlib.sha256(locked).hexdigest())
    program(bare / "programs/id", "echo 0")
    program(bare / "programs/chromium", "")
    return bare


def test_setup_for_tests_installs_the_library_that_playwright_needs(without_libatomic):
    program(
        without_libatomic / "programs/apt-get",
        f'case "$*" in *" libatomic1"*) : >{without_libatomic}/libatomic1 ;; esac',
    )
    environment = {"PATH": str(without_libatomic / "programs")}

    first = run(without_libatomic / "bin/setup", "--test", env=environment, cwd=without_libatomic)
    second = run(without_libatomic / "bin/setup", "--test", env=environment, cwd=without_libatomic)

    assert (first.returncode, first.stderr) == (0, "")
    assert "Installing by apt: libatomic1" in first.stdout
    assert (second.returncode, second.stderr) == (0, "")
    assert "apt" not in second.stdout


def test_setup_for_tests_says_why_playwright_does_not_start(without_libatomic):
    program(without_libatomic / "programs/apt-get", "exit 0")
    environment = {"PATH": str(without_libatomic / "programs")}

    done = run(without_libatomic / "bin/setup", "--test", env=environment, cwd=without_libatomic)

    assert_one_sentence(done, "Playwright", "libatomic.so.1: not found")


@pytest.mark.parametrize(
    ("name", "script", "word"),
    [("id", "echo 1000", "root"), ("sed", "echo plan9", "plan9"), ("unshare", "exit 1", "CAP_SYS_ADMIN")],
)
def test_where_no_bare_machine_can_be_made_the_command_fails_and_says_why(bare, name, script, word):
    for stand_in, answer in {"id": "echo 0", "sed": "echo debian", "unshare": "exit 0", name: script}.items():
        program(bare / "programs" / stand_in, answer)

    done = run(bare / "bin/bare-machine", env={"PATH": str(bare / "programs")}, cwd=bare)

    assert_one_sentence(done, word)


def test_setup_passes_over_a_python_whose_sqlite_loads_no_extensions(bare):
    """The first Python on a developer's PATH is often such a one."""
    source = (ROOT / "bin" / "setup").read_text()
    probe = re.search(r"^probe='\n(.*?)^'", source, re.DOTALL | re.MULTILINE)
    assert probe
    without = "import sqlite3\nclass C: pass\nsqlite3.connect = lambda *a: C()\n"

    refused = run(ROOT / ".venv/bin/python", "-c", without + probe[1], env=clean_environment(bare))
    accepted = run(ROOT / ".venv/bin/python", "-c", probe[1], env=clean_environment(bare))

    assert refused.stderr.strip() == "its sqlite3 cannot load extensions"
    assert (accepted.returncode, accepted.stderr) == (0, "")


@pytest.mark.parametrize(("name", "advice"), [("manage", "bin/setup"), ("lock", "bin/setup --test")])
def test_without_an_environment_the_commands_say_how_to_make_it(bare, name, advice):
    done = run(bare / "bin" / name, env={"PATH": str(bare / "programs")}, cwd=bare)

    assert_one_sentence(done, advice)


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_files_are_complete_hashed_and_name_no_host(name):
    locked = (ROOT / f"{name}.txt").read_text()
    wanted = re.findall(r"^([a-z][a-z0-9-]*)", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    pinned = re.split(r"^(?=[a-z])", locked, flags=re.MULTILINE)[1:]

    assert set(wanted) <= {entry.partition("==")[0].partition("[")[0] for entry in pinned}
    assert [entry for entry in pinned if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|(^|\s)/|index|find-links", locked)


def test_the_scripts_stop_at_the_first_error_and_can_be_run():
    scripts = [*sorted((ROOT / "bin").iterdir()), ROOT / ".ci" / "run"]

    for script in scripts:
        assert "set -euo pipefail" in script.read_text(), script
        assert script.stat().st_mode & 0o111, script
        assert subprocess.run(["bash", "-n", script], check=False).returncode == 0, script


def test_python_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"
    assert "(3, 11)" in (ROOT / "bin" / "setup").read_text()


@pytest.mark.slow
def test_from_a_fresh_clone_to_the_map_with_one_command(tmp_path):
    """Needs a network. What is not committed does not count."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)

    with serving(clean_environment(tmp_path / "data"), tmp_path / "log", root=clone) as server:
        assert server.get("/healthz")[0] == 200
        assert server.get("/")[0] == 200
    before = contents(clone)
    with serving(clean_environment(tmp_path / "data"), tmp_path / "log2", root=clone) as server:
        assert server.started_within(QUICK_START), (server.seconds, server.work)

    assert contents(clone) == before
    state = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert state.stdout == ""
