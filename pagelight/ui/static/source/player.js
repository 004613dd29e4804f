// The player of a recording in the source panel: the line that is said and the slide that is seen are lit as
// it plays; lines, times and slides lead it.

import { allInSource as all, inSource as one, is, on } from "../shell/dom.js";

const STEADY_MS = 4000;
const SEEN = 2; // HTMLMediaElement.HAVE_CURRENT_DATA
const EARLY_S = 0.05; // a player that is sent to a second may stand just before it

/** @typedef {{ parts: HTMLElement[], starts: number[], at: number }} Track */

const state = { lines: track([]), stops: track([]), scrolled: 0 };

const MEDIA = "#source .player :is(video, audio)";
const media = () => /** @type {HTMLMediaElement | null} */ (/** @type {unknown} */ (document.querySelector(MEDIA)));

/** @param {HTMLElement[]} parts with `data-at`, in order of time @returns {Track} */
function track(parts) {
  return { parts, starts: parts.map((part) => Number(part.dataset.at)), at: -1 };
}

function begin() {
  const player = one(".player");
  if (!player) return;
  Object.assign(state, { lines: track(all(".transcript .line")), stops: track(all(".player .stop")) });
  follow(Number(player.dataset.from));
  rest();
  if (!one(".source-view mark")) reveal(state.lines.parts[state.lines.at]);
}

function follow(/** @type {number} */ second) {
  const line = light(state.lines, second);
  if (line && !media()?.paused) reveal(line);
  const stop = light(state.stops, second);
  const strip = one(".time-line");
  if (stop && strip) strip.scrollLeft = stop.offsetLeft - (strip.clientWidth - stop.offsetWidth) / 2;
}

/** The last of the lines, which begin at these seconds, in order, that has begun; -1 before the first. @type {(starts: number[], second: number) => number} */
export const lineAt = (starts, second) => starts.findLastIndex((start) => start <= second + EARLY_S);

/** Whether a second is within spans of time, "4.5-9 20-21.25". @type {(spans: string, second: number) => boolean} */
export const isWithin = (spans, second) =>
  spans.split(" ").some((span) => {
    const [start, end] = span.split("-").map(Number);
    return second >= start - EARLY_S && second < end;
  });

/** Light the part of a second; return it where it is another than before. @type {(among: Track, second: number) => HTMLElement | undefined} */
function light(among, second) {
  const at = lineAt(among.starts, second);
  if (at === among.at) return undefined;
  among.at = at;
  among.parts.forEach((part, n) => (part.ariaCurrent = n === at ? "true" : null));
  return among.parts[at];
}

/** Scroll a line into sight, where it is out of it and nobody scrolled lately. @param {HTMLElement | undefined} line */
function reveal(line) {
  const view = one(".source-view");
  if (!line || !view || Date.now() - state.scrolled <= STEADY_MS) return;
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

on("click", "#source [data-at]", (part) => {
  const player = media();
  const isMarking = part.matches(".line") && getSelection()?.toString();
  if (!player || isMarking) return;
  player.currentTime = Number(part.dataset.at);
  state.scrolled = 0;
  follow(player.currentTime);
}, true);

// --- what can't be played -------------------------------------------------------------------

/** @param {string} fault */
const tell = (fault) => one(`.player [data-fault="${fault}"]`)?.removeAttribute("hidden");

on("error", MEDIA, async (player, { target }) => {
  if (target !== player) return; // captions
  const answer = await fetch(player.src.split("#")[0], { method: "HEAD" }).catch(() => null);
  if (!player.isConnected) return;
  player.hidden = true;
  tell(answer?.ok ? "unplayable" : "gone");
}, true);
on("loadedmetadata", MEDIA, () => {
  const player = media();
  if (!(player instanceof HTMLVideoElement) || player.videoWidth) return;
  player.classList.add("unseen-film");
  if (one(".player")?.dataset.seen !== undefined) tell("unseen");
}, true);

// --- what happens: a player's events do not bubble --------------------------------------------

for (const type of /** @type {const} */ (["timeupdate", "seeked"])) on(type, MEDIA, () => follow(media()?.currentTime ?? 0), true);
for (const type of /** @type {const} */ (["loadeddata", "pause", "play", "seeked", "timeupdate"])) on(type, MEDIA, rest, true);
for (const type of /** @type {const} */ (["wheel", "touchmove"])) on(type, "#source .source-view", () => (state.scrolled = Date.now()));
document.addEventListener("pagelight:source", begin);

// Nothing is heard of a panel that is closed.
new MutationObserver(() => is("source-open") || media()?.pause()).observe(document.body, { attributes: true, attributeFilter: ["class"] });
