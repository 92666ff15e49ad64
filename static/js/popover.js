// Popovers open under their button (above when there is no room). Opening, Esc and the return of the focus
// are the browser's own; menus add the arrow keys.

const GAP = 6;

export function startPopovers() {
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("keydown", moveInMenu);
  window.addEventListener("resize", placeOpen);
}

function onToggle(event) {
  const popover = event.target;
  if (!popover.matches?.("[popover]")) return;
  const opener = openerOf(popover);
  opener?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  place(popover, opener);
  focusables(popover)[0]?.focus();
}

export function openerOf(popover) {
  const openers = [...document.querySelectorAll(`[popovertarget="${popover.id}"]`)];
  return openers.find((opener) => opener === document.activeElement) ?? openers.find((opener) => opener.offsetParent);
}

function placeOpen() {
  for (const popover of document.querySelectorAll(":popover-open")) place(popover, openerOf(popover));
}

function place(popover, opener) {
  if (!opener) return;
  const anchor = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const isNearEnd = anchor.left + width > innerWidth - 8;
  const left = isNearEnd ? anchor.right - width : anchor.left;
  const fitsBelow = anchor.bottom + GAP + height <= innerHeight - 8;
  const top = fitsBelow ? anchor.bottom + GAP : anchor.top - GAP - height;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  popover.style.top = `${Math.max(8, top)}px`;
}

function focusables(root) {
  return [...root.querySelectorAll("a[href], button, input, select, textarea")].filter(
    (element) => !element.disabled && element.type !== "hidden",
  );
}

function moveInMenu(event) {
  const menu = event.target.closest?.("[data-menu]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step) return;
  event.preventDefault();
  const items = focusables(menu);
  const next = (items.indexOf(document.activeElement) + step + items.length) % items.length;
  items[next].focus();
}
