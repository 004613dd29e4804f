// The settings, one page in the source's place: all HTML is the server's. What stands in it is kept by who has it:
// theme and size by this browser, length and who answers by the conversation, instructions and prompts by the
// person, models by the server.

import { keepBrought } from "../chat/box.js";
import { whenSent } from "../library/adding.js";
import { showInstead } from "../source/behaviour.js";
import { box, byId, focusBox, isInSettings, on, put, shown, soon, tellBelow, within, write } from "./dom.js";
import { say } from "./language.js";
import { ask, htmlOf, NOT_KEPT, tellUntilHeard, whenTold, whyNot } from "./server.js";
import { look } from "./state.js";

const BUSY_MS = 1000;
const SOON_MS = 600;
const REOPENS = "pagelight-settings"; // over a reload, in another language
const NAMED = "writer:"; // begins the value of a choice that names a model
const talk = () => shown.talk || "next";

async function show() {
  await whenTold(); // what it shows may be on its way
  const html = await htmlOf("GET", `/preferences/of/${talk()}`);
  if (html === null) return;
  const focused = document.activeElement?.id;
  showInstead(html);
  if (focused) byId(focused)?.focus();
  return showModels("GET", "/models");
}

on("click", "[data-action=settings]", show);
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const reopened = sessionStorage.getItem(REOPENS);
  sessionStorage.removeItem(REOPENS);
  if (reopened) show().then(() => byId(reopened)?.focus());
  else if (former.talk !== shown.talk && isInSettings()) show(); // they tell of the conversation
});

// --- models -------------------------------------------------------------------------------

/** @param {string} method @param {string} url @returns {Promise<void>} */
async function showModels(method, url) {
  const html = await htmlOf(method, url);
  const models = byId("models");
  if (!models) return html !== null && method === "POST" ? show() : void 0;
  put(models, html);
  look(); // the line at the top tells what runs now
  if (models.querySelector("[data-busy]")) setTimeout(() => byId("models") && showModels("GET", "/models"), BUSY_MS);
}

// Tested, or added, by Enter too.
on("click", ".add-writer button", async (pressed, event) => {
  event.preventDefault();
  const form = /** @type {Found} */ (pressed.parentElement);
  if (!form.reportValidity()) return;
  const isTest = pressed.dataset.tryWriter !== undefined;
  const source = within(form, "[name=source]").value.trim();
  const name = within(form, "[name=name]").value.trim() || source;
  tellBelow(form, say("One moment …"), false);
  const answer = await ask("POST", `/models/writers/${isTest ? "try" : "add"}`, { name, source });
  if (!answer.ok) return tellBelow(form, await whyNot(answer));
  if (!isTest) return show();
  tellBelow(form, (await answer.json()).told, false);
});
on("click", "[data-remove-writer]", async ({ dataset }) => {
  await ask("POST", "/models/writers/remove", { name: dataset.removeWriter });
  show();
});
on("click", "[data-models]", ({ dataset }) => showModels("POST", `/models/${dataset.models}`));

// --- how answers are wanted ---------------------------------------------------------------

// What is lost on its way is sent again, unless something newer is wanted by then.
const keep = (/** @type {string} */ path, /** @type {unknown} */ wanted) =>
  tellUntilHeard(`preferences ${path}`, async () => {
    const answer = await ask("PUT", `/preferences/${path}`, wanted);
    tell(answer.ok ? "" : NOT_KEPT());
    return answer;
  });

function tell(/** @type {string} */ words) {
  const told = byId("wishes-told");
  if (told) told.textContent = words;
}

on("change", "#wishes [type=radio]", () => {
  /** @type {(name: string) => string | undefined} */
  const chosen = (name) => byId("wishes").querySelector(`[name=wish-${name}]:checked`)?.value;
  const by = chosen("by") ?? "";
  const named = by.startsWith(NAMED) ? by.slice(NAMED.length) : "";
  keep(`of/${talk()}`, { length: chosen("length"), quoted: by === "quoted", writer: named });
});

/** @param {Found} field */
const instruct = ({ value }) => keep("instructions", { text: value });
on("change", "#instructions", instruct); // who leaves them may ask next
on("input", "#instructions", soon(SOON_MS, instruct));

/** @type {(method: string, path: string, body?: unknown) => Promise<void>} */
async function change(method, path, body) {
  const { ok } = await ask(method, `/preferences/prompts${path}`, body);
  if (ok) show();
  tell(ok ? "" : NOT_KEPT());
}

on("click", "#wishes .saved-prompt", ({ textContent }) => {
  write(textContent ?? "");
  focusBox();
});
on("click", "#wishes .drop-prompt", ({ dataset }) => change("DELETE", `/${dataset.prompt}`));
on("click", "#save-prompt", () => {
  const text = box().value.trim();
  return text ? change("POST", "", { text }) : tell(say("The message box is empty."));
});

// --- this browser -------------------------------------------------------------------------

const system = matchMedia("(prefers-color-scheme: dark)");
const kept = (/** @type {string} */ name) => localStorage.getItem(`pagelight-${name}`);

// Gradio sets the class by the system alone.
function apply() {
  const isDark = kept("theme") === "dark" || (kept("theme") !== "light" && system.matches);
  if (document.body.classList.contains("dark") !== isDark) document.body.classList.toggle("dark", isDark);
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  document.documentElement.style.setProperty("--text-size", kept("text-size") ?? "1");
}

on("change", "#theme, #text-size", ({ id, value }) => {
  localStorage.setItem(`pagelight-${id}`, value);
  apply();
});
on("change", "#language", async ({ id, value }) => {
  document.cookie = `language=${value}; path=/; max-age=31536000; SameSite=Lax`;
  sessionStorage.setItem(REOPENS, id);
  await whenSent(); // a page that is loaded anew sends no files on
  keepBrought();
  location.reload();
});
document.addEventListener("pagelight:source", () => {
  for (const name of ["theme", "text-size"]) {
    const field = byId(name);
    if (field) field.value = kept(name) ?? field.value;
  }
});
system.addEventListener("change", apply);
new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
apply();
