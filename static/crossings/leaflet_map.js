/** The Leaflet map itself: its limits, its controls, its basemap and its view. */

/* global L */
import { fill, KINDS, putUnderTiles } from "./basemap.js";
import { t } from "./data.js";
import { showMessage } from "./message.js";

const MIN_ZOOM = 3; // further out there is nothing but the edge of the world
const MAX_ZOOM = 16;
const MAX_FIT_ZOOM = 10; // zoom to which the map goes without being asked

/** Before the map is made: no animation may still run when the view of the address is set. */
export function configureLeaflet() {
  L.Map.mergeOptions({ zoomAnimationThreshold: -1 });
}

/**
 * Limits, controls, and the view of the address.
 * @param {L.Map} map @param {{tiles: object|null, view: string|null}} config
 */
export function prepareMap(map, { tiles, view }) {
  map.options.zoomAnimationThreshold = 4;
  map.options.maxBoundsViscosity = 1;
  if (!tiles) map.options.zoomSnap = 0.25; // pictures of tiles are sharp at whole zooms only
  map.setMinZoom(MIN_ZOOM).setMaxZoom(MAX_ZOOM).setMaxBounds([[-84, -Infinity], [84, Infinity]]);
  map.attributionControl.setPrefix(false).addAttribution(t("attribution"));
  map.zoomControl?.remove();
  L.control.zoom({ position: "topright", zoomInTitle: t("map.zoom_in"), zoomOutTitle: t("map.zoom_out") }).addTo(map);
  document.querySelector(".leaflet-control-layers-toggle")?.setAttribute("aria-label", t("map.layers"));
  const [zoom, lat, lon] = (view ?? "").split("/").map(Number);
  if (view) map.setView([lat, lon], zoom, { animate: false });
}

/**
 * Draw the basemap and, where asked for, the tiles.
 * @param {L.Map} map @param {(kind: string) => L.LayerGroup} layer
 * @param {import("./labels.js").Labels} labels @param {object} config of the page
 */
export function drawBasemap(map, layer, labels, { tiles, urls, lang }) {
  if (tiles) addTiles(map, tiles);
  for (const kind of tiles ? ["land", "frontier"] : KINDS) {
    fill(kind, layer(kind), map, urls.basemap, labels, lang).catch(() => showMessage(t("error.basemap")));
  }
  if (tiles) putUnderTiles(map);
}

/* Online tiles over our own land, which shows where they do not arrive. */
function addTiles(map, { url, attribution }) {
  map.getContainer().classList.add("with-tiles");
  const layer = L.tileLayer(url, { maxZoom: 19, attribution }).addTo(map);
  layer.once("tileerror", () => showMessage(t("error.tiles"), { hideAfter: 8000 }));
}

/**
 * Fit the view to a box, leaving space for names beside it and for the sheet below.
 * @param {L.Map} map @param {L.LatLngBounds} bounds @param {{small: boolean, covered: number}} sheet
 */
export function fitTo(map, bounds, { small, covered }) {
  map.fitBounds(bounds, {
    paddingTopLeft: [small ? 28 : 70, 60],
    paddingBottomRight: [small ? 82 : 150, small ? covered + 30 : 60],
    maxZoom: MAX_FIT_ZOOM,
    animate: false,
  });
}

/** The view as the address writes it: zoom/latitude/longitude. @param {L.Map} map */
export function viewParameter(map) {
  const { lat, lng } = map.getCenter().wrap();
  const short = (n, digits) => String(Number(n.toFixed(digits)));
  return `${short(map.getZoom(), 2)}/${short(lat, 5)}/${short(lng, 5)}`;
}
