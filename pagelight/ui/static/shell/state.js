// What the program does just now: the line at the top, asked for whenever the server tells that it changed.

import { announce, byId, on, put } from "./dom.js";
import { ask, GONE } from "./server.js";

const CLOSED = "pagelight-notice";
const AGAIN_MS = 1500; // the server looks each second at what it tells
/** @type {ProgramState} */
const UNHEARD = { state: "gone", busy: false, bar: `<div class="line failed">${GONE()}</div>`, library: null, profile: null };

let looks = 0;
let told = 0;
let again = 0;
/** @type {string | null} the version that was told last */
let heard = null;
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
  clearTimeout(again);
  if (heard !== null && state.version && state.version !== heard) again = setTimeout(look, AGAIN_MS);
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
document.addEventListener("pagelight:look", look);
document.addEventListener("pagelight:ready", look);
document.addEventListener("pagelight:changed", ({ detail }) => {
  heard = detail.state;
  if (detail.changed.includes("state") || detail.changed.includes("library")) look();
});
