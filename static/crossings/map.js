/**
 * The map page. Folium's script builds the map and its layers through window.Crossings; this module fills them
 * and moves them with the day.
 */

/* global L */
import { Address } from "./address.js";
import { KINDS, preload } from "./basemap.js";
import { beforeMap, drawGround, lookAt, prepare, viewOf } from "./chart.js";
import { getJson, inWords, say, speak } from "./data.js";
import { DayControl } from "./day.js";
import { Filters } from "./filters.js";
import { Labels } from "./labels.js";
import { List } from "./list.js";
import { tell } from "./message.js";
import { copyText } from "./page.js";
import { Sites, startOf, Strikes } from "./places.js";
import { Popup } from "./popup.js";
import { Posts } from "./posts.js";
import { Sheet } from "./sheet.js";

const config = JSON.parse(document.getElementById("config").textContent);
speak(config.lang, config.strings);

class Page {
  constructor() {
    this.layers = {};
    this.address = new Address(config.urls.page, config.query, config.parameters);
    this.panel = document.getElementById("panel");
    this.sheet = new Sheet(this.panel);
    this.list = new List(document);
    this.time = new DayControl(document.querySelector(".time-bar"), (day) => this.soon(day));
    const form = document.getElementById("filter-form");
    this.filters = new Filters(form, config.parameters, (changes) => this.filter(changes));
    this.time.load({ ...config, ticks: [], changes: [] });
    this.time.show(config.on);
    this.on = config.on;
    this.arriving = this.fetchDays();
    this.arriving.catch(() => undefined);
  }

  /** Folium asks for a layer; it is filled once the map stands. @param {string} kind */
  layer(kind) {
    if (KINDS.includes(kind) && !config.tiles) preload(kind, config.urls.basemap).forEach((p) => p.catch(() => 0));
    return (this.layers[kind] ??= L.layerGroup());
  }

  /** Folium is done. @param {L.Map} map */
  ready(map) {
    this.map = map;
    prepare(map, config);
    map.on("moveend", () => this.looked());
    const open = (kind, id) => this.popup.open(kind, id);
    this.labels = new Labels(map, () => [...(this.posts?.obstacles() ?? []), ...(this.strikes?.obstacles() ?? [])]);
    this.posts = new Posts(map, this.layer("posts"), this.layer("uncertainty"), this.labels, open);
    this.sites = new Sites(map, this.layer("sites"), this.labels, open);
    this.strikes = new Strikes(map, this.layer("strikes"), open, (year) => this.url("strikes", { year }));
    this.popup = new Popup(map, {
      url: (kind, id) => this.url("popup", {}, { KIND: kind, ID: id }, { on: this.on }),
      find: (kind, id) => ({ post: this.posts, site: this.sites, strike: this.strikes })[kind]?.find(id) ?? null,
      small: () => this.sheet.small,
      sheet: this.sheet,
      changed: (show) => this.note({ show }),
    });
    drawGround(map, (kind) => this.layer(kind), this.labels, config);
    this.listen();
    this.take(this.arriving).then(() => this.openAsked());
  }

