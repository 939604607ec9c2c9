/**
 * The map page. Folium's script builds the map and its layers through window.Crossings; this module fills them
 * and moves them with the day.
 */

/* global L */
import { Address } from "./address.js";
import { KINDS, preload } from "./basemap.js";
import { formatDate, getJson, setLocale, t } from "./data.js";
import { DayControl } from "./day.js";
import { Filters } from "./filters.js";
import { Labels } from "./labels.js";
import { configureLeaflet, drawBasemap, fitTo, prepareMap, viewParameter } from "./leaflet_map.js";
import { List } from "./list.js";
import { showMessage } from "./message.js";
import { copyText } from "./page.js";
import { intervalStart, Sites, Strikes } from "./places.js";
import { Popup } from "./popup.js";
import { Posts } from "./posts.js";
import { Sheet } from "./sheet.js";

const config = JSON.parse(document.getElementById("config").textContent);
setLocale(config.lang, config.strings);

class Page {
  constructor() {
    this.layers = {};
    this.address = new Address(config.urls.page, config.query, config.parameters);
    this.panel = document.getElementById("panel");
    this.sheet = new Sheet(this.panel);
    this.list = new List(document);
    this.dayControl = new DayControl(document.querySelector(".time-bar"), (day) => this.scheduleDay(day));
    const form = document.getElementById("filter-form");
    this.filters = new Filters(form, config.parameters, (changes) => this.applyFilters(changes));
    this.dayControl.load({ ...config, ticks: [], changes: [] });
    this.dayControl.show(config.on);
    this.on = config.on;
    this.daysRequest = this.fetchDays();
    this.daysRequest.catch(() => undefined);
  }

  /** Folium asks for a layer; it is filled once the map is there. @param {string} kind */
  layer(kind) {
    if (KINDS.includes(kind) && !config.tiles) preload(kind, config.urls.basemap).forEach((p) => p.catch(() => 0));
    return (this.layers[kind] ??= L.layerGroup());
  }

