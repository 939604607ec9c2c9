/** Days, texts and what the server sent: pure helpers without a page. */

const DAY_MS = 86400000;

/** @param {string} day "YYYY-MM-DD" @returns {number} days since 1970-01-01 (UTC) */
export const toNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);

/** @param {number} number days since 1970-01-01 @returns {string} "YYYY-MM-DD" */
export const toDay = (number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** @param {string} day @param {number} months @returns {string} the same day of another month, or its last */
export function addMonths(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const length = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, length))).toISOString().slice(0, 10);
}

let messages = {};
let longDate = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
let shortDate = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

/** Set the page's language and its texts. @param {string} lang @param {Record<string, string>} strings */
export function setLocale(lang, strings) {
  messages = strings;
  const tag = lang === "en" ? "en-GB" : lang;
  longDate = new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  shortDate = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/**
 * A text of the page, with its {places} filled in.
 * @param {string} key @param {Record<string, string|number>} [values]
 */
export function t(key, values = {}) {
  const text = messages[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** "1 side", "8 sides": picks key.one or key.other. @param {string} key @param {number} n */
export const count = (key, n) => t(`${key}.${n === 1 ? "one" : "other"}`, { n });

/** @param {string} day @returns {string} "30 September 2019" */
export const formatDate = (day) => longDate.format(new Date(`${day}T00:00:00Z`));

/** @param {string} day @returns {string} "30 Sep 2019" */
export function formatShortDate(day) {
  const parts = shortDate.formatToParts(new Date(`${day}T00:00:00Z`));
  // The server writes "Sep" where this Intl's British English writes "Sept".
  return parts.map(({ type, value }) => (type === "month" && value === "Sept" ? "Sep" : value)).join("");
}

/**
 * The segment of a row that covers a day, or null. Segments are in order and do not overlap.
 * @template {{from: string, to: string}} S
 * @param {S[]} segments @param {string} day @returns {S|null}
 */
export function segmentOn(segments, day) {
  let [low, high] = [0, segments.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment.to < day) low = middle + 1;
    else if (segment.from > day) high = middle - 1;
    else return segment;
  }
  return null;
}

/** The last day in a sorted list before a day, or null. @param {string[]} days @param {string} day */
export const dayBefore = (days, day) => days.findLast((d) => d < day) ?? null;

/** The first day in a sorted list after a day, or null. @param {string[]} days @param {string} day */
export const dayAfter = (days, day) => days.find((d) => d > day) ?? null;

/**
 * Fetch JSON. Rejects with an Error whose message can be shown.
 * @param {string} url @param {AbortSignal} [signal]
 */
export async function getJson(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "application/json" } }).catch((error) => {
    throw error.name === "AbortError" ? error : new Error(t("error.network"));
  });
  if (answer.ok) return answer.json();
  const body = await answer.json().catch(() => ({}));
  throw new Error(body.error || t("error.answer", { status: answer.status }));
}

/**
 * The nodes of a fragment that our own server rendered. Parsed apart: nothing in it runs.
 * @param {string} html @returns {Element[]}
 */
export function nodesOf(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.children].map((node) => document.importNode(node, true));
}

const parsedNodes = new WeakMap();

/**
 * The one element of a segment's html, parsed once and reused whenever that segment is shown again.
 * @param {{html: string}} row @returns {Element[]}
 */
export function cachedNodes(row) {
  if (!parsedNodes.has(row)) parsedNodes.set(row, nodesOf(row.html));
  return parsedNodes.get(row);
}

/** @param {string} name @param {Record<string, string|number>} attributes @returns {SVGElement} */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @param {string} name @param {Record<string, string>} attributes @returns {HTMLElement} */
export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
