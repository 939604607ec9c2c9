/** The list beside the map, and every number that says how many: always of the day that is shown. */

import { cachedNodes, count, formatDate, html, segmentOn, t } from "./data.js";

export class List {
  /** @param {ParentNode} root the document, or the panel */
  constructor(root) {
    this.root = root;
    this.crossings = root.querySelector("[data-crossings]");
    this.sites = root.querySelector("[data-sites]");
    this.strikes = root.querySelector("[data-strikes]");
    this.rows = [];
    this.countElements = new Map();
    for (const element of root.querySelectorAll("[data-count]")) {
      const key = element.dataset.count;
      this.countElements.set(key, [...(this.countElements.get(key) ?? []), element]);
    }
  }

  /** Build the rows of the list again. @param {object} data of days.json */
  load(data) {
    this.rows = data.crossings.map((crossing) => {
      const head = html("div", { "data-crossing-html": "" });
      const posts = html("ul", { class: "posts" });
      const element = html("section", { class: "crossing", id: `crossing-${crossing.id}` }, head, posts);
      return { crossing, element, head, posts, shownHead: null, shownPosts: [] };
    });
    this.crossings.replaceChildren(...this.rows.map((row) => row.element));
    this.sites.replaceChildren(...data.sites.flatMap((site) => cachedNodes(site)));
    this.siteCount = data.sites.length;
  }

  /**
   * Show a day.
   * @param {string} day
   * @param {{item: object, segment: object}[]} shown posts and their segments on it
   */
  show(day, shown) {
    const byCrossing = Map.groupBy
      ? Map.groupBy(shown, ({ item }) => item.post.crossing)
      : shown.reduce((map, row) => map.set(row.item.post.crossing, [...(map.get(row.item.post.crossing) ?? []), row]), new Map());
    for (const row of this.rows) {
      const posts = (byCrossing.get(row.crossing.id) ?? []).map(({ segment }) => segment);
      row.element.hidden = posts.length === 0;
      if (!posts.length) continue;
      if (posts.length !== row.shownPosts.length || posts.some((p, i) => p !== row.shownPosts[i])) {
        row.posts.replaceChildren(...posts.flatMap((segment) => cachedNodes(segment)));
        row.shownPosts = posts;
      }
      const head = segmentOn(row.crossing.segments, day);
      if (head && head !== row.shownHead) {
        row.head.replaceChildren(...cachedNodes(head));
        row.shownHead = head;
      }
    }
  }

  /**
   * @param {object[]} strikes those of the interval @param {{from: string, to: string}} interval
   * @param {{capped: object[], missing: number[]}} gaps years of which not all, or nothing, is known
   */
  showStrikes(strikes, { from, to }, { capped, missing }) {
    const key = strikes.map((strike) => strike.id).join(" ");
    if (key !== this.strikeKey) this.strikes.replaceChildren(...strikes.flatMap((strike) => cachedNodes(strike)));
    this.strikeKey = key;
    const none = this.root.querySelector("[data-strikes-none]");
    none.hidden = strikes.length + missing.length > 0;
    if (!none.hidden) none.textContent = t("strikes.none", { start: formatDate(from), day: formatDate(to) });
    const note = this.root.querySelector("[data-strikes-note]");
    note.hidden = capped.length === 0;
    note.textContent = capped.map(({ year, total, strikes: drawn }) =>
      t("strikes.capped", { n: drawn.length, total, year })).join(" ");
  }

  /**
   * All numbers of a day.
   * @param {{item: object, segment: object}[]} shown @param {number|null} strikes null while they are not known
   * @returns {Record<string, number>} by data-count
   */
  countAll(shown, strikes) {
    const totals = { posts: shown.length, strikes, sites: this.siteCount ?? 0 };
    totals.crossings = new Set(shown.map(({ item }) => item.post.crossing)).size;
    const add = (key) => (totals[key] = (totals[key] ?? 0) + 1);
    for (const { segment: { control, status } } of shown) {
      if (status) add(`status:${status.shape}`);
      if (!control) continue;
      add(`level:${control.level}`);
      for (const slug of new Set([...control.holders, ...control.claims.flat()])) add(`holder:${slug}`);
    }
    for (const [key, elements] of this.countElements) {
      const text = totals[key] === null ? "…" : String(totals[key] ?? 0);
      for (const element of elements) {
        if (element.textContent !== text) element.textContent = text;
        const row = element.closest("[data-count-row]");
        if (row) row.hidden = text === "0";
      }
    }
    return totals;
  }

  /** The sentence over the list. @param {Record<string, number>} totals */
  showSummary(totals, { day, days, since, from }) {
    const strikes = totals.strikes === null ? t("strikes.missing") : since
      ? t("strikes.since", { strikes: count("strikes", totals.strikes), start: formatDate(from), day: formatDate(day) })
      : t("strikes.in", { strikes: count("strikes", totals.strikes), days: count("days", days), day: formatDate(day) });
    const text = t("showing", {
      sides: count("sides", totals.posts), crossings: count("crossings", totals.crossings), strikes,
      places: count("places", totals.sites),
    });
    const line = this.root.querySelector("[data-showing]");
    if (line.textContent !== text) line.textContent = text;
    const known = totals.strikes !== null;
    this.root.querySelector("[data-empty]").hidden = !known || totals.posts + totals.strikes + totals.sites > 0;
  }
}
