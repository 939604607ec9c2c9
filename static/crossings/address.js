/** The address bar holds the whole state; its query is written as the server writes it (canonical). */

const ORDER = [
  "region", "on", "days", "from", "edition", "sources", "kinds", "holder", "accused", "target",
  "status", "precision", "grade", "q", "bbox", "show", "view", "tiles",
];
const HELD_BACK = 110; // ms between writes: browsers refuse more than about 100 in 10 s

/** Percent-encode as the server does: blanks become +, and , / : stay readable. */
function encode(text) {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+")
    .replace(/%2C/g, ",")
    .replace(/%2F/g, "/")
    .replace(/%3A/g, ":");
}

export class Address {
  /** @param {string} page path of this page @param {string} query canonical query of the page as served */
  constructor(page, query) {
    this.page = page;
    this.params = new Map(new URLSearchParams(query));
    this.timer = 0;
    this.last = 0;
  }

  /** @param {string} name @returns {string|null} */
  get(name) {
    return this.params.get(name) ?? null;
  }

  /** Change parameters; null or "" takes one out. @param {Record<string, string|null>} changes */
  set(changes) {
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") this.params.delete(name);
      else this.params.set(name, String(value));
    }
  }

  /**
   * The canonical query. @param {{without?: string[], extra?: Record<string, string|number>}} [options]
   * @returns {string} without "?"
   */
  query({ without = [], extra = {} } = {}) {
    const all = new Map([...this.params, ...Object.entries(extra)]);
    return ORDER.filter((name) => all.has(name) && !without.includes(name))
      .map((name) => `${name}=${encode(all.get(name))}`)
      .join("&");
  }

  /** What data depends on: the filters, without the day and the view. */
  filters() {
    return this.query({ without: ["on", "days", "from", "show", "view", "tiles"] });
  }

  /** @returns {string} this page's address with the current query */
  href(extra = {}) {
    const query = this.query({ extra });
    return this.page + (query ? `?${query}` : "");
  }

  /** Write the address soon, replacing the current entry; never more often than browsers allow. */
  replace() {
    if (this.timer) return;
    const wait = Math.max(0, this.last + HELD_BACK - performance.now());
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.last = performance.now();
      history.replaceState(null, "", this.href());
    }, wait);
  }

  /** Write the address as a new entry: going back undoes it. */
  push() {
    clearTimeout(this.timer);
    this.timer = 0;
    history.pushState(null, "", this.href());
  }
}
