"""The recipes of CONTRIBUTING work as written: each is followed in a copy of the tree, and its tests pass."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import ROOT, clean_environment

RECIPES = ("A query parameter", "A download", "A topic of observations", "A page")
#: A place, and what comes there; or a command; or the tests. In code spans, which may have two backticks.
STEP = re.compile(
    r"^(?:[A-Z][^.\n]*\. )?In `(?P<path>[^`]+)`, (?P<where>before|after|instead of) "
    r"(?P<ticks>`+) ?(?P<text>.+?) ?(?P=ticks):\n\n```\w+\n(?P<lines>.*?)^```$"
    r"|^A new file `(?P<new>[^`]+)`:\n\n```\w+\n(?P<content>.*?)^```$"
    r"|^Run `bin/manage (?P<command>[^`]+)`\.$"
    r"|^Its tests: `(?P<tests>[^`]+)`$",
    re.M | re.S,
)
SECONDS = 900


@dataclass(frozen=True)
class Copy:
    """A copy of what the repository holds, in which a recipe is followed."""

    root: Path
    data: Path

    def follow(self, recipe: str) -> list[str]:
        """Take every step. Returns the tests that the recipe names."""
        tests: list[str] = []
        for step in STEP.finditer(recipe):
            if step["path"]:
                self._insert(self.root / step["path"], step["where"], step["text"], step["lines"])
            elif step["new"]:
                assert not (self.root / step["new"]).exists(), f"{step['new']} is there already."
                (self.root / step["new"]).write_text(step["content"], encoding="utf-8")
            elif step["command"]:
                self.run(sys.executable, "manage.py", *shlex.split(step["command"]))
            else:
                tests += step["tests"].split()
        return tests

    def _insert(self, path: Path, where: str, text: str, lines: str) -> None:
        content = path.read_text(encoding="utf-8")
        pattern = r"\s*".join(re.escape(word) for word in text.split())
        places = [(m.start(), m.end()) for m in re.finditer(pattern, content)]
        assert len(places) == 1, f"{path.name} has {len(places)} places for “{text}”: the recipe needs one."
        start = content.rfind("\n", 0, places[0][0]) + 1
        end = content.index("\n", places[0][1]) + 1
        before, after = {"before": (start, start), "after": (end, end), "instead of": (start, end)}[where]
        path.write_text(content[:before] + lines + content[after:], encoding="utf-8")

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=clean_environment(self.data),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


@pytest.fixture
def copy(tmp_path) -> Copy:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    root = tmp_path / "tree"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    return Copy(root, tmp_path / "data")


def written(title: str) -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.search(rf"^### {title}\n(.*?)(?=^### [A-Z]|^## )", text, re.M | re.S)[1]


def test_every_recipe_with_an_example_is_followed_here():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(r"^## Recipes with an example\n(.*?)(?=^## )", text, re.M | re.S)[1]

    assert tuple(re.findall(r"^### ([A-Z].+)$", section, re.M)) == RECIPES
    # No block of code is passed over because a sentence before it reads otherwise.
    assert section.count("\n```") == 2 * sum(bool(s["path"] or s["new"]) for s in STEP.finditer(section))


@pytest.mark.slow
@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_as_it_is_written(copy, title):
    tests = copy.follow(written(title))

    assert tests
    tools = Path(sys.executable).parent
    copy.run(str(tools / "ruff"), "check", ".")
    copy.run(str(tools / "ruff"), "format", "--check", ".")
    copy.run(str(tools / "djlint"), "--check", "--quiet", "templates")
    copy.run(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")
    copy.run(sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests)
