// What the page shows, told to the other scripts: `pagelight:shown` when the conversation, its last
// exchange, what it is asked of or whether it is answered has become another; `pagelight:bubbles`,
// once a frame, when bubbles were written. Watches the chat alone, and once it is there.

import { announce, byId, shown } from "./dom.js";

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
/** @param {MutationRecord[]} records */
function written(records) {
  if (records.every(({ target }) => /** @type {Found} */ (target).closest?.(".answer.growing, .answer.waiting"))) return;
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    announce("bubbles");
  });
}

function watch() {
  const inside = { childList: true, subtree: true };
  new MutationObserver(read).observe(byId("shown"), inside);
  new MutationObserver(written).observe(byId("chat"), inside);
  announce("ready");
  read();
  announce("bubbles");
}

// Gradio makes the page some time after its scripts ran, from what it fetches.
function begin() {
  const mounted = () => ["shown", "chat", "ask", "upload"].every(byId);
  if (mounted()) return watch();
  new MutationObserver((_, observer) => {
    if (!mounted()) return;
    observer.disconnect();
    watch();
  }).observe(document.documentElement, { childList: true, subtree: true });
}

document.addEventListener("DOMContentLoaded", begin); // by then all scripts listen
