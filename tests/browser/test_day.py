"""The day moves: the mark, the list, the numbers and the address go with it, by hand, by keys and by play."""

from __future__ import annotations

import datetime
import os
import statistics

import pytest
from playwright.sync_api import expect

from .reader import DESK, PHONE

pytestmark = pytest.mark.browser
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=pytest.mark.slow)]
POST = "bukamal-sy"
#: Who held Bukamal's post through the years, as its mark and the list call them, and the legend's key.
HELD = [
    ("2012-07-19", "FSA", "fsa"),
    ("2015-01-01", "Islamic State", "islamic-state"),
    ("2019-09-30", "Syrian gov.", "syrian-government"),
    ("2024-12-07", "SDF", "sdf"),
    ("2025-06-15", "New Syrian", "new-syrian-authorities"),
]

#: Notes, at every day that the page shows from now on, what its parts say at that moment.
_WATCH = """slug => {
  window.seen = [];
  const look = () => {
    const root = document.documentElement;
    const held = document.querySelector(`#post-${slug} .held`);
    window.seen.push({
      day: root.dataset.mapDay,
      words: document.querySelector("[data-day]").textContent,
      input: document.querySelector("#day-input").value,
      mark: document.querySelector(`[data-post="${slug}"]`).getAttribute("aria-label"),
      held: held.textContent.replace(/\\s+/g, " ").trim(),
      counts: Object.fromEntries([...document.querySelectorAll("#legend [data-count]")]
        .map((e) => [e.dataset.count, Number(e.textContent)])),
    });
  };
  new MutationObserver(look).observe(document.documentElement, { attributeFilter: ["data-map-day"] });
}"""


def in_words(day: str) -> str:
    date = datetime.date.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"


def agree(seen, short: str, slug: str) -> None:
    """The mark, the list, the legend and the dates of one moment say the same."""
    assert seen["words"] == in_words(seen["day"])
    assert seen["input"] == seen["day"]
    assert short in seen["mark"], seen
    assert short in seen["held"], seen
    assert seen["counts"][f"holder:{slug}"] >= 1, seen
    levels = sum(n for key, n in seen["counts"].items() if key.startswith("level:"))
    assert levels == sum(n for key, n in seen["counts"].items() if key.startswith("status:")) == 8


def holders_seen(page) -> list[str]:
    """The forces that the mark named one after the other, each day checked against the list."""
    found: list[str] = []
    for seen in page.evaluate("window.seen"):
        for _day, short, slug in HELD:
            if f": {short}," in seen["mark"]:
                agree(seen, short, slug)
                found += [short] if found[-1:] != [short] else []
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_post_changes_hands_as_the_slider_is_dragged_through_the_years(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2011-06-01")
    page.evaluate(_WATCH, POST)
    box = visitor.slider.bounding_box()
    first, last, now = visitor.slider.evaluate("e => [Number(e.min), Number(e.max), Number(e.value)]")
    y = box["y"] + box["height"] / 2
    x = box["x"] + 11 + (box["width"] - 22) * (now - first) / (last - first)  # 11: half a thumb
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.83, y, steps=60)
    page.mouse.up()
    seen = holders_seen(page)
    assert seen == ["FSA", "Islamic State", "Syrian gov."]
    day = visitor.shown_day()
    assert "2022" < day < "2025"
    visitor.sees_day(day)  # the address too

    visitor.type_day("2024-12-04")  # the days of December one by one
    visitor.slider.focus()
    for _day in range(16):
        page.keyboard.press("ArrowRight")
    visitor.sees_day("2024-12-20")
    assert holders_seen(page)[-2:] == ["Syrian gov.", "SDF"]  # from the 10th on it is disputed


def test_a_finger_drags_the_slider(reader):
    visitor = reader(PHONE, has_touch=True, is_mobile=True)
    page = visitor.open("/?on=2012-07-19")
    box = visitor.slider.bounding_box()
    y, start = box["y"] + box["height"] / 2, box["x"] + box["width"] * 0.12
    hand = visitor.context.new_cdp_session(page)

    def touch(kind: str, *points: float) -> None:
        hand.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x in points]}
        )

    touch("touchStart", start)
    for step in range(1, 21):
        touch("touchMove", start + step * box["width"] * 0.02)
    touch("touchEnd")
    page.wait_for_function("() => document.documentElement.dataset.mapDay > '2018'")
    assert visitor.shown_day() < "2021"
    expect(visitor.row(POST)).to_contain_text("Syrian gov.")


