// The source panel as a document: pages that follow each other as one scrolls, pages and headings to
// choose from, rows of long tables.

import { within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const NEAR_PX = 500;
const state = { isOpen: false, loading: false };
/** @param {string} selector */
const all = (selector) => [...document.querySelectorAll(`#source ${selector}`)];
/** @param {string} selector */
const one = (selector) => document.querySelector(`#source ${selector}`);
/** @param {Found} sheet */
const placeOf = (sheet) => sheet.querySelector(".parts")?.dataset;
/** @param {Found} sheet */
const pageOf = (sheet) => Number(placeOf(sheet)?.page ?? 0);

// --- pages that follow ----------------------------------------------------------------------

/** @param {number} by */
async function extend(by) {
  const sheets = all(".source-view > .sheet");
  const edge = sheets.at(by > 0 ? -1 : 0);
  const last = Number(one(".page-steps")?.dataset.pages ?? 0);
  const page = edge ? pageOf(edge) + by : 0;
  if (state.loading || !edge || page < 1 || page > last) return;
  state.loading = true;
  const answer = await ask("GET", `/document/${placeOf(edge)?.doc}/${page}`);
  const html = answer.ok ? await answer.text() : "";
  state.loading = false;
  const came = new DOMParser().parseFromString(html, "text/html").querySelector(".source-view");
  if (came?.querySelector(".sheet") && edge.isConnected) put(/** @type {HTMLElement[]} */ ([...came.children]), edge, by);
}

// A slide comes with its notes.
/** @param {HTMLElement[]} parts @param {Found} edge @param {number} by */
function put(parts, edge, by) {
  const view = /** @type {Element} */ (edge.parentElement);
  const zoom = edge.style.getPropertyValue("--zoom") || "1";
  parts.forEach((part) => part.style.setProperty("--zoom", zoom));
  const before = view.scrollHeight;
  if (by > 0) view.append(...parts);
  else view.prepend(...parts);
  if (by < 0) view.scrollTop += view.scrollHeight - before; // what is read stays where it is
}

const isPicking = () => one('[data-pick][aria-pressed="true"]') !== null;

/** @param {Element} view @param {boolean} isUp */
function extendAt(view, isUp) {
  if (isPicking()) return;
  if (isUp && view.scrollTop < NEAR_PX / 2) extend(-1);
  else if (!isUp && view.scrollTop + view.clientHeight > view.scrollHeight - NEAR_PX) extend(1);
}

let top = 0;

/** @param {Happened<Event>} event */
function onScroll(event) {
  const view = event.target;
  if (!view.matches?.("#source .source-view")) return;
  extendAt(view, view.scrollTop < top);
  top = view.scrollTop;
  tellPage(view);
}

// At the upper edge, and where all of a page is seen, nothing scrolls.
/** @param {Happened<WheelEvent> | Happened<KeyboardEvent>} event */
function onPush(event) {
  const view = event.target.closest?.("#source .source-view");
  /** @type {Record<string, boolean>} */
  const ups = { ArrowUp: true, PageUp: true, ArrowDown: false, PageDown: false };
  const isUp = "deltaY" in event ? event.deltaY < 0 : ups[event.key];
  if (view && isUp !== undefined) extendAt(view, isUp);
}

// The page that stands in the middle is the one that is told, and left from.
/** @param {Element} view */
function tellPage(view) {
  const sheet = current(view);
  const steps = one(".page-steps");
  if (!sheet || !steps?.dataset.pages) return;
  const [page, last] = [pageOf(sheet), Number(steps.dataset.pages)];
  if (steps.dataset.page === String(page)) return;
  steps.dataset.page = String(page);
  within(steps, "span").textContent = say("{page} of {count}", { page: `${steps.dataset.word} ${page}`, count: last });
  const [back, on] = steps.querySelectorAll("button");
  Object.assign(back, { disabled: page <= 1 }).dataset.page = String(page - 1);
  Object.assign(on, { disabled: page >= last }).dataset.page = String(page + 1);
  all("[data-on]").forEach((element) => (element.dataset.on = String(page)));
  all(".outline [aria-current=page]").forEach((button) => button.removeAttribute("aria-current"));
  one(`.thumbnails [data-page="${page}"]`)?.setAttribute("aria-current", "page");
}

/** @param {Element} view */
function current(view) {
  const box = view.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  return all(".source-view > .sheet").findLast((sheet) => sheet.getBoundingClientRect().top <= middle);
}

// A part is drawn on one page alone.
function alone() {
  const view = one(".source-view");
  const kept = view && current(view);
  if (kept) view.replaceChildren(kept);
}

// --- rows of a long table, in pages ----------------------------------------------------------

// The page that holds a row takes the place of the one that is shown.
/** @param {Found | null} rows @param {number} row @returns {Promise<Element | null>} */
async function rowsAt(rows, row) {
  if (!rows) return null;
  const answer = await ask("GET", `/rows/${rows.dataset.rows}/${row}?cited=${rows.dataset.cited}`);
  if (!answer.ok || !rows.isConnected) return null;
  rows.insertAdjacentHTML("afterend", await answer.text());
  const came = rows.nextElementSibling;
  rows.remove();
  return came;
}

/** @param {Found} button */
async function leaf(button) {
  const isOn = button.matches("[data-leaf] + [data-leaf]");
  const came = await rowsAt(button.closest(".rows"), Number(button.dataset.leaf));
  came?.scrollIntoView({ block: "start" });
  const [back, on] = came?.querySelectorAll("[data-leaf]") ?? [];
  const next = isOn ? on : back;
  if (next) (next.disabled ? within(/** @type {Element} */ (came), ".table") : next).focus();
}

/** @param {Found | null} rows @param {number} row */
async function seek(rows, row) {
  const came = await rowsAt(rows, row);
  const sought = came?.querySelector(`[data-row="${row}"]`)?.parentElement;
  sought?.classList.add("sought");
  sought?.scrollIntoView({ block: "center" });
  came?.querySelector(".table")?.focus({ preventScroll: true });
}

/** @param {Happened<KeyboardEvent>} event */
function seekNumbered(event) {
  const field = event.target;
  if (event.key !== "Enter" || !field.matches?.(".leaf input") || !field.value) return;
  const row = Math.min(Math.max(1, Math.round(Number(field.value))), Number(field.getAttribute("max")));
  seek(field.closest(".rows"), row - 1);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-leaf], [data-seek]");
  if (button?.dataset.leaf) leaf(button);
  else if (button) seek(button.closest(".rows"), Number(button.dataset.seek));
});
document.addEventListener("keydown", seekNumbered);

