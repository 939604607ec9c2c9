/** The panel: tabs everywhere; on phones a sheet over the map with three heights. */

import { html, t } from "./data.js";

const HEIGHTS = ["peek", "half", "full"];
const TAP_PX = 6; // pixels within which a drag is a tap

export class Sheet {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    this.handle = panel.querySelector(".sheet-handle");
    this.detail = panel.querySelector("[data-detail]");
    this.narrow = matchMedia("(max-width: 48rem)");
    this.set("peek");
    this.makeTabs();
    this.listen();
  }

  /** @returns {boolean} whether the panel is a sheet just now */
  get small() {
    return this.narrow.matches;
  }

  /** @returns {number} pixels of the map that the sheet covers, at most half of it */
  covers() {
    const available = this.panel.parentElement.getBoundingClientRect().height;
    return this.small ? Math.min(this.panel.getBoundingClientRect().height, available / 2) : 0;
  }

  /** @param {"peek"|"half"|"full"} height */
  set(height) {
    this.height = height;
    this.panel.dataset.height = height;
    this.panel.style.removeProperty("block-size");
    this.handle.setAttribute("aria-label", t(`sheet.${height}`));
    this.handle.setAttribute("aria-expanded", String(height !== "peek"));
  }

  listen() {
    const { handle, panel } = this;
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.step(step);
    });
    handle.addEventListener("click", (event) => {
      if (event.detail === 0 || !this.dragged) this.set(HEIGHTS[(HEIGHTS.indexOf(this.height) + 1) % 3]);
    });
    for (const grip of panel.querySelectorAll("[data-grip]")) this.drag(grip);
  }

  step(by) {
    this.set(HEIGHTS[Math.min(2, Math.max(0, HEIGHTS.indexOf(this.height) + by))]);
  }

  drag(grip) {
    const { panel } = this;
    grip.addEventListener("pointerdown", (down) => {
      if (!this.small || down.button) return;
      const start = panel.getBoundingClientRect().height;
      this.dragged = false;
      const move = (event) => {
        const by = down.clientY - event.clientY;
        if (!this.dragged && Math.abs(by) < TAP_PX) return;
        this.dragged = true;
        panel.dataset.dragging = "";
        panel.style.setProperty("block-size", `${Math.max(64, start + by)}px`);
      };
      const up = (event) => {
        removeEventListener("pointermove", move);
        removeEventListener("pointerup", up);
        removeEventListener("pointercancel", up);
        delete panel.dataset.dragging;
        if (this.dragged) this.settle(start, down.clientY - event.clientY);
      };
      addEventListener("pointermove", move);
      addEventListener("pointerup", up);
      addEventListener("pointercancel", up);
    });
  }

  /* The height nearest to where the finger let go; a short flick goes one step. */
  settle(start, by) {
    const available = this.panel.parentElement.getBoundingClientRect().height;
    const sizes = { peek: 0.18 * available, half: 0.5 * available, full: 0.95 * available };
    const near = HEIGHTS.reduce((a, b) => (Math.abs(sizes[b] - start - by) < Math.abs(sizes[a] - start - by) ? b : a));
    if (near === this.height && Math.abs(by) > 40) this.step(Math.sign(by));
    else this.set(near);
  }

  makeTabs() {
    const links = [...this.panel.querySelectorAll(".panel-tabs a")];
    const bodies = links.map((link) => document.getElementById(link.hash.slice(1)));
    const list = this.panel.querySelector(".panel-tabs");
    list.setAttribute("role", "tablist");
    const choose = (i, focus) => {
      links.forEach((link, j) => {
        link.setAttribute("aria-selected", String(i === j));
        link.tabIndex = i === j ? 0 : -1;
        bodies[j].hidden = i !== j;
      });
      if (focus) links[i].focus();
      this.panel.querySelector(".panel-scroll").scrollTop = 0;
      if (this.small && this.height === "peek" && focus !== undefined) this.set("half");
    };
    links.forEach((link, i) => {
      link.setAttribute("role", "tab");
      link.id = `tab-${bodies[i].id}`;
      link.setAttribute("aria-controls", bodies[i].id);
      bodies[i].setAttribute("role", "tabpanel");
      bodies[i].setAttribute("aria-labelledby", link.id);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        choose(i, false);
      });
      link.addEventListener("keydown", (event) => {
        const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
        const on = back === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
        const step = { [on]: 1, [back]: -1 }[event.key];
        if (step) choose((i + step + links.length) % links.length, true);
      });
    });
    this.chooseTab = (id) => choose(bodies.findIndex((body) => body.id === id));
    choose(0);
  }

  /** Put one thing's reports in place of the list. @param {HTMLElement} node @param {() => void} close */
  showDetail(node, close) {
    const back = html("button", { type: "button", class: "button button-quiet detail-back" }, t("popup.back"));
    back.addEventListener("click", close);
    this.detail.replaceChildren(back, node);
    this.detail.hidden = false;
    this.panel.dataset.detail = "";
    this.panel.querySelector(".panel-scroll").scrollTop = 0;
    if (this.small && this.height === "peek") this.set("half");
  }

  hideDetail() {
    this.detail.hidden = true;
    this.detail.replaceChildren();
    delete this.panel.dataset.detail;
  }
}
