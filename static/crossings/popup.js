/** What is reported of a post, a site or a strike: beside its mark, or in the sheet on phones. */

/* global L */
import { html, nodesOf, t } from "./data.js";
import { enableCopying } from "./page.js";

const SETTLE_MS = 250; // ms that the day must rest before an open popup is fetched again

export class Popup {
  /**
   * @param {L.Map} map
   * @param {{url: (kind: string, id: string) => string, find: Function, small: () => boolean,
   *   sheet: object, onChange: (show: string|null) => void}} page
   */
  constructor(map, page) {
    Object.assign(this, { map, page, shown: null, cache: new Map() });
    this.popup = L.popup({ minWidth: 280, maxWidth: 380, maxHeight: 420, className: "reports", autoPanPadding: [24, 24] });
    map.on("popupclose", () => !this.switching && this.onClosed());
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  /* Escape closes it wherever the focus is, unless that has a use of its own for it. */
  onKey(event) {
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
    this.switching = true;
    if (this.inSheet) {
      this.map.closePopup();
      this.page.sheet.showDetail(this.node, () => this.close());
      if (found && this.page.small()) this.reveal(found.marker);
    } else {
      this.page.sheet.hideDetail();
      const offset = kind === "post" ? -14 : -8;
      this.popup.options.offset = L.point(0, offset);
      this.popup.options.maxWidth = Math.min(kind === "strike" ? 560 : 380, this.map.getSize().x - 60);
      this.popup.setLatLng(found.marker.getLatLng()).setContent(this.node).openOn(this.map);
    }
    this.switching = false;
    this.page.onChange(`${kind}.${id}`);
    this.highlight();
    return this.fill({ focus: !silent });
  }

  /**
   * Keep the mark in the part of the map that the sheet leaves free, once the sheet has its height.
   * @param {L.Marker} marker
   */
  reveal(marker) {
    setTimeout(() => this.map.panInside(marker.getLatLng(), {
      paddingTopLeft: [40, 60], paddingBottomRight: [60, this.page.sheet.covers() + 40],
    }), SETTLE_MS);
  }

  async fill({ focus = false } = {}) {
    const { node } = this;
    const { kind, id } = this.shown;
    const url = this.page.url(kind, id);
    if (!this.cache.has(url)) this.showStatus(node, "loading", t("popup.loading"));
    try {
      const text = this.cache.get(url) ?? await this.fetch(url);
      if (node !== this.node) return;
      node.replaceChildren(...nodesOf(text));
      enableCopying(node);
    } catch {
      if (node !== this.node) return;
      this.showStatus(node, "failed", t("error.popup"));
      const retry = html("button", { type: "button", class: "button button-quiet" }, t("retry"));
      retry.addEventListener("click", (event) => {
        event.stopPropagation(); // Leaflet would look for the button, find it gone and take this for a click on the map
        this.fill({ focus: true });
      });
      node.append(retry);
    }
    if (!this.inSheet) this.popup.update();
    if (focus) node.focus({ preventScroll: true });
  }

  async fetch(url) {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(t("error.answer", { status: answer.status }));
    const text = await answer.text();
    if (this.cache.size > 60) this.cache.clear();
    this.cache.set(url, text);
    return text;
  }

  showStatus(node, state, text) {
    node.replaceChildren(html("p", { class: `popup-${state}`, role: "status" }, text));
  }

  /** The day moved: fetch again once it rests, or close if the thing is no longer shown. */
  dayChanged() {
    if (!this.shown) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.shown) return;
      const found = this.page.find(this.shown.kind, this.shown.id);
      if (found && !this.inSheet) this.popup.setLatLng(found.marker.getLatLng());
      if (!found && !this.inSheet) this.close();
      else this.fill();
    }, SETTLE_MS);
  }

  /** Filters or edition changed: what was fetched may no longer hold. */
  clearCache() {
    this.cache.clear();
  }

  close() {
    if (this.inSheet) this.onClosed();
    else this.map.closePopup();
  }

  onClosed() {
    if (!this.shown) return;
    this.shown = null;
    this.node = null;
    this.page.sheet.hideDetail();
    this.page.onChange(null);
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
