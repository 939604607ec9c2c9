"""A real Chromium and a real site, once for all browser tests of a worker; new pages for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from .reader import DESK, Reader, new_context
from .running import shared_site

#: The same Chromium without its windows first: a third quicker.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "/usr/bin/chromium")


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
            executable_path=path, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
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


@pytest.fixture(scope="session")
def _contexts(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One context for each kind of reader: pages that were here before load in half the time."""
    kept: dict[tuple[Any, ...], BrowserContext] = {}

    def find(size: dict[str, int], **options: Any) -> BrowserContext:
        key = (*sorted(size.items()), *sorted(options.items()))
        if key not in kept:
            kept[key] = new_context(chromium, size, **options)
        return kept[key]

    yield find
    for context in kept.values():
        context.close()


@pytest.fixture
def reader(
    chromium: Browser, site: str, _contexts: Callable[..., BrowserContext]
) -> Iterator[Callable[..., Reader]]:
    """Makes readers: `reader()` at a desk, `reader(PHONE)`; options are those of a browser context.

    With fresh=True one who was never here, with a context of their own.
    """
    made: list[tuple[Reader, bool]] = []

    def make(size: dict[str, int] = DESK, *, fresh: bool = False, **options: Any) -> Reader:
        context = None if fresh else _contexts(size, **options)
        made.append((Reader(chromium, site, size, context, **options), fresh))
        return made[-1][0]

    yield make
    for visitor, fresh in made:
        visitor.leave()
        if fresh:
            visitor.context.close()
    for visitor, _fresh in made:
        visitor.clean()
