// The list of documents: filtered, shown a part at a time, files read again or taken out; and the empty screen
// while there are none, with the demo at a click. All HTML is the server's.

import { announce, byId, make, on, tellBelow, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf, whyNot } from "../shell/server.js";

const SOON_MS = 200;
/** @type {{ shown: number, version: string | null, request: number }} */
const wish = { shown: 0, version: null, request: 0 };
let timer = 0;
let isTried = false; // a password
let waiting = ""; // a question to the demo, until that is read

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
  const html = await htmlOf("GET", `/library?${asked}`);
  if (request !== wish.request) return;
  if (html === null) return void (wish.version = null); // the next state that is told asks again
  if (list.shown === html) return;
  const open = [...list.querySelectorAll("details[open] > .doc-facts")].map((facts) => facts.dataset.source);
  const focused = document.activeElement?.closest("#library-list .doc-row")?.querySelector(".doc-facts")?.dataset.source;
  list.innerHTML = list.shown = html;
  for (const details of list.querySelectorAll(".doc-more")) {
    const { source } = within(details, ".doc-facts").dataset;
    details.open = open.includes(source);
    if (source === focused) within(details, "summary").focus();
  }
  announce("library");
}

function loadSoon() {
  wish.shown = 0;
  clearTimeout(timer);
  timer = setTimeout(load, SOON_MS);
}

/**
 * Do what the server is asked for; tell below `where` why it did not work.
 * @param {Found} where
 * @param {Promise<Response>} asked
 */
async function act(where, asked) {
  const answer = await asked;
  if (answer.ok) announce("look");
  else tellBelow(where, await whyNot(answer, say("This did not work.")));
  return answer.ok;
}

on("input", "#library-words", loadSoon);
on("change", "#library-state", loadSoon);
on("click", "button[data-show]", ({ dataset }) => {
  wish.shown = Number(dataset.show);
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

// The folder is read with a password: where files stay locked the form stands there again.
function tellTried() {
  isTried = false;
  const form = document.querySelector(".unlock");
  if (form) tellBelow(form, say("Files are locked still: try another password."));
}

// --- the empty screen ---------------------------------------------------------------------

async function fill() {
  const [html, start] = [await htmlOf("GET", "/start"), byId("start")];
  if (html !== null && start && start.shown !== html) start.innerHTML = start.shown = html;
}

on("click", "button[data-demo]", async ({ dataset }) => {
  const question = dataset.demo ?? "";
  const line = make("div", { className: "batch over" });
  byId("coming").replaceChildren(line);
  if (!(await act(line, ask("POST", "/start/demo")))) return;
  waiting = question;
  tellBelow(line, question ? say("The demo is being read; then this is asked: {question}", { question }) : say("The demo is being read."), false);
  document.querySelector("#ask textarea")?.focus();
});
on("click", "button[data-demo-end]", ({ parentElement }) => act(/** @type {Found} */ (parentElement), ask("DELETE", "/start/demo")));

document.addEventListener("pagelight:state", ({ detail: { state, library, documents } }) => {
  if (isTried && state !== "reading") tellTried();
  if (state === "empty") fill();
  const line = document.querySelector("#coming > .batch:has(> .good)");
  if (line && documents && (state === "ready" || state === "loading")) {
    line.remove();
    if (waiting) announce("ask", waiting);
    waiting = "";
  }
  if (library === null || library === wish.version || !byId("library-list")) return; // Gradio may not have made it yet
  wish.version = library;
  load();
});
