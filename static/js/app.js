// Starts every behaviour once. Pages work without any of it; this makes them quick.
import { startAutosave } from "./autosave.js";
import { startBusy } from "./busy.js";
import { startDialogs } from "./dialog.js";
import { startDrawer } from "./drawer.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startLog } from "./log.js";
import { startPalette } from "./palette.js";
import { startPopovers } from "./popover.js";
import { startRequests } from "./requests.js";
import { startToasts } from "./toast.js";

document.documentElement.classList.add("js");

for (const start of [
  startRequests,
  startDialogs,
  startDrawer,
  startPopovers,
  startPalette,
  startToasts,
  startForms,
  startBusy,
  startLists,
  startLog,
  startAutosave,
  startKeys,
]) {
  start();
}

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  nameCommand();
  document.addEventListener("htmx:after:swap", nameCommand);
}

/** The key that Macs have in place of Ctrl, also in what came later. */
function nameCommand() {
  for (const cap of document.querySelectorAll("[data-mod]")) cap.textContent = "⌘";
}
