/** The filters: a plain form that works by itself; with scripts it changes the page in place. */

const TYPING = 400; // ms of quiet before a typed word is searched
const DAY = "on"; // narrows nothing, so it is no filter

export class Filters {
  /**
   * @param {HTMLFormElement} form @param {import("./address.js").Parameter[]} parameters
   * @param {(changes: Record<string, string|null>) => void} apply
   */
  constructor(form, parameters, apply) {
    const narrowing = parameters.filter(({ name, role }) => role === "filter" || (role === "time" && name !== DAY));
    this.names = narrowing.map(({ name }) => name);
    this.lists = narrowing.filter(({ name }) => form.querySelector(`input[type=checkbox][name="${name}"]`));
    this.singles = narrowing.filter(({ name }) => form.querySelector(`select[name="${name}"], .field input[name="${name}"]`));
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
      this.apply(Object.fromEntries(this.names.map((name) => [name, null])));
    });
  }

  /** What the form asks for, as parameters; null for what is not narrowed. */
  read() {
    const changes = {};
    for (const { name, sorted, allIsNone } of this.lists) {
      const boxes = this.boxes(name);
      const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
      if (sorted) ticked.sort();
      const all = allIsNone && ticked.length === boxes.length;
      changes[name] = all || !ticked.length ? null : ticked.join(",");
    }
    for (const { name, default: usual } of this.singles) {
      const field = this.form.elements.namedItem(name);
      const value = field.value.trim().replace(/\s+/g, " ");
      const unusable = field.type === "number" && !/^\d{1,5}$/.test(value);
      changes[name] = !value || value === usual || unusable ? null : value;
    }
    return changes;
  }

  boxes(name) {
    return [...this.form.querySelectorAll(`input[name="${name}"]`)].filter((box) => box.type === "checkbox");
  }

  send() {
    clearTimeout(this.timer);
    if (!this.form.checkValidity()) return;
    this.apply(this.read());
  }

  /** Set the form to an address. @param {import("./address.js").Address} address */
  show(address) {
    for (const { name, allIsNone } of this.lists) {
      const chosen = address.get(name)?.split(",") ?? null;
      for (const box of this.boxes(name)) box.checked = chosen ? chosen.includes(box.value) : allIsNone;
    }
    for (const { name, default: usual } of this.singles) {
      const field = this.form.elements.namedItem(name);
      if (field !== document.activeElement) field.value = address.get(name) ?? usual;
    }
    this.mark(address);
  }

  /** How many filters are on, beside the tab's name. @param {import("./address.js").Address} address */
  mark(address) {
    const on = this.names.filter((name) => address.get(name) !== null).length;
    for (const element of document.querySelectorAll("[data-filters-on]")) {
      element.textContent = on ? String(on) : "";
      element.hidden = !on;
    }
    const reset = this.form.querySelector("[data-reset]");
    if (reset) reset.hidden = !on;
  }
}
