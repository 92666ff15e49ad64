// Today: the row of the suggestion in the right column is the selected one, at once on a click and again
// whenever the column has been replaced by the server.

const rows = () => document.querySelectorAll("#suggestions [data-row]");

function select(chosen) {
  for (const row of rows()) {
    row.classList.toggle("is-selected", row === chosen);
    const link = row.querySelector("[data-row-link]");
    if (row === chosen) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}

function follow() {
  const shown = document.querySelector("#detail [data-shown]")?.dataset.shown;
  if (shown) select(document.getElementById(`pick-${shown}`));
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("#suggestions [data-row-link]")?.closest("[data-row]");
  if (row) select(row);
});
document.addEventListener("htmx:after:swap", follow);
