// The list of documents: filtered, shown a part at a time, files read again or taken out.
// All HTML is the server's.

import { byId, make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, whyNot } from "../shell/server.js";

const SOON_MS = 200;
/** @type {{ shown: number, version: string | null, request: number }} */
const wish = { shown: 0, version: null, request: 0 };
let waiting = 0;
let isTried = false; // a password

// --- the list -----------------------------------------------------------------------------

async function load() {
  const list = byId("library-list");
  if (!list) return;
  const request = ++wish.request;
  const asked = new URLSearchParams({
    words: byId("library-words").value,
    state: byId("library-state").value,
    shown: String(wish.shown),
  });
  const answer = await ask("GET", `/library?${asked}`);
  if (request !== wish.request) return;
  if (!answer.ok) return void (wish.version = null); // the next state that is told asks again
  const html = await answer.text();
  if (list.shown === html) return;
  const open = [...list.querySelectorAll("details[open] > .doc-facts")].map((facts) => facts.dataset.source);
  const focused = document.activeElement?.closest("#library-list .doc-row")?.querySelector(".doc-facts")?.dataset.source;
  list.innerHTML = list.shown = html;
  for (const facts of list.querySelectorAll(".doc-facts")) {
    const { source } = facts.dataset;
    const details = facts.closest("details");
    if (details && open.includes(source)) details.open = true;
    if (source === focused) details?.querySelector("summary")?.focus();
  }
  document.dispatchEvent(new Event("pagelight:library"));
}

function loadSoon() {
  wish.shown = 0;
  clearTimeout(waiting);
  waiting = setTimeout(load, SOON_MS);
}

/** @param {Found} button */
async function act(button) {
  const facts = button.closest(".doc-facts");
  if (!facts) return;
  const answer = await ask("POST", `/library/${button.dataset.library}`, { source: facts.dataset.source });
  if (answer.ok) {
    document.dispatchEvent(new Event("pagelight:look"));
    return load();
  }
  tellIn(facts, (await whyNot(answer)) || say("This did not work."));
}

/** @param {Found} form */
async function unlock(form) {
  const field = within(form, "input");
  const answer = await ask("POST", "/library/unlock", { password: field.value });
  field.value = "";
  isTried = answer.ok;
  if (answer.ok) document.dispatchEvent(new Event("pagelight:look"));
  else tellIn(form, (await whyNot(answer)) || say("This did not work."));
}

// The folder is read with a password: where files stay locked the form stands there again.
function tellTried() {
  isTried = false;
  const form = document.querySelector(".unlock");
  if (form) tellIn(form, say("Files are locked still: try another password."));
}

/** @param {Found} where @param {string} words */
function tellIn(where, words) {
  const line = where.querySelector("[role=alert]") ?? make("p");
  line.setAttribute("role", "alert");
  line.className = "bad";
  line.textContent = words;
  where.append(line);
}

// --- what happens -------------------------------------------------------------------------

document.addEventListener("pagelight:state", (event) => {
  if (isTried && event.detail.state !== "reading") tellTried();
  const isSame = event.detail.library === null || event.detail.library === wish.version;
  if (isSame || !byId("library-list")) return; // Gradio may not have made the list yet
  wish.version = event.detail.library;
  load();
});
document.addEventListener("input", (event) => event.target.id === "library-words" && loadSoon());
document.addEventListener("change", (event) => {
  if (event.target.id === "library-state") loadSoon();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".unlock")) return;
  event.preventDefault();
  unlock(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.dataset.library) act(button);
  else if (button?.dataset.show) {
    wish.shown = Number(button.dataset.show);
    load();
  }
});
