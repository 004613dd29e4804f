// What the page does by itself: opens sources, lights them, zooms and steps.
// All HTML comes from our own server, escaped there; nothing is built from text here.

import { allInSource, announce, byId, inSource, is, isAbove, isCovered, on, shown, within } from "../shell/dom.js";
import { ask, GONE, oneByOne } from "../shell/server.js";
import { look } from "../shell/state.js";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
const SHARPER_FROM = 2;
const view = { key: "", position: 0, zoom: 1, request: 0, found: "", words: "" };

// --- the source panel ---------------------------------------------------------------------

async function show(/** @type {string} */ url) {
  const request = ++view.request;
  byId("sheet").ariaBusy = "true";
  const answer = await ask("GET", url);
  const html = answer.type === "error" ? `<p class="remark">${GONE()}</p>` : await answer.text();
  if (request !== view.request) return; // a later click won
  fill(html);
  const field = inSource(`[data-found="${view.found}"] input`);
  if (field) field.value = view.words;
  zoomTo(view.zoom);
}

function openPlace(/** @type {string} */ key, /** @type {number} */ position) {
  Object.assign(view, { key, position });
  markActive();
  return show(`/source/${key}/${position}`);
}

/** @param {string} found a document @param {string | undefined} page @param {string} words @param {number} [position] */
function openWords(found, page, words, position = 0) {
  Object.assign(view, { key: "", found, words, position });
  markActive();
  return openFound(page);
}

/** @param {string | undefined} page */
const openFound = (page) => show(`/found/${view.found}/${page}/${view.position}?words=${encodeURIComponent(view.words)}`);

// Enter goes to the next place of the words in the document, with Shift to the one before.
on("keydown", "#source .find", async ({ dataset: { found = "", on: page } }, { target, key, shiftKey }) => {
  if (key !== "Enter") return;
  const words = target.value.trim();
  const isSame = !view.key && found === view.found && words === view.words;
  await openWords(found, page, words, isSame ? view.position + (shiftKey ? -1 : 1) : 0);
  inSource(".find input")?.focus();
});

function leave() {
  view.request++;
  view.key = "";
  markActive();
}

function closeSource() {
  const isList = !byId("library").hidden && byId("panel").contains(document.activeElement);
  leave();
  openPanel("library");
  document.body.classList.remove("panel-open");
  if (isList) document.querySelector("#status [data-action=library]")?.focus();
}

/** Give the source's place to something else. @param {string} html */
export function showInstead(html) {
  leave();
  fill(html);
}

function fill(/** @type {string} */ html) {
  byId("source").innerHTML = html;
  openPanel("source");
  announce("source");
}

// On narrow screens the panel is a sheet that opens and closes; on wide ones it is always there.
function openPanel(/** @type {string} */ which) {
  byId("sheet").ariaBusy = null;
  byId("library").hidden = which !== "library";
  byId("source").hidden = which !== "source";
  document.body.classList.toggle("source-open", which === "source");
  document.body.classList.add("panel-open");
}

// Gradio re-uses elements when a conversation grows: this runs again after each change.
function markActive() {
  const current = `${view.key}/${view.position}`;
  document.querySelectorAll("button[name=source]").forEach((each) => each.classList.toggle("active", each.value === current));
}

const inTurn = oneByOne();

// Each from the place that the one before has led to.
const step = (/** @type {number} */ by) =>
  inTurn(async () => {
    const button = inSource(`[data-step="${by}"]`);
    if (!button || button.disabled) return;
    if (view.key) return openPlace(view.key, view.position + by);
    view.position += by;
    return openFound(within(document, "#source .find").dataset.on);
  });

