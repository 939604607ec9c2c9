/**
 * The map beside the fields of a position: a click fills the fields, typing moves the mark, and a pasted
 * text is read by the server. Without this script the fields still work.
 */

/* global L */
import { addBasemap } from "../basemap.js";

const DECIMALS = 5; // of a click, about a metre

/** @param {HTMLElement} root one position widget */
function start(root) {
  const lon = root.querySelector("[data-position-lon]");
  const lat = root.querySelector("[data-position-lat]");
  const text = root.querySelector("[data-position-text]");
  const status = root.querySelector("[data-position-result]");
  const radius = root.closest("form")?.elements.namedItem(root.dataset.radius);
  const [basemap, around] = [...root.querySelectorAll("script[type='application/json']")]
    .map((element) => JSON.parse(element.textContent));
  const { map, draw } = makeMap(root, basemap);

  const point = () => read(lon, 180) !== null && read(lat, 90) !== null && [read(lat, 90), read(lon, 180)];
  const update = () => draw(point(), Number(radius?.value));
  const look = () => {
    if (point()) map.setView(point(), zoomFor(Number(radius?.value)), { animate: false });
    else if (around) map.fitBounds([[around[1], around[0]], [around[3], around[2]]], { padding: [20, 20], maxZoom: 9 });
    else map.fitWorld();
  };
  const set = (x, y) => {
    lon.value = String(x);
    lat.value = String(y);
    text.value = "";
    update();
  };

  map.on("click", ({ latlng }) => {
    const place = latlng.wrap();
    set(Number(place.lng.toFixed(DECIMALS)), Number(place.lat.toFixed(DECIMALS)));
    status.textContent = "";
  });
  for (const field of [lon, lat, radius]) {
    field?.addEventListener("input", update);
    field?.addEventListener("change", () => point() && !map.getBounds().contains(point()) && look());
  }
  text.addEventListener("change", async () => {
    if (!text.value.trim()) return;
    const answer = await readPosition(root.dataset.reader, text.value);
    if (answer.lon === undefined) {
      status.textContent = answer.error ?? root.dataset.failed;
      text.setAttribute("aria-invalid", String(Boolean(answer.error)));
      return;
    }
    text.removeAttribute("aria-invalid");
    set(answer.lon, answer.lat);
    status.textContent = root.dataset.read.replace("{lon}", answer.lon).replace("{lat}", answer.lat);
    look();
  });
  // Enter reads the text; it does not send a form whose fields it has not filled yet.
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    text.dispatchEvent(new Event("change"));
  });
  look();
  update();
}

/** @param {HTMLInputElement} field @param {number} limit @returns {number | null} degrees */
function read(field, limit) {
  const value = field.value.trim() === "" ? NaN : Number(field.value);
  return Math.abs(value) <= limit ? value : null;
}

/** The zoom at which a circle of this radius in metres fills about a third of the map. */
const zoomFor = (radius) => Math.max(5, Math.min(14, Math.round(22 - Math.log2(Math.max(radius || 1000, 100)))));

async function readPosition(address, text) {
  try {
    const response = await fetch(`${address}?text=${encodeURIComponent(text)}`);
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}

function makeMap(root, basemap) {
  const element = root.querySelector("[data-position-map]");
  const map = L.map(element, { minZoom: 3, maxZoom: 16, worldCopyJump: true, scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution("Natural Earth, GeoNames (CC BY)");
  map.setView([0, 0], 3); // before anything is added: layers ask for the zoom
  addBasemap(map, basemap).done.catch(() => {}); // the fields and the mark do without it
  // One who clicks into the map wants to move in it; one who scrolls past does not.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  new ResizeObserver(() => map.invalidateSize()).observe(element);
  const circle = L.circle([0, 0], { radius: 1, className: "position-circle", interactive: false });
  const dot = L.circleMarker([0, 0], { radius: 7, className: "position-dot", interactive: false });
  const draw = (point, radius) => {
    if (point) dot.setLatLng(point).addTo(map);
    else dot.remove();
    if (point && radius > 0 && radius < 1e7) circle.setLatLng(point).setRadius(radius).addTo(map);
    else circle.remove();
    root.dataset.positionMark = point ? point.join(",") : "";
  };
  return { map, draw };
}

for (const root of document.querySelectorAll("[data-position]")) {
  if (!root.closest(".empty-form")) start(root);
}
