// The list of documents: filtered, shown a part at a time, files read again or taken out; and the empty screen
// while there are none, with the demo at a click. All HTML is the server's.

import { announce, byId, focusBox, make, on, put, soon, tellBelow, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf, whyNot } from "../shell/server.js";
import { look } from "../shell/state.js";

const SOON_MS = 200;
let most = 0; // rows that are shown; 0: as many as at first
/** @type {string | null} */
let version = null;
let requests = 0;
let isTried = false; // a password
let waiting = ""; // a question to the demo, until that is read

// --- the list -----------------------------------------------------------------------------

async function load() {
  const list = byId("library-list");
  if (!list) return;
  const mine = ++requests;
  const asked = { words: byId("library-words").value, state: byId("library-state").value, shown: String(most) };
  const html = await htmlOf("GET", `/library?${new URLSearchParams(asked)}`);
  if (mine !== requests) return;
  if (html === null) version = null; // the next state that is told asks again
  if (put(list, html)) announce("library");
}

const filter = soon(SOON_MS, () => {
  most = 0;
  load();
});

/** Do what the server is asked for; tell below `where` why it did not work. @param {Found} where @param {Promise<Response>} asked */
async function act(where, asked) {
  const answer = await asked;
  if (answer.ok) look();
  else tellBelow(where, await whyNot(answer));
  return answer.ok;
}

on("input", "#library-words", filter);
on("change", "#library-state", filter);
on("click", "button[data-show]", ({ dataset }) => {
  most = Number(dataset.show);
  load();
});
on("click", ".doc-facts:has([data-library])", async (facts, { target }) => {
  const { library } = target.dataset;
  if (library && (await act(facts, ask("POST", `/library/${library}`, { source: facts.dataset.source })))) load();
});
on("submit", ".unlock", async (form, event) => {
  event.preventDefault();
  const field = within(form, "input");
  const asked = ask("POST", "/library/unlock", { password: field.value });
  field.value = "";
  isTried = await act(form, asked);
});

// --- the empty screen ---------------------------------------------------------------------

on("click", "button[data-demo]", async ({ dataset }) => {
  const question = dataset.demo ?? "";
  const line = make("div", { className: "batch over" });
  byId("coming").replaceChildren(line);
  if (!(await act(line, ask("POST", "/start/demo")))) return;
  waiting = question;
  tellBelow(line, question ? say("The demo is being read; then this is asked: {question}", { question }) : say("The demo is being read."), false);
  focusBox();
});
on("click", "button[data-demo-end]", ({ parentElement }) => act(/** @type {Found} */ (parentElement), ask("DELETE", "/start/demo")));

document.addEventListener("pagelight:state", ({ detail: { state, library, documents } }) => {
  const form = document.querySelector(".unlock"); // it stands there again where files stay locked
  if (isTried && state !== "reading" && form) tellBelow(form, say("Files are locked still: try another password."));
  isTried &&= state === "reading";
  if (state === "empty") htmlOf("GET", "/start").then((html) => put(byId("start"), html));
  const line = document.querySelector("#coming > .batch:has(> .good)");
  if (line && documents && (state === "ready" || state === "loading")) {
    line.remove();
    if (waiting) announce("ask", waiting);
    waiting = "";
  }
  if (library === null || library === version || !byId("library-list")) return; // Gradio may not have made it yet
  version = library;
  load();
});
