"""Filters, search and sources; whether the legend, the list, the map and the files say the same numbers."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

from .reader import DESK, PHONE

pytestmark = pytest.mark.browser
SIZES = [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone", marks=pytest.mark.slow)]
SPELLINGS = {
    "القائم": {"qaim-iq", "bukamal-sy"},
    "Rabia": {"rabia-iq", "yarubiyah-sy"},
    "Boukamal": {"qaim-iq", "bukamal-sy"},
    "Yarubiyah": {"rabia-iq", "yarubiyah-sy"},
}
_SHOWS = """posts => [...document.querySelectorAll("[data-post]")]
  .map((mark) => mark.dataset.post).sort().join() === posts"""
SEED = 5


def shown_posts(visitor) -> set[str]:
    return set(visitor.page.locator("[data-post]").evaluate_all("marks => marks.map((e) => e.dataset.post)"))


@pytest.mark.parametrize("size", SIZES)
def test_a_name_is_found_in_any_spelling_and_script(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    visitor.show_tab("Filters")
    for words, posts in SPELLINGS.items():
        page.get_by_label("Name or words in a quote").fill(words)
        page.wait_for_function("words => new URLSearchParams(location.search).get('q') === words", arg=words)
        page.wait_for_function(_SHOWS, arg=",".join(sorted(posts)))
        expect(page.locator("[data-filters-on]").first).to_have_text("1")
    visitor.show_tab("List")
    expect(page.locator("section.crossing:visible")).to_have_count(1)
    expect(page.locator("[data-showing]")).to_contain_text("2 sides of 1 crossing")
    visitor.fits()


def test_words_in_a_quote_are_found_too(reader):
    visitor = reader()
    page = visitor.open("/?on=2019-09-30")
    visitor.show_tab("Filters")
    page.locator("#f-q").fill("only one controlled by the Assad")
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length < 8")
    assert "bukamal-sy" in shown_posts(visitor)
    page.locator("#f-q").fill("no such words anywhere")
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length === 0")
    visitor.show_tab("List")
    expect(page.locator("[data-empty]")).to_be_visible()
    visitor.show_tab("Filters")
    page.get_by_role("link", name="Reset the filters").click()
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length === 8")
    assert "q" not in visitor.scope()


@pytest.mark.parametrize("size", SIZES)
def test_with_the_five_articles_alone_two_posts_and_a_side_have_an_answer(reader, size):
    visitor = reader(size)
    page = visitor.open("/?on=2019-09-30")
    visitor.show_tab("Filters")
    page.locator("input[name=sources][value=articles]").check()
    for box in page.locator("input[name=sources]:not([value=articles])").all():
        box.uncheck()
    page.wait_for_function("() => new URLSearchParams(location.search).get('sources') === 'articles'")
    page.wait_for_load_state("networkidle")
    expect(visitor.post("rabia-iq")).to_have_accessible_name(
        "Rabia (Iraqi side): no report of who held it. No report of whether it is open."
    )
    marks = {
        mark.get_attribute("data-post"): mark.get_attribute("aria-label")
        for mark in page.locator("[data-post]").all()
    }
    known = {
        slug
        for slug, label in marks.items()
        if "no report of who held it" not in label or "No report of whether" not in label
    }
    assert known == {"qaim-iq", "bukamal-sy", "tanf-sy"}
    assert len(marks) == 8
    assert visitor.state()["counts"]["level:unknown"] == 5


def test_each_filter_narrows_the_map_in_place(reader):
    visitor = reader()
    page = visitor.open("/?on=2019-09-30")
    page.evaluate("window.same = true")
    visitor.show_tab("Filters")
    page.locator("#f-holder").select_option("sdf")
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length < 8")
    assert shown_posts(visitor) == {"yarubiyah-sy", "semalka-sy"}
    page.locator("#f-holder").select_option("")
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length === 8")
    page.locator("input[name=kinds][value=strikes]").uncheck()
    page.wait_for_function("() => document.querySelectorAll('[data-strike]').length === 0")
    page.locator("input[name=kinds][value=sites]").uncheck()
    page.wait_for_function("() => document.querySelectorAll('[data-site]').length === 0")
    assert visitor.scope()["kinds"] == "control,status"
    page.locator("input[name=status][value=closed]").check()
    page.wait_for_function("() => document.querySelectorAll('[data-post]').length < 8")
    expect(page.locator("[data-filters-on]").first).to_have_text("2")
    assert "bukamal-sy" not in shown_posts(visitor)
    assert page.evaluate("window.same")


# --- the numbers


THINGS = ("posts", "sites", "strikes")
#: What a reader sees them called, one and several.
CALLED = {"posts": ("side", "sides"), "sites": ("place", "places"), "strikes": ("strike", "strikes")}
CALLED["crossings"] = ("crossing", "crossings")


def selections(days: list[str], n: int) -> list[str]:
    """Queries as readers might put them together, the same ones in every run."""
    dice = random.Random(SEED)
    choices = {
        "days": ["1", "365", "3650"],
        "sources": ["articles", "background"],
        "kinds": ["control,strikes", "status,sites", "strikes,sites", "control,status"],
        "holder": ["islamic-state", "sdf", "fsa", "syrian-government,iraqi-federal"],
        "accused": ["israel"],
        "status": ["open", "closed", "open,limited,unknown"],
        "precision": ["near", "town", "district"],
        "grade": ["fair", "weak,fair"],
        "q": ["القائم", "Bukamal", "Rabia", "militias"],
        "bbox": ["40,34,42,35", "38,33,43,38"],
        "region": ["qaim-bukamal", "tanf-walid", "kurdish-held"],
        "edition": ["1", "2"],
    }
    found = []
    for _number in range(n):
        names = dice.sample(sorted(choices), dice.randint(1, 3))
        on = dice.choice([dice.choice(days), "2019-09-30", "2019-10-05"])  # the last two have strikes
        query = {"on": on} | {name: dice.choice(choices[name]) for name in names}
        found.append("&".join(f"{name}={value}" for name, value in query.items()))
    return found


@pytest.mark.parametrize("number", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 8))])
def test_legend_list_map_and_files_say_the_same_numbers(reader, number):
    visitor, plain = reader(), reader(java_script_enabled=False)
    days = [day for day in visitor.get("/maps/all/days.json")["changes"] if "2011" < day < "2026"]
    query = selections(days, 8)[number]
    page = visitor.open(f"/?{query}")
    page.wait_for_load_state("networkidle")
    state = visitor.state()
    counts = state["counts"]

    on_the_map = {name: page.locator(f"[data-{name[:-1]}]").count() for name in THINGS}
    in_the_list = {
        "posts": page.locator("#list li.post:visible").count(),
        "sites": page.locator("#site-list > li").count(),
        "strikes": page.locator("#strike-list > li").count(),
    }
    in_files = {name: len(visitor.get(f"/download/{name}.geojson?{query}")["features"]) for name in THINGS}
    assert on_the_map == in_the_list == in_files, query
    assert {"sites": counts["sites"], "strikes": counts["strikes"]}.items() <= in_files.items(), query
    kinds = visitor.scope().get("kinds", "control,status").split(",")
    for kind, counted in (("control", "level"), ("status", "status")):
        total = sum(n for key, n in counts.items() if key.startswith(f"{counted}:"))
        assert total == (in_files["posts"] if kind in kinds else 0), (query, counted)
    crossings = page.locator("section.crossing:visible").count()
    for name, n in {**in_files, "crossings": crossings}.items():
        assert f"{n} {CALLED[name][n != 1]}" in state["showing"], (query, state["showing"])

    plain.open(f"/?{query}")  # the server counts as the scripts do
    assert plain.state()["counts"] == counts, query
    assert plain.state()["list"] == state["list"], query
    page.locator("[data-download]").click()
    for name, n in {**in_files, "crossings": crossings}.items():
        row = page.locator("tr").filter(has=page.locator(f"a[href*='/download/{name}.geojson']"))
        expect(row.locator("td.num")).to_have_text(str(n))
        link = row.locator("a[href*='.geojson']").get_attribute("href")
        assert len(visitor.get(link)["features"]) == n, link
