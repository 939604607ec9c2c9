"""A real Chromium and a real site, once for all browser tests of a worker; new contexts for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from .reader import DESK, Reader
from .running import shared_site

NAMES = ("chromium", "chromium-browser", "/usr/bin/chromium")


def find_chromium() -> str | None:
    """$CHROMIUM, or the one that is installed."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        reason = "no Chromium is installed (bin/setup --test installs it; $CHROMIUM names another)"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running site with everything that is shipped."""
    folder: Path = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent  # of all workers of this run
    with shared_site(folder / "site") as url:
        yield url


@pytest.fixture
def reader(chromium: Browser, site: str) -> Iterator[Callable[..., Reader]]:
    """Makes readers: `reader()` at a desk, `reader(PHONE)`; options are those of a browser context."""
    made: list[Reader] = []

    def make(size: dict[str, int] = DESK, **options: Any) -> Reader:
        made.append(Reader(chromium, site, size, **options))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    for one in made:
        one.clean()
