// Below 1280 px the right column is a drawer, on a phone the menu a full page: opened by data-drawer and
// data-menu-open, closed by Esc, its button or a click outside; the focus goes back where it was.

let returnTo = null;

export function startDrawer() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]") && openLayer()) close();
  });
}

function onClick(event) {
  const opener = event.target.closest?.("[data-drawer], [data-menu-open]");
  if (opener) {
    event.preventDefault();
    open(document.getElementById(opener.dataset.drawer ?? "menu"), opener);
  } else if (event.target.closest?.("[data-drawer-close], [data-menu-close]")) {
    event.preventDefault();
    close();
  } else if (isOutside(event.target)) {
    close();
  }
}

function openLayer() {
  return document.querySelector(".detail[data-open], .sidebar[data-open]");
}

function isOutside(target) {
  const layer = openLayer();
  return layer?.matches(".detail") && target.matches?.(".page, .page *") && !layer.contains(target);
}

export function isDrawer(element) {
  return getComputedStyle(element).position === "fixed";
}

export function open(layer, opener = document.activeElement) {
  if (!layer) return;
  returnTo = opener;
  opener?.setAttribute?.("aria-expanded", "true");
  layer.dataset.open = "";
  layer.querySelector("[data-drawer-close], [data-menu-close]")?.focus();
}

export function close() {
  const layer = openLayer();
  if (!layer) return;
  delete layer.dataset.open;
  returnTo?.setAttribute?.("aria-expanded", "false");
  returnTo?.focus?.();
  returnTo = null;
}
