// What this tab shows, told to the other scripts: `pagelight:shown` when the conversation, its last exchange, what it
// is asked of or whether it is answered has become another; `pagelight:bubbles`, once a frame, when bubbles were
// written. And what it wants of the server: told over our own API, then done by the page.

import { announce, byId, on, shown } from "./dom.js";
import { ask, isTold, tellAgain, tellInTurn, tellUntilHeard, whenTold } from "./server.js";

const SHOWN_MS = 4000;
const SLOWEST_MS = 60000;
/** @type {Map<string, string>} what lies beside the next question: "region", "scope" */
const laid = new Map();
/** @type {() => void} */
let begin;
/** @type {Promise<void>} what is pressed before the page has heard which tab it is waits for that */
const isBegun = new Promise((resolve) => (begin = resolve));
let wants = false;
let pressed = 0;

/**
 * Have something asked or shown: `Step` of pagelight/server/events.py.
 * @param {"ask" | "again" | "branch" | "remove" | "open" | "earlier" | "look"} what
 * @param {{ about?: string, text?: string }} [more]
 * @returns {Promise<boolean>} whether the server has heard of it
 */
export async function want(what, more = {}) {
  if (!shown.tab) {
    const mine = ++pressed;
    await isBegun;
    if (mine !== pressed) return false; // the last is done: who presses twice wants it once
  }
  const answer = await tellInTurn(() => ask("POST", `/tabs/${shown.tab}/next`, { do: what, ...more }));
  if (!answer.ok) return false;
  wants = true;
  byId("new").click(); // which does what is wanted
  wants = false;
  return true;
}

let lost = 0;
let patience = SHOWN_MS;

/**
 * Look what has become of what was just sent, if nothing of it is shown for long. Gradio takes a stream for open
 * that the server has just closed, and hears of what it sent then with what it sends next.
 */
export function expectShown() {
  clearTimeout(lost);
  lost = setTimeout(() => want("look"), patience);
  patience = Math.min(2 * patience, SLOWEST_MS);
}

/** Whether the page knows which tab it is, and the server all that it was told. */
export const isReady = () => shown.tab !== "" && isTold();
export const whenReady = () => isBegun.then(whenTold);

/** Whether the button is not pressed by a person, who wants a new conversation. */
export const isWanting = () => wants;

/** Let something go with the next question. @param {"region" | "scope"} what @param {string} text */
export function lay(what, text) {
  laid.set(what, text);
  return tellUntilHeard(what, async () => {
    if (!shown.tab) await isBegun;
    return ask("PUT", `/tabs/${shown.tab}/${what}`, { text });
  });
}

document.addEventListener("pagelight:shown", ({ detail: former }) => {
  begin();
  if (shown.turn > former.turn) {
    clearTimeout(lost);
    patience = SHOWN_MS;
  }
  if (shown.talk) laid.delete("scope"); // the conversation keeps its own
});
// Who begins anew while something is on its way means it to come after that.
on("click", "#new", (_, event) => {
  if (wants || isReady()) return expectShown();
  event.preventDefault();
  event.stopPropagation();
  whenReady().then(() => byId("new").click());
}, true);
// A server that was started anew knows nothing of what lay there; one that is reached again not what was lost.
document.addEventListener("pagelight:reached", ({ detail: isAnew }) => {
  tellAgain();
  if (isAnew) laid.forEach((text, what) => ask("PUT", `/tabs/${shown.tab}/${what}`, { text }));
});

// --- what is shown ----------------------------------------------------------------------------

const INSIDE = { childList: true, subtree: true };
let told = "";
let frame = 0;

// The server writes it; see `shown_html`. What it wrote before one was led on may come after.
function read() {
  const mirror = document.querySelector("#shown [data-talk]");
  if (!mirror || mirror.outerHTML === told || Number(mirror.dataset.turn) < shown.turn) return;
  told = mirror.outerHTML;
  const former = { ...shown };
  const { tab, turn, talk, head, scope, earlier, growing, region = "" } = mirror.dataset;
  const more = { turn: Number(turn), scope: JSON.parse(scope ?? "[]"), earlier: Number(earlier), growing: growing !== undefined };
  Object.assign(shown, { tab, talk, head, region, ...more });
  announce("shown", former);
}

// Words of an answer that grows are no news: who wrote them tells so.
function written(/** @type {MutationRecord[]} */ records) {
  if (records.every(({ target }) => /** @type {Found} */ (target).closest?.(".answer.growing, .answer.waiting"))) return;
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    announce("bubbles");
  });
}

const mounting = new MutationObserver(watch);

// Gradio makes the page some time after its scripts ran, from what it fetches.
function watch() {
  if (!["shown", "chat", "ask", "upload"].every(byId)) return mounting.observe(document.documentElement, INSIDE);
  mounting.disconnect();
  new MutationObserver(read).observe(byId("shown"), INSIDE);
  new MutationObserver(written).observe(byId("chat"), INSIDE);
  announce("ready");
  read();
  announce("bubbles");
}

document.addEventListener("DOMContentLoaded", watch); // by then all scripts listen