function zoomTo(/** @type {number} */ zoom) {
  view.zoom = zoom;
  const frame = inSource(".source-view");
  const middle = frame?.scrollTop ? (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight : 0;
  allInSource(".source-view > :is(.sheet, .reading)").forEach((sheet) => {
    sheet.style.setProperty("--zoom", String(zoom));
    const picture = sheet.matches(".sheet") ? sheet.querySelector("img") : null;
    const url = picture?.getAttribute("src") ?? "";
    if (picture && zoom >= SHARPER_FROM && url.startsWith("/page/") && !url.includes("?")) picture.src = `${url}?w=2400`;
  });
  if (frame && middle) frame.scrollTop = middle * frame.scrollHeight - frame.clientHeight / 2;
  scrollToCited();
}

/** @param {number} direction */
const zoomBy = (direction) => zoomTo(ZOOMS[ZOOMS.indexOf(view.zoom) + direction] ?? view.zoom);

function scrollToCited() {
  const frame = inSource(".source-view");
  const lit = frame?.querySelector(".lit, mark, .lit-row");
  if (!frame || !lit) return;
  const box = lit.getBoundingClientRect();
  const around = frame.getBoundingClientRect();
  const above = Math.min(around.height / 3, Math.max(16, (around.height - box.height) / 2));
  frame.scrollTop += box.top - around.top - above;
  frame.scrollLeft += box.left + Math.min(box.width, around.width) / 2 - around.left - around.width / 2;
}

// --- an address that names a page ---------------------------------------------------------

// Other programs' footnotes lead here: /#document/ID/PAGE, and for a moment /#document/ID/1?at=SECONDS.
/** Return what shows of our server what an address names after the page; "" for what names no document. @param {string} hash */
export function namedBy(hash) {
  const named = /^#(document\/[0-9a-f]{64}\/\d{1,6}(?:\?at=\d{1,6}(?:\.\d{1,3})?)?)$/.exec(hash);
  return named ? `/${named[1]}` : "";
}

function showNamed() {
  const named = namedBy(location.hash);
  if (named) show(named);
}

addEventListener("hashchange", showNamed);
document.addEventListener("pagelight:ready", showNamed);

// --- clicks and keys ----------------------------------------------------------------------

on("click", "button[name=source]", ({ value }) => {
  const [key, position] = value.split("/");
  openPlace(key, Number(position));
});
on("click", "button[data-step]", ({ dataset }) => step(Number(dataset.step)));
on("click", "button[data-zoom]", ({ dataset: { zoom } }) => (zoom === "fit" ? zoomTo(1) : zoomBy(zoom === "in" ? 1 : -1)));
on("click", "button[data-doc]", ({ dataset: { doc = "", page, words } }) => (words ? openWords(doc, page, words) : show(`/document/${doc}/${page}`)));
on("click", "button[data-action]:not([data-action=settings])", async ({ dataset: { action } }) => {
  if (action === "library") return view.request++, openPanel("library"); // a source that is on its way is not shown
  await ask("POST", `/action/${action}`);
  look();
});
on("click", "#source-close", closeSource);

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  "+": () => zoomBy(1),
  "-": () => zoomBy(-1),
  0: () => zoomTo(1),
  Escape: closeSource,
};

document.addEventListener("keydown", (event) => {
  const isEscape = event.key === "Escape";
  const field = event.target.closest?.("input, textarea, [contenteditable=true]");
  const isKept = field?.value && !field.matches(`[type=radio], [type=checkbox]${isCovered() ? ", #ask *" : ""}`);
  if ((field && !isEscape) || isKept || event.ctrlKey || event.metaKey || event.altKey) return;
  const isPlayers = event.key.startsWith("Arrow") && event.target.matches?.("video, audio");
  const isOpen = is("source-open") || (isEscape && isCovered());
  if (!isOpen || !KEYS[event.key] || (isEscape && isAbove()) || isPlayers) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("pagelight:shown", ({ detail: former }) => {
  if (former.talk && former.talk !== shown.talk && view.key) closeSource(); // it is of another conversation
});
addEventListener("online", look); // what was lost is told again then
for (const written of /** @type {const} */ (["bubbles", "piece"])) document.addEventListener(`pagelight:${written}`, () => view.key && markActive());
