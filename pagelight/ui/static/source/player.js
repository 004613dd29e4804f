// The player of a recording in the source panel: the line that is said and the slide that is seen are lit as
// it plays; lines, times and slides lead it. Space plays, arrows go back and on.

import { write } from "../answers/tools.js";
import { say } from "../shell/language.js";
import { isWithin, lineAt, momentHash } from "./moments.js";

const SKIP_S = 5;
const STEADY_MS = 4000;
const TOLD_MS = 2500;
const SEEN = 2; // HTMLMediaElement.HAVE_CURRENT_DATA

/**
 * @typedef {object} Track
 * @property {HTMLElement[]} parts
 * @property {number[]} starts
 * @property {number} at
 */

/** @type {{ lines: Track, stops: Track, scrolled: number }} */
const state = { lines: track([]), stops: track([]), scrolled: 0 };

/** @type {(selector: string) => HTMLElement | null} */
const one = (selector) => document.querySelector(`#source ${selector}`);
/** @type {(selector: string) => HTMLElement[]} */
const all = (selector) => [...document.querySelectorAll(`#source ${selector}`)];
const media = () => /** @type {HTMLMediaElement | null} */ (one(".player :is(video, audio)"));

/**
 * @param {HTMLElement[]} parts with `data-at`, in order of time
 * @returns {Track}
 */
function track(parts) {
  return { parts, starts: parts.map((part) => Number(part.dataset.at)), at: -1 };
}

// --- following ------------------------------------------------------------------------------

// The panel tells of itself before it is open and after: lines can be scrolled to from then on.
function begin() {
  const player = one(".player");
  if (!player) return;
  if (player.dataset.begun === undefined) start(player);
  const isCited = one(".source-view mark") !== null;
  if (!isCited && Date.now() - state.scrolled > STEADY_MS) reveal(state.lines.parts[state.lines.at], one(".source-view"));
}

/** @param {HTMLElement} player */
function start(player) {
  player.dataset.begun = "";
  state.lines = track(all(".transcript .line"));
  state.stops = track(all(".player .stop"));
  follow(Number(player.dataset.from));
  rest();
}

/** @param {number} second */
function follow(second) {
  const line = light(state.lines, second, "aria-current", "true");
  const isLed = Date.now() - state.scrolled > STEADY_MS;
  if (line && isLed && !media()?.paused) reveal(line, one(".source-view"));
  const stop = light(state.stops, second, "aria-current", "time");
  const strip = one(".time-line");
  if (stop && strip) strip.scrollLeft = stop.offsetLeft - (strip.clientWidth - stop.offsetWidth) / 2;
  if (stop) document.dispatchEvent(new CustomEvent("pagelight:moment", { detail: stop.dataset.at }));
}

/**
 * Light the part of a second.
 * @param {Track} among
 * @param {number} second
 * @param {string} name
 * @param {string} value
 * @returns {HTMLElement | undefined} the part, where it is another than before
 */
function light(among, second, name, value) {
  const at = lineAt(among.starts, second);
  if (at === among.at) return undefined;
  among.parts[among.at]?.removeAttribute(name);
  among.at = at;
  among.parts[at]?.setAttribute(name, value);
  return among.parts[at];
}

/**
 * Scroll a line into sight, where it is out of it.
 * @param {HTMLElement | undefined} line
 * @param {HTMLElement | null} view
 */
function reveal(line, view) {
  if (!line || !view) return;
  const [box, around] = [line.getBoundingClientRect(), view.getBoundingClientRect()];
  if (box.top > around.top && box.bottom < around.bottom) return;
  view.scrollTop += box.top - around.top - around.height / 3;
}

// Outlines of what is cited lie over a slide while it stands still: moving pictures are not hidden.
function rest() {
  const [screen, player] = [one(".screen"), media()];
  if (!screen || !(player instanceof HTMLVideoElement)) return;
  const isThere = isWithin(screen.dataset.shown ?? "", player.currentTime) && player.videoWidth > 0;
  screen.classList.toggle("rests", player.paused && player.readyState >= SEEN && isThere);
}

// --- leading --------------------------------------------------------------------------------

/** @param {number} second */
function jump(second) {
  const player = media();
  if (!player) return;
  player.currentTime = second;
  state.scrolled = 0;
  follow(second);
}

