// A sent form marks the pressed button busy, keeps its width, and cannot be sent twice.

export function startBusy() {
  document.addEventListener("submit", begin);
  document.addEventListener("htmx:finally:request", (event) => end(event.target));
  window.addEventListener("pageshow", () => end(document));
}

function begin(event) {
  const form = event.target;
  if (event.defaultPrevented && !isSentByScript(form)) return;
  if (form.method === "dialog") return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "true";
  const button = event.submitter;
  if (button?.querySelector(".spinner")) {
    button.style.minInlineSize = `${button.offsetWidth}px`;
    button.setAttribute("aria-busy", "true");
  }
}

function isSentByScript(form) {
  return [...form.attributes].some(({ name }) => /^(data-)?hx-/.test(name));
}

function end(root) {
  const forms = root.matches?.("form") ? [root] : [root.closest?.("form"), ...(root.querySelectorAll?.("form[data-sending]") ?? [])];
  for (const form of forms) {
    if (!form) continue;
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[aria-busy=true]")) {
      button.removeAttribute("aria-busy");
      button.style.minInlineSize = "";
    }
  }
}