  /** Folium is done. @param {L.Map} map */
  ready(map) {
    this.map = map;
    prepareMap(map, config);
    map.on("moveend", () => this.viewMoved());
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
      onChange: (show) => this.updateAddress({ show }),
    });
    drawBasemap(map, (kind) => this.layer(kind), this.labels, config);
    this.listen();
    this.applyDays(this.daysRequest).then(() => this.openFromAddress());
  }

  listen() {
    addEventListener("popstate", () => this.restoreFromHistory());
    for (const kind of ["pointerdown", "click"]) { // the first also where a link opens in a new tab
      addEventListener(kind, ({ target }) => this.addQueryTo(target.closest?.("a[data-keep-query], a[data-open]")), true);
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-open]");
      const day = event.target.closest("[data-on]");
      if (day && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.dayControl.choose(this.dayControl.clamp(day.dataset.on));
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
  addQueryTo(link) {
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
    this.abortController?.abort();
    this.abortController = new AbortController();
    return getJson(this.url("days"), this.abortController.signal);
  }

  /**
   * Take days.json and the day's strikes when they arrive; show a message when they do not.
   * @param {Promise<object>} request
   */
  async applyDays(request) {
    document.body.dataset.loading = "";
    try {
      const data = await request;
      const day = this.address.get("on") ?? data.latest;
      await this.strikes.fetch(this.strikes.notRequested(this.strikes.between(this.intervalStart(day), day).missing));
      if (request === this.daysRequest) this.setData(data);
    } catch (error) {
      if (error.name !== "AbortError") this.showFailure(`${t("error.days")} ${error.message}`, () => this.reload());
    } finally {
      if (request === this.daysRequest) delete document.body.dataset.loading;
    }
  }

  setData(data) {
    this.data = data;
    this.showFailure(null);
    this.posts.load(data);
    this.fitPosts();
    this.sites.load(data.sites);
    this.list.load(data);
    this.dayControl.load(data);
    this.show(this.dayControl.clamp(this.address.get("on") ?? data.latest));
    this.start ??= this.viewState();
    document.documentElement.dataset.ready = "1";
  }

  /** Fit the view to all posts, once, unless the address gives a view. */
  fitPosts() {
    if (this.start || config.view || !this.data.posts.length) return;
    fitTo(this.map, this.posts.bounds(), { small: this.sheet.small, covered: this.sheet.covers() });
    this.start = this.viewState();
  }

  viewState() {
    return { zoom: this.map.getZoom(), center: this.map.getCenter() };
  }

  /* The reader moved the map: from now on the address holds the view. */
  viewMoved() {
    if (!this.start) return;
    const { zoom, center } = this.viewState();
    if (!this.moved && zoom === this.start.zoom && center.distanceTo(this.start.center) < 1) return;
    this.moved = true;
    this.updateAddress({ view: viewParameter(this.map) });
  }

  reload() {
    this.strikes.clear();
    this.popup.clearCache();
    this.daysRequest = this.fetchDays();
    return this.applyDays(this.daysRequest);
  }

  /** Move to a day with the next frame; of several only the last. @param {string} day */
  scheduleDay(day) {
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
    this.dayControl.show(day);
    if (this.data) {
      const shown = this.posts.show(day);
      this.list.show(day, shown);
      this.showStrikes(day, shown);
    }
    this.updateDayTexts(day);
    document.documentElement.dataset.mapDay = day;
    this.panel.getBoundingClientRect(); // lays the page out now, so that the time below is the whole of the work
    document.documentElement.dataset.dayMs = (performance.now() - began).toFixed(1);
  }

  /* First day of the interval of strikes that ends on a day. */
  intervalStart(day) {
    return intervalStart(day, this.intervalDays(), this.address.get("from"));
  }

  /* Length of that interval, where it has no beginning of its own. */
  intervalDays() {
    return Number(this.address.get("days") ?? this.address.defaultOf("days"));
  }

  showStrikes(day, shown) {
    const from = this.intervalStart(day);
    const { strikes, missing, capped } = this.strikes.between(from, day);
    this.strikes.show(strikes);
    this.labels.scheduleLayout();
    this.list.showStrikes(strikes, { from, to: day }, { capped, missing });
    const totals = this.list.countAll(shown, missing.length ? null : strikes.length);
    this.list.showSummary(totals, { day, days: this.intervalDays(), since: this.address.get("from"), from });
    this.fetchStrikes(missing, day);
  }

  /* The years that this day needs, and those beside it, so that they are there when the day moves on. */
  fetchStrikes(missing, day) {
    this.missing = missing;
    document.documentElement.toggleAttribute("data-waiting", missing.length > 0);
    const failed = missing.filter((year) => this.strikes.failed.has(year));
    if (failed.length) this.showFailure(t("error.strikes", { year: failed.join(", ") }), () => this.retryStrikes());
    const year = Number(day.slice(0, 4));
    const [first, last] = [this.data.first, this.data.last].map((end) => Number(end.slice(0, 4)));
    const beside = [year - 1, year + 1].filter((other) => other >= first && other <= last);
    for (const other of this.strikes.notRequested([...missing, ...beside])) {
      this.strikes.fetch([other]).then(() => this.missing.includes(other) && this.show(this.on));
    }
  }

  retryStrikes() {
    this.strikes.failed.clear();
    this.showFailure(null);
    this.show(this.on);
  }

  /* One failure is shown once; null removes it. */
  showFailure(text, retry) {
    if (text === this.failure) return;
    this.failure = text;
    showMessage(text, { retry });
  }

  updateDayTexts(day) {
    for (const element of document.querySelectorAll("[data-day]")) element.textContent = formatDate(day);
    const { latest } = this.dayControl;
    const key = day === latest ? "day.latest" : day > latest ? "day.after_latest" : "day.before";
    const note = document.querySelector("[data-day-note]");
    if (note) note.textContent = t(key, { day: formatDate(latest) }); // not there while nothing is published
    const download = document.querySelector("[data-download]");
    const here = config.region === "all" ? {} : { region: config.region }; // elsewhere it stands in the path
    const query = this.address.query({ without: this.address.names("view"), extra: { on: day, ...here } });
    if (download) download.search = query;
    for (const link of document.querySelectorAll("[data-region-link]")) {
      link.search = this.address.query({ without: ["show", "view", "region", "bbox"] });
    }
  }

  applyFilters(changes) {
    if (changes.days) changes.from = null;
    this.address.set(changes);
    this.address.push();
    this.filters.show(this.address);
    this.reload();
  }

  restoreFromHistory() {
    this.dayControl.stop();
    this.address.params = new Map(new URLSearchParams(location.search));
    this.filters.show(this.address);
    this.reload().then(() => this.openFromAddress());
  }

  updateAddress(changes) {
    this.address.set(changes);
    this.address.replace();
  }

  /** Open what the address names. */
  openFromAddress() {
    const [kind, ...id] = (this.address.get("show") ?? "").split(".");
    this.filters.mark(this.address);
    if (kind && id.length) this.popup.open(kind, id.join("."), { silent: true });
  }

  async copyLink() {
    // An edition that ended before the day cannot be asked for it.
    const pin = config.editionDay && this.on <= config.editionDay ? { edition: config.edition } : {};
    const link = new URL(this.address.href({ on: this.on, ...pin }), location.href).href;
    const done = await copyText(link);
    showMessage(done ? t("link.copied") : t("link.failed", { link }), done ? { hideAfter: 2500 } : {});
  }
}

configureLeaflet();
const page = new Page();
window.Crossings = { layer: (kind) => page.layer(kind), ready: (map) => page.ready(map), page };
