/**
 * The basemap: land, borders, rivers, frontier, names. Usable by itself:
 *
 *   addBasemap(map, { countries: "/basemap/countries.json", … });
 *
 * Colours come from tokens.css and map.css, so that it follows light and dark.
 */

/* global L */
import { getJson } from "./data.js";
import { Labels } from "./labels.js";

const PANES = { "base-land": 210, "base-water": 220, "base-lines": 230, "base-frontier": 240 };
const WORLD_LINES_TO = 6; // zoom: borders beyond the region are up to 31 km off, some 20 pixels there
const WORLD_NAMES_TO = 4; // zoom: closer in, the names of the region are shown

/** Layers in the order they are drawn, and which files each needs. */
const FILES = {
  land: ["world", "countries", "lakes"],
  borders: ["borders", "labels"],
  rivers: ["rivers"],
  frontier: [], // every file whose name begins with "frontier"
  towns: ["towns"],
};

export const KINDS = Object.keys(FILES);

const filesOf = (kind, urls) =>
  (kind === "frontier" ? Object.keys(urls).filter((name) => name.startsWith("frontier")) : FILES[kind] ?? [])
    .filter((name) => urls[name]);

const fetched = new Map();

/** Start fetching what a layer needs; the same file is asked for once. @param {string} kind */
export function preload(kind, urls) {
  return filesOf(kind, urls).map((name) => {
    if (!fetched.has(name)) fetched.set(name, getJson(urls[name]));
    const promise = fetched.get(name);
    promise.catch(() => fetched.delete(name));
    return promise.then((data) => [name, data]);
  });
}

/**
 * Put the whole basemap on a map.
 * @param {L.Map} map @param {Record<string, string>} urls of the files by name
 * @param {{lang?: string}} [options]
 * @returns {{groups: Record<string, L.LayerGroup>, done: Promise<void>}}
 */
export function addBasemap(map, urls, { lang = document.documentElement.lang } = {}) {
  const groups = Object.fromEntries(KINDS.map((kind) => [kind, L.layerGroup().addTo(map)]));
  const labels = new Labels(map);
  const done = Promise.all(KINDS.map((kind) => fill(kind, groups[kind], map, urls, labels, lang)));
  return { groups, done: done.then(() => undefined) };
}

/**
 * Fill one layer. Rejects when a file does not arrive; what did arrive is drawn.
 * @param {string} kind @param {L.LayerGroup} group already on the map
 * @param {L.Map} map @param {Record<string, string>} urls @param {Labels} labels @param {string} lang
 */
export async function fill(kind, group, map, urls, labels, lang) {
  makePanes(map);
  await Promise.all(preload(kind, urls).map(async (file) => {
    const [name, data] = await file;
    const subject = name === "countries" ? await divided(urls) : null;
    (DRAW[name] ?? DRAW.frontier)(group, data, { map, labels, lang, subject });
  }));
}

function makePanes(map) {
  for (const [name, z] of Object.entries(PANES)) {
    if (map.getPane(name)) continue;
    const pane = map.createPane(name);
    pane.style.zIndex = String(z);
    pane.style.pointerEvents = "none";
  }
}

/** Let online tiles cover our own land and lines; the frontier stays on top. @param {L.Map} map */
export function putUnderTiles(map) {
  makePanes(map);
  for (const name of Object.keys(PANES)) {
    if (name !== "base-frontier") map.getPane(name).style.zIndex = String(PANES[name] - 100);
  }
}

function lines(pane, className, filter) {
  return { pane, interactive: false, filter, style: (f) => ({
    className: `${className}${f.properties.disputed ? " disputed" : ""}`, fill: false, weight: 1,
  }) };
}

function areas(pane, className) {
  const style = (f) => ({ className: className(f), weight: 1, fillOpacity: 1, smoothFactor: 0.7 });
  return { pane, interactive: false, style };
}

/* The countries that a frontier divides are the subject: a little lighter than their neighbours. */
async function divided(urls) {
  const files = await Promise.all(preload("frontier", urls)).catch(() => []);
  const lines = files.flatMap(([, data]) => data.features.map((feature) => feature.properties));
  return new Set(lines.flatMap(({ a, b }) => [a, b]));
}

const DRAW = {
  world(group, data, { map, labels, lang }) {
    const only = (kind) => ({ ...data, features: data.features.filter((f) => f.properties.kind === kind) });
    group.addLayer(L.geoJSON(only("land"), areas("base-land", () => "base-land")));
    upTo(map, WORLD_LINES_TO, group, L.geoJSON(only("border"), lines("base-lines", "base-border")));
    const addNames = () => {
      if (map.getZoom() > WORLD_NAMES_TO) return;
      map.off("zoomend", addNames);
      names(group, only("label"), labels, lang, { kind: "country", rank: 300, to: WORLD_NAMES_TO });
    };
    map.on("zoomend", addNames);
    addNames();
  },
  countries(group, data, { subject }) {
    const className = (f) => (subject.has(f.properties.iso) ? "base-land base-subject" : "base-land");
    group.addLayer(L.geoJSON(data, areas("base-land", className)));
  },
  lakes: (group, data, { map }) => upTo(map, 8, group, L.geoJSON(data, areas("base-water", () => "base-lake"))),
  borders: (group, data) => group.addLayer(L.geoJSON(data, lines("base-lines", "base-border"))),
  labels: (group, data, { labels, lang }) => names(group, data, labels, lang, { kind: "country", rank: 100 }),
  rivers(group, data, { map }) {
    for (const feature of data.features) {
      const line = L.geoJSON(feature, lines("base-water", "base-river"));
      upTo(map, feature.properties.max_zoom ?? 8, group, line);
    }
  },
  frontier(group, data) {
    group.addLayer(L.geoJSON(data, lines("base-frontier", "base-frontier-halo")));
    group.addLayer(L.geoJSON(data, lines("base-frontier", "base-frontier")));
  },
  towns(group, data, { labels, lang }) {
    data.features.forEach((feature, i) => {
      const capital = feature.properties.population > 1500000 ? " label-city" : "";
      name(group, feature, labels, lang, { kind: `town${capital}`, rank: 200 + i / 1000 });
    });
  },
};

/* Rivers and lakes are up to 6 km off: they are hidden where a reader could take them for the real bank; so are
 * the coarse borders of the world. */
function upTo(map, zoom, group, layer) {
  const update = () => {
    if (map.getZoom() <= zoom) group.addLayer(layer);
    else group.removeLayer(layer);
  };
  map.on("zoomend", update);
  update();
}

function names(group, data, labels, lang, options) {
  for (const feature of data.features) name(group, feature, labels, lang, options);
}

function name(group, feature, labels, lang, { kind, rank, to }) {
  const p = feature.properties;
  const [lon, lat] = feature.geometry.coordinates;
  const own = p[`name_${lang}`];
  const town = kind.startsWith("town");
  labels.add(group, {
    lat, lon, text: own || p.name_en, lang: own ? lang : "en", kind, rank,
    sides: town ? ["right", "left", "below", "above"] : ["middle"],
    gap: 6, from: p.min_zoom, to: Math.min(p.max_zoom ?? 99, to ?? 99),
  });
}
