// The palette: Ctrl/⌘ K or / opens it, arrows choose among what the server found, Enter opens, Esc gives the focus back.
// The focus stays in the field; the chosen line is its aria-activedescendant. Without script, its form is the search page.
import { openDialog } from "./dialog.js";
import { isComposing } from "./typing.js";

let palette;
let field;
const PAUSE = 50; // Who types faster than this is waited for; after a pause the first sign is asked for at once.

let waiting;
let typedAt = 0;
let places = []; // Groups of pages and actions as they stand when nothing is typed: they need no answer.

export function startPalette() {
  palette = document.getElementById("palette");
  field = document.getElementById("palette-text");
  if (!palette) return;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]") && !event.ctrlKey && !event.metaKey && openPalette()) event.preventDefault();
  });
  field.addEventListener("keydown", onKey);
  field.addEventListener("input", (event) => {
    if (!isComposing(event)) showPlaces();
    askSoon();
  });
  field.form.addEventListener("submit", (event) => {
    const line = chosen();
    if (!line) return;
    event.preventDefault();
    line.click();
  });
  palette.addEventListener("pointermove", (event) => choose(event.target.closest("[role=option]")));
  palette.addEventListener("close", () => choose(null));
  document.addEventListener("htmx:after:swap", onAnswer);
}

/** True when there is one on this page. */
export function openPalette() {
  if (!palette) return false;
  openDialog(palette);
  field.select();
  ask();
  return true;
}

function askSoon() {
  const isAfterPause = performance.now() - typedAt > PAUSE;
  typedAt = performance.now();
  clearTimeout(waiting);
  if (isAfterPause) ask();
  else waiting = setTimeout(ask, PAUSE);
}

function ask() {
  clearTimeout(waiting);
  field.dispatchEvent(new CustomEvent("palette"));
}

function onKey(event) {
  if (isComposing(event)) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const lines = [...palette.querySelectorAll("[role=option]")];
    event.preventDefault();
    choose(lines[(lines.indexOf(chosen()) + step + lines.length) % lines.length]);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && chosen()) {
    event.preventDefault();
    event.stopPropagation();
    window.open(chosen().href, "_blank", "noopener");
  }
}

function onAnswer() {
  if (!palette.open) return;
  const first = palette.querySelector("[role=option]");
  field.setAttribute("aria-expanded", String(Boolean(first)));
  if (!chosen()) choose(first);
  if (!field.value) places = [...palette.querySelectorAll("[data-places]")].map((group) => group.cloneNode(true));
}

/** Pages and actions that hold every word, until the answer with the customers is there. */
function showPlaces() {
  const words = plain(field.value.replace(/^[>＞]/, "")).split(/\s+/).filter(Boolean);
  const list = palette.querySelector("[role=listbox]");
  const groups = words.length ? places.map((group) => holding(group, words)).filter(Boolean) : [];
  if (!list || !groups.length) return;
  list.replaceChildren(...groups);
  choose(list.querySelector("[role=option]"));
}

function holding(group, words) {
  const copy = group.cloneNode(true);
  for (const line of copy.querySelectorAll("[role=option]")) {
    line.setAttribute("aria-selected", "false");
    if (!words.every((word) => plain(line.querySelector(".found-label").textContent).includes(word))) line.remove();
  }
  return copy.querySelector("[role=option]") && copy;
}

function plain(text) {
  return text.normalize("NFKC").toLowerCase();
}

function chosen() {
  return palette.querySelector("[role=option][aria-selected=true]");
}

function choose(line) {
  if (line === undefined || line === chosen() || (line === null && palette.open)) return;
  chosen()?.setAttribute("aria-selected", "false");
  line?.setAttribute("aria-selected", "true");
  if (line) field.setAttribute("aria-activedescendant", line.id);
  else field.removeAttribute("aria-activedescendant");
  line?.scrollIntoView({ block: "nearest" });
}
