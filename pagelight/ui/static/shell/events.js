// Changes, told by the server as they happen: `pagelight:changed` names what is another by now, and the
// conversations that changed; `pagelight:piece` has words of an answer, `pagelight:over` names one that ended. A tab
// that is not seen listens to nothing; where no stream comes through, it is asked now and then.

import { announce } from "./dom.js";

const AGAIN_MS = 1000;
const SLOWEST_MS = 4000;
const FIRST_MS = 8000; // a stream tells at once how everything stands, unless something holds it back
const SILENT_MS = 40000; // the server is silent for 15 s at most
/** @type {Standing} */
const known = { library: null, state: null, revision: null };
/** @type {EventSource | null} */
let stream = null;
let timer = 0;
let again = AGAIN_MS;
let heard = 0;

// At first all that lately changed is told: this conversation may have, since the page was asked for.
/** @param {string} path */
const url = (path) => `${path}?since=${known.revision ?? 0}`;

/** @param {Standing & { talks: Record<string, string> }} told */
function hear({ talks, ...standing }) {
  heard += 1;
  const names = /** @type {(keyof Standing)[]} */ (Object.keys(known));
  const changed = names.filter((what) => standing[what] !== known[what]);
  Object.assign(known, standing);
  if (changed.length) announce("changed", { changed, talks, state: standing.state });
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
  stream.onmessage = (event) => {
    again = AGAIN_MS;
    expect(SILENT_MS);
    hear(JSON.parse(event.data));
  };
  stream.addEventListener("piece", ({ data }) => {
    expect(SILENT_MS);
    announce("piece", JSON.parse(data));
  });
  stream.addEventListener("over", ({ data }) => announce("over", JSON.parse(data)));
  stream.addEventListener("beat", () => expect(SILENT_MS));
  stream.onerror = ask;
  expect(FIRST_MS);
}

/** @param {number} within_ms */
function expect(within_ms) {
  clearTimeout(timer);
  timer = setTimeout(ask, within_ms);
}

// No stream: how does everything stand? And then a stream again, each time somewhat later.
async function ask() {
  close();
  if (document.hidden) return;
  timer = setTimeout(listen, again);
  again = Math.min(again * 2, SLOWEST_MS);
  const before = heard;
  try {
    const answer = await fetch(url("/events/now"));
    if (answer.status === 401) return location.reload(); // signed out, here or in another tab
    const standing = await answer.json();
    if (before === heard) hear(standing); // else a stream has told something newer
  } catch {
    known.state = null; // whatever stands when it answers again is news
    announce("look");
  }
}

document.addEventListener("visibilitychange", () => {
  again = AGAIN_MS;
  if (document.hidden) close();
  else listen();
});

document.addEventListener("DOMContentLoaded", listen); // by then all scripts hear
