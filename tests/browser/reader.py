"""A reader with a browser of their own: a context that notes everything that should not happen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
READY = "html[data-ready]"  # set once the map has its data

#: A violation of the content security policy, said on the console with what was refused.
_TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""

#: Everything that a reader sees change with the day, read at one moment.
_STATE = """() => {
  const texts = (selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility()).map((e) => e.innerText.replace(/\\s+/g, " ").trim());
  const page = window.Crossings?.page, map = page?.map;
  return {
    day: document.querySelector("[data-day]").innerText,
    input: document.querySelector("#day-input").value,
    showing: document.querySelector("[data-showing]").innerText,
    list: [...texts("#list section.crossing"), ...texts("#strike-list li"), ...texts("#site-list li")],
    marks: [...document.querySelectorAll("[data-post],[data-strike],[data-site]")]
      .map((e) => e.getAttribute("aria-label")).sort(),
    counts: Object.fromEntries([...document.querySelectorAll("[data-count]")]
      .map((e) => [e.dataset.count, Number(e.textContent)])),
    form: Object.fromEntries([...document.querySelectorAll("#filter-form [name]")]
      .filter((e) => e.type !== "hidden" && (e.type !== "checkbox" || e.checked))
      .map((e) => [e.type === "checkbox" ? `${e.name} ${e.value}` : e.name, e.value])),
    popup: texts(".report-popup").join(),
    view: map ? [map.getZoom(), map.getCenter().lat, map.getCenter().lng] : null,
  };
}"""

#: Resolves once nothing has changed for a while; the page holds some things back for up to 250 ms.
_SETTLED = """async () => {
  let before = null;
  for (let look = 0; look < 40; look += 1) {
    const { map, address } = window.Crossings?.page ?? {};
    const moving = map && (map._animatingZoom || map._panAnim?._inProgress || address.timer);
    const text = document.querySelector(".report-popup")?.innerText;
    const now = JSON.stringify([location.href, text, map?.getZoom(), map?.getCenter(), moving && look]);
    if (now === before) return;
    before = now;
    await new Promise((done) => setTimeout(done, 300));
  }
}"""


def new_context(browser: Browser, size: dict[str, int], **options: Any) -> BrowserContext:
    context = browser.new_context(viewport=size, **options)
    context.set_default_timeout(15_000)
    context.add_init_script(_TELL_VIOLATIONS)
    return context


class Reader:
    """One page in a context of its own, or in one that is given. Its test asks whether all was `clean()`."""

    def __init__(
        self,
        browser: Browser,
        site: str,
        size: dict[str, int],
        context: BrowserContext | None = None,
        **options: Any,
    ) -> None:
        self.site = site
        self.scripts = options.get("java_script_enabled", True)
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        self.answers: list[str] = []
        self.expected: list[str] = []  # patterns of what may be said on the console
        self.may_ask: list[str] = []  # origins that this reader has agreed to
        self.context = context or new_context(browser, size, **options)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda m: self.said.append(f"{m.type}: {m.text} {m.location.get('url')}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:", *self.may_ask)):
            self.elsewhere.append(request.url)

    def leave(self) -> None:
        """Close the page and what it opened; the context, with its cache, may serve another reader."""
        self.context.remove_listener("request", self._note)
        for page in self.context.pages:
            page.close()

    def clean(self) -> None:
        """The console is empty, no policy refused anything and no other host was asked."""
        said = [line for line in self.said if not any(re.search(p, line) for p in self.expected)]
        assert said == []
        assert self.elsewhere == []

    def open(self, path: str, *, ready: bool = True) -> Page:
        """Go to a path; on a map with scripts wait until it has its data and says so."""
        self.page.goto(self.site + path)
        if ready and self.scripts:
            self.page.wait_for_selector(READY, state="attached")
        return self.page

    def get(self, path: str) -> Any:
        """An answer of the site as JSON, asked beside the page."""
        answer = self.context.request.get(self.site + path)
        assert answer.ok, f"{path}: {answer.status} {answer.text()[:300]}"
        return answer.json()

    # --- what is seen

    def state(self) -> dict[str, Any]:
        return self.page.evaluate(_STATE)

    def post(self, slug: str) -> Locator:
        """A post's mark on the map."""
        return self.page.locator(f'[data-post="{slug}"]')

    def row(self, slug: str) -> Locator:
        """A post's line in the list."""
        return self.page.locator(f"#post-{slug}")

    @property
    def popup(self) -> Locator:
        return self.page.locator(".report-popup")

    @property
    def slider(self) -> Locator:
        return self.page.locator('[data-time="slider"]')

    def scope(self) -> dict[str, str]:
        """The parameters in the address bar."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def shown_day(self) -> str:
        return self.page.evaluate("document.documentElement.dataset.mapDay")

    def sees_day(self, day: str) -> None:
        """The map, the list and soon the address are at this day."""
        self.page.wait_for_function("day => document.documentElement.dataset.mapDay === day", arg=day)
        self.page.wait_for_function(
            "day => new URLSearchParams(location.search).get('on') === day", arg=day, timeout=3000
        )

    def type_day(self, day: str) -> None:
        self.page.fill("#day-input", day)
        self.sees_day(day)

    def tab_to(self, selector: str, *, at_most: int = 80, key: str = "Tab") -> Locator:
        """Press Tab until the focus is on what the selector names."""
        for _attempt in range(at_most):
            self.page.keyboard.press(key)
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return self.page.locator(selector)
        raise AssertionError(f"{selector} is not reached by {at_most} times {key}")

    def show_tab(self, name: str) -> None:
        """A tab of the panel: List, Filters or Legend; on a phone the sheet is raised first."""
        tab = self.page.get_by_role("tab", name=re.compile(f"^{name}"))
        if not tab.is_visible():
            self.page.locator(".sheet-handle").press("ArrowUp")
        tab.click()

    def settled(self) -> None:
        """The map stands still, the address has been written and popups have come to rest."""
        self.page.evaluate(_SETTLED)

    def fits(self, where: str = "") -> None:
        """Nothing makes the page scroll sideways."""
        wide, room = self.page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        assert wide <= room, f"{where or self.page.url}: {wide} px wide in {room}"


def expect_words(where: Locator, words: Iterable[str]) -> None:
    for word in words:
        expect(where).to_contain_text(word)
