// One message at a time at the bottom: 8 seconds, resting while hovered or focused. Undo stays on Z for 30.

const SHOWN = 8000;
const UNDOABLE = 30000;
let timer = 0;
let lastUndo = null;

export function startToasts() {
  const region = document.getElementById("toasts");
  if (!region) return;
  new MutationObserver(() => arrived(region)).observe(region, { childList: true });
  for (const name of ["mouseenter", "focusin"]) region.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["mouseleave", "focusout"]) region.addEventListener(name, () => count(region));
  arrived(region);
}

function arrived(region) {
  const toast = [...region.children].at(-1);
  if (!toast) return;
  while (region.children.length > 1) region.firstElementChild.remove();
  const undo = toast.querySelector("[data-undo]");
  lastUndo = undo ? { form: undo, until: Date.now() + UNDOABLE } : null;
  count(region);
}

function count(region) {
  clearTimeout(timer);
  timer = setTimeout(() => region.replaceChildren(), SHOWN);
}

/** Z after the toast has gone: the form it carried is sent from outside the page's view. */
export function undoLast() {
  if (!lastUndo || Date.now() > lastUndo.until) return false;
  const { form } = lastUndo;
  lastUndo = null;
  if (!form.isConnected) {
    form.hidden = true;
    document.body.append(form);
    window.htmx?.process(form);
  }
  form.requestSubmit();
  return true;
}
