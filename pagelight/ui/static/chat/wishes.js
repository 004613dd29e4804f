// How answers are wanted: their length and who answers, which belong to the conversation; own instructions
// and saved prompts, which belong to the person. The panel is the server's HTML.

import { byId, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, tellUntilHeard, whenTold } from "../shell/server.js";

const SOON_MS = 600;
const NAMED = "writer:"; // begins the value of a choice that names a model
const FAILED = say("It could not be kept. Is Pagelight still running?");
/** @type {Record<string, string>} */
const LABELS = { short: say("Short answers"), usual: say("Answers"), long: say("Long answers") };
let talk = "";
let timer = 0;
let request = 0;

/** @param {string} method @param {string} path @param {unknown} [body] */
const send = (method, path, body) => ask(method, `/preferences/${path}`, body);

const mine = () => `of/${talk || "next"}`;

async function refresh() {
  const asked = ++request;
  await whenTold(); // what it shows may be on its way
  const answer = await send("GET", mine());
  if (asked !== request || !answer.ok) return;
  label(answer.headers.get("x-length"));
  byId("wishes").innerHTML = await answer.text();
}

/** @param {string | null | undefined} length */
const label = (length) => (byId("wishes-open").textContent = LABELS[length ?? ""] ?? LABELS.usual);

// What is lost on its way is sent again, unless something newer is wanted by then.
/** @param {string} path @param {unknown} wanted */
const keep = (path, wanted) =>
  tellUntilHeard(`preferences ${path}`, async () => {
    const answer = await send("PUT", path, wanted);
    tell(answer);
    return answer;
  });

/** @param {Response} answer */
function tell(answer) {
  const told = byId("wishes-told");
  if (told) told.textContent = answer.ok ? "" : FAILED;
}

function wish() {
  /** @type {(name: string) => string | undefined} */
  const chosen = (name) => byId("wishes").querySelector(`[name=wish-${name}]:checked`)?.value;
  label(chosen("length"));
  const by = chosen("by") ?? "";
  const writer = by.startsWith(NAMED) ? by.slice(NAMED.length) : "";
  const [path, wished] = [mine(), { length: chosen("length"), quoted: by === "quoted", writer }];
  keep(path, wished);
}

/** @param {Found} field */
function instruct(field) {
  clearTimeout(timer);
  keep("instructions", { text: field.value });
}

/** @param {Found} field */
function instructSoon(field) {
  clearTimeout(timer);
  timer = setTimeout(instruct, SOON_MS, field);
}

const box = () => within(document, "#ask textarea");

// Gradio reads the message box when it hears of input.
/** @param {Found} button */
function take(button) {
  show(false);
  box().value = button.textContent ?? "";
  box().dispatchEvent(new Event("input", { bubbles: true }));
  box().focus();
}

async function save() {
  const text = box().value.trim();
  if (!text) return (byId("wishes-told").textContent = say("The message box is empty."));
  const answer = await send("POST", "prompts", { text });
  if (answer.ok) await refresh();
  tell(answer);
  byId("save-prompt").focus();
}

/** @param {string} number */
async function drop(number) {
  const answer = await send("DELETE", `prompts/${number}`);
  if (answer.ok) await refresh();
  tell(answer);
  byId("save-prompt").focus();
}

const isOpen = () => byId("wishes-open")?.getAttribute("aria-expanded") === "true";

/** @param {boolean} on */
async function show(on) {
  byId("wishes-open").setAttribute("aria-expanded", String(on));
  if (on) await refresh();
  if (on !== isOpen()) return; // pressed again, or elsewhere, since
  byId("wishes").hidden = !on;
  if (on) byId("wishes").querySelector("input:checked")?.focus();
}

function leave() {
  show(false);
  byId("wishes-open").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.id === "wishes-open") show(!isOpen());
  else if (button?.matches("#wishes .saved-prompt")) take(button);
  else if (button?.matches("#wishes .drop-prompt")) drop(button.dataset.prompt ?? "");
  else if (button?.id === "save-prompt") save();
  else if (isOpen() && event.target.isConnected && !event.target.closest("#wishes")) show(false);
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "instructions") instruct(target); // who leaves them may ask next
  else if (target.matches?.("#wishes [type=radio]")) wish();
});
document.addEventListener("input", (event) => event.target.id === "instructions" && instructSoon(event.target));
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !event.target.closest?.("#wishes")) return;
    event.stopPropagation();
    leave();
  },
  true,
);
document.addEventListener("pagelight:shown", ({ detail }) => {
  if (detail.talk === talk && request) return;
  talk = detail.talk;
  refresh();
});
