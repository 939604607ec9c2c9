/** The address bar holds the whole state; its query is written as the server writes it (canonical). */

const MIN_INTERVAL = 110; // ms between writes: browsers refuse more than about 100 in 10 s

/** Percent-encode as the server does: blanks become +, and , / : stay readable. */
function encode(text) {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+")
    .replace(/%2C/g, ",")
    .replace(/%2F/g, "/")
    .replace(/%3A/g, ":");
}

/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {"scope"|"time"|"filter"|"view"} role
 * @property {boolean} sorted whether its values stand sorted; those of a fixed choice keep the choice's order
 * @property {boolean} allIsNone whether all values chosen say the same as none
 * @property {string} default what a form shows where the query has none
 */

export class Address {
  /**
   * @param {string} page path of this page @param {string} query canonical query of the page as served
   * @param {Parameter[]} parameters as the server declares them, in the order of the canonical query
   */
  constructor(page, query, parameters) {
    this.page = page;
    this.parameters = parameters;
    this.params = new Map(new URLSearchParams(query));
    this.timer = 0;
    this.last = 0;
  }

  /** @param {string} name @returns {string|null} */
  get(name) {
    return this.params.get(name) ?? null;
  }

  /** The names of the parameters of these roles. @param {...Parameter["role"]} roles */
  names(...roles) {
    return this.parameters.filter(({ role }) => roles.includes(role)).map(({ name }) => name);
  }

  /** @param {string} name @returns {string} what holds where the address does not say */
  defaultOf(name) {
    return this.parameters.find((parameter) => parameter.name === name).default;
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
    return this.parameters.map(({ name }) => name).filter((name) => all.has(name) && !without.includes(name))
      .map((name) => `${name}=${encode(all.get(name))}`)
      .join("&");
  }

  /** What the data of a map depends on: all but the day, the interval of strikes, and the view. */
  filters() {
    return this.query({ without: this.names("time", "view") });
  }

  /** @returns {string} this page's address with the current query */
  href(extra = {}) {
    const query = this.query({ extra });
    return this.page + (query ? `?${query}` : "");
  }

  /** Write the address soon, replacing the current entry; never more often than browsers allow. */
  replace() {
    if (this.timer) return;
    const wait = Math.max(0, this.last + MIN_INTERVAL - performance.now());
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
