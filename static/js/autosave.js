// A form that is saved while one types. Until the server has said so, what was typed is kept in this tab: it
// survives the end of the session, a broken connection (it is sent by itself once there is one again) and a reload.
const FORM = "form[data-autosave]";
const NOT_KEPT = new Set(["csrfmiddlewaretoken"]);
const SENT = "autosave-sent";

export function startAutosave() {
  document.addEventListener("input", onInput);
  document.addEventListener("submit", remember, true);
  document.addEventListener("click", giveUp, true);
  document.addEventListener("htmx:before:request", takeNewestVersion);
  document.addEventListener("htmx:after:request", dropWhenSaved);
  document.addEventListener("htmx:after:swap", keepWithNewVersion);
  document.addEventListener("htmx:response:error", admit);
  document.addEventListener("htmx:error", admit);
  window.addEventListener("online", sendAgain);
  arrived(document.querySelector(FORM));
}

/** After a page was sent whole: another page, or another version of the same, says that it was taken. */
function arrived(form) {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && (sent !== form?.dataset.autosave || versionOf(typed(form)) !== versionOf(sessionStorage.getItem(sent)))) {
    sessionStorage.removeItem(sent);
  }
  if (form && restore(form)) onceHeard(form, () => save(form));
}

/** htmx begins to listen to a form before or after this module runs, and even after the page has loaded. */
function onceHeard(form, act) {
  if (form.matches("[data-htmx-powered]")) act();
  else form.addEventListener("htmx:after:init", act, { once: true });
}

function onInput(event) {
  keep(event.target.closest?.(FORM));
}

function keep(form) {
  if (form) sessionStorage.setItem(form.dataset.autosave, typed(form));
}

/** What was typed while an answer was on its way stands on the version that the answer brought. */
function keepWithNewVersion() {
  const form = document.querySelector(FORM);
  if (form && sessionStorage.getItem(form.dataset.autosave)) keep(form);
}

/** What waited for the answer to the save before it was made up before that answer came; what is being sent whole is newer. */
function takeNewestVersion(event) {
  const form = event.target;
  if (!form.matches?.(FORM)) return;
  if (form.dataset.sending) event.preventDefault();
  event.detail.ctx.request.body.set("version", form.elements.version.value);
}

/** The version goes along: what somebody else saved since is not written over, both are shown. */
function typed(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => !NOT_KEPT.has(name)));
}

/** Of any form of the page: a button elsewhere may take conditions over, too. */
function remember() {
  const name = document.querySelector(FORM)?.dataset.autosave;
  if (name && sessionStorage.getItem(name)) sessionStorage.setItem(SENT, name);
}

/** "Load theirs" */
function giveUp(event) {
  if (event.target.closest?.("[data-autosave-drop]")) sessionStorage.removeItem(document.querySelector(FORM).dataset.autosave);
}

/** Nothing was typed while the answer was on its way, and it is an answer of this form. */
function dropWhenSaved(event) {
  const form = event.target;
  const { raw } = event.detail.ctx.response ?? {};
  if (!form.matches?.(FORM) || !raw?.ok || raw.redirected) return;
  const kept = sessionStorage.getItem(form.dataset.autosave);
  if (kept && withoutVersion(kept) === withoutVersion(typed(form))) sessionStorage.removeItem(form.dataset.autosave);
}

function withoutVersion(values) {
  return JSON.stringify(JSON.parse(values).filter(([name]) => name !== "version"));
}

function versionOf(values) {
  return JSON.parse(values).find(([name]) => name === "version")?.[1];
}

function restore(form) {
  const kept = sessionStorage.getItem(form.dataset.autosave);
  if (!kept) return false;
  if (withoutVersion(kept) === withoutVersion(typed(form))) return sessionStorage.removeItem(form.dataset.autosave);
  const values = JSON.parse(kept);
  for (const control of form.elements) {
    if (!control.name || NOT_KEPT.has(control.name)) continue;
    const mine = values.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.matches("[type=radio], [type=checkbox]")) control.checked = mine.includes(control.value);
    else if (mine.length) control.value = mine[0];
  }
  return true;
}

function save(form) {
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function sendAgain() {
  const form = document.querySelector(FORM);
  if (form && sessionStorage.getItem(form.dataset.autosave)) save(form);
}

/** "Saved at 10:14" must not stand while something is not. The words are the server's: <template id="not-saved">. */
function admit(event) {
  const form = event.target.closest?.(FORM);
  if (form) document.getElementById("saved-at").replaceChildren(document.getElementById("not-saved").content.cloneNode(true));
}
