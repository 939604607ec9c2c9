/**
 * Names on the map that do not run into each other: each takes the first free place around its point, in
 * order of importance, or is hidden. Marks are obstacles.
 */

/* global L */
import { html } from "./data.js";

const SIDES = {
  right: (w, h, gap) => [gap, -h / 2],
  left: (w, h, gap) => [-w - gap, -h / 2],
  below: (w, h, gap) => [-w / 2, gap],
  above: (w, h, gap) => [-w / 2, -h - gap],
  middle: (w, h) => [-w / 2, -h / 2],
};

/**
 * @typedef {object} Label
 * @property {number} lat @property {number} lon @property {string} text
 * @property {string} kind class name, as in "town"
 * @property {number} rank lower is placed first
 * @property {string[]} sides which to try, in order
 * @property {number} [gap] pixels from the point @property {number} [from] first zoom @property {number} [to] last
 * @property {string} [lang]
 */

export class Labels {
  /** @param {L.Map} map @param {() => {x: number, y: number, r: number}[]} obstacles in layer points */
  constructor(map, obstacles = () => []) {
    this.map = map;
    this.obstacles = obstacles;
    this.labels = [];
    if (!map.getPane("labels")) map.createPane("labels").classList.add("labels-pane");
    map.on("zoomend moveend resize overlayadd overlayremove", () => this.scheduleLayout());
  }

  /** @param {L.LayerGroup} group that the label comes and goes with @param {Label} label @returns {Label} */
  add(group, label) {
    const text = html("span", label.lang ? { lang: label.lang } : {});
    text.dir = "auto";
    text.textContent = label.text;
    const marker = L.marker([label.lat, label.lon], {
      pane: "labels", interactive: false, keyboard: false,
      icon: L.divIcon({ className: `label label-${label.kind} waiting`, html: text, iconSize: null }),
    });
    group.addLayer(marker);
    Object.assign(label, { marker, group, text });
    this.labels.push(label);
    this.scheduleLayout();
    return label;
  }

  /** Move a label's point. @param {Label} label @param {L.LatLng} place */
  move(label, place) {
    label.marker.setLatLng(place);
    this.scheduleLayout();
  }

  /** Take away all labels of a kind. @param {string} kind */
  clear(kind) {
    for (const label of this.labels) if (label.kind === kind) label.group.removeLayer(label.marker);
    this.labels = this.labels.filter((label) => label.kind !== kind);
  }

  scheduleLayout() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.layout();
    });
  }

  /** Give every label its place, or hide it. */
  layout() {
    const zoom = this.map.getZoom();
    const taken = this.obstacles().map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
    this.labels.sort((a, b) => a.rank - b.rank);
    for (const label of this.labels) {
      const element = label.marker.getElement();
      if (!element) continue;
      const wanted = !label.hidden && zoom >= (label.from ?? 0) && zoom <= (label.to ?? 99);
      const free = wanted && this.freePlace(label, element, taken);
      element.classList.toggle("waiting", !free);
      if (!free) continue;
      taken.push(free.box);
      label.text.style.transform = `translate(${free.dx}px, ${free.dy}px)`;
    }
  }

  freePlace(label, element, taken) {
    label.size ??= [label.text.offsetWidth, label.text.offsetHeight];
    const [w, h] = label.size;
    const { x, y } = this.map.latLngToLayerPoint(label.marker.getLatLng());
    const places = label.sides.map((side) => {
      const [dx, dy] = SIDES[side](w, h, label.gap ?? 5).map(Math.round);
      const box = [x + dx - 2, y + dy, x + dx + w + 2, y + dy + h];
      const dot = label.kind.startsWith("town") ? [x - 3, y - 3, x + 3, y + 3] : box;
      return { dx, dy, box, dot };
    });
    const free = places.filter(({ box, dot }) => !taken.some((other) => overlap(box, other) || overlap(dot, other)));
    return free.find(({ box }) => this.inView(box)) ?? free[0] ?? null;
  }

  /* Whether a box would be read whole; a name half outside the map tries its other sides first. */
  inView([x1, y1, x2, y2]) {
    const { x, y } = this.map.layerPointToContainerPoint([0, 0]);
    const size = this.map.getSize();
    return x1 + x >= 0 && y1 + y >= 0 && x2 + x <= size.x && y2 + y <= size.y;
  }
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
