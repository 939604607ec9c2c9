"""Hostile text in every column, looked at in a real Chromium: nothing runs and no page breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import world

from .reader import DESK, PHONE, Reader

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
DAY = "on=2019-09-30"
#: Words that read from right to left inside, and their neighbours to the left and right of them.
_NEIGHBOURS = """() => {
  const rect = (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  const wrong = [];
  for (const bdi of document.querySelectorAll("bdi")) {
    const after = bdi.nextSibling;
    if (!bdi.textContent.includes("\\u202e") || after?.nodeType !== Node.TEXT_NODE) continue;
    const at = after.textContent.search(/[A-Za-z0-9]{2}/);
    if (at < 0) continue;
    const [one, two] = [rect(after, at, at + 1), rect(after, at + 1, at + 2)];
    if (one.top === two.top && one.left > two.left) wrong.push(after.textContent.trim().slice(0, 80));
  }
  return wrong;
}"""


@pytest.fixture
def hostile_reader(local_reader: Callable[..., Reader]) -> Callable[..., Reader]:
    """Readers of a site whose every word is hostile."""
    world.make_hostile_world()
    return local_reader


@pytest.fixture
def local_reader(chromium: Any, live_server: Any) -> Iterator[Callable[..., Reader]]:
    """Readers of a site that has the rows of the test."""
    made: list[Reader] = []

    def make(size: dict[str, int], **options: Any) -> Reader:
        made.append(Reader(chromium, live_server.url, size, **options))
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()
    for visitor in made:
        visitor.clean()


def nothing_ran(visitor: Reader, where: str) -> None:
    assert visitor.page.evaluate("globalThis.x") is None, where
    assert visitor.page.locator("img[src=x]").count() == 0, where
    assert not world.RAN.search(visitor.page.title() + visitor.page.locator("body").inner_text()), where
    assert visitor.page.evaluate(_NEIGHBOURS) == [], where
    visitor.fits(where)


@pytest.mark.parametrize("size", SIZES)
def test_the_map_its_list_and_its_popups_show_hostile_words_as_words(hostile_reader, size):
    visitor = hostile_reader(size)
    for address in ("/", "/maps/place-0-map/"):
        page = visitor.open(f"{address}?{DAY}")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("#post-place-0-iq bdi").first).to_contain_text("<script>globalThis.x=1</script>")
        nothing_ran(visitor, address)
    for name in ("Filters", "Legend", "List"):
        visitor.show_tab(name)
        nothing_ran(visitor, name)
    visitor.type_day("2019-09-25")  # the list and the marks are made anew from the data
    nothing_ran(visitor, "another day")
    visitor.type_day("2019-09-30")
    for show in [
        a.removeprefix("/popup/").strip("/").replace("/", ".") for a in world.addresses() if "/popup/" in a
    ]:
        visitor.open(f"/?{DAY}&show={show}")
        expect(visitor.popup.first).to_contain_text("{{7*191}}")
        nothing_ran(visitor, show)


def test_labels_of_marks_are_words_too(hostile_reader):
    visitor = hostile_reader(DESK)
    page = visitor.open(f"/?{DAY}&days=365")
    labels = page.eval_on_selector_all(
        "[aria-label]", "found => found.map(e => e.getAttribute('aria-label'))"
    )
    assert any("<script>globalThis.x=1</script>" in label for label in labels)
    page.locator("[data-post]").first.hover()
    nothing_ran(visitor, "hover")
    page.fill("#f-q" if page.locator("#f-q").is_visible() else "#day-input", "2019-09-29")
    nothing_ran(visitor, "typed")


@pytest.mark.parametrize("size", SIZES)
def test_no_page_runs_or_breaks_on_hostile_words(hostile_reader, size):
    visitor = hostile_reader(size)
    for address in world.pages():
        page = visitor.open(f"{address}?{DAY}", ready=False)
        assert page.locator("body").inner_text().strip()
        nothing_ran(visitor, address)


@pytest.mark.parametrize("size", SIZES)
def test_a_word_of_two_hundred_letters_makes_no_page_scroll_sideways(local_reader, size):
    world.make_hostile_world(world.LONG)
    visitor = local_reader(size)
    for address in [*world.pages(), "/?show=post.place-0-iq"]:
        visitor.open(f"{address}{'&' if '?' in address else '?'}{DAY}", ready="show" in address)
        visitor.fits(address)
    expect(visitor.popup.first).to_contain_text("m" * 200)


def test_a_hostile_address_bar_runs_nothing(hostile_reader):
    visitor = hostile_reader(DESK)
    page = visitor.open(
        f"/?{DAY}&q=%3Cscript%3EglobalThis.x%3D1%3C%2Fscript%3E%7B%7B7*191%7D%7D"
        "#<img src=x onerror=globalThis.x=1>"
    )
    expect(page.locator("#f-q")).to_have_value(re.compile("<script>"))
    assert visitor.page.evaluate("globalThis.x") is None
    visitor.expected.append("400")
    page = visitor.open("/?on=%22%3E%3Cscript%3EglobalThis.x%3D1%3C/script%3E", ready=False)
    expect(page.locator("h1")).to_have_text("That request cannot be answered")
    nothing_ran(visitor, "a bad day")


def test_without_scripts_the_words_are_the_same(hostile_reader):
    visitor = hostile_reader(PHONE, java_script_enabled=False)
    page = visitor.open(f"/?{DAY}")
    expect(page.locator("#post-place-0-iq bdi").first).to_contain_text("<script>globalThis.x=1</script>")