// --- pages and headings ---------------------------------------------------------------------

async function showOutline() {
  const button = one("[data-outline]");
  const body = one(".source-body");
  if (!button || !body) return;
  one(".outline")?.remove();
  button.setAttribute("aria-expanded", String(state.isOpen));
  if (!state.isOpen) return;
  const answer = await ask("GET", `/outline/${button.dataset.outline}/${button.dataset.on}`);
  if (!answer.ok || !state.isOpen || !body.isConnected || one(".outline")) return;
  body.insertAdjacentHTML("afterbegin", await answer.text());
  const here = one(".outline [aria-current]");
  if (here) within(body, ".outline").scrollTop = here.offsetTop - 60;
}

// Without pages a heading is searched for in what is shown.
/** @param {string} words */
function goToHeading(words) {
  const found = all(".reading :is(h3, h4)").find((heading) => (heading.textContent ?? "").replace(/\s+/g, " ").trim().startsWith(words));
  found?.scrollIntoView({ block: "start" });
}

// --- what happens ---------------------------------------------------------------------------

document.addEventListener("pagelight:source", showOutline);
document.addEventListener("scroll", onScroll, true);
document.addEventListener("wheel", onPush, { passive: true });
document.addEventListener("keydown", onPush);
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("#source button");
    if (!button) return;
    if (button.dataset.pick === "start") alone();
    else if (button.dataset.outline) {
      state.isOpen = !state.isOpen;
      showOutline();
    } else if (button.dataset.heading) {
      event.stopPropagation();
      goToHeading(button.dataset.heading);
    }
  },
  true,
);
