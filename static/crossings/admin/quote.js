/** Counts the words of a quote while it is pasted or typed. The server counts again. */

for (const area of document.querySelectorAll("textarea[data-quote-words]")) {
  if (!area.closest(".empty-form")) count(area);
}
// Rows that are added to the form later.
document.addEventListener("formset:added", (event) => {
  event.target.querySelectorAll?.("textarea[data-quote-words]").forEach(count);
});

function count(area) {
  const most = Number(area.dataset.quoteWords);
  const status = document.createElement("p");
  status.className = "quote-words";
  status.setAttribute("role", "status");
  area.after(status);
  const update = () => {
    const words = (area.value.match(/\S+/g) ?? []).length;
    status.textContent = words ? area.dataset.quoteSays.replace("{n}", words).replace("{most}", most) : "";
    status.classList.toggle("quote-words-over", words > most);
  };
  area.addEventListener("input", update);
  update();
}
