/** What is reported of a post, a site or a strike: beside its mark, or in the sheet on phones. */

/* global L */
import { html, nodesOf, say } from "./data.js";
import { enableCopying } from "./page.js";

const SETTLE = 250; // ms that the day must rest before an open popup is fetched again

export class Popup {
  /**
   * @param {L.Map} map
   * @param {{url: (kind: string, id: string) => string, find: Function, small: () => boolean,
   *   sheet: object, changed: (show: string|null) => void}} page
   */
  constructor(map, page) {
    Object.assign(this, { map, page, shown: null, cache: new Map() });
    this.bubble = L.popup({ minWidth: 280, maxWidth: 380, maxHeight: 420, className: "reports", autoPanPadding: [24, 24] });
    map.on("popupclose", () => !this.moving && this.closed());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /* Escape closes it wherever the focus is, unless that has a use of its own for it. */
  key(event) {
    if (event.key !== "Escape" || !this.shown || event.defaultPrevented) return;
    if (event.target.matches?.("input, select, textarea") || document.querySelector(":popover-open")) return;
    event.preventDefault();
    this.close();
  }

  /** Open one. @param {string} kind @param {string} id @param {{silent?: boolean}} [options] */
  open(kind, id, { silent = false } = {}) {
    const found = this.page.find(kind, id);
    this.opener = silent ? null : document.activeElement;
    this.shown = { kind, id };
    this.node = html("article", { class: "report-popup", tabindex: "-1" });
    this.node.dir = document.documentElement.dir;
    this.inSheet = this.page.small() || !found;
    this.moving = true;
    if (this.inSheet) {
      this.map.closePopup();
      this.page.sheet.showDetail(this.node, () => this.close());
      if (found && this.page.small()) this.reveal(found.marker);
    } else {
      this.page.sheet.hideDetail();
      const lift = kind === "post" ? -14 : -8;
      this.bubble.options.offset = L.point(0, lift);
      this.bubble.options.maxWidth = Math.min(kind === "strike" ? 560 : 380, this.map.getSize().x - 60);
      this.bubble.setLatLng(found.marker.getLatLng()).setContent(this.node).openOn(this.map);
    }
    this.moving = false;
    this.page.changed(`${kind}.${id}`);
    this.highlight();
    return this.fill({ focus: !silent });
  }

  /** Keep the mark in what the sheet leaves of the map, once the sheet stands. @param {L.Marker} marker */
  reveal(marker) {
    setTimeout(() => this.map.panInside(marker.getLatLng(), {
      paddingTopLeft: [40, 60], paddingBottomRight: [60, this.page.sheet.covers() + 40],
    }), SETTLE);
  }

  async fill({ focus = false } = {}) {
    const { node } = this;
    const { kind, id } = this.shown;
    const url = this.page.url(kind, id);
    if (!this.cache.has(url)) this.say(node, "loading", say("popup.loading"));
    try {
      const text = this.cache.get(url) ?? await this.fetch(url);
      if (node !== this.node) return;
      node.replaceChildren(...nodesOf(text));
      enableCopying(node);
    } catch {
      if (node !== this.node) return;
      this.say(node, "failed", say("error.popup"));
      const retry = html("button", { type: "button", class: "button button-quiet" }, say("retry"));
      retry.addEventListener("click", (event) => {
        event.stopPropagation(); // Leaflet would look for the button, find it gone and take this for a click on the map
        this.fill({ focus: true });
      });
      node.append(retry);
    }
    if (!this.inSheet) this.bubble.update();
    if (focus) node.focus({ preventScroll: true });
  }

  async fetch(url) {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(say("error.answer", { status: answer.status }));
    const text = await answer.text();
    if (this.cache.size > 60) this.cache.clear();
    this.cache.set(url, text);
    return text;
  }

  say(node, state, text) {
    node.replaceChildren(html("p", { class: `popup-${state}`, role: "status" }, text));
  }

  /** The day moved: follow it once it rests, or go if the thing is no longer shown. */
  dayChanged() {
    if (!this.shown) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.shown) return;
      const found = this.page.find(this.shown.kind, this.shown.id);
      if (found && !this.inSheet) this.bubble.setLatLng(found.marker.getLatLng());
      if (!found && !this.inSheet) this.close();
      else this.fill();
    }, SETTLE);
  }

  /** Filters or edition changed: what was fetched may no longer hold. */
  forget() {
    this.cache.clear();
  }

  close() {
    if (this.inSheet) this.closed();
    else this.map.closePopup();
  }

  closed() {
    if (!this.shown) return;
    this.shown = null;
    this.node = null;
    this.page.sheet.hideDetail();
    this.page.changed(null);
    this.highlight();
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
    this.opener = null;
  }

  /** Point from the popup to its line in the list. */
  highlight() {
    for (const old of document.querySelectorAll("[data-shown]")) delete old.dataset.shown;
    if (!this.shown) return;
    const row = document.getElementById(`${this.shown.kind}-${this.shown.id}`);
    if (!row) return;
    row.dataset.shown = "";
    if (!this.inSheet) row.scrollIntoView({ block: "nearest" });
  }
}
