// The source panel as a document: pages that follow each other as one scrolls, pages and headings to
// choose from, rows of long tables.

import { allInSource as all, inSource as one, on, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { htmlOf } from "../shell/server.js";

const NEAR_PX = 500;
const state = { isOpen: false, loading: false };
const placeOf = (/** @type {Found} */ sheet) => sheet.querySelector(".parts")?.dataset;
const pageOf = (/** @type {Found} */ sheet) => Number(placeOf(sheet)?.page ?? 0);

// --- pages that follow ----------------------------------------------------------------------

async function extend(/** @type {number} */ by) {
  const sheets = all(".source-view > .sheet");
  const edge = sheets.at(by > 0 ? -1 : 0);
  const last = Number(one(".page-steps")?.dataset.pages ?? 0);
  const page = edge ? pageOf(edge) + by : 0;
  if (state.loading || !edge || page < 1 || page > last) return;
  state.loading = true;
  const html = (await htmlOf("GET", `/document/${placeOf(edge)?.doc}/${page}`)) ?? "";
  state.loading = false;
  const came = new DOMParser().parseFromString(html, "text/html").querySelector(".source-view");
  if (!came?.querySelector(".sheet") || !edge.isConnected) return;
  const parts = /** @type {HTMLElement[]} */ ([...came.children]); // a slide comes with its notes
  const view = /** @type {Element} */ (edge.parentElement);
  const zoom = edge.style.getPropertyValue("--zoom") || "1";
  parts.forEach((part) => part.style.setProperty("--zoom", zoom));
  const before = view.scrollHeight;
  if (by > 0) view.append(...parts);
  else view.prepend(...parts);
  if (by < 0) view.scrollTop += view.scrollHeight - before; // what is read stays where it is
}

function extendAt(/** @type {Element} */ view, /** @type {boolean} */ isUp) {
  if (one('[data-pick][aria-pressed="true"]')) return; // a part is drawn on one page alone
  if (isUp && view.scrollTop < NEAR_PX / 2) extend(-1);
  else if (!isUp && view.scrollTop + view.clientHeight > view.scrollHeight - NEAR_PX) extend(1);
}

let top = 0;

// The page that stands in the middle is the one that is told, and left from.
on("scroll", "#source .source-view", (view, { target }) => {
  if (view !== target) return;
  extendAt(view, view.scrollTop < top);
  top = view.scrollTop;
  const [sheet, steps] = [current(view), one(".page-steps")];
  if (!sheet || !steps?.dataset.pages) return;
  const [page, last] = [pageOf(sheet), Number(steps.dataset.pages)];
  if (steps.dataset.page === String(page)) return;
  steps.dataset.page = String(page);
  within(steps, "span").textContent = say("{page} of {count}", { page: `${steps.dataset.word} ${page}`, count: last });
  const [back, forth] = steps.querySelectorAll("button");
  Object.assign(back, { disabled: page <= 1 }).dataset.page = String(page - 1);
  Object.assign(forth, { disabled: page >= last }).dataset.page = String(page + 1);
  all("[data-on]").forEach((element) => (element.dataset.on = String(page)));
  all(".page-list button").forEach((button) => (button.ariaCurrent = button.dataset.page === String(page) ? "page" : null));
}, true);

// At the upper edge, and where all of a page is seen, nothing scrolls.
document.addEventListener("wheel", ({ target, deltaY }) => {
  const view = target.closest?.("#source .source-view");
  if (view) extendAt(view, deltaY < 0);
}, { passive: true });
on("keydown", "#source .source-view", (view, { key }) => /^(Arrow|Page)(Up|Down)$/.test(key) && extendAt(view, key.endsWith("Up")));

function current(/** @type {Element} */ view) {
  const box = view.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  return all(".source-view > .sheet").findLast((sheet) => sheet.getBoundingClientRect().top <= middle);
}

// A part is drawn on one page alone.
on("click", "#source [data-pick=start]", () => {
  const view = one(".source-view");
  const kept = view && current(view);
  if (kept) view.replaceChildren(kept);
}, true);

// --- rows of a long table, in pages ----------------------------------------------------------

// The page that holds a row takes the place of the one that is shown.
/** @param {Found | null} rows @param {number} row @returns {Promise<Element | null>} */
async function rowsAt(rows, row) {
  if (!rows) return null;
  const html = await htmlOf("GET", `/rows/${rows.dataset.rows}/${row}?cited=${rows.dataset.cited}`);
  if (html === null || !rows.isConnected) return null;
  rows.insertAdjacentHTML("afterend", html);
  const came = rows.nextElementSibling;
  rows.remove();
  return came;
}

on("click", "[data-leaf]", async (button) => {
  const nth = Number(button.matches("[data-leaf] + [data-leaf]"));
  const came = await rowsAt(button.closest(".rows"), Number(button.dataset.leaf));
  came?.scrollIntoView({ block: "start" });
  const next = came?.querySelectorAll("[data-leaf]")[nth];
  if (came && next) (next.disabled ? within(came, ".table") : next).focus();
});

async function seek(/** @type {Found} */ inside, /** @type {number} */ row) {
  const came = await rowsAt(inside.closest(".rows"), row);
  const sought = came?.querySelector(`[data-row="${row}"]`)?.parentElement;
  sought?.classList.add("sought");
  sought?.scrollIntoView({ block: "center" });
  came?.querySelector(".table")?.focus({ preventScroll: true });
}

on("click", "[data-seek]", (button) => seek(button, Number(button.dataset.seek)));
on("keydown", ".leaf input", (field, { key }) => {
  if (key !== "Enter" || !field.value) return;
  seek(field, Math.min(Math.max(1, Math.round(Number(field.value))), Number(field.max)) - 1);
});

// --- pages and headings ---------------------------------------------------------------------

async function showOutline() {
  const button = one("[data-outline]");
  const body = one(".source-body");
  if (!button || !body) return;
  one(".outline")?.remove();
  button.ariaExpanded = String(state.isOpen);
  if (!state.isOpen) return;
  const html = await htmlOf("GET", `/outline/${button.dataset.outline}/${button.dataset.on}`);
  if (html === null || !state.isOpen || !body.isConnected || one(".outline")) return;
  body.insertAdjacentHTML("afterbegin", html);
  const here = one(".outline [aria-current]");
  if (here) within(body, ".outline").scrollTop = here.offsetTop - 60;
}

document.addEventListener("pagelight:source", showOutline);
on("click", "#source [data-outline]", () => {
  state.isOpen = !state.isOpen;
  showOutline();
});
// Without pages a heading is searched for in what is shown.
on("click", "#source [data-heading]", ({ dataset }, event) => {
  event.stopPropagation();
  const words = dataset.heading ?? "";
  const found = all(".reading :is(h3, h4)").find((heading) => (heading.textContent ?? "").replace(/\s+/g, " ").trim().startsWith(words));
  found?.scrollIntoView({ block: "start" });
}, true);
