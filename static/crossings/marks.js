/**
 * The marks of posts as SVG. Who: colour and letter. How sure: fill and edge. Passing or not: the shape of
 * a badge. Never colour alone.
 */

import { svg, toNumber } from "./data.js";

const R = 14; // of a disc
const GAP = 1.25; // half the gap between two halves of one disc
const YEAR = 365;

const OUTLINES = {
  whole: `M0 ${-R}A${R} ${R} 0 1 1 0 ${R}A${R} ${R} 0 1 1 0 ${-R}Z`,
  left: `M${-GAP} ${-R}A${R} ${R} 0 0 0 ${-GAP} ${R}Z`,
  right: `M${GAP} ${-R}A${R} ${R} 0 0 1 ${GAP} ${R}Z`,
};

/**
 * How opaque a value is that was carried forward: 0.85 on the first day, 0.3 after a year.
 * @param {string|null} since last reported day @param {string} day
 */
export function fading(since, day) {
  if (!since) return 0.6;
  const age = Math.min(Math.max(toNumber(day) - toNumber(since), 0), YEAR);
  return 0.85 - (0.55 * age) / YEAR;
}

/** Dark or light ink for a colour, whichever contrasts more (as the server's ink_on). @param {string} colour */
export function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(colour.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#111417" : "#ffffff";
}

/**
 * One post: a disc, or the half of one.
 * @param {object|null} control of the segment @param {object|null} status of the segment: null is not shown
 * @param {Record<string, {colour: string, letter: string}>} forces
 * @param {{part?: "whole"|"left"|"right", day: string}} options
 * @returns {SVGElement} 44 by 44, the disc's centre in the middle (whole) or on the inner edge (halves)
 */
export function postMark(control, status, forces, { part = "whole", day }) {
  const shift = { whole: -22, left: -44, right: 0 }[part];
  const mark = svg("svg", {
    class: control ? `mark level-${control.level}${control.stale ? " stale" : ""}` : "mark level-hidden",
    viewBox: `${shift} -22 44 44`, width: 44, height: 44, "aria-hidden": "true", focusable: "false",
  });
  const middle = { whole: 0, left: -R / 2 - 0.4, right: R / 2 + 0.4 }[part];
  mark.append(svg("path", { class: "mark-ground", d: OUTLINES[part] }));
  if (!control) mark.append(svg("path", { class: "mark-edge", d: OUTLINES[part] }));
  else if (control.level === "unknown") mark.append(...unknownFace(part, middle));
  else mark.append(...face(control, forces, part, middle, day));
  const badge = status && statusBadge(status.shape, status.level);
  if (badge) {
    badge.setAttribute("transform", `translate(${part === "left" ? -12.5 : 12.5} 12)`);
    mark.append(badge);
  }
  return mark;
}

function unknownFace(part, middle) {
  return [svg("path", { class: "mark-edge", d: OUTLINES[part] }), letter("?", middle, null)];
}

/* The forces whose colours are shown: one for a value, several for values that clash or forces that share a post. */
function shownForces(control, forces) {
  const groups = control.holders.length ? [control.holders] : control.claims;
  const slugs = [...new Set(groups.flat())].filter((slug) => forces[slug]);
  return slugs.map((slug) => forces[slug]);
}

/** The letters that stand on the mark, from top to bottom; empty where there is none or a question mark. */
export function lettersOn(control, forces) {
  if (!control || control.level === "unknown") return "";
  return shownForces(control, forces).slice(0, 2).map((force) => force.letter).join(" ");
}

function face(control, forces, part, middle, day) {
  const held = shownForces(control, forces);
  if (!held.length) return unknownFace(part, middle);
  const striped = control.holders.length === 0;
  const edge = svg("path", { class: "mark-edge", d: OUTLINES[part] });
  if (control.stale) {
    edge.setAttribute("stroke", held[0].colour);
    edge.classList.add("mark-edge-own");
    return [edge, ...(held.length > 1 ? stacked(held, middle) : [letter(held[0].letter, middle, null)])];
  }
  const opacity = { carried: fading(control.since, day), possible: 0.5 }[control.level] ?? 1;
  const fill = striped ? stripes(held, part, opacity) : slices(held, part, opacity);
  if (held.length > 1) return [fill, edge, ...stacked(held, middle)];
  return [fill, edge, letter(held[0].letter, middle, opacity > 0.8 && !striped ? inkOn(held[0].colour) : null)];
}

