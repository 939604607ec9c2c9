/** Posts on the map: one mark each; two halves of one disc where both sides stand too close together. */

/* global L */
import { html, segmentOn, t } from "./data.js";
import { lettersOn, postMark } from "./marks.js";

const TOO_CLOSE = 36; // pixels between two posts below which they become two halves of one disc
const ROUGH = 2000; // metres: from here a position is drawn with its circle

export class Posts {
  /**
   * @param {L.Map} map @param {L.LayerGroup} group for the marks @param {L.LayerGroup} circles for uncertainty
   * @param {import("./labels.js").Labels} labels @param {(kind: string, id: string) => void} open
   */
  constructor(map, group, circles, labels, open) {
    Object.assign(this, { map, group, circles, labels, open });
    this.items = new Map();
    map.on("zoomend", () => this.layoutPairs());
  }

  /** Take new data: marks, circles and names are made anew. @param {object} data of days.json */
  load(data) {
    this.group.clearLayers();
    this.circles.clearLayers();
    this.labels.clear("crossing");
    this.items.clear();
    this.forces = data.forces;
    for (const post of data.posts) this.items.set(post.id, this.make(post));
    this.crossings = data.crossings.map((crossing) => ({
      crossing,
      items: [...this.items.values()].filter((item) => item.post.crossing === crossing.id),
    })).filter(({ items }) => items.length);
    for (const row of this.crossings) row.label = this.labels.add(this.group, this.labelOf(row));
    this.layoutPairs();
  }

  make(post) {
    const element = html("div", { class: "mark-holder" });
    const item = { post, element, part: "whole", segment: null, shown: false };
    item.marker = L.marker([post.lat, post.lon], {
      icon: L.divIcon({ className: "mark-icon", html: element, iconSize: [44, 44] }),
      keyboard: true, riseOnHover: true, zIndexOffset: 1000,
    });
    item.marker.on("click", () => this.open("post", post.id));
    item.marker.on("keypress", (event) => {
      if (event.originalEvent.key === "Enter" || event.originalEvent.key === " ") this.open("post", post.id);
    });
    item.marker.on("add", () => this.setAccessibleName(item));
    if (post.radius >= ROUGH) {
      item.circle = L.circle([post.lat, post.lon], {
        radius: post.radius, className: "circle circle-post", interactive: false, weight: 1.5,
      });
    }
    return item;
  }

  labelOf({ crossing, items }) {
    return {
      lat: items[0].post.lat, lon: items[0].post.lon, text: crossing.name, kind: "crossing", rank: 1,
      sides: ["right", "left", "below", "above"], gap: 23, from: 6,
    };
  }

  /** Halves where the two posts of a crossing share a point or would overlap at this zoom. */
  layoutPairs() {
    for (const { items, label } of this.crossings ?? []) {
      const [a, b] = items;
      const places = items.map(({ post }) => L.latLng(post.lat, post.lon));
      const close = b && this.distance(places[0], places[1]) < TOO_CLOSE;
      const middle = b ? L.latLng((a.post.lat + b.post.lat) / 2, (a.post.lon + b.post.lon) / 2) : places[0];
      items.forEach((item, i) => {
        const own = item.post.half ?? "whole";
        this.setPlace(item, close ? middle : places[i], close ? halfOf(item, items) : own);
      });
      this.labels.move(label, close || !b ? middle : places[0].lng > places[1].lng ? places[0] : places[1]);
    }
    this.labels.scheduleLayout();
  }

  distance(a, b) {
    return this.map.latLngToLayerPoint(a).distanceTo(this.map.latLngToLayerPoint(b));
  }

  setPlace(item, place, part) {
    item.marker.setLatLng(place);
    if (item.part === part) return;
    item.part = part;
    const anchor = { whole: [22, 22], left: [44, 22], right: [0, 22] }[part];
    item.marker.setIcon(L.divIcon({
      className: "mark-icon", html: item.element, iconSize: [44, 44], iconAnchor: anchor,
    }));
    if (item.segment) this.draw(item);
  }

  /**
   * Show a day. @param {string} day
   * @returns {{item: object, segment: object}[]} the posts that are shown, with their segments
   */
  show(day) {
    this.day = day;
    const shown = [];
    for (const item of this.items.values()) {
      const segment = segmentOn(item.post.segments, day);
      this.setShown(item, Boolean(segment));
      if (!segment) continue;
      shown.push({ item, segment });
      const ages = segment.control?.level === "carried" && !segment.control.stale;
      if (segment === item.segment && !ages) continue;
      item.segment = segment;
      this.draw(item);
    }
    for (const { items, label } of this.crossings ?? []) {
      const hidden = !items.some((item) => item.shown);
      if (label.hidden !== hidden) this.labels.scheduleLayout();
      label.hidden = hidden;
    }
    return shown;
  }

  setShown(item, shown) {
    if (item.shown === shown) return;
    item.shown = shown;
    if (shown) this.group.addLayer(item.marker);
    else this.group.removeLayer(item.marker);
    if (item.circle) this.circles[shown ? "addLayer" : "removeLayer"](item.circle);
    if (!shown) item.segment = null;
  }

  draw(item) {
    const { control, status } = item.segment;
    item.element.replaceChildren(postMark(control, status, this.forces, { part: item.part, day: this.day }));
    this.setAccessibleName(item);
  }

  /* Leaflet makes a new element whenever a layer is switched on, so its name is set again. */
  setAccessibleName(item) {
    const icon = item.marker.getElement();
    if (!icon || !item.segment) return;
    // With the letters on the mark: who asks by voice for what they see must find it (WCAG 2.5.3).
    const letters = lettersOn(item.segment.control, this.forces);
    const text = this.describe(item) + (letters ? ` (${letters})` : "");
    icon.setAttribute("aria-label", text);
    icon.title = text;
    icon.dataset.post = item.post.id;
  }

  describe({ post, segment }) {
    const { control, status } = segment;
    if (!control) return t("mark.post.status", { name: post.name, status: t(`status.${status.shape}`) });
    const named = (slugs) => slugs.map((slug) => this.forces[slug]?.short ?? slug)
      .reduce((a, b) => t("mark.pair", { a, b }));
    const groups = control.holders.length ? [control.holders] : control.claims.filter((c) => c.length);
    const held = groups.length
      ? t("mark.held", { holder: groups.map(named).reduce((a, b) => t("mark.or", { a, b })), words: control.words })
      : t("holder.unknown");
    const values = { name: post.name, control: held };
    if (!status) return t("mark.post.control", values);
    return t("mark.post", { ...values, status: t(`status.${status.shape}`) });
  }

  /** @returns {L.LatLngBounds} around all posts */
  bounds() {
    return L.latLngBounds([...this.items.values()].map(({ post }) => [post.lat, post.lon]));
  }

  /** Where labels must not stand, in layer points. */
  obstacles() {
    return [...this.items.values()].filter((item) => item.shown).map((item) => {
      const { x, y } = this.map.latLngToLayerPoint(item.marker.getLatLng());
      return { x, y, r: 18 };
    });
  }

  /** @param {string} id @returns {{marker: L.Marker, name: string}|null} */
  find(id) {
    const item = this.items.get(id);
    return item?.shown ? { marker: item.marker, name: item.post.name } : null;
  }
}

const halfOf = (item, items) =>
  item.post.half ?? (item.post.lon <= Math.min(...items.map((i) => i.post.lon)) ? "left" : "right");

