"""A link is the whole page: opened elsewhere, and without scripts, it shows the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .reader import DESK, PHONE, READY

pytestmark = pytest.mark.browser
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=pytest.mark.slow)]


def copied_link(visitor) -> str:
    """What the page's own button puts on the clipboard."""
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visitor.site)
    visitor.page.locator("[data-copy-link]").first.click()
    expect(visitor.page.locator("[data-message], [data-copied]").first).to_be_visible()
    return visitor.page.evaluate("navigator.clipboard.readText()")


def same_view(a, b, pixels: float = 4) -> bool:
    """Two [zoom, latitude, longitude] show the same, give or take a few pixels."""
    per_degree = 256 * 2 ** a[0] / 360
    near = all(abs(x - y) * per_degree <= pixels for x, y in zip(a[1:], b[1:], strict=True))
    return abs(a[0] - b[0]) < 0.05 and near


@pytest.mark.parametrize("size", SIZES)
def test_a_copied_link_opened_elsewhere_shows_the_same(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2018-01-01")
    visitor.show_tab("Filters")
    page.get_by_label("open", exact=True).check()
    page.get_by_label("closed", exact=True).check()
    page.locator("#f-days").fill("365")
    page.wait_for_function("() => location.search.includes('days=365')")
    page.wait_for_load_state("networkidle")
    visitor.type_day("2019-10-02")
    page.get_by_role("button", name="Zoom in").click()
    visitor.settled()
    visitor.show_tab("List")
    page.locator("#post-bukamal-sy a.open-link").click()
    expect(visitor.popup.locator("blockquote").first).to_be_visible()
    visitor.settled()
    before = visitor.state()
    if size is PHONE:
        page.get_by_role("button", name="Back to the list").click()
        link = copied_link(visitor)
        link += "&show=post.bukamal-sy"
    else:
        link = copied_link(visitor)
    assert link.startswith(f"{visitor.site}/?on=2019-10-02&days=365&edition=2")

    other = reader(size, fresh=True)
    other.open(link.removeprefix(other.site))
    expect(other.popup.locator("blockquote").first).to_be_visible()
    other.settled()
    after = other.state()
    assert same_view(before.pop("view"), after.pop("view"))
    for state in (before, after):
        state["list"] = state["list"] if size is DESK else None  # the sheet shows the one or the other
    assert after == before
    assert before["day"] == "2 October 2019"
    assert {"status open", "status closed"} <= before["form"].keys()


def test_the_address_bar_always_holds_the_state(reader):
    visitor = reader()
    page = visitor.open("/maps/qaim-bukamal/")
    visitor.type_day("2019-09-30")
    visitor.post("qaim-iq").click()
    expect(visitor.popup.locator("blockquote").first).to_be_visible()
    visitor.settled()
    scope = visitor.scope()
    assert scope["on"] == "2019-09-30"
    assert scope["show"] == "post.qaim-iq"
    page.reload()
    page.wait_for_selector(READY, state="attached")
    expect(visitor.popup.locator("blockquote").first).to_be_visible()
    visitor.settled()
    assert visitor.scope() == scope


def test_going_back_undoes_a_filter(reader):
    visitor = reader()
    page = visitor.open("/?on=2019-09-30")
    before = visitor.state()
    visitor.show_tab("Filters")
    page.locator("#f-holder").select_option("sdf")
    page.wait_for_function("() => location.search.includes('holder=sdf')")
    expect(visitor.post("qaim-iq")).to_have_count(0)
    page.go_back()
    expect(visitor.post("qaim-iq")).to_have_count(1)
    visitor.show_tab("List")
    after = visitor.state()
    assert after | {"view": None} == before | {"view": None}


def test_other_pages_and_maps_keep_the_day(reader):
    visitor = reader()
    page = visitor.open("/?on=2015-01-01")
    visitor.type_day("2019-09-30")
    page.locator("[data-region-link]", has_text="Qaim").click()
    page.wait_for_selector(READY, state="attached")
    assert visitor.shown_day() == "2019-09-30"
    page.locator("#crossing-qaim-bukamal a").first.click()
    page.wait_for_url("**/crossings/qaim-bukamal/**")
    assert visitor.scope().get("on") == "2019-09-30"


def test_a_line_opened_in_a_new_tab_is_of_the_day_that_is_shown(reader):
    visitor = reader()
    visitor.open("/?on=2015-01-01")
    visitor.type_day("2019-09-30")
    with visitor.context.expect_page() as opened:
        visitor.row("bukamal-sy").locator("a.open-link").click(modifiers=["Control"])
    tab = opened.value
    expect(tab.locator("main")).to_contain_text("On 30 September 2019")
    assert "/popup/post/bukamal-sy/?on=2019-09-30" in tab.url
    expect(visitor.popup).to_have_count(0)


def test_an_edition_keeps_what_was_said_then(reader):
    visitor = reader()
    page = visitor.open("/?on=2019-09-30&edition=1")
    expect(visitor.row("rabia-iq")).to_contain_text("no report")
    assert visitor.get("/maps/all/days.json?edition=1")["edition"] == 1
    assert "edition=1" in page.locator("[data-download]").get_attribute("href")
    visitor.type_day("2019-09-29")
    assert visitor.scope() == {"on": "2019-09-29", "edition": "1"}


# --- without scripts


@pytest.mark.parametrize("size", SIZES)
def test_without_scripts_the_list_of_the_day_is_there_and_days_can_be_asked_for(reader, size):
    visitor = reader(size, java_script_enabled=False)
    page = visitor.open("/?on=2019-09-30")
    expect(page.locator("h1")).to_be_visible()
    expect(visitor.row("bukamal-sy")).to_be_visible()
    expect(visitor.row("bukamal-sy")).to_contain_text("Syrian gov.")
    expect(page.locator("#strike-e-2019-09-09-bukamal")).to_be_visible()
    expect(page.locator("#filter-form")).to_be_visible()
    expect(page.locator("#legend [data-count=posts], #legend").first).to_be_visible()
    visitor.fits()

    page.locator("#day-input").fill("2015-01-01")
    page.get_by_role("button", name="Show this day").click()
    assert visitor.scope() == {"on": "2015-01-01"}
    expect(visitor.row("bukamal-sy")).to_contain_text("Islamic State")
    page.get_by_role("link", name="Next change").click()
    assert visitor.scope()["on"] > "2015-01-01"
    page.get_by_role("link", name="Previous change").click()
    page.get_by_role("link", name="Previous change").click()
    assert visitor.scope()["on"] < "2015-01-01"


def test_without_scripts_filters_are_applied_and_kept(reader):
    visitor = reader(java_script_enabled=False)
    page = visitor.open("/?on=2019-09-30&edition=2")
    page.locator("#f-q").fill("القائم")
    page.locator("#filter-form").get_by_role("button", name="Apply").click()
    assert visitor.scope()["q"] == "القائم"
    assert visitor.scope()["on"] == "2019-09-30"
    assert visitor.scope()["edition"] == "2"
    expect(visitor.row("qaim-iq")).to_be_visible()
    expect(visitor.row("tanf-sy")).to_have_count(0)
    page.locator("#day-input").fill("2019-09-29")
    page.get_by_role("button", name="Show this day").click()
    assert visitor.scope()["q"] == "القائم"
    expect(visitor.row("tanf-sy")).to_have_count(0)


def test_without_scripts_the_words_of_the_sources_are_a_link_away(reader):
    visitor = reader(java_script_enabled=False)
    page = visitor.open("/?on=2019-09-30")
    page.locator("#strike-e-2019-09-09-bukamal a").click()
    expect(page.locator(".telling")).to_have_count(2)
    page.get_by_role("link", name="Show it on the map").click()
    assert visitor.scope()["show"] == "strike.e-2019-09-09-bukamal"

    visitor.open("/?on=2019-09-30")
    visitor.row("bukamal-sy").locator("a").first.click()
    assert visitor.scope()["on"] == "2019-09-30"
    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("On 30 September 2019")
    expect(page.locator("main")).to_contain_text(re.compile("Gulf (Today|News)"))
    page.get_by_role("link", name="everything about").click()
    expect(page.locator("h1")).to_contain_text("Qaim–Bukamal")
    assert visitor.scope()["on"] == "2019-09-30"


@pytest.mark.parametrize("size", SIZES)
def test_a_link_shows_without_scripts_what_it_shows_with_them(reader, size):
    link = "/?on=2019-10-02&days=365&edition=2&status=open,closed&holder=syrian-government,iraqi-federal"
    plain, moving = reader(size, java_script_enabled=False), reader(size)
    plain.open(link)
    moving.open(link)
    moving.page.wait_for_load_state("networkidle")
    if size is PHONE:
        moving.show_tab("List")
    with_scripts, without = moving.state(), plain.state()
    for name in ("day", "input", "list", "counts"):
        assert with_scripts[name] == without[name], name
    assert with_scripts["showing"].strip() == without["showing"].strip()
