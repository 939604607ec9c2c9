/** The filters: a plain form that works by itself; with scripts it changes the page in place. */

const TYPING = 400; // ms of quiet before a typed word is searched
const LISTS = ["sources", "kinds", "status", "grade"];
const ALL_IS_NONE = ["sources", "kinds"]; // every box ticked says the same as none
const SINGLES = ["holder", "accused", "target", "precision", "q", "days"];

export class Filters {
  /** @param {HTMLFormElement} form @param {(changes: Record<string, string|null>) => void} apply */
  constructor(form, apply) {
    Object.assign(this, { form, apply });
    for (const element of form.querySelectorAll("[data-without-script]")) element.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    form.addEventListener("input", (event) => {
      clearTimeout(this.timer);
      const typed = event.target.matches("input[type=search], input[type=number]");
      this.timer = setTimeout(() => this.send(), typed ? TYPING : 0);
    });
    form.addEventListener("click", (event) => {
      if (!event.target.closest("[data-reset]")) return;
      event.preventDefault();
      this.apply(Object.fromEntries([...LISTS, ...SINGLES, "from", "bbox"].map((name) => [name, null])));
    });
  }

  /** What the form asks for, as parameters; null for what is not narrowed. */
  read() {
    const changes = {};
    for (const name of LISTS) {
      const boxes = [...this.form.querySelectorAll(`input[name="${name}"]`)];
      const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
      const all = ALL_IS_NONE.includes(name) && ticked.length === boxes.length;
      if (name === "sources") ticked.sort();
      changes[name] = all || !ticked.length ? null : ticked.join(",");
    }
    for (const name of SINGLES) {
      const field = this.form.elements.namedItem(name);
      if (!field) continue;
      const value = field.multiple
        ? [...field.selectedOptions].map((option) => option.value).sort().join(",")
        : field.value.trim().replace(/\s+/g, " ");
      changes[name] = value || null;
    }
    if (changes.days === "30" || !/^\d{1,5}$/.test(changes.days ?? "")) changes.days = null;
    return changes;
  }

  send() {
    clearTimeout(this.timer);
    if (!this.form.checkValidity()) return;
    this.apply(this.read());
  }

  /** Set the form to an address. @param {import("./address.js").Address} address */
  show(address) {
    for (const name of LISTS) {
      const chosen = address.get(name)?.split(",") ?? null;
      for (const box of this.form.querySelectorAll(`input[name="${name}"]`)) {
        box.checked = chosen ? chosen.includes(box.value) : ALL_IS_NONE.includes(name);
      }
    }
    for (const name of SINGLES) {
      const field = this.form.elements.namedItem(name);
      if (!field || field === document.activeElement) continue;
      const value = address.get(name) ?? (name === "days" ? "30" : "");
      if (field.multiple) for (const o of field.options) o.selected = value.split(",").includes(o.value);
      else field.value = value;
    }
    this.mark(address);
  }

  /** How many filters are on, beside the tab's name. @param {import("./address.js").Address} address */
  mark(address) {
    const on = [...LISTS, ...SINGLES, "from", "bbox"].filter((name) => address.get(name) !== null).length;
    for (const element of document.querySelectorAll("[data-filters-on]")) {
      element.textContent = on ? String(on) : "";
      element.hidden = !on;
    }
    const reset = this.form.querySelector("[data-reset]");
    if (reset) reset.hidden = !on;
  }
}
