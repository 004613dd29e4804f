// What the server tells as it happens, and what the program does just now: the line at the top. `pagelight:changed`
// names what is another by now, and the conversations that changed; `pagelight:piece` has words of an answer,
// `pagelight:over` names one that ended. A tab that is not seen listens to nothing; where no stream comes through, it
// is asked now and then.

import { announce, byId, on, put } from "./dom.js";
import { ask, GONE } from "./server.js";

const CLOSED = "pagelight-notice";
const LOOK_MS = 1500; // the server looks each second at what it tells
const AGAIN_MS = 1000;
const SLOWEST_MS = 4000;
const FIRST_MS = 8000; // a stream tells at once how everything stands, unless something holds it back
const SILENT_MS = 40000; // the server is silent for 15 s at most
/** @type {ProgramState} */
const UNHEARD = { state: "gone", busy: false, bar: `<div class="line failed">${GONE()}</div>`, library: null, profile: null };

// --- what it does -----------------------------------------------------------------------------

/** @type {Standing} as it was told last */
const known = { library: null, state: null, revision: null };
let looks = 0;
let told = 0;
let lookAgain = 0;
let begun = "";

// Of answers that overtake each other the one that was asked for last is shown. One of a moment that
// nothing told of, as of a reading that was over before it could be told, is asked for again.
export async function look() {
  const mine = ++looks;
  const answer = await ask("GET", "/state");
  /** @type {ProgramState} */
  const state = await answer.json().catch(() => UNHEARD);
  if (mine < told) return;
  told = mine;
  clearTimeout(lookAgain);
  if (known.state !== null && state.version && state.version !== known.state) lookAgain = setTimeout(look, LOOK_MS);
  document.body.dataset.state = state.state;
  put(byId("status"), state.bar);
  showNotice();
  put(byId("profile-line"), state.profile);
  if (state.begun) announce("reached", begun !== "" && begun !== state.begun);
  begun = state.begun ?? begun;
  announce("state", state);
}

// Who has closed what is told of the model that answers is not told the same again.
function showNotice() {
  const notice = document.querySelector("#status .notice");
  if (notice) notice.hidden = notice.dataset.notice === localStorage.getItem(CLOSED);
}

on("click", "#status .notice button", ({ parentElement }) => {
  localStorage.setItem(CLOSED, parentElement?.dataset.notice ?? "");
  showNotice();
});
document.addEventListener("pagelight:ready", look);

// --- what it tells ----------------------------------------------------------------------------

/** @type {EventSource | null} */
let stream = null;
let timer = 0;
let again = AGAIN_MS;
let heard = 0;

// At first all that lately changed is told: this conversation may have, since the page was asked for.
const url = (/** @type {string} */ path) => `${path}?since=${known.revision ?? 0}`;

function hear(/** @type {Standing & { talks: Record<string, string> }} */ { talks, ...standing }) {
  heard += 1;
  const names = /** @type {(keyof Standing)[]} */ (Object.keys(known));
  const changed = names.filter((what) => standing[what] !== known[what]);
  Object.assign(known, standing);
  if (changed.length) announce("changed", { changed, talks });
  if (changed.some((what) => what !== "revision")) look();
}

function close() {
  clearTimeout(timer);
  stream?.close();
  stream = null;
}

function listen() {
  close();
  if (document.hidden) return;
  stream = new EventSource(url("/events"));
  stream.onmessage = ({ data }) => {
    again = AGAIN_MS;
    expect(SILENT_MS);
    hear(JSON.parse(data));
  };
  stream.addEventListener("piece", ({ data }) => {
    expect(SILENT_MS);
    announce("piece", JSON.parse(data));
  });
  stream.addEventListener("over", ({ data }) => announce("over", JSON.parse(data)));
  stream.addEventListener("beat", () => expect(SILENT_MS));
  stream.onerror = askOnce;
  expect(FIRST_MS);
}

function expect(/** @type {number} */ within_ms) {
  clearTimeout(timer);
  timer = setTimeout(askOnce, within_ms);
}

// No stream: how does everything stand? And then a stream again, each time somewhat later.
async function askOnce() {
  close();
  if (document.hidden) return;
  timer = setTimeout(listen, again);
  again = Math.min(again * 2, SLOWEST_MS);
  const before = heard;
  const answer = await ask("GET", url("/events/now"));
  if (answer.status === 401) return location.reload(); // signed out, here or in another tab
  const standing = await answer.json().catch(() => null);
  if (standing && before === heard) hear(standing); // else a stream has told something newer
  if (standing) return;
  known.state = null; // whatever stands when it answers again is news
  look();
}

document.addEventListener("visibilitychange", () => {
  again = AGAIN_MS;
  listen();
});
document.addEventListener("DOMContentLoaded", listen); // by then all scripts hear
