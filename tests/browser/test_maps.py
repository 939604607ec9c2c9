"""The maps in a real browser: they open, whole and alone, at a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .reader import DESK, PHONE

pytestmark = pytest.mark.browser
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
MAPS = {
    "/": ("Iraq–Syria frontier", {"qaim-iq", "bukamal-sy", "walid-iq", "tanf-sy", "rabia-iq",
                                     "yarubiyah-sy", "faysh-khabur-iq", "semalka-sy"}),
    "/maps/qaim-bukamal/": ("Qaim–Bukamal", {"qaim-iq", "bukamal-sy"}),
    "/maps/tanf-walid/": ("Tanf–Walid", {"walid-iq", "tanf-sy"}),
    "/maps/kurdish-held/": (None, {"rabia-iq", "yarubiyah-sy", "faysh-khabur-iq", "semalka-sy"}),
}  # fmt: skip
#: In the picture, not only in the document.
_IN_VIEW = """slug => {
  const mark = document.querySelector(`[data-post="${slug}"]`).getBoundingClientRect();
  const map = document.querySelector(".map-frame").getBoundingClientRect();
  const [x, y] = [mark.x + mark.width / 2, mark.y + mark.height / 2];
  return x > map.left && x < map.right && y > map.top && y < map.bottom;
}"""

#: A finger in the middle of it meets it, not something that lies over it.
_ON_TOP = """part => {
  const { x, y, width, height } = part.getBoundingClientRect();
  return part.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", MAPS)
def test_a_map_opens_with_its_marks(reader, path, size):
    visitor = reader(size, fresh=True)
    page = visitor.open(f"{path}?on=2019-09-30")
    heading, posts = MAPS[path]
    if heading:
        expect(page.locator("h1")).to_have_text(heading)
    shown = page.locator("[data-post]").evaluate_all("marks => marks.map((mark) => mark.dataset.post)")
    assert set(shown) == posts
    for slug in posts:
        assert page.evaluate(_IN_VIEW, slug), slug
    expect(page.locator("path.base-frontier").first).to_be_attached()
    expect(page.locator(".leaflet-control-scale-line").first).to_be_visible()
    assert page.locator("[data-message]").is_hidden()
    visitor.fits()


def test_it_opens_on_the_latest_day_that_is_reported(reader):
    visitor = reader()
    page = visitor.open("/")
    latest = visitor.get("/maps/all/days.json")["latest"]
    assert visitor.shown_day() == latest
    expect(page.locator("[data-day-note]")).to_contain_text("the latest day that any report speaks of")


@pytest.mark.parametrize("how", ["tap", "keys"])
def test_on_a_phone_the_time_control_is_there_at_every_height_of_the_sheet(reader, how):
    visitor = reader(PHONE, has_touch=True, is_mobile=True)
    page = visitor.open("/?on=2019-09-30")
    panel, handle, bar = page.locator("#panel"), page.locator(".sheet-handle"), page.locator(".time-bar")
    heights = []
    for height in ("peek", "half", "full"):
        expect(panel).to_have_attribute("data-height", height)
        page.wait_for_timeout(300)
        box = bar.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE["height"]
        for name in ("previous", "play", "next", "slider", "input"):
            part = page.locator(f"[data-time={name}]")
            assert part.evaluate(_ON_TOP), f"{name} is covered when the sheet is at {height}"
        heights.append(panel.bounding_box()["height"])
        visitor.fits(height)
        if how == "tap":
            handle.tap()
        else:
            handle.focus()
            handle.press("ArrowUp")
    assert heights == sorted(heights)
    assert heights[2] > 1.5 * heights[0]


def test_on_a_phone_the_sheet_is_dragged(reader):
    visitor = reader(PHONE)
    page = visitor.open("/")
    panel, box = page.locator("#panel"), page.locator(".sheet-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 250, steps=8)
    page.mouse.up()
    expect(panel).to_have_attribute("data-height", "half")
    expect(page.locator("#list")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_where_a_reader_asks_for_dark_everything_is_dark(reader, size):
    visitor = reader(size, color_scheme="dark")
    page = visitor.open("/")
    for selector in ("body", "#panel", ".time-bar", ".map-frame .leaflet-container"):
        colour = page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")
        assert brightest(colour) < 90, (selector, colour)
    land = page.locator("path.base-land").first.evaluate("e => getComputedStyle(e).fill")
    assert brightest(land) < 110, land
    words = page.locator("h1").evaluate("e => getComputedStyle(e).color")
    assert brightest(words) > 170, words


def brightest(colour: str) -> float:
    """The largest of the three parts of "rgb(…)" as a browser computes it."""
    return max(float(part) for part in re.findall(r"[\d.]+", colour)[:3])


@pytest.mark.parametrize("size", SIZES)
def test_read_from_right_to_left_nothing_sticks_out(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    page.evaluate("document.documentElement.dir = 'rtl'")
    visitor.fits()
    panel, frame = page.locator("#panel").bounding_box(), page.locator(".map-frame").bounding_box()
    assert panel["x"] >= frame["x"]
    visitor.type_day("2017-11-10")
    visitor.fits()
    for path in ("/crossings/qaim-bukamal/", "/documents/", "/differs/"):
        visitor.open(path, ready=False)
        page.evaluate("document.documentElement.dir = 'rtl'")
        visitor.fits()


# --- tiles: asked for only by those who choose them


TILES = "https://tile.openstreetmap.org"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364600000000600023081d02f"
    "0000000049454e44ae426082"
)


def test_tiles_are_off_until_they_are_chosen_and_then_only_their_host_is_asked(reader):
    visitor = reader()
    tiles = []

    def answer(route):
        tiles.append(route.request)
        route.fulfill(body=PIXEL, content_type="image/png")

    visitor.page.route(f"{TILES}/**", answer)
    answers = {}

    def note(response):
        if response.request.resource_type == "document":
            answers[response.url] = response.headers

    visitor.page.on("response", note)
    page = visitor.open("/?on=2019-09-30")
    assert tiles == []
    assert TILES not in answers[page.url]["content-security-policy"]
    assert answers[page.url]["referrer-policy"] == "same-origin"

    visitor.may_ask.append(f"{TILES}/")
    page.get_by_role("link", name="Load OpenStreetMap tiles").click()
    page.wait_for_url("**tiles=osm**")
    page.wait_for_selector("html[data-ready] img.leaflet-tile-loaded", state="attached")
    policy = answers[page.url]["content-security-policy"]
    images = next(part for part in policy.split(";") if "img-src" in part).split()
    assert set(images) == {"img-src", "'self'", "data:", TILES}
    assert policy.count("https:") == 1
    assert tiles
    assert all(request.headers.get("referer") == f"{visitor.site}/" for request in tiles)
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap")
    assert visitor.scope() == {"on": "2019-09-30", "tiles": "osm"}

    visitor.type_day("2019-10-01")  # the day moves here as anywhere
    asked_before = len(tiles)
    page.get_by_role("link", name="Go back to our own map").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert "tiles" not in visitor.scope()
    assert page.locator("img.leaflet-tile").count() == 0
    assert len(tiles) == asked_before