/* Several letters: one above the other, where half a disc is wide enough. They are words of their own. */
function stacked(held, middle) {
  return held.slice(0, 2).flatMap((force, i) => {
    const text = letter(force.letter, middle, null);
    text.setAttribute("y", i ? 6 : -5);
    text.classList.add("mark-letter-small");
    return i ? [" ", text] : [text];
  });
}

/* Forces that hold a post together: one above the other, as left and right are the two posts. */
function slices(held, part, opacity) {
  const height = (2 * R) / held.length;
  return clipped(part, held.map((force, i) => svg("rect", {
    x: -R, y: -R + i * height, width: 2 * R, height: height + 0.05, fill: force.colour, "fill-opacity": opacity,
  })));
}

/* Values that clash: diagonal bands of the claimed colours. */
function stripes(held, part, opacity) {
  const bands = [];
  const colour = (i) => (held.length > 1 ? held[i % held.length].colour : i % 2 ? null : held[0].colour);
  for (let i = 0; i < 12; i += 1) {
    const x = -42 + i * 7;
    if (colour(i)) bands.push(svg("path", {
      d: `M${x} ${R}l${2 * R} ${-2 * R}h7l${-2 * R} ${2 * R}z`, fill: colour(i), "fill-opacity": opacity,
    }));
  }
  return clipped(part, bands);
}

let clips = 0;

function clipped(part, children) {
  const id = `mark-clip-${(clips += 1)}`;
  const clip = svg("clipPath", { id }, svg("path", { d: OUTLINES[part] }));
  return svg("g", { class: "mark-fill" }, clip, svg("g", { "clip-path": `url(#${id})` }, ...children));
}

function letter(text, x, ink) {
  const element = svg("text", { class: "mark-letter", x, y: 0.5 });
  element.textContent = text;
  if (ink) element.setAttribute("fill", ink);
  else element.classList.add("mark-letter-halo");
  return element;
}

const BADGES = {
  open: () => [svg("circle", { r: 3.6, class: "badge-line" })],
  limited: () => [svg("path", { d: "M0 -4.4L4.4 3.4H-4.4Z", class: "badge-line" })],
  closed: () => [svg("rect", { x: -4.2, y: -4.2, width: 8.4, height: 8.4, class: "badge-fill" }),
    svg("path", { d: "M-2.4 0H2.4", class: "badge-cut" })],
  impassable: () => [svg("path", { d: "M-3.8 -3.8L3.8 3.8M3.8 -3.8L-3.8 3.8", class: "badge-line badge-heavy" })],
  mixed: () => [svg("circle", { r: 3.8, class: "badge-line" }),
    svg("path", { d: "M0 -3.8A3.8 3.8 0 0 0 0 3.8Z", class: "badge-fill" })],
  disputed: () => [svg("path", { d: "M-4 -1.8H4M-4 1.8H4M2.6 -4.4L-2.6 4.4", class: "badge-line" })],
};

/**
 * The badge of a status, or null where nothing is known of it.
 * @param {string} shape @param {string} level dashed ground unless stated or between two reports
 * @returns {SVGElement|null}
 */
export function statusBadge(shape, level) {
  if (!BADGES[shape]) return null;
  const sure = level === "stated" || level === "between";
  return svg("g", { class: `mark-badge badge-${shape}${sure ? "" : " badge-unsure"}` },
    svg("circle", { r: 7.5, class: "badge-ground" }), ...BADGES[shape]());
}

/** A strike: a burst, solid where its day is known, hollow where only the month is. @param {object} strike */
export function strikeMark(strike) {
  const points = [];
  for (let i = 0; i < 16; i += 1) {
    const r = i % 2 ? 4.6 : 10.5;
    const angle = (Math.PI * i) / 8;
    points.push(`${(r * Math.sin(angle)).toFixed(2)},${(-r * Math.cos(angle)).toFixed(2)}`);
  }
  const vague = strike.min !== strike.max;
  return svg("svg", {
    class: `mark strike-mark grade-${strike.grade}${vague ? " vague" : ""}`, viewBox: "-22 -22 44 44",
    width: 44, height: 44, "aria-hidden": "true", focusable: "false",
  }, svg("polygon", { points: points.join(" ") }));
}

/** A site: a small diamond; a hollow one where its place is only roughly known. @param {object} site */
export function siteMark(site) {
  return svg("svg", {
    class: `mark site-mark kind-${site.kind}${site.radius >= 2000 ? " rough" : ""}`, viewBox: "-22 -22 44 44",
    width: 44, height: 44, "aria-hidden": "true", focusable: "false",
  }, svg("rect", { x: -4.5, y: -4.5, width: 9, height: 9, transform: "rotate(45)" }));
}
