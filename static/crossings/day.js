/** The time control: a slider over the days, steps, play, a typed day. */

import { addMonths, dayAfter, dayBefore, formatDate, formatShortDate, svg, t, toDay, toNumber } from "./data.js";

const YEAR_MS = 2000; // a year of play
const STEP_MS = 1200; // between changes, for readers who prefer reduced motion

/**
 * Where the slider usefully begins: the January a year before the bulk of the reports, if a few old ones would
 * squeeze all others into a corner. @param {string} first @param {string[]} ticks
 */
export function usualStart(first, ticks) {
  const bulk = ticks[Math.floor(ticks.length * 0.03)];
  if (!bulk) return first;
  const start = `${String(Number(bulk.slice(0, 4)) - 1).padStart(4, "0")}-01-01`;
  return start > first ? start : first;
}

export class DayControl {
  /** @param {HTMLElement} root the time bar @param {(day: string) => void} onChange */
  constructor(root, onChange) {
    Object.assign(this, { root, onChange, ticks: [], changes: [], playing: false });
    const part = (name) => root.querySelector(`[data-time="${name}"]`);
    this.parts = Object.fromEntries(
      ["slider", "input", "previous", "next", "play", "latest", "ticks", "years", "words"].map((n) => [n, part(n)]),
    );
    for (const element of root.querySelectorAll("[data-needs-script]")) element.hidden = false;
    for (const element of root.querySelectorAll("[data-without-script]")) element.remove();
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.listen();
    new ResizeObserver(() => this.drawYears()).observe(this.parts.years);
  }

  listen() {
    const { slider, input, previous, next, play, latest } = this.parts;
    slider.addEventListener("input", () => this.choose(toDay(Number(slider.value))));
    slider.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("change", () => this.onTyped());
    input.addEventListener("blur", () => this.onTyped({ done: true }));
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.onTyped({ done: true });
    });
    for (const [button, find] of [[previous, dayBefore], [next, dayAfter]]) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        const day = find(this.changes, this.day);
        if (day) this.choose(day);
      });
    }
    play.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    latest.addEventListener("click", (event) => {
      event.preventDefault();
      this.choose(this.latest);
    });
  }

  onKey(event) {
    const months = { PageUp: 1, PageDown: -1 }[event.key];
    if (!months) return; // arrows, Home and End: the browser's own, a day a step
    event.preventDefault();
    this.choose(this.clamp(addMonths(this.day, months)));
  }

  /* Halfway through typing 2017 the year is 2 or 20: such days wait until the field is left. */
  onTyped({ done = false } = {}) {
    const { input, input: { value } } = this.parts;
    if (done && !value) input.value = this.day;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || value === this.day) return;
    const day = this.clamp(value);
    if (done || day === value) this.choose(day, { typing: !done });
  }

  clamp(day) {
    return day < this.first ? this.first : day > this.last ? this.last : day;
  }

  choose(day, { typing = false } = {}) {
    this.typing = typing;
    this.stop();
    this.day = day; // at once: a second key before the next frame goes on from here
    this.onChange(day);
  }

  /** @param {{first: string, last: string, latest: string, ticks: string[], changes: string[]}} data */
  load({ first, last, latest, ticks, changes }) {
    Object.assign(this, { first, last, latest, ticks, changes });
    const { input } = this.parts;
    input.min = first;
    input.max = last;
    this.setStart(usualStart(first, ticks));
  }

  /* The slider begins where reports are dense; an earlier day, typed or stepped to, widens it to all days. */
  setStart(start) {
    const { slider } = this.parts;
    this.start = start;
    slider.min = toNumber(start);
    slider.max = toNumber(this.last);
    this.drawTicks();
    this.drawYears();
  }

  /** Show a day without calling onChange. @param {string} day */
  show(day) {
    this.day = day;
    if (day < this.start) this.setStart(this.first);
    const { slider, input, previous, next, words } = this.parts;
    slider.value = toNumber(day);
    slider.setAttribute("aria-valuetext", formatDate(day));
    if (!this.typing || document.activeElement !== input) input.value = day;
    words.textContent = formatShortDate(day);
    this.label(previous, dayBefore(this.changes, day), "day.previous", "day.no_previous");
    this.label(next, dayAfter(this.changes, day), "day.next", "day.no_next");
  }

  label(button, day, some, none) {
    const text = day ? t(some, { day: formatDate(day) }) : t(none);
    button.title = text;
    button.setAttribute("aria-label", text);
    button.setAttribute("aria-disabled", String(!day));
  }

  drawTicks() {
    const [start, end] = [toNumber(this.start), toNumber(this.last)];
    const path = (days, from, to) => days.filter((day) => day >= this.start).map((day) => `M${toNumber(day) - start} ${from}V${to}`).join("");
    const picture = this.parts.ticks;
    picture.setAttribute("viewBox", `0 0 ${Math.max(end - start, 1)} 20`);
    picture.replaceChildren(
      svg("path", { class: "tick", d: path(this.ticks, 12, 20) }),
      svg("path", { class: "tick-change", d: path(this.changes, 4, 20) }),
    );
  }

  drawYears() {
    if (!this.start) return;
    const [start, end] = [toNumber(this.start), toNumber(this.last)];
    const { years } = this.parts;
    const perYear = (years.clientWidth * 365.25) / Math.max(end - start, 1);
    const every = [1, 2, 5, 10, 20, 50].find((n) => n * perYear >= 40) ?? 100;
    const nodes = [];
    for (let year = Number(this.start.slice(0, 4)); year <= Number(this.last.slice(0, 4)); year += 1) {
      const at = (toNumber(`${year}-01-01`) - start) / Math.max(end - start, 1);
      if (at < 0 || at > 0.985 || year % every) continue;
      const node = document.createElement("span");
      node.textContent = year;
      node.style.insetInlineStart = `${(at * 100).toFixed(3)}%`;
      nodes.push(node);
    }
    years.replaceChildren(...nodes);
  }

  play() {
    this.playing = true;
    this.typing = false;
    this.root.dataset.playing = "";
    this.setPlayLabel();
    if (this.day >= this.last) {
      this.day = this.start; // the page follows with the next frame only
      this.onChange(this.start);
    }
    if (this.reducedMotion.matches) this.timer = setInterval(() => this.stepOn(), STEP_MS);
    else this.run();
  }

  stepOn() {
    const day = dayAfter(this.changes, this.day);
    if (day) this.onChange(day);
    else this.stop();
  }

  run() {
    let before = performance.now();
    let at = toNumber(this.day);
    const frame = (now) => {
      if (!this.playing) return;
      at = Math.min(at + ((now - before) * 365.25) / YEAR_MS, toNumber(this.last));
      before = now;
      const day = toDay(Math.floor(at));
      if (day !== this.day) this.onChange(day);
      if (day >= this.last) this.stop();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    delete this.root.dataset.playing;
    clearInterval(this.timer);
    this.setPlayLabel();
  }

  setPlayLabel() {
    const text = t(this.playing ? "day.pause" : "day.play");
    this.parts.play.setAttribute("aria-label", text);
    this.parts.play.title = text;
  }
}
