/** One sentence over the map, with a button to try again where that helps. */

import { html, t } from "./data.js";

let timer = 0;

/**
 * Show a sentence, or with null remove the last one.
 * @param {string|null} text
 * @param {{retry?: () => void, hideAfter?: number}} [options] `hideAfter`: milliseconds after which it disappears
 */
export function showMessage(text, { retry, hideAfter } = {}) {
  const box = document.querySelector("[data-message]");
  clearTimeout(timer);
  box.hidden = !text;
  box.replaceChildren(text ?? "");
  if (retry) {
    const button = html("button", { type: "button", class: "button button-quiet" }, t("retry"));
    button.addEventListener("click", retry);
    box.append(" ", button);
  }
  if (hideAfter) timer = setTimeout(() => showMessage(null), hideAfter);
}
