"""Imports point one way: the contracts of pyproject.toml, checked by import-linter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DJANGO_NAMES = {"__init__", "settings", "urls", "asgi", "wsgi", "apps", "admin_site", "serve"}


def test_imports_keep_the_contracts():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_root_of_the_app_holds_only_the_names_that_django_looks_for():
    assert {path.stem for path in (ROOT / "crossings").glob("*.py")} == DJANGO_NAMES


@pytest.mark.parametrize(
    "path", sorted((ROOT / "crossings" / "assessment").glob("*.py")), ids=lambda p: p.stem
)
def test_the_assessment_reads_no_clock(path):
    source = path.read_text(encoding="utf-8")
    assert "today(" not in source
    assert "now(" not in source
