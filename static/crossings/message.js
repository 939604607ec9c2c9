/** One sentence over the map, perhaps with a way to try again. */

import { html, say } from "./data.js";

let timer = 0;

/**
 * Say a sentence, or with null take the last one away.
 * @param {string|null} text
 * @param {{retry?: () => void, gone?: number}} [options] `gone`: milliseconds after which it goes by itself
 */
export function tell(text, { retry, gone } = {}) {
  const box = document.querySelector("[data-message]");
  clearTimeout(timer);
  box.hidden = !text;
  box.replaceChildren(text ?? "");
  if (retry) {
    const button = html("button", { type: "button", class: "button button-quiet" }, say("retry"));
    button.addEventListener("click", retry);
    box.append(" ", button);
  }
  if (gone) timer = setTimeout(() => tell(null), gone);
}
