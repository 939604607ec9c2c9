"""What opens on the map, by mouse, by finger and by keys: the words of the sources and the way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .reader import DESK, PHONE, expect_words

pytestmark = pytest.mark.browser
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")]
ONE_QUOTE = "It is the only crossing between the two countries controlled by Syrian regime forces on one side"


def shows_the_words_of_the_sources(visitor):
    """The popup of Bukamal on 30 September 2019: a quote, who published it, and the way to the document."""
    expect_words(visitor.popup, [ONE_QUOTE, "Gulf Today", "30 September 2019", "Agence France-Presse (AFP)"])
    quote = visitor.popup.locator("blockquote", has_text=ONE_QUOTE)
    expect(quote).to_contain_text(re.compile("“.+”"))
    links = visitor.popup.locator("a[href*='/documents/']")
    assert links.count() >= 2
    answer = visitor.page.request.get(visitor.site + links.first.get_attribute("href"))
    assert answer.ok
    assert "<blockquote" in answer.text()


@pytest.mark.parametrize("size", SIZES)
def test_a_click_on_a_mark_opens_what_is_reported_of_it(reader, size):
    visitor = reader(size)
    page = visitor.open("/maps/qaim-bukamal/?on=2019-09-30")
    visitor.post("bukamal-sy").click()
    shows_the_words_of_the_sources(visitor)
    visitor.settled()
    assert visitor.scope()["show"] == "post.bukamal-sy"
    expect(page.locator("#post-bukamal-sy")).to_have_attribute("data-shown", "")
    visitor.fits()
    if size is PHONE:  # in the sheet, above the list
        page.get_by_role("button", name="Back to the list").click()
    else:
        page.locator(".leaflet-popup-close-button").click()
    expect(visitor.popup).to_have_count(0)
    visitor.settled()
    assert "show" not in visitor.scope()


@pytest.mark.parametrize("size", SIZES)
def test_a_popup_is_opened_and_closed_by_keys_alone(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    mark = visitor.tab_to('[data-post="bukamal-sy"]')
    expect(mark).to_have_attribute("role", "button")
    page.keyboard.press("Enter")
    shows_the_words_of_the_sources(visitor)
    expect(visitor.popup.first).to_be_focused()  # a screen reader reads on there
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.report-popup') !== null")
    page.keyboard.press("Escape")
    expect(visitor.popup).to_have_count(0)
    expect(mark).to_be_focused()


@pytest.mark.parametrize("size", SIZES)
def test_a_line_of_the_list_opens_the_same(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    if size is PHONE:
        visitor.show_tab("List")
    link = page.locator("#post-bukamal-sy a.open-link")
    link.focus()
    page.keyboard.press("Enter")
    shows_the_words_of_the_sources(visitor)
    page.keyboard.press("Escape")
    expect(visitor.popup).to_have_count(0)
    expect(link).to_be_focused()


@pytest.mark.parametrize("size", SIZES)
def test_the_strike_of_9_september_shows_both_accounts_and_who_blames_whom(reader, size):
    visitor = reader(size)
    page = visitor.open("/maps/qaim-bukamal/?on=2019-09-30")
    if size is PHONE:
        page.locator('[data-strike="e-2019-09-09-bukamal"]').focus()
        page.keyboard.press("Enter")
    else:
        page.locator("#strike-e-2019-09-09-bukamal a").click()
    accounts = visitor.popup.locator(".telling")
    expect(accounts).to_have_count(2)
    quotes = [accounts.nth(i).locator("blockquote").first.inner_text() for i in range(2)]
    assert len(set(quotes)) == 2
    publishers = [accounts.nth(i).locator("strong").first.inner_text() for i in range(2)]
    assert len(set(publishers)) == 2
    expect_words(visitor.popup, ["2 accounts", "Israel", "18", "killed", "within 20 km"])
    visitor.fits()


def test_a_site_opens(reader):
    visitor = reader()
    page = visitor.open("/maps/qaim-bukamal/?on=2019-09-30")
    page.locator("#site-imam-ali-base a, #site-list a", has_text="Imam Ali").first.click()
    expect_words(visitor.popup, ["Imam Ali", "Where it is"])
    expect(visitor.popup.locator("blockquote").first).to_be_visible()


def test_an_open_popup_follows_the_day(reader):
    visitor = reader()
    visitor.open("/?on=2019-09-30&show=post.bukamal-sy")
    expect_words(visitor.popup, ["On 30 September 2019", "Held by", "Syrian government"])
    visitor.type_day("2015-01-01")
    expect_words(visitor.popup, ["On 1 January 2015", "Islamic State"])
    visitor.popup.locator("a[data-on]").first.click()  # its next change
    expect(visitor.popup).not_to_contain_text("On 1 January 2015")
    assert visitor.shown_day() > "2015-01-01"
    expect(visitor.popup).to_have_count(1)


def test_what_does_not_arrive_is_said_and_can_be_asked_again(reader):
    visitor = reader()
    visitor.expected.append("Failed to load resource")
    visitor.page.route("**/popup/**", lambda route: route.abort())
    visitor.open("/?on=2019-09-30&show=post.bukamal-sy")
    expect(visitor.popup.locator(".popup-failed")).to_be_visible()
    visitor.page.unroute("**/popup/**")
    visitor.popup.get_by_role("button").click()
    shows_the_words_of_the_sources(visitor)