@pytest.mark.parametrize("size", SIZES)
def test_a_typed_day_moves_everything_without_a_new_page(reader, size):
    visitor = reader(size)
    page = visitor.open("/")
    page.evaluate("window.same = true")
    page.evaluate(_WATCH, POST)
    for day, short, slug in HELD:
        visitor.type_day(day)
        expect(page.locator("[data-day]")).to_have_text(in_words(day))
        seen = page.evaluate("window.seen").pop()
        assert seen["day"] == day
        agree(seen, short, slug)
        assert visitor.scope()["on"] == day
    assert page.evaluate("window.same")


def test_a_day_is_typed_digit_by_digit_and_one_out_of_reach_becomes_the_nearest(reader):
    visitor = reader()
    page = visitor.open("/?on=2019-09-30")
    page.focus("#day-input")
    page.keyboard.type("11102017", delay=40)  # month, day and year, as this browser's language has it
    visitor.sees_day("2017-11-10")
    page.keyboard.press("Tab")
    expect(page.locator("#day-input")).to_have_value("2017-11-10")
    assert visitor.shown_day() == "2017-11-10"
    first = visitor.get("/maps/all/days.json")["first"]
    page.fill("#day-input", "1805-01-01")
    page.wait_for_timeout(100)
    assert visitor.shown_day() == "2017-11-10"  # who knows what is still to be typed
    page.locator("#day-input").blur()
    visitor.sees_day(first)
    expect(page.locator("#day-input")).to_have_value(first)
    page.fill("#day-input", "")
    page.locator("#day-input").blur()
    expect(page.locator("#day-input")).to_have_value(first)


def test_steps_go_from_change_to_change(reader):
    visitor = reader()
    page = visitor.open("/?on=2017-11-10")
    changes = visitor.get("/maps/all/days.json")["changes"]
    before = [day for day in changes if day < "2017-11-10"]
    after = [day for day in changes if day > "2017-11-10"]
    nexts, previous = page.locator("[data-time=next]"), page.locator("[data-time=previous]")
    expect(nexts).to_have_attribute("aria-label", f"Next change: {in_words(after[0])}")
    for day in after[:3]:
        nexts.click()
        visitor.sees_day(day)
    for day in [after[1], after[0], "2017-11-10"]:
        previous.click()
        if day != "2017-11-10" or day in changes:
            visitor.sees_day(day)
    visitor.type_day("2017-11-10")
    previous.click()
    visitor.sees_day(before[-1])
    visitor.type_day(changes[-1])
    expect(nexts).to_have_attribute("aria-disabled", "true")
    page.locator("[data-time=latest]").click()
    visitor.sees_day(visitor.get("/maps/all/days.json")["latest"])


