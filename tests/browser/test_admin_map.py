"""The map beside a position in the admin, in a real Chromium: it fills the fields and follows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import expect

from crossings.models import Crossing, Post
from crossings.publishing.permissions import PUBLISHERS
from tests.factories import make_crossing, make_frontier, make_passage, make_report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
SIZES = [pytest.param((1280, 800), id="desk"), pytest.param((390, 844), id="phone")]


@pytest.fixture
def open_page(chromium, live_server) -> Iterator[Any]:
    """Opens an admin address as a publisher. In the end the console is empty and no other host was asked."""
    said: list[str] = []
    elsewhere: list[str] = []
    contexts = []

    def go(path: str, size: tuple[int, int] = (1280, 800)) -> Any:
        user = User.objects.create_user("publisher", password="pw", is_staff=True)
        user.groups.add(Group.objects.get(name=PUBLISHERS))
        client = Client()
        client.force_login(user)
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.text} ({message.location})"))
        page.on("pageerror", lambda error: said.append(str(error)))
        ours = (live_server.url, "data:")
        page.on("request", lambda r: None if r.url.startswith(ours) else elsewhere.append(r.url))
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert elsewhere == []


def _mark(page: Any, row: int = 0) -> tuple[float, ...]:
    """Where the mark of the row-th map is, as latitude and longitude; () while there is none."""
    text = page.locator("[data-position]").nth(row).get_attribute("data-position-mark")
    return tuple(float(part) for part in text.split(",")) if text else ()


def _field(page: Any, name: str) -> Any:
    return page.locator(f"[name='posts-0-{name}']")


@pytest.mark.parametrize("size", SIZES)
def test_a_click_on_the_map_fills_the_fields_and_they_are_saved(open_page, size):
    crossing = make_crossing()
    page = open_page(f"/admin/crossings/crossing/{crossing.pk}/change/", size)
    first = page.locator("[data-position-map]").first
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    expect(_field(page, "point_lon")).not_to_have_value("41.0")
    lon, lat = (float(_field(page, f"point_{part}").input_value()) for part in ("lon", "lat"))
    assert lon > 41.0
    assert lat == pytest.approx(34.4, abs=0.05)
    assert _mark(page) == (lat, lon)
    assert _mark(page, 1) == (34.4, 41.0)  # the other post stays
    page.click("[name=_save]")
    page.wait_for_url("**/admin/crossings/crossing/")
    assert crossing.posts.get(side="a").point.coords == (lon, lat)
    assert crossing.posts.get(side="b").point.coords == (41.0, 34.4)


def test_typing_moves_the_mark_and_the_circle_follows_the_radius(open_page):
    crossing = make_crossing()
    page = open_page(f"/admin/crossings/crossing/{crossing.pk}/change/")
    circle = page.locator(".position-circle").first
    before = circle.bounding_box()["width"]
    _field(page, "radius_m").fill("3000")
    assert circle.bounding_box()["width"] == pytest.approx(2 * before, rel=0.1)
    _field(page, "point_lat").fill("34.41")
    assert _mark(page) == (34.41, 41.0)
    _field(page, "point_lat").fill("95")
    assert _mark(page) == ()
    _field(page, "point_lat").fill("35.5")
    _field(page, "point_lat").press("Tab")
    assert _mark(page) == (35.5, 41.0)
    box = page.locator("[data-position-map]").first.bounding_box()
    dot = page.locator(".position-dot").first.bounding_box()
    assert box["x"] < dot["x"] < box["x"] + box["width"]  # the map went along


def test_a_pasted_text_is_read_and_a_wrong_one_is_told(open_page):
    crossing = make_crossing()
    page = open_page(f"/admin/crossings/crossing/{crossing.pk}/change/")
    _field(page, "point_text").fill("34°23′51″N 40°58′37.2″E")
    _field(page, "point_text").press("Enter")
    expect(_field(page, "point_lon")).to_have_value("40.977")
    assert _field(page, "point_lat").input_value() == "34.3975"
    assert _field(page, "point_text").input_value() == ""
    assert "Read as longitude 40.977" in page.locator("[data-position-result]").first.inner_text()
    _field(page, "point_text").fill("<b>somewhere</b>")
    _field(page, "point_text").press("Tab")
    page.wait_for_selector("[aria-invalid=true]")
    assert page.locator("[data-position-result] b").count() == 0
    assert _mark(page) == (34.3975, 40.977)


def test_a_crossing_is_added_by_clicking_both_posts(open_page):
    make_crossing("other", lon=41.2)
    page = open_page("/admin/crossings/crossing/add/")
    page.fill("#id_name", "Alpha Gate")
    page.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").last.fill("Iraq")
    page.locator(".select2-results__option", has_text="Iraq–Syria").click()
    for row, country in enumerate(("SY", "IQ")):
        page.fill(f"[name='posts-{row}-name']", f"Alpha {country}")
        page.fill(f"[name='posts-{row}-country']", country)
        page.select_option(f"[name='posts-{row}-precision']", "near")
        page.fill(f"[name='posts-{row}-radius_m']", "900")
        page.locator("[data-position-map]").nth(row).click()
    page.click("[name=_save]")
    page.wait_for_url("**/admin/crossings/crossing/")
    crossing = Crossing.objects.get(slug="alpha-gate")  # filled in from the name
    assert crossing.frontier == make_frontier()
    for post in Post.objects.filter(crossing=crossing):
        assert post.point.x == pytest.approx(41.2, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_screen(open_page, size):
    report, draft = make_report("strike"), make_report(publish=False)
    report.main_passage.document.passages.add(make_passage(document=report.main_passage.document))
    page = open_page("/admin/", size)
    crossing = draft.post.crossing
    for path in (
        "",
        "crossings/controlreport/",
        "crossings/controlreport/add/",
        f"crossings/controlreport/{draft.pk}/change/",
        f"crossings/controlreport/step/publish/?ids={draft.pk}",
        f"crossings/strikereport/{report.pk}/change/",
        "crossings/strikereport/add/",
        f"crossings/strikeevent/{report.event_id}/change/",
        f"crossings/document/{report.main_passage.document_id}/change/",
        f"crossings/crossing/{crossing.pk}/change/",
        f"crossings/crossing/{crossing.pk}/delete/",
    ):
        page.goto(page.url.split("/admin/")[0] + "/admin/" + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_the_words_of_a_quote_are_counted_while_it_is_pasted(open_page):
    passage = make_passage(exact="One two three.")
    page = open_page(f"/admin/crossings/passage/{passage.pk}/change/")
    assert page.locator(".quote-words").inner_text() == "3 of at most 40 words"
    page.fill("#id_exact", "word " * 41)
    assert page.locator(".quote-words-over").inner_text() == "41 of at most 40 words"
