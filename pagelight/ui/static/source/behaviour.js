// What the page does by itself: opens sources, lights them, zooms and steps.
// All HTML comes from our own server, escaped there; nothing is built from text here.

import { byId, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, oneByOne } from "../shell/server.js";
import { act, look } from "../shell/state.js";
import { namedBy } from "./moments.js";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
const SHARPER_FROM = 2;
const BUSY_MS = 1000;
const view = { key: "", position: 0, zoom: 1, request: 0, found: "", words: "" };

// --- the source panel ---------------------------------------------------------------------

/** @param {Found} element */
function placeOf(element) {
  const [key, position] = element.name === "source" ? element.value.split("/") : [];
  return key ? { key, position: Number(position) } : null;
}

/**
 * Return the HTML of our server, or a sentence where none comes.
 * @param {string} method
 * @param {string} url
 */
async function written(method, url) {
  const answer = await ask(method, url);
  const isGone = answer.type === "error";
  return isGone ? `<p class="remark">${say("Pagelight does not answer. Is it still running?")}</p>` : answer.text();
}

/** @param {string} url */
async function show(url) {
  const request = ++view.request;
  const html = await written("GET", url);
  if (request !== view.request) return; // a later click won
  const source = byId("source");
  source.innerHTML = html;
  source.shown = html;
  document.dispatchEvent(new Event("pagelight:source"));
  openPanel("source");
  const field = source.querySelector(`[data-found="${view.found}"] input`);
  if (field) field.value = view.words;
  document.dispatchEvent(new Event("pagelight:source"));
  zoomTo(view.zoom);
}

/** @param {string} key @param {number} position */
function openPlace(key, position) {
  Object.assign(view, { key, position });
  markActive();
  return show(`/source/${key}/${position}`);
}

// Enter goes to the next place of the words in the document, with Shift to the one before.
/** @param {Found} field @param {number} by */
async function find(field, by) {
  const { found, on } = /** @type {HTMLElement} */ (field.parentElement).dataset;
  const words = field.value.trim();
  const isSame = !view.key && found === view.found && words === view.words;
  Object.assign(view, { key: "", found, words, position: isSame ? view.position + by : 0 });
  markActive();
  await openFound(on);
  document.querySelector("#source .find input")?.focus();
}

/** @param {string} doc @param {string | undefined} page @param {string} words */
function openWords(doc, page, words) {
  Object.assign(view, { key: "", found: doc, words, position: 0 });
  markActive();
  return openFound(page);
}

/** @param {string | undefined} page */
const openFound = (page) =>
  show(`/found/${view.found}/${page}/${view.position}?words=${encodeURIComponent(view.words)}`);

function closeSource() {
  view.request++;
  view.key = "";
  markActive();
  openPanel("library");
  document.body.classList.remove("panel-open");
}

// On narrow screens the panel is a sheet that opens and closes; on wide ones it is always there.
/** @param {string} which */
function openPanel(which) {
  byId("library").hidden = which !== "library";
  byId("source").hidden = which !== "source";
  document.body.classList.toggle("source-open", which === "source");
  document.body.classList.add("panel-open");
}

// Gradio re-uses elements when a conversation grows: this runs again after each change.
function markActive() {
  const current = `${view.key}/${view.position}`;
  document.querySelectorAll("button[name=source]").forEach((element) => {
    element.classList.toggle("active", element.value === current);
  });
}

const inTurn = oneByOne();

// Each from the place that the one before has led to.
/** @param {number} by */
const step = (by) => inTurn(() => stepOn(by));

/** @param {number} by */
async function stepOn(by) {
  const button = document.querySelector(`#source [data-step="${by}"]`);
  if (!button || button.disabled) return;
  if (view.key) return openPlace(view.key, view.position + by);
  view.position += by;
  return openFound(within(document, "#source .find").dataset.on);
}

