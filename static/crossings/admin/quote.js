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
  const said = document.createElement("p");
  said.className = "quote-words";
  said.setAttribute("role", "status");
  area.after(said);
  const update = () => {
    const words = (area.value.match(/\S+/g) ?? []).length;
    said.textContent = words ? area.dataset.quoteSays.replace("{n}", words).replace("{most}", most) : "";
    said.classList.toggle("quote-words-over", words > most);
  };
  area.addEventListener("input", update);
  update();
}
