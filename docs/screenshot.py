"""Makes the README's picture from the running site: a copy of its own, the shipped data, a real browser."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.processes import clean_environment, free_port, serving

PICTURE = Path(__file__).with_name("screenshot.png")
PATH = "/?on=2014-07-15&show=post.qaim-iq"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = clean_environment(Path(folder), PORT=str(free_port()))
        with serving(env, Path(folder) / "log") as server, sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
            )
            page = browser.new_page(viewport={"width": 1100, "height": 680})
            page.goto(f"http://127.0.0.1:{server.port}{PATH}")
            page.locator(".leaflet-popup blockquote").first.wait_for()
            page.wait_for_timeout(400)  # ms: the popup has faded in
            page.screenshot(path=PICTURE)
            browser.close()
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
