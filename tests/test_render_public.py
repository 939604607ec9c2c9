"""The tool that proves a refactoring changes no answer: it is repeatable, and it does see what changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, clean_environment, run
from tests.rendering.answers import as_text, public_routes
from tests.world import names_of_addresses

#: One address or a few of each kind: HTML, a fragment, a script, JSON, a file, a refusal, a redirect.
SOME = (
    r"^/(\?on=2019-09-30(&edition=1)?|\?on=yesterday)?$|^/maps/all/(map\.js|days\.json)$|^/crossings/$"
    r"|^/popup/post/qaim-iq/(\?on=2019-09-30)?$|^/download/control\.geojson\?edition=2$|^/favicon\.ico$"
    r"|^(HEAD|POST) /differs/$|^/method/ \[If-None-Match"
)


def tool(*arguments: str | Path, hash_seed: str = "0", tree: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = clean_environment(Path("/nonexistent"), PYTHONHASHSEED=hash_seed)
    return run(sys.executable, "-m", "tests.render_public", *arguments, env=env, cwd=tree)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> tuple[Path, Path]:
    """The same part of the site, rendered by two processes that order their sets differently."""
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder, seed in zip(folders, ("1", "2"), strict=True):
        done = tool(folder, "--only", SOME, hash_seed=seed)
        assert done.returncode == 0, done.stdout + done.stderr
    return folders


@pytest.fixture
def pair(tmp_path) -> tuple[Path, Path]:
    """Two folders with the same three answers."""
    answers = {
        "/": "status: 200\n\n<p>Open</p>",
        "/differs/": "status: 200\n\n<p>2  sources</p>\n",
        "/maps/all/days.json": 'status: 200\n\n{"a": ' + "1" * 200 + ', "level": "stated"}',
    }
    for name in ("before", "after"):
        folder = tmp_path / name
        folder.mkdir()
        for n, text in enumerate(answers.values()):
            (folder / f"{n}.txt").write_text(text)
        files = {address: f"{n}.txt" for n, address in enumerate(answers)}
        (folder / "manifest.json").write_text(json.dumps({"files": files}))
    return tmp_path / "before", tmp_path / "after"


@pytest.mark.slow
def test_two_runs_on_one_tree_are_the_same(rendered):
    done = tool("--compare", *rendered)

    assert (done.stdout, done.stderr, done.returncode) == ("No address differs\n", "", 0)
    manifest = json.loads((rendered[0] / "manifest.json").read_text())
    assert manifest["addresses"] == len(manifest["files"]) == 14
    assert manifest["statuses"] == {"200": 10, "302": 1, "304": 1, "400": 1, "405": 1}


@pytest.mark.slow
def test_the_answers_hold_the_words_and_the_headers(rendered):
    files = json.loads((rendered[0] / "manifest.json").read_text())["files"]
    texts = {address: (rendered[0] / file).read_text() for address, file in files.items()}

    assert "Location: /static/favicon.HASH.svg" in texts["/favicon.ico"]
    assert "Content-Security-Policy: base-uri 'none'; connect-src 'self'" in texts["/"]
    assert '"edition": 2' in texts["/download/control.geojson?edition=2"]
    assert '"generated"' not in texts["/download/control.geojson?edition=2"]
    assert texts["/?on=2019-09-30"] != texts["/?on=2019-09-30&edition=1"]


@pytest.mark.slow
def test_a_public_route_without_an_example_is_named(tmp_path):
    tree = tmp_path / "tree"
    hidden = shutil.ignore_patterns(".*", "__pycache__", "node_modules")
    shutil.copytree(ROOT, tree, ignore=hidden)
    urls = tree / "crossings" / "urls.py"
    urls.write_text(urls.read_text() + '\nurlpatterns += [path("secret/<int:n>/", health)]\n')

    done = tool(tmp_path / "out", "--only", "^/healthz$", tree=tree)

    assert done.returncode == 2, done.stdout + done.stderr
    assert "tests/rendering/addresses.py of route 'secret/<int:n>/'." in done.stderr


def test_the_routes_are_all_but_those_of_the_admin():
    routes = public_routes()

    api = [route for route in routes if route.startswith("ogc/")]
    assert len(routes) - len(api) == len(names_of_addresses()) + 3  # these have no name
    assert {"favicon.ico", "robots.txt", ".well-known/security.txt"} <= set(routes)
    assert "ogc/collections/<str:collection>/items" in api
    assert not [route for route in routes if "admin" in route]


def test_equal_folders_do_not_differ(pair):
    done = tool("--compare", *pair)

    assert (done.stdout, done.returncode) == ("No address differs\n", 0)


def test_a_changed_answer_is_named_with_the_lines_that_differ(pair):
    path = pair[1] / "2.txt"
    path.write_text(path.read_text().replace("stated", "carried"))

    done = tool("--compare", *pair)

    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "differs: /maps/all/days.json"
    assert '    - "level": "stated"}' in done.stdout.splitlines()
    assert '    + "level": "carried"}' in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "1 addresses differ"


@pytest.mark.parametrize("gone_from", [0, 1])
def test_an_address_that_only_one_folder_has_differs(pair, gone_from):
    manifest = pair[gone_from] / "manifest.json"
    files = json.loads(manifest.read_text())["files"]
    del files["/differs/"]
    manifest.write_text(json.dumps({"files": files}))

    done = tool("--compare", *pair)

    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == ["differs: /differs/", f"    only in {pair[1 - gone_from]}"]


def test_what_is_to_be_ignored_is_not_compared_and_nothing_else(pair):
    (pair[1] / "0.txt").write_text("status: 200\n\n<p>Shut</p>")
    (pair[1] / "1.txt").write_text("status: 200\n\n<p>2\n sources</p>")

    assert tool("--compare", *pair, "--only", "json$").returncode == 0
    assert tool("--compare", *pair, "--only", "^/$", "--ignore", "Open|Shut").returncode == 0
    assert tool("--compare", *pair, "--only", "^/$", "--ignore", "Open").returncode == 1
    assert tool("--compare", *pair, "--only", "differs").returncode == 1
    assert tool("--compare", *pair, "--only", "differs", "--ignore-space").returncode == 0
    assert tool("--compare", *pair, "--only", "^/$", "--ignore-space").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--only", "nowhere"), "No address in either folder matches 'nowhere'."),
        (("--only", "("), "'(' is no regular expression"),
    ],
)
def test_a_comparison_of_nothing_is_refused(pair, arguments, sentence):
    done = tool("--compare", *pair, *arguments)

    assert done.returncode == 2
    assert sentence in done.stderr


def test_a_folder_of_something_else_is_neither_compared_nor_overwritten(tmp_path, pair):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")

    assert "manifest.json cannot be read" in tool("--compare", pair[0], tmp_path / "mine").stderr
    done = tool(tmp_path / "mine")
    assert done.returncode == 2
    assert "holds something else" in done.stderr
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep"


def test_order_and_hashes_of_an_answer_do_not_count_but_words_do():
    from django.http import HttpResponse

    def text(policy: str, body: str) -> str:
        return as_text(HttpResponse(body, headers={"Content-Security-Policy": policy}))

    first = text("img-src 'self'; base-uri 'none'", '<img src="/static/a.0123456789ab.svg"> Open')

    assert first == text("base-uri 'none'; img-src 'self'", '<img src="/static/a.ba9876543210.svg"> Open')
    assert first != text("base-uri 'none'; img-src *", '<img src="/static/a.0123456789ab.svg"> Open')
    assert first != text("img-src 'self'; base-uri 'none'", '<img src="/static/b.0123456789ab.svg"> Open')
