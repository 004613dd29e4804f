// How answers are wanted: their length and who answers, which belong to the conversation; own instructions
// and saved prompts, which belong to the person. They stand among the settings.

import { byId, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, tellUntilHeard } from "../shell/server.js";

const SOON_MS = 600;
const NAMED = "writer:"; // begins the value of a choice that names a model
const FAILED = say("It could not be kept. Is Pagelight still running?");
let talk = "";
let timer = 0;

/** @param {string} method @param {string} path @param {unknown} [body] */
const send = (method, path, body) => ask(method, `/preferences/${path}`, body);

const mine = () => `of/${talk || "next"}`;

const refresh = () => document.dispatchEvent(new Event("pagelight:settings"));

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
  box().value = button.textContent ?? "";
  box().dispatchEvent(new Event("input", { bubbles: true }));
  box().focus();
}

async function save() {
  const text = box().value.trim();
  if (!text) return (byId("wishes-told").textContent = say("The message box is empty."));
  const answer = await send("POST", "prompts", { text });
  if (answer.ok) refresh();
  tell(answer);
}

/** @param {string} number */
async function drop(number) {
  const answer = await send("DELETE", `prompts/${number}`);
  if (answer.ok) refresh();
  tell(answer);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.matches("#wishes .saved-prompt")) take(button);
  else if (button?.matches("#wishes .drop-prompt")) drop(button.dataset.prompt ?? "");
  else if (button?.id === "save-prompt") save();
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "instructions") instruct(target); // who leaves them may ask next
  else if (target.matches?.("#wishes [type=radio]")) wish();
});
document.addEventListener("input", (event) => event.target.id === "instructions" && instructSoon(event.target));
document.addEventListener("pagelight:shown", ({ detail }) => (talk = detail.talk));
