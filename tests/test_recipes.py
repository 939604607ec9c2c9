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
#: A place, and what comes there; words within a line; a new file; a command; the tests. Code spans
#: may have two backticks.
STEP = re.compile(
    r"^(?:[A-Z][^.\n]*\. )?In `(?P<path>[^`]+)`, (?P<where>before|after|instead of) "
    r"(?P<ticks>`+) ?(?P<text>.+?) ?(?P=ticks):\n\n```\w+\n(?P<lines>.*?)^```$"
    r"|^In `(?P<line_of>[^`]+)`, write (?P<t1>`+) ?(?P<new_words>[^\n]+?) ?(?P=t1) "
    r"instead of (?P<t2>`+) ?(?P<old_words>[^\n]+?) ?(?P=t2)\.$"
    r"|^A new file `(?P<new>[^`]+)`:\n\n```\w+\n(?P<content>.*?)^```$"
    r"|^Run `bin/manage (?P<command>[^`]+)`\.$"
    r"|^Its tests: `(?P<tests>[^`]+)`$",
    re.M | re.S,
)
SECONDS = 900


def place_of(path: Path, text: str) -> tuple[int, int]:
    """Where the text stands in the file, however it is broken into lines there: first and last character."""
    pattern = r"\s*".join(re.escape(word) for word in text.split())
    places = [m.span() for m in re.finditer(pattern, path.read_text(encoding="utf-8"))]
    assert len(places) == 1, f"{path.name} has {len(places)} places for “{text}”: the recipe needs one."
    return places[0]


def lines_to_replace(path: Path, where: str, text: str) -> tuple[int, int]:
    """The characters that new lines take the place of: whole lines, or none before or after them."""
    first, last = place_of(path, text)
    content = path.read_text(encoding="utf-8")
    start, end = content.rfind("\n", 0, first) + 1, content.index("\n", last) + 1
    return {"before": (start, start), "after": (end, end), "instead of": (start, end)}[where]


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
                path = self.root / step["path"]
                start, end = lines_to_replace(path, step["where"], step["text"])
                content = path.read_text(encoding="utf-8")
                path.write_text(content[:start] + step["lines"] + content[end:], encoding="utf-8")
            elif step["line_of"]:
                path = self.root / step["line_of"]
                start, end = place_of(path, step["old_words"])
                content = path.read_text(encoding="utf-8")
                path.write_text(content[:start] + step["new_words"] + content[end:], encoding="utf-8")
            elif step["new"]:
                assert not (self.root / step["new"]).exists(), f"{step['new']} is there already."
                (self.root / step["new"]).write_text(step["content"], encoding="utf-8")
            elif step["command"]:
                self.run(sys.executable, "manage.py", *shlex.split(step["command"]))
            else:
                tests += step["tests"].split()
        return tests

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


@pytest.mark.parametrize("title", RECIPES)
def test_the_places_that_a_recipe_names_are_there(title):
    """Fast, so that whoever changes such a line hears of it before the slow test below."""
    for step in STEP.finditer(written(title)):
        if step["path"]:
            place_of(ROOT / step["path"], step["text"])
        elif step["line_of"]:
            place_of(ROOT / step["line_of"], step["old_words"])
        elif step["new"]:
            assert not (ROOT / step["new"]).exists(), f"{step['new']} is there already."
        for name in (step["tests"] or "").split():
            assert (ROOT / name).is_file() or f"A new file `{name}`" in written(title)


def test_a_query_parameter_takes_one_declaration_and_one_use():
    """What its test then proves: the query, the form, the links and the scripts go by the declaration."""
    changed = [step["path"] or step["new"] for step in STEP.finditer(written("A query parameter"))]
    in_the_product = [path for path in changed if path and not path.startswith("tests/")]

    assert set(in_the_product) == {"geodata/selection.py", "crossings/queries/snapshot.py"}
    assert in_the_product.count("crossings/queries/snapshot.py") == 1
    declared = [s for s in STEP.finditer(written("A query parameter")) if s["path"] == "geodata/selection.py"]
    # The field, and what its values are called.
    assert [len(re.findall(r"^    \w+: .*= field\(", s["lines"], re.M)) for s in declared] == [0, 1]
    assert re.findall(r"^(\w+)", declared[0]["lines"], re.M) == ["MEANS_LABELS"]


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
