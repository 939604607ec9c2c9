/** Sites, and strikes with the circle in which they may have been. */

/* global L */
import { getJson, t, toDay, toNumber } from "./data.js";
import { siteMark, strikeMark } from "./marks.js";

const ROUGH = 2000; // metres
const CIRCLE_FROM = 14; // pixels of radius
const AROUND = ["right", "left", "below", "above"];
const MANY = 500; // from here strikes are dots on a canvas: that many elements would make the map slow

function iconOf(mark) {
  return L.divIcon({ className: "mark-icon", html: mark, iconSize: [44, 44] });
}

function onOpen(layer, open) {
  layer.on("click", open);
  layer.on("keypress", ({ originalEvent: { key } }) => {
    if (key === "Enter" || key === " ") open();
  });
}

function describe(marker, text, attribute, id) {
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", text);
    element.title = text;
    element.dataset[attribute] = id;
  });
}

const km = (metres) => (metres < 1000 ? (metres / 1000).toFixed(1) : Math.round(metres / 1000));

export class Sites {
  /**
   * @param {L.Map} map @param {L.LayerGroup} group @param {import("./labels.js").Labels} labels
   * @param {(kind: string, id: string) => void} open
   */
  constructor(map, group, labels, open) {
    Object.assign(this, { map, group, labels, open, items: new Map(), circles: [] });
    map.on("zoomend overlayadd", () => this.fit());
  }

  /** A circle smaller than its mark is not drawn; one that is larger carries the name. */
  fit() {
    const metres = this.metresPerPixel();
    for (const { circle, marker, label } of this.circles) {
      const large = circle.getRadius() / metres > CIRCLE_FROM;
      this.group[large ? "addLayer" : "removeLayer"](circle);
      marker.getElement()?.classList.toggle("within-circle", large);
      label.sides = large ? ["middle", ...AROUND] : AROUND;
    }
    this.labels.scheduleLayout();
  }

  metresPerPixel() {
    const { lat } = this.map.getCenter();
    return (40075016.7 * Math.cos((lat * Math.PI) / 180)) / 2 ** (this.map.getZoom() + 8);
  }

  /** @param {object[]} sites of days.json */
  load(sites) {
    this.group.clearLayers();
    this.labels.clear("site");
    this.items.clear();
    this.circles = [];
    for (const site of sites) this.add(site);
    this.fit();
  }

  add(site) {
    const open = () => this.open("site", site.id);
    const place = [site.lat, site.lon];
    const marker = L.marker(place, { icon: iconOf(siteMark(site)), keyboard: true, riseOnHover: true });
    onOpen(marker, open);
    describe(marker, t("mark.site", { name: site.name, km: km(site.radius) }), "site", site.id);
    this.group.addLayer(marker);
    const label = this.labels.add(this.group, {
      lat: site.lat, lon: site.lon, text: site.name, kind: "site", rank: 50 + site.radius / 1e6,
      sides: AROUND, gap: 9, from: 9,
    });
    if (site.radius >= ROUGH) this.circles.push({ circle: this.circle(site, open), marker, label });
    this.items.set(site.id, { marker, name: site.name });
  }

  /* A base known only roughly is hatched: it is somewhere in there. A town or an area is as large as its rim. */
  circle(site, open) {
    const wide = site.kind === "town" || site.kind === "area";
    const style = wide
      ? { className: "circle circle-area", fill: false, interactive: false }
      : { className: "circle circle-site", fillColor: "url(#hatch)", fillOpacity: 1 };
    const circle = L.circle([site.lat, site.lon], { radius: site.radius, weight: 1.5, ...style });
    if (!wide) circle.on("click", open);
    return circle;
  }

  find(id) {
    return this.items.get(id) ?? null;
  }
}

export class Strikes {
  /**
   * @param {L.Map} map @param {L.LayerGroup} group @param {Function} open
   * @param {(year: number) => string} url of a year's strikes
   */
  constructor(map, group, open, url) {
    Object.assign(this, { map, group, open, url, layers: new Map(), failed: new Set() });
    this.clear();
  }

  /** Drop what is known of all years: the filters changed. */
  clear() {
    this.years = new Map();
    this.waiting = new Set();
    this.failed.clear();
    this.group.clearLayers();
    this.layers.clear();
    this.generation = (this.generation ?? 0) + 1;
  }