/** @param {number} zoom */
function zoomTo(zoom) {
  view.zoom = zoom;
  const frame = document.querySelector("#source .source-view");
  const middle = frame?.scrollTop ? (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight : 0;
  document.querySelectorAll("#source .source-view > :is(.sheet, .reading)").forEach((sheet) => {
    sheet.style.setProperty("--zoom", String(zoom));
    if (zoom >= SHARPER_FROM && sheet.matches(".sheet")) sharpen(sheet.querySelector("img"));
  });
  if (frame && middle) frame.scrollTop = middle * frame.scrollHeight - frame.clientHeight / 2;
  scrollToCited();
}

/** @param {Found | null} picture */
function sharpen(picture) {
  const url = picture?.getAttribute("src") ?? "";
  if (picture && url.startsWith("/page/") && !url.includes("?")) picture.src = `${url}?w=2400`;
}

/** @param {number} direction */
function zoomBy(direction) {
  const at = ZOOMS.findIndex((zoom) => zoom >= view.zoom);
  zoomTo(ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + direction))]);
}

function scrollToCited() {
  const frame = document.querySelector("#source .source-view");
  const lit = frame?.querySelector(".lit, mark, .lit-row");
  if (!frame || !lit) return;
  const box = lit.getBoundingClientRect();
  const around = frame.getBoundingClientRect();
  const above = Math.min(around.height / 3, Math.max(16, (around.height - box.height) / 2));
  frame.scrollTop += box.top - around.top - above;
  frame.scrollLeft += box.left + Math.min(box.width, around.width) / 2 - around.left - around.width / 2;
}

/**
 * Give the source's place to something else.
 * @param {string} html
 */
export function showInstead(html) {
  view.request++;
  view.key = "";
  markActive();
  byId("source").innerHTML = byId("source").shown = html;
  document.dispatchEvent(new Event("pagelight:source"));
  openPanel("source");
}

// --- an address that names a page ---------------------------------------------------------

// Other programs' footnotes lead here: /#document/ID/PAGE, and for a moment /#document/ID/1?at=SECONDS.
function showNamed() {
  if (!byId("source")) return setTimeout(showNamed, BUSY_MS / 4); // the page is still being made
  const named = namedBy(location.hash);
  if (named) show(named);
}

// --- clicks and keys ----------------------------------------------------------------------

/** @param {Happened<MouseEvent>} event */
function onClick(event) {
  const button = event.target.closest?.("button");
  if (!button || button.disabled) return;
  const place = placeOf(button);
  const { step: by, zoom, doc, page, action, words } = button.dataset;
  if (place) openPlace(place.key, place.position);
  else if (by) step(Number(by));
  else if (zoom === "fit") zoomTo(1);
  else if (zoom) zoomBy(zoom === "in" ? 1 : -1);
  else if (doc && words) openWords(doc, page, words);
  else if (doc) show(`/document/${doc}/${page}`);
  else if (action === "library") view.request++, openPanel("library"); // a source that is on its way is not shown
  else if (action && action !== "settings") act(action);
  else if (button.id === "source-close") closeSource();
}

/** @param {Happened<KeyboardEvent>} event */
function onKey(event) {
  const isSought = event.key === "Enter" && event.target.matches?.("#source .find input");
  if (isSought) return find(event.target, event.shiftKey ? -1 : 1);
  const typing = event.target.closest?.("input, textarea, [contenteditable=true]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.body.classList.contains("source-open")) return;
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    "+": () => zoomBy(1),
    "-": () => zoomBy(-1),
    0: () => zoomTo(1),
    Escape: closeSource,
  };
  const isMenus = event.key === "Escape" && document.querySelector("#source :popover-open");
  const isPlayers = event.key.startsWith("Arrow") && event.target.matches?.("video, audio");
  if (!keys[event.key] || isMenus || isPlayers) return;
  event.preventDefault();
  keys[event.key]();
}

let talk = "";
document.addEventListener("pagelight:shown", ({ detail }) => {
  if (talk && talk !== detail.talk && view.key) closeSource(); // it is of another conversation
  talk = detail.talk;
});
document.addEventListener("pagelight:bubbles", () => view.key && markActive());
document.addEventListener("pagelight:piece", () => view.key && markActive());
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("pagelight:open", ({ detail }) => show(namedBy(detail)));
addEventListener("online", look); // what was lost is told again then
addEventListener("hashchange", showNamed);
showNamed();
