// Single keys. A control takes one by data-key="a" (or a sequence, data-key="g t", or "shift+c").
// Nothing fires while someone types, composes Japanese, holds a modifier, or has switched keys off.
import { clearSelection, logRow, move, peek, toggleSelection } from "./lists.js";
import { openPalette } from "./palette.js";
import { undoLast } from "./toast.js";
import { hasModifier, isComposing, isTextField } from "./typing.js";

const SEQUENCE_PAUSE = 1200;
let pending = "";
let pendingTimer = 0;

export function startKeys() {
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (isComposing(event) || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  if (hasModifier(event) || isTextField(event.target)) return;
  if (event.key === "Escape") {
    if (!document.querySelector(":popover-open, dialog[open], [data-open]")) clearSelection();
    return;
  }
  if (document.body.dataset.keys === "off") return;
  const name = nameOf(event);
  if (pending ? finishSequence(event, name) : startSequence(name)) return;
  if (isArrowInWidget(event)) return;
  const control = controlFor(name);
  if (name === "l" && control?.matches("[data-nav]") && logRow()) return event.preventDefault();
  if (activate(event, control)) return;
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (builtIn(name, event)) event.preventDefault();
}

/** "a", "shift+c", "?", "space", "arrowdown" */
function nameOf(event) {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  return event.shiftKey && /^([a-z]|arrow.*)$/.test(key) ? `shift+${key}` : key;
}

function startSequence(name) {
  if (!document.querySelector(`[data-key^="${CSS.escape(name)} "]`)) return false;
  pending = name;
  pendingTimer = setTimeout(() => (pending = ""), SEQUENCE_PAUSE);
  return true;
}

function finishSequence(event, name) {
  clearTimeout(pendingTimer);
  const whole = `${pending} ${name}`;
  pending = "";
  return activate(event, controlFor(whole));
}

/** The control in the topmost layer wins, then the row in focus, then the page before its menu. */
function controlFor(name) {
  const layers = [...document.querySelectorAll("dialog[open], :popover-open")];
  const root = layers.at(-1) ?? document;
  const controls = [...root.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].filter(isAvailable);
  const row = document.activeElement?.closest?.("[data-row]");
  return (
    controls.find((control) => row?.contains(control)) ??
    controls.find((control) => !control.matches("[data-nav]")) ??
    controls[0]
  );
}

function isAvailable(control) {
  if (control.disabled || control.closest("[inert], [hidden], [aria-disabled=true]")) return false;
  return control.checkVisibility({ visibilityProperty: true });
}

function activate(event, control) {
  if (!control) return false;
  event.preventDefault();
  if (control.matches("input[type=search], input[type=text], textarea")) {
    control.focus();
    control.select?.();
  } else {
    control.focus?.({ preventScroll: true });
    control.click();
  }
  return true;
}

/** Arrows and Space keep their meaning on radios, menus and buttons. */
function isArrowInWidget(event) {
  if (!/^(Arrow|Enter$| $)/.test(event.key)) return false;
  return Boolean(event.target.closest?.("button, input, summary, [role=tablist], [data-menu], [role=radiogroup]"));
}

function builtIn(name, event) {
  switch (name) {
    case "j":
    case "arrowdown":
      return move(1);
    case "k":
    case "arrowup":
      return move(-1);
    case "shift+j":
    case "shift+arrowdown":
      return move(1, true);
    case "shift+k":
    case "shift+arrowup":
      return move(-1, true);
    case "space":
      return event.target.closest?.("a, button") && !event.target.closest("[data-row]") ? false : peek();
    case "x":
      return toggleSelection();
    case "z":
      return undoLast();
    case "/":
      return openPalette();
    default:
      return false;
  }
}