/** @param {number} by lines on, or back */
function jumpLine(by) {
  const at = Math.min(state.lines.parts.length - 1, Math.max(0, state.lines.at + by));
  const line = state.lines.parts[at];
  if (!line) return;
  jump(state.lines.starts[at]);
  reveal(line, one(".source-view"));
}

/** @param {number} by seconds on, or back */
function skip(by) {
  const player = media();
  if (player) jump(Math.max(0, Math.min(player.duration || Infinity, player.currentTime + by)));
}

function toggle() {
  const player = media();
  if (player?.paused) player.play().catch(() => {}); // why it can't is told by its error
  else player?.pause();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  " ": toggle,
  ArrowLeft: () => skip(-SKIP_S),
  ArrowRight: () => skip(SKIP_S),
  ArrowUp: () => jumpLine(-1),
  ArrowDown: () => jumpLine(1),
};

/**
 * Before the page's own keys, which go from source to source. A player that has the focus knows its keys.
 * @param {KeyboardEvent} event
 */
function onKey(event) {
  const target = /** @type {Element} */ (event.target);
  if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!media() || !document.body.classList.contains("source-open")) return;
  if (target.closest("input, textarea, select, dialog, [contenteditable=true]")) return;
  if (target.closest("button, a, summary") && event.key === " ") return;
  if (target !== document.body && !target.closest("#source, #chat .chip, #chat .source-row")) return;
  event.stopPropagation();
  if (target === media()) return;
  event.preventDefault();
  KEYS[event.key]();
}

/** @param {MouseEvent} event */
function onClick(event) {
  const target = /** @type {Element} */ (event.target);
  const part = /** @type {HTMLElement | null} */ (target.closest("#source [data-at]"));
  const isMarking = part?.matches(".line") && getSelection()?.toString();
  if (part && media() && !isMarking) jump(Number(part.dataset.at));
  const button = /** @type {HTMLButtonElement | null} */ (target.closest("#source [data-moment]"));
  if (button) copyMoment(button);
}

/** @param {HTMLButtonElement} button */
async function copyMoment(button) {
  const hash = momentHash(one(".player")?.dataset.doc ?? "", media()?.currentTime ?? 0);
  const told = button.textContent;
  try {
    await write(`${location.origin}/${hash}`);
    button.textContent = say("Copied");
  } catch {
    button.textContent = say("Not copied");
  }
  setTimeout(() => (button.textContent = told), TOLD_MS);
}

// --- what can't be played -------------------------------------------------------------------

/** @param {string} fault */
function tell(fault) {
  const told = one(`.player [data-fault="${fault}"]`);
  if (told) told.hidden = false;
}

async function fail() {
  const player = media();
  if (!player) return;
  const answer = await fetch(player.src.split("#")[0], { method: "HEAD" }).catch(() => null);
  if (!player.isConnected) return;
  player.hidden = true;
  tell(answer?.ok ? "unplayable" : "gone");
}

function onLength() {
  const player = media();
  if (!(player instanceof HTMLVideoElement) || player.videoWidth) return;
  player.classList.add("unseen-film");
  if (one(".player")?.dataset.seen !== undefined) tell("unseen");
}

// --- what happens ---------------------------------------------------------------------------

/** @param {string} type @param {(player: HTMLMediaElement) => void} act */
function onMedia(type, act) {
  const heard = (/** @type {Event} */ { target }) => {
    const player = media();
    if (player && target === player) act(player);
  };
  document.addEventListener(type, heard, true); // these do not bubble
}

onMedia("timeupdate", (player) => follow(player.currentTime));
onMedia("seeked", (player) => follow(player.currentTime));
for (const type of ["loadeddata", "pause", "play", "seeked", "timeupdate"]) onMedia(type, rest);
onMedia("loadedmetadata", onLength);
onMedia("error", fail);
document.addEventListener("pagelight:source", begin);
document.addEventListener("click", onClick, true);
document.addEventListener("keydown", onKey, true);
const onScroll = (/** @type {Event} */ event) => {
  if (/** @type {Element} */ (event.target).closest?.("#source .source-view")) state.scrolled = Date.now();
};
for (const type of ["wheel", "touchmove"]) document.addEventListener(type, onScroll, { passive: true });

// Nothing is heard of a panel that is closed.
const hush = () => document.body.classList.contains("source-open") || media()?.pause();
new MutationObserver(hush).observe(document.body, { attributes: true, attributeFilter: ["class"] });
