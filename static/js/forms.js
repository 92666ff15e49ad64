// Forms: Ctrl/Cmd+Enter sends, Enter that ends a Japanese conversion does not,
// switches that act at once, and the first wrong field takes the focus.
import { isComposing } from "./typing.js";

let compositionEndedAt = 0;

export function startForms() {
  document.addEventListener("compositionend", (event) => {
    compositionEndedAt = event.timeStamp;
  }, true);
  document.addEventListener("keydown", guardEnter, true);
  document.addEventListener("keydown", leaveInlineForm);
  document.addEventListener("change", submitAtOnce);
  document.addEventListener("click", showPassword);
  focusFirstError(document);
  document.addEventListener("htmx:after:swap", (event) => focusFirstError(event.target) || focusInlineForm());
}

/** Safari ends the composition just before the Enter that confirmed it, so a moment is left after the end. */
function guardEnter(event) {
  if (event.key !== "Enter") return;
  const confirmsText = isComposing(event) || event.timeStamp - compositionEndedAt < 50;
  if (confirmsText && event.target.matches?.("input")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && !confirmsText) submitByKey(event);
}

function submitByKey(event) {
  const form = event.target.closest?.("form") ?? document.querySelector("form[data-main]");
  if (!form || form.method === "dialog" || form.matches("[data-palette-form]")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-main], .button-primary[type=submit]"));
}

/** Escape in a form that stands in the place of what it edits brings that back, by the form's own way out. */
function leaveInlineForm(event) {
  if (event.key !== "Escape" || isComposing(event)) return;
  event.target.closest?.("[data-inline]")?.querySelector("[data-cancel]")?.click();
}

/** A control marked data-submit sends its form as soon as it changes. */
function submitAtOnce(event) {
  if (event.target.matches?.("[data-submit]")) event.target.form?.requestSubmit();
}

function showPassword(event) {
  const button = event.target.closest?.("[data-show-password]");
  if (!button) return;
  const input = document.getElementById(button.dataset.showPassword);
  const isShown = input.type === "text";
  input.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!isShown));
}

function focusFirstError(root) {
  const wrong = root.querySelector?.("[aria-invalid=true]");
  wrong?.focus();
  return Boolean(wrong);
}

/** A form that has just come in place of what it edits takes the focus, which went with what was pressed; of two versions, on one's own. */
function focusInlineForm() {
  if (document.activeElement !== document.body) return;
  const form = document.querySelector("[data-inline]");
  (form?.querySelector(".clashes :checked") ?? form?.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
}
