"""docs/architecture.md is true of the code: its table, its links and its picture."""

import re
from pathlib import Path

import pytest

from docs import architecture

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_table_lists_the_packages_that_exist():
    listed = re.findall(r"^\| \[(\w+)\]\((.+?)\) \|", PAGE, re.MULTILINE)
    folders = {path.parent for path in (ROOT / "crossings").glob("*/__init__.py")} | {ROOT / "geodata"}
    assert len(listed) == len(folders)
    assert {(ROOT / "docs" / link).resolve() for _, link in listed} == folders
    assert all(Path(link).name == name for name, link in listed)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((.+?)\)", PAGE))))
def test_every_link_leads_to_a_file(link):
    assert (ROOT / "docs" / link).exists()


def test_the_picture_shows_the_imports_of_today():
    command = "run .venv/bin/python -m docs.architecture"
    assert architecture.PICTURE.read_text(encoding="utf-8") == architecture.picture(), command


def test_an_arrow_that_a_longer_way_says_is_left_out():
    graph = {
        "views": {"queries", "models", "maps"},
        "maps": {"queries"},
        "queries": {"models"},
        "models": set(),
    }
    assert architecture.reduced(graph) == {
        "views": {"maps"},
        "maps": {"queries"},
        "queries": {"models"},
        "models": set(),
    }


def test_imports_in_a_circle_are_refused_by_name():
    with pytest.raises(ValueError, match=r"\['maps', 'queries'\]"):
        architecture.levels_of({"maps": {"queries"}, "queries": {"maps"}, "models": set()})