  listen() {
    addEventListener("popstate", () => this.goneBack());
    for (const kind of ["pointerdown", "click"]) { // the first also where a link opens in a new tab
      addEventListener(kind, ({ target }) => this.carryOver(target.closest?.("a[data-keep-query], a[data-open]")), true);
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-open]");
      const day = event.target.closest("[data-on]");
      if (day && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.time.user(this.time.clamp(day.dataset.on));
        return;
      }
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        const [kind, ...id] = link.dataset.open.split(".");
        this.popup.open(kind, id.join("."));
        return;
      }
      if (event.target.closest("[data-copy-link]")) {
        event.preventDefault();
        this.copyLink();
      }
    });
  }

  /* Links to other pages take the day, the edition and the sources along. */
  carryOver(link) {
    if (!link) return;
    link.search = this.address.query({ without: [...this.address.names("view"), "region"], extra: { on: this.on } });
  }

  url(name, extra = {}, places = {}, own = {}) {
    const path = Object.entries(places).reduce((p, [key, value]) => p.replace(key, encodeURIComponent(value)), config.urls[name]);
    const query = new URLSearchParams({ ...extra, ...own });
    const filters = this.address.filters();
    return `${path}?${[filters, query.toString()].filter(Boolean).join("&")}`;
  }

  fetchDays() {
    this.asking?.abort();
    this.asking = new AbortController();
    return getJson(this.url("days"), this.asking.signal);
  }

  /** Take days.json and the day's strikes when they arrive; say so when they do not. @param {Promise<object>} arriving */
  async take(arriving) {
    document.body.dataset.loading = "";
    try {
      const data = await arriving;
      const day = this.address.get("on") ?? data.latest;
      await this.strikes.fetch(this.strikes.unasked(this.strikes.between(this.startOf(day), day).missing));
      if (arriving === this.arriving) this.change(data);
    } catch (error) {
      if (error.name !== "AbortError") this.fail(`${say("error.days")} ${error.message}`, () => this.reload());
    } finally {
      if (arriving === this.arriving) delete document.body.dataset.loading;
    }
  }

  change(data) {
    this.data = data;
    this.fail(null);
    this.posts.load(data);
    this.look();
    this.sites.load(data.sites);
    this.list.load(data);
    this.time.load(data);
    this.show(this.time.clamp(this.address.get("on") ?? data.latest));
    this.start ??= this.where();
    document.documentElement.dataset.ready = "1";
  }

  /** Once, unless the address says where to look: at all posts. */
  look() {
    if (this.start || config.view || !this.data.posts.length) return;
    lookAt(this.map, this.posts.bounds(), { small: this.sheet.small, covered: this.sheet.covers() });
    this.start = this.where();
  }

  where() {
    return { zoom: this.map.getZoom(), center: this.map.getCenter() };
  }

  /* The reader moved the map: from now on the address says where it looks. */
  looked() {
    if (!this.start) return;
    const { zoom, center } = this.where();
    if (!this.moved && zoom === this.start.zoom && center.distanceTo(this.start.center) < 1) return;
    this.moved = true;
    this.note({ view: viewOf(this.map) });
  }

  reload() {
    this.strikes.forget();
    this.popup.forget();
    this.arriving = this.fetchDays();
    return this.take(this.arriving);
  }

  /** Move to a day with the next frame; of several only the last. @param {string} day */
  soon(day) {
    this.wanted = day;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.address.set({ on: this.wanted });
      this.show(this.wanted);
      this.address.replace();
      this.popup.dayChanged();
    });
  }

  /** The map, the list, the numbers and the title: all of one day. @param {string} day */
  show(day) {
    const began = performance.now();
    this.on = day;
    this.time.show(day);
    if (this.data) {
      const shown = this.posts.show(day);
      this.list.show(day, shown);
      this.showStrikes(day, shown);
    }
    this.words(day);
    document.documentElement.dataset.mapDay = day;
    this.panel.getBoundingClientRect(); // lays the page out now, so that the time below is the whole of the work
    document.documentElement.dataset.dayMs = (performance.now() - began).toFixed(1);
  }

  /* First day of the interval of strikes that ends on a day. */
  startOf(day) {
    return startOf(day, this.days(), this.address.get("from"));
  }

  /* Length of that interval, where it has no beginning of its own. */
  days() {
    return Number(this.address.get("days") ?? this.address.defaultOf("days"));
  }

  showStrikes(day, shown) {
    const from = this.startOf(day);
    const { strikes, missing, capped } = this.strikes.between(from, day);
    this.strikes.show(strikes);
    this.labels.soon();
    this.list.showStrikes(strikes, { from, to: day }, { capped, missing });
    const totals = this.list.countAll(shown, missing.length ? null : strikes.length);
    this.list.sum(totals, { day, days: this.days(), since: this.address.get("from"), from });
    this.fetchStrikes(missing, day);
  }

  /* The years that this day needs, and those beside it, so that they are there when the day moves on. */
  fetchStrikes(missing, day) {
    this.missing = missing;
    document.documentElement.toggleAttribute("data-waiting", missing.length > 0);
    const lost = missing.filter((year) => this.strikes.failed.has(year));
    if (lost.length) this.fail(say("error.strikes", { year: lost.join(", ") }), () => this.retryStrikes());
    const year = Number(day.slice(0, 4));
    const [first, last] = [this.data.first, this.data.last].map((end) => Number(end.slice(0, 4)));
    const beside = [year - 1, year + 1].filter((other) => other >= first && other <= last);
    for (const other of this.strikes.unasked([...missing, ...beside])) {
      this.strikes.fetch([other]).then(() => this.missing.includes(other) && this.show(this.on));
    }
  }

  retryStrikes() {
    this.strikes.failed.clear();
    this.fail(null);
    this.show(this.on);
  }

  /* One failure is told once; null takes it back when all is well again. */
  fail(text, retry) {
    if (text === this.failure) return;
    this.failure = text;
    tell(text, { retry });
  }

  words(day) {
    for (const element of document.querySelectorAll("[data-day]")) element.textContent = inWords(day);
    const { latest } = this.time;
    const key = day === latest ? "day.latest" : day > latest ? "day.after_latest" : "day.before";
    const note = document.querySelector("[data-day-note]");
    if (note) note.textContent = say(key, { day: inWords(latest) }); // not there while nothing is published
    const download = document.querySelector("[data-download]");
    const here = config.region === "all" ? {} : { region: config.region }; // elsewhere it stands in the path
    const query = this.address.query({ without: this.address.names("view"), extra: { on: day, ...here } });
    if (download) download.search = query;
    for (const link of document.querySelectorAll("[data-region-link]")) {
      link.search = this.address.query({ without: ["show", "view", "region", "bbox"] });
    }
  }

  filter(changes) {
    if (changes.days) changes.from = null;
    this.address.set(changes);
    this.address.push();
    this.filters.show(this.address);
    this.reload();
  }

  goneBack() {
    this.time.stop();
    this.address.params = new Map(new URLSearchParams(location.search));
    this.filters.show(this.address);
    this.reload().then(() => this.openAsked());
  }

  note(changes) {
    this.address.set(changes);
    this.address.replace();
  }

  /** Open what the address names. */
  openAsked() {
    const [kind, ...id] = (this.address.get("show") ?? "").split(".");
    this.filters.mark(this.address);
    if (kind && id.length) this.popup.open(kind, id.join("."), { silent: true });
  }

  async copyLink() {
    // An edition that ended before the day cannot be asked for it.
    const pin = config.editionDay && this.on <= config.editionDay ? { edition: config.edition } : {};
    const link = new URL(this.address.href({ on: this.on, ...pin }), location.href).href;
    const done = await copyText(link);
    tell(done ? say("link.copied") : say("link.failed", { link }), done ? { gone: 2500 } : {});
  }
}

beforeMap();
const page = new Page();
window.Crossings = { layer: (kind) => page.layer(kind), ready: (map) => page.ready(map), page };
