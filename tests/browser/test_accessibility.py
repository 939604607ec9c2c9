"""axe-core finds no serious or critical violation on any kind of page, in the light or in the dark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .reader import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: Both sizes and both schemes, without all four of their pairs.
LOOKS = [pytest.param(DESK, "light", id="desk, light"), pytest.param(PHONE, "dark", id="phone, dark")]
PAGES = {
    "region map": "/maps/kurdish-held/?on=2015-06-01",
    "crossing": "/crossings/qaim-bukamal/?on=2019-09-30",
    "crossings": "/crossings/",
    "force": "/forces/islamic-state/",
    "forces": "/forces/",
    "document": "/documents/gulf-today-2019-09-30/",
    "documents": "/documents/",
    "what differs": "/differs/",
    "method": "/method/",
    "downloads": "/download/",
    "popup by itself": "/popup/post/bukamal-sy/?on=2019-09-30",
    "not found": "/no/such/page/",
    "bad request": "/?on=2019-02-30",
    "admin login": "/admin/login/",
}
AXE = Axe()


def is_clean(visitor: Any, part: str | None = None) -> None:
    """The page, or a part of it. Each violation found is a line: the rule, where, and why."""
    # Off by default: what is drawn on a control is part of its name (WCAG 2.5.3, for those who speak to it).
    rules = {"label-content-name-mismatch": {"enabled": True}}
    options = {"resultTypes": ["violations"], "rules": rules}
    found = AXE.run(visitor.page, part, options).response["violations"]
    lines = [
        f"{rule['id']} ({rule['impact']}): {node['target']} {' '.join(node['failureSummary'].split())}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
    assert lines == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody(reader, name, size, scheme):
    visitor = reader(size, color_scheme=scheme, reduced_motion="reduce")
    if name in {"not found", "bad request"}:
        visitor.expected.append("Failed to load resource.* 40[04]")
    page = visitor.open(PAGES[name], ready=name == "region map")
    expect(page.locator("main")).to_be_attached()
    is_clean(visitor)
    visitor.fits()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_home_map_can_be_read_by_everybody_in_each_of_its_states(reader, size, scheme):
    visitor = reader(size, color_scheme=scheme, reduced_motion="reduce")
    visitor.open("/?on=2017-11-10")  # disputed, stale and unknown marks
    is_clean(visitor)
    for name in ("Filters", "Legend"):
        visitor.show_tab(name)
        is_clean(visitor, "#panel")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_an_open_popup_can_be_read_by_everybody(reader, size, scheme):
    visitor = reader(size, color_scheme=scheme, reduced_motion="reduce")
    for show in ("post.bukamal-sy", "strike.e-2019-09-09-bukamal", "site.imam-ali-base"):
        visitor.open(f"/?on=2019-09-30&show={show}")
        expect(visitor.popup.locator("blockquote").first).to_be_visible()
        visitor.settled()
        is_clean(visitor, ".report-popup")


def test_text_can_be_enlarged_and_the_page_zoomed(reader):
    visitor = reader(PHONE, is_mobile=True)
    page = visitor.open("/?on=2019-09-30")
    viewport = page.locator("meta[name=viewport]").get_attribute("content")
    assert not re.search("maximum-scale|user-scalable", viewport)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    visitor.fits()
    for name in ("play", "slider", "input"):
        expect(page.locator(f"[data-time={name}]")).to_be_in_viewport()
