// The log of a conversation: what was begun survives a reload, a call nobody answered proposes the next one, and
// a call begun from a telephone link brings its person, its beginning and its minutes.
const FORM = ".log-form[data-draft]";
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "place", "next"]);
const CALL = "call";
const LONGEST_CALL = 3 * 60;

export function startLog() {
  document.addEventListener("input", (event) => keep(event.target.closest?.(FORM)));
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick, true);
  document.addEventListener("htmx:before:response", dropWhenSaved);
  document.addEventListener("htmx:after:swap", arrived);
  document.addEventListener("htmx:error", waitForConnection, true);
  addEventListener("online", sendWaiting);
  arrived();
}

function arrived() {
  for (const form of document.querySelectorAll(`${FORM}:not([data-begun])`)) {
    form.dataset.begun = "true";
    if (!restore(form)) takeCall(form);
    tell(form);
  }
}

function onChange(event) {
  const form = event.target.closest?.(".log-form");
  if (!form) return;
  if (event.target.name === "result") proposeCall(form, event.target.value === "absent");
  tell(form);
  if (form.matches(FORM)) keep(form);
}

function onClick(event) {
  const link = event.target.closest?.("a[data-call]");
  if (link) sessionStorage.setItem(CALL, JSON.stringify({ ...link.dataset, at: Date.now() }));
  const button = event.target.closest?.("[data-draft-drop]");
  if (button) beginAnew(button.closest(FORM));
}

// -- Drafts: kept in this tab until they are saved -------------------------------------------------

function keep(form) {
  if (!form) return;
  const values = [...new FormData(form)].filter(([name]) => !NOT_KEPT.has(name));
  sessionStorage.setItem(form.dataset.draft, JSON.stringify(values));
}

/** The id of the log comes back as well: sent before the connection broke, it still exists once. */
function restore(form) {
  const kept = sessionStorage.getItem(form.dataset.draft);
  if (!kept) return false;
  const values = JSON.parse(kept);
  for (const control of form.elements) {
    if (!control.name || NOT_KEPT.has(control.name)) continue;
    const mine = values.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.matches("[type=radio], [type=checkbox]")) control.checked = mine.includes(control.value);
    else if (mine.length) control.value = mine[0];
  }
  form.querySelector("[data-restored]").hidden = false;
  return true;
}

function beginAnew(form) {
  sessionStorage.removeItem(form.dataset.draft);
  form.reset();
  form.querySelector("[data-restored]").hidden = true;
  tell(form);
}

/** Only the answer that leads on to another page says that the log is saved. */
function dropWhenSaved(event) {
  const { raw } = event.detail.ctx.response;
  const form = event.target.closest?.(FORM);
  if (!form || !raw.headers.get("HX-Redirect")) return;
  sessionStorage.removeItem(form.dataset.draft);
  sessionStorage.removeItem(CALL);
}

// -- Out of reach: saved once, sent as soon as there is a connection -----------------------------------

function waitForConnection(event) {
  const form = event.target.closest?.(FORM);
  if (!form || navigator.onLine) return;
  event.stopPropagation();
  form.dataset.waits = "true";
  form.querySelector("[data-waiting]").hidden = false;
}

/** The id in the form keeps it from being written twice, should it have arrived after all. */
function sendWaiting() {
  for (const form of document.querySelectorAll(`${FORM}[data-waits]`)) {
    delete form.dataset.waits;
    form.querySelector("[data-waiting]").hidden = true;
    form.requestSubmit();
  }
}

// -- What is filled in by itself --------------------------------------------------------------------

function proposeCall(form, isMissed) {
  const call = form.querySelector("[name=step][value=call]");
  if (!call) return;
  if (isMissed && !form.querySelector("[name=step]:checked")) {
    call.checked = true;
    form.dataset.proposed = "true";
  } else if (!isMissed && form.dataset.proposed) {
    call.checked = false;
    delete form.dataset.proposed;
  }
}

function takeCall(form) {
  const begun = JSON.parse(sessionStorage.getItem(CALL) ?? "null");
  if (!begun || begun.account !== form.dataset.account) return;
  const minutes = Math.max(1, Math.round((Date.now() - begun.at) / 60000));
  if (minutes > LONGEST_CALL) return;
  form.elements.minutes.value = minutes;
  form.elements.happened_at.value = localMinute(new Date(begun.at));
  if (form.querySelector(`[name=contact] option[value="${CSS.escape(begun.call)}"]`)) form.elements.contact.value = begun.call;
}

function localMinute(moment) {
  return new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** The line on top says with whom, when and how long, as the fields below it do. */
function tell(form) {
  const { contact, happened_at: at, minutes } = form.elements;
  const person = form.querySelector("[data-log-person]");
  if (person && contact.value && contact.value !== (person.dataset.shown ?? initialOf(contact))) {
    person.textContent = contact.selectedOptions[0].textContent;
    person.dataset.shown = contact.value;
  }
  if (at.value) form.querySelector("[data-log-time]").textContent = at.value.slice(11, 16);
  const long = form.querySelector("[data-log-minutes]");
  long.textContent = minutes.value ? ` · ${minutes.value} ${long.dataset.words}` : "";
}

function initialOf(select) {
  return [...select.options].find((option) => option.defaultSelected)?.value;
}
