/** Content pages: tables that sort, and buttons that copy a citation. Both are extras: pages read without them. */

/**
 * Turn the headers of a table.sortable into buttons that sort its body.
 * @param {HTMLTableElement} table
 */
export function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (head.classList.contains("no-sort")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(table, heads, head, column));
  });
}

function sortBy(table, heads, head, column) {
  const down = head.getAttribute("aria-sort") === "ascending";
  const rows = [...table.tBodies[0].rows];
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  rows.sort((a, b) => (down ? -1 : 1) * compareCells(cellKey(a, column), cellKey(b, column), compare));
  table.tBodies[0].append(...rows);
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
}

function cellKey(row, column) {
  const cell = row.cells[column];
  return cell ? (cell.dataset.sort ?? cell.textContent.trim()) : "";
}

/* Plain numbers by size (Collator does not know minus or decimals), everything else as words. */
function compareCells(a, b, compare) {
  const [x, y] = [Number(a), Number(b)];
  return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : compare(a, b);
}

/**
 * Let a button with data-copy put that text on the clipboard and show that it did.
 * @param {HTMLElement} root where to look for buttons
 */
export function enableCopying(root) {
  for (const button of root.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
  }
}

/**
 * Copy text; works without the clipboard API too (a page served over plain HTTP on a local network has none).
 * @param {string} text
 * @returns {Promise<boolean>} whether it worked
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** What scrolls sideways must be reachable by keyboard. @param {HTMLElement} box */
export function makeScrollable(box) {
  if (box.scrollWidth <= box.clientWidth || box.querySelector("a, button")) return;
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  const name = box.querySelector("caption, figcaption, th");
  if (name) box.setAttribute("aria-label", name.textContent.trim());
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
document.querySelectorAll(".table-wrap, .picture").forEach(makeScrollable);
enableCopying(document);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button || button.dataset.busy) return;
  const before = button.textContent;
  button.dataset.busy = "1";
  if (await copyText(button.dataset.copy)) button.textContent = button.dataset.copied || "✓";
  setTimeout(() => {
    button.textContent = before;
    delete button.dataset.busy;
  }, 1500);
});
