// What every htmx request shares: the CSRF header, a way out when the session has ended, and an inline
// sentence where it was sent from when the answer does not come. What was typed stays.

export function startRequests() {
  document.addEventListener("htmx:config:request", addCsrf);
  document.addEventListener("htmx:before:response", leaveWhenSignedOut);
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx.response.status;
    if (![409, 422].includes(status)) explain(event.target, status === 403 || status === 404 ? "refused" : "failed");
  });
  document.addEventListener("htmx:error", (event) => explain(event.target, "failed"));
  document.addEventListener("htmx:before:request", (event) => clearExplanation(event.target));
}

function addCsrf(event) {
  const { request } = event.detail.ctx;
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && request.method !== "GET") request.headers["X-CSRFToken"] = token;
}

function leaveWhenSignedOut(event) {
  const { raw } = event.detail.ctx.response;
  if (!raw.redirected || !new URL(raw.url).pathname.startsWith("/signin/")) return;
  event.preventDefault();
  location.reload();
}

/** The sentences are written by the server in the reader's language: <template id="explain-failed">. */
function explain(source, kind) {
  const template = document.getElementById(`explain-${kind}`);
  if (!template || !source?.isConnected) return;
  clearExplanation(source);
  const alert = template.content.cloneNode(true).firstElementChild;
  alert.dataset.explanation = "";
  const place = source.closest("form, [data-row], section") ?? source;
  place.matches("tr") ? document.getElementById("toasts").before(alert) : place.after(alert);
}

function clearExplanation(source) {
  const place = source?.closest?.("form, [data-row], section") ?? source;
  const next = place?.nextElementSibling;
  if (next?.matches("[data-explanation]")) next.remove();
}
