// Dialogs and sheets: the browser's own <dialog> traps the focus, closes on Esc and gives the focus back.
// data-dialog="id" opens one; [data-on-open] in it hears "opened" each time, so that htmx can fetch it then.

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      openDialog(dialog);
      return;
    }
    if (event.target instanceof HTMLDialogElement && !isInside(event.target, event)) event.target.close();
  });
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-dialog-close]")?.closest("dialog")?.close();
  });
}

export function openDialog(dialog) {
  closePopovers();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[data-on-open]")?.dispatchEvent(new Event("opened"));
  dialog.querySelector("[autofocus]")?.focus();
}

function closePopovers() {
  for (const popover of document.querySelectorAll(":popover-open")) popover.hidePopover();
}

/** A click on the backdrop reaches the dialog itself, outside its box. */
function isInside(dialog, event) {
  if (!event.clientX && !event.clientY) return true;
  const box = dialog.getBoundingClientRect();
  return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
}
