// Lists and tables: J and K or the arrows move, Space peeks, X selects, Shift extends; a row that leaves
// collapses in 200 ms and hands the focus to the next one.
//   data-list on the list ("table": all rows of its body are rows), data-row on each row, data-row-link or .row-link on the link that opens it,
//   data-row-check on its checkbox, if it is not named "selected" in a cell of its own, data-bulk on the bar that counts, data-leave on a form that removes its row.
import { isDrawer, open } from "./drawer.js";
import { isComposing } from "./typing.js";

const LEAVE = 200;
const CHECK = "[data-row-check], [data-row] > td > [name=selected]";

export function startLists() {
  for (const row of document.querySelectorAll("[data-list=table] tbody > tr")) row.dataset.row = "";
  document.addEventListener("focusin", markCurrent);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(`${CHECK}, [data-check-all]`)) select(event.target);
    if (event.target.matches?.("[data-bulk] [name=scope]")) count(document);
  });
  document.addEventListener("click", (event) => event.target.closest?.("[data-bulk-leave]") && clearSelection());
  document.addEventListener("htmx:before:swap", (event) => event.detail?.ctx && collapse(event));
  document.addEventListener("htmx:after:swap", (event) => intoCell(event.target));
  document.addEventListener("keydown", leaveCell);
  document.querySelector(".filter-editor [name=op]")?.addEventListener("change", fitEditor);
  fitEditor();
  count(document);
}

/** The list the focus is in, else the first of the page. */
export function currentList() {
  return document.activeElement?.closest?.("[data-list]") ?? document.querySelector("[data-list]");
}

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const linkOf = (row) => row.querySelector("[data-row-link], .row-link") ?? row;

export function currentRow() {
  const list = currentList();
  if (!list) return null;
  return document.activeElement?.closest?.("[data-row]") ?? list.querySelector("[data-row].is-current, [data-row].is-selected");
}

export function move(step, extend = false) {
  const list = currentList();
  if (!list) return false;
  const rows = rowsOf(list);
  const here = rows.indexOf(currentRow());
  const next = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
  if (!next) return false;
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
  if (extend) check(next, true);
  else if (list.dataset.list === "open" && here !== rows.indexOf(next)) linkOf(next).click();
  return true;
}

/** Space: show the row in the right column without leaving the list. */
export function peek() {
  const row = currentRow();
  const detail = document.getElementById("detail");
  if (!row || !detail) return false;
  linkOf(row).click();
  if (isDrawer(detail)) open(detail, linkOf(row));
  return true;
}

/** L: write down a conversation with the customer of the row in focus, and come back to the list. */
export function logRow() {
  const row = document.activeElement?.closest?.("[data-row]");
  const customer = row && linkOf(row).pathname?.match(/^\/customers\/\d+\/$/);
  if (!customer) return false;
  location.assign(`${customer[0]}log/?next=${encodeURIComponent(location.pathname + location.search)}`);
  return true;
}

export function toggleSelection() {
  const row = currentRow();
  const box = row?.querySelector(CHECK);
  if (!box) return false;
  check(row, !box.checked);
  return true;
}

export function clearSelection() {
  const boxes = document.querySelectorAll(`:is(${CHECK}):checked`);
  for (const box of boxes) check(box.closest("[data-row]"), false);
  return boxes.length > 0;
}

function check(row, on) {
  const box = row.querySelector(CHECK);
  if (!box || box.checked === on) return;
  box.checked = on;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function select(box) {
  const list = box.closest("[data-list]") ?? document;
  const boxes = [...list.querySelectorAll(CHECK)];
  if (box.matches("[data-check-all]")) for (const one of boxes) one.checked = box.checked;
  for (const one of boxes) one.closest("[data-row]")?.setAttribute("aria-selected", String(one.checked));
  const chosen = boxes.filter((one) => one.checked).length;
  const all = list.querySelector("[data-check-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  count(list);
}

/** The bar says how many are selected, and how many of them may be offered something. */
function count(list) {
  const chosen = [...list.querySelectorAll(`:is(${CHECK}):checked`)];
  const clear = chosen.filter((box) => box.closest("[data-clear]")).length;
  for (const bar of document.querySelectorAll("[data-bulk]")) {
    bar.hidden = chosen.length === 0;
    const isAll = meantAll(bar);
    for (const said of bar.querySelectorAll(":scope > strong, :scope > .meta")) said.hidden = isAll;
    for (const button of bar.querySelectorAll("[data-bulk-exactly]"))
      button.hidden = isAll || chosen.length !== Number(button.dataset.bulkExactly);
    for (const figure of bar.querySelectorAll("[data-bulk-number]")) figure.textContent = String(chosen.length);
    for (const figure of bar.querySelectorAll("[data-bulk-clear-number]")) figure.textContent = String(clear);
  }
}

/** Whether the deed is for all that match, whose number then stands beside the switch; an empty selection takes that back. */
function meantAll(bar) {
  const scope = bar.querySelector("[name=scope]");
  if (!scope) return false;
  if (bar.hidden) scope.checked = false;
  bar.querySelector(".bulk-all strong").textContent = scope.checked ? document.getElementById("list-number").textContent : "";
  return scope.checked;
}

/** Only the inputs that the chosen comparison asks for. */
function fitEditor() {
  const form = document.querySelector(".filter-editor");
  const chosen = form?.elements.op.value;
  for (const part of form?.querySelectorAll("[data-for-op], [data-not-op]") ?? []) {
    const { forOp, notOp } = part.dataset;
    part.hidden = forOp ? !forOp.split(" ").includes(chosen) : notOp.split(" ").includes(chosen);
  }
}

/** The form of a cell takes the focus with its value selected; when it is gone, the row keeps it. */
function intoCell(cell) {
  const input = document.querySelector(".cell-form [name=value]");
  if (input) input.select();
  else if (document.activeElement === document.body) cell.querySelector?.("[data-edit]")?.focus();
}

/** Escape leaves a cell as it was. */
function leaveCell(event) {
  if (event.key === "Escape" && !isComposing(event)) event.target.closest?.(".cell-form")?.querySelector("[data-cell-cancel]")?.click();
}

function markCurrent(event) {
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  for (const one of row.closest("[data-list]")?.querySelectorAll("[data-row].is-current") ?? []) one.classList.remove("is-current");
  row.classList.add("is-current");
}

/** Before htmx deletes a row: the focus goes to its neighbour and a copy of it folds away in its place. */
function collapse(event) {
  const source = event.target;
  const row = source.closest?.("[data-leave]")?.closest("[data-row]") ?? (source.matches?.("[data-leave]") ? rowNamed(source) : null);
  if (!row || event.detail.ctx.response?.status >= 400) return;
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  const ghost = row.cloneNode(true);
  ghost.inert = true;
  ghost.removeAttribute("id");
  ghost.removeAttribute("data-row");
  ghost.style.blockSize = `${row.offsetHeight}px`;
  ghost.style.minBlockSize = "0";
  row.before(ghost);
  row.hidden = true;
  requestAnimationFrame(() => {
    ghost.classList.add("is-leaving");
    ghost.style.blockSize = "0";
    ghost.style.paddingBlock = "0";
  });
  setTimeout(() => ghost.remove(), LEAVE);
  if (neighbour?.matches("[data-row]")) linkOf(neighbour).focus();
}

/** data-leave="row-id" on a form outside its row, e.g. in the right column. */
function rowNamed(source) {
  return document.getElementById(source.dataset.leave);
}
