"""The keyboard alone is enough: every part is reached, says its name and does its work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .reader import DESK, PHONE

pytestmark = pytest.mark.browser
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=pytest.mark.slow)]
#: What has the focus: whether it has a name, and whether it can be seen that the focus is there.
_FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const drawn = [e, ...e.querySelectorAll("*")].some((part) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  });
  return {
    what: e.dataset.post ?? e.dataset.time ?? (e.id || e.className || e.tagName),
    named: Boolean(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim() || e.title),
    seen: drawn && box.width > 0 && box.height > 0,
  };
}"""


@pytest.mark.parametrize("size", SIZES)
def test_every_stop_of_the_focus_has_a_name_and_shows(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    stops = []
    for _press in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        if stop["what"] == "BODY" or (stops and stop["what"] == stops[0]["what"]):
            break
        stops.append(stop)
    names = [stop["what"] for stop in stops]
    assert stops[0]["what"] == "skip"
    assert {"slider", "input", "previous", "play", "next", "latest", "bukamal-sy", "qaim-iq"} <= set(names)
    assert [stop for stop in stops if not stop["named"]] == []
    # The last part of a date field is the browser's own calendar button, with its own ring.
    unseen = {stop["what"] for stop in stops if not stop["seen"]}
    assert unseen - {stop["what"] for stop in stops if stop["seen"]} == set()


def test_the_skip_link_leads_to_the_content(reader):
    visitor = reader()
    page = visitor.open("/crossings/", ready=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("size", SIZES)
def test_the_day_is_moved_by_keys(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    slider = visitor.tab_to('[data-time="slider"]')
    expect(slider).to_have_accessible_name("Day")
    expect(slider).to_have_attribute("aria-valuetext", "30 September 2019")
    page.keyboard.press("ArrowRight")
    visitor.sees_day("2019-10-01")
    expect(slider).to_have_attribute("aria-valuetext", "1 October 2019")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("PageDown")
    visitor.sees_day("2019-08-30")
    page.keyboard.press("PageUp")
    visitor.sees_day("2019-09-30")
    data = visitor.get("/maps/all/days.json")
    page.keyboard.press("End")
    visitor.sees_day(data["last"])
    page.keyboard.press("Home")
    visitor.sees_day(
        page.evaluate("new Date(document.activeElement.min * 86400000).toISOString().slice(0, 10)")
    )

    visitor.type_day("2019-09-29")
    visitor.tab_to('[data-time="next"]', key="Shift+Tab")
    page.keyboard.press("Enter")
    visitor.sees_day("2019-09-30")
    expect(visitor.row("bukamal-sy")).to_contain_text("Syrian gov.")
    play = visitor.tab_to('[data-time="play"]', key="Shift+Tab")
    page.keyboard.press("Space")
    expect(play).to_have_accessible_name("Pause")
    page.keyboard.press("Space")
    expect(play).to_have_accessible_name("Play")


@pytest.mark.parametrize("size", SIZES)
def test_tabs_and_filters_are_worked_by_keys(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    if size is PHONE:
        visitor.tab_to(".sheet-handle")
        page.keyboard.press("Enter")
        expect(page.locator("#panel")).to_have_attribute("data-height", "half")
    visitor.tab_to("#tab-list")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-filters")).to_be_focused()
    expect(page.locator("#filters")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    visitor.tab_to("#f-q")
    page.keyboard.type("Tanf")
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length === 2")
    expect(page.locator("#f-q")).to_be_focused()  # the answer takes nothing from who is typing
    box = visitor.tab_to("input[name=status][value=closed]")
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.wait_for_function("() => location.search.includes('status=closed')")
    visitor.tab_to("[data-reset]")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length === 8")
    assert visitor.scope() == {"on": "2019-09-30"}


def test_the_menu_of_a_phone_is_worked_by_keys(reader):
    visitor = reader(PHONE)
    page = visitor.open("/?on=2019-09-30")
    visitor.tab_to(".nav-button")
    page.keyboard.press("Enter")
    expect(page.locator("#site-nav")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#site-nav")).to_be_hidden()
    page.keyboard.press("Enter")
    visitor.tab_to("#site-nav a[href='/documents/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/**")
    expect(page.locator("h1")).to_be_visible()


def test_keys_move_the_map_and_the_layers_can_be_switched(reader):
    visitor = reader()
    page = visitor.open("/maps/qaim-bukamal/?on=2019-09-30")
    visitor.tab_to(".map-frame .leaflet-container")
    before = visitor.state()["view"]
    page.keyboard.press("+")
    page.wait_for_function("zoom => window.Crossings.page.map.getZoom() > zoom", arg=before[0])
    visitor.settled()
    assert visitor.scope()["view"].startswith(f"{visitor.state()['view'][0]:g}/")
    toggle = visitor.tab_to(".leaflet-control-layers-toggle")
    expect(toggle).to_have_attribute("aria-label", "Layers")
    page.keyboard.press("Enter")
    layers = page.locator(".leaflet-control-layers-overlays label")
    expect(layers.first).to_be_visible()
    sites = page.locator(".leaflet-control-layers-overlays label", has_text="Places").locator("input")
    sites.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-site]")).to_have_count(0)
    page.keyboard.press("Space")
    expect(page.locator("[data-site]").first).to_be_attached()
    labels = page.locator("[data-site]").evaluate_all("marks => marks.map((mark) => mark.ariaLabel)")
    assert all(labels)  # Leaflet made the marks anew