@pytest.mark.slow
def test_what_the_browser_shows_is_what_the_server_would(reader):
    visitor = reader()
    page = visitor.open("/?on=2011-06-01")
    for day in ("2015-01-01", "2017-11-10", "2019-09-30"):
        visitor.type_day(day)
        page.wait_for_selector("html:not([data-waiting])", state="attached")  # strikes of a new year
        moved = visitor.state()
        other = reader()
        other.open(f"/?on={day}")
        assert moved | {"view": None} == other.state() | {"view": None}
        other.page.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_step_takes_less_than_a_tenth_of_a_second(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2014-01-01")
    page.wait_for_load_state("networkidle")
    visitor.settled()
    taken = page.evaluate(
        """async () => {
          const slider = document.querySelector("[data-time=slider]"), root = document.documentElement;
          const frame = () => new Promise(requestAnimationFrame);
          const taken = [];
          for (let step = 0; step < 20; step += 1) {
            await frame();
            const began = performance.now();
            slider.value = Number(slider.value) + 91;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            const day = new Date(slider.value * 86400000).toISOString().slice(0, 10);
            while (root.dataset.mapDay !== day) await frame();
            document.body.getBoundingClientRect();  // style and layout belong to it
            taken.push([performance.now() - began, Number(root.dataset.dayMs)]);
          }
          return taken;
        }"""
    )
    whole = statistics.median(step[0] for step in taken)
    own = statistics.median(step[1] for step in taken)
    print(f"a step of the day: {whole:.1f} ms with its frame and layout, {own:.1f} ms of our own")
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    assert own < (300 if busy else 100)
    assert whole < (300 if busy else 100)


def test_play_runs_through_the_days_until_it_is_paused(reader):
    visitor = reader()
    page = visitor.open("/?on=2019-01-01")
    play = page.locator("[data-time=play]")
    expect(play).to_have_accessible_name("Play")
    play.click()
    expect(play).to_have_accessible_name("Pause")
    page.wait_for_function("() => document.documentElement.dataset.mapDay > '2019-02-15'")
    play.click()
    expect(play).to_have_accessible_name("Play")
    page.wait_for_timeout(100)  # the frame that was under way
    rested = visitor.shown_day()
    page.wait_for_timeout(200)
    assert visitor.shown_day() == rested
    visitor.sees_day(rested)
    play.click()
    page.wait_for_function("day => document.documentElement.dataset.mapDay > day", arg=rested)
    page.locator("[data-time=previous]").click()  # touching anything stops it
    expect(play).to_have_accessible_name("Play")


@pytest.mark.slow
def test_play_steps_for_readers_who_want_no_motion(reader):
    visitor = reader(reduced_motion="reduce")
    page = visitor.open("/?on=2019-09-29")
    changes = [day for day in visitor.get("/maps/all/days.json")["changes"] if day > "2019-09-29"]
    page.evaluate(_WATCH, POST)
    page.locator("[data-time=play]").click()
    page.wait_for_timeout(100)
    assert visitor.shown_day() == "2019-09-29"  # no run through the days between
    visitor.sees_day(changes[0])
    visitor.sees_day(changes[1])
    page.locator("[data-time=play]").click()
    days = list(dict.fromkeys(seen["day"] for seen in page.evaluate("window.seen")))
    assert days == changes[:2]


def test_play_ends_at_the_last_day_and_starts_over(reader):
    visitor = reader()
    data = visitor.get("/maps/all/days.json")
    almost = datetime.date.fromisoformat(data["last"]) - datetime.timedelta(days=20)
    page = visitor.open(f"/?on={almost}")
    play = page.locator("[data-time=play]")
    play.click()
    page.wait_for_function("day => document.documentElement.dataset.mapDay === day", arg=data["last"])
    expect(play).to_have_accessible_name("Play")
    play.click()
    page.wait_for_function("() => document.documentElement.dataset.mapDay < '2015'")
    play.click()


def test_a_strike_is_shown_for_as_long_as_it_may_have_been(reader):
    visitor = reader()
    page = visitor.open("/maps/qaim-bukamal/?on=2019-09-08")
    strike = page.locator('[data-strike="e-2019-09-09-bukamal"]')
    assert strike.count() == 0
    visitor.type_day("2019-09-09")
    expect(strike).to_be_attached()
    expect(page.locator("#strike-e-2019-09-09-bukamal")).to_be_attached()
    visitor.type_day("2019-10-08")  # the thirtieth day, the strike's own included
    expect(strike).to_be_attached()
    visitor.type_day("2019-10-09")
    expect(strike).to_have_count(0)
    expect(page.locator("#strike-e-2019-09-09-bukamal")).to_have_count(0)


def test_without_its_data_the_page_says_so_and_asks_again(reader):
    visitor = reader()
    visitor.expected.append("Failed to load resource")
    visitor.page.route("**/days.json*", lambda route: route.abort())
    page = visitor.open("/?on=2019-09-30", ready=False)
    message = page.locator("[data-message]")
    expect(message).to_be_visible()
    expect(visitor.row(POST)).to_contain_text("Syrian gov.")  # as the server wrote it
    visitor.page.unroute("**/days.json*")
    message.get_by_role("button").click()
    expect(message).to_be_hidden()
    expect(visitor.post(POST)).to_be_visible()