  /**
   * Strikes whose possible days touch an interval, from what is loaded.
   * @param {string} from @param {string} to
   * @returns {{strikes: object[], missing: number[], capped: object[]}} years still to be fetched in `missing`
   */
  between(from, to) {
    const found = new Map();
    const [missing, capped] = [[], []];
    for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) {
      const known = this.years.get(year);
      if (!known) missing.push(year);
      if (known?.capped) capped.push(known);
      for (const strike of known?.strikes ?? []) {
        if (strike.min <= to && strike.max >= from) found.set(strike.id, strike);
      }
    }
    const strikes = [...found.values()].sort((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : 0));
    return { strikes, missing, capped };
  }

  /** Of these years, those neither known, nor on their way, nor failed. @param {number[]} years */
  notRequested(years) {
    const requested = (year) => this.years.has(year) || this.waiting.has(year) || this.failed.has(year);
    return [...new Set(years)].filter((year) => !requested(year));
  }

  /** Fetch years; those that do not arrive are in `failed` afterwards. @param {number[]} years */
  async fetch(years) {
    const { generation } = this;
    await Promise.all(years.map(async (year) => {
      this.waiting.add(year);
      const data = await getJson(this.url(year)).catch(() => null);
      if (generation !== this.generation) return;
      this.waiting.delete(year);
      if (data) this.years.set(year, data);
      else this.failed.add(year);
    }));
  }

  /** Draw these and no others. @param {object[]} strikes */
  show(strikes) {
    const wanted = new Set(strikes.map((strike) => strike.id));
    const many = strikes.length > MANY;
    if (many !== this.many) {
      this.group.clearLayers();
      this.layers.clear();
      this.many = many;
    }
    for (const [id, layers] of this.layers) {
      if (wanted.has(id)) continue;
      layers.forEach((layer) => this.group.removeLayer(layer));
      this.layers.delete(id);
    }
    for (const strike of strikes) {
      if (this.layers.has(strike.id)) continue;
      const layers = many ? this.dot(strike) : this.mark(strike);
      this.layers.set(strike.id, layers);
      layers.forEach((layer) => this.group.addLayer(layer));
    }
  }

  mark(strike) {
    const place = [strike.lat, strike.lon];
    const vague = strike.min !== strike.max;
    const circle = L.circle(place, {
      radius: strike.radius, interactive: false, weight: 1.5,
      className: `circle circle-strike grade-${strike.grade}${vague ? " vague" : ""}`,
    });
    const marker = L.marker(place, {
      icon: iconOf(strikeMark(strike)), keyboard: true, riseOnHover: true, zIndexOffset: 500,
    });
    onOpen(marker, () => this.open("strike", strike.id));
    const text = t("mark.strike", { label: strike.label, km: km(strike.radius) });
    describe(marker, text, "strike", strike.id);
    marker.strikeName = strike.label;
    return [marker, circle];
  }

  dot(strike) {
    this.canvas ??= L.canvas({ padding: 0.3 });
    this.colour ??= getComputedStyle(document.documentElement).getPropertyValue("--strike").trim();
    const place = [strike.lat, strike.lon];
    const style = { renderer: this.canvas, weight: 1, color: this.colour };
    const dot = L.circleMarker(place, { ...style, radius: 4, fillOpacity: 0.35 });
    dot.on("click", () => this.open("strike", strike.id));
    dot.strikeName = strike.label;
    return [dot, L.circle(place, { ...style, radius: strike.radius, opacity: 0.4, fillOpacity: 0.03, interactive: false })];
  }

  find(id) {
    const [marker] = this.layers.get(id) ?? [];
    return marker ? { marker, name: marker.strikeName ?? "" } : null;
  }

  obstacles() {
    if (this.many) return [];
    return [...this.layers.values()].map(([marker]) => {
      const { x, y } = this.map.latLngToLayerPoint(marker.getLatLng());
      return { x, y, r: 11 };
    });
  }
}

/**
 * First day of the interval of strikes that ends on a day, both included.
 * @param {string} on @param {number} days @param {string|null} since an absolute start instead
 */
export function intervalStart(on, days, since) {
  if (since) return since < on ? since : on;
  return toDay(toNumber(on) - days + 1);
}
