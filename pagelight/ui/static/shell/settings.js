// The settings, one page in the source's place: all HTML is the server's. What stands in it is kept by who has it:
// theme and size by this browser, length and who answers by the conversation, instructions and prompts by the
// person, models by the server.

import { keepBrought } from "../chat/entered.js";
import { whenSent } from "../library/adding.js";
import { showInstead } from "../source/behaviour.js";
import { box, byId, focusBox, on, put, shown, soon, tellBelow, within, write } from "./dom.js";
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

/** @param {Found} form @param {"try" | "add"} action */
async function writer(form, action) {
  const source = within(form, "[name=source]").value.trim();
  const name = within(form, "[name=name]").value.trim() || source;
  if (!source) return within(form, "[name=source]").focus();
  tellBelow(form, say("One moment …"), false);
  const answer = await ask("POST", `/models/writers/${action}`, { name, source });
  if (!answer.ok) return tellBelow(form, await whyNot(answer));
  if (action === "add") return show();
  tellBelow(form, (await answer.json()).told, false);
}

on("submit", ".add-writer", (form, event) => {
  event.preventDefault();
  writer(form, "add");
});
on("click", ".add-writer [data-try-writer]", ({ parentElement }) => writer(/** @type {Found} */ (parentElement), "try"));
on("click", "[data-remove-writer]", async ({ dataset }) => {
  await ask("POST", "/models/writers/remove", { name: dataset.removeWriter });
  show();
});
on("click", "[data-models]", ({ dataset }) => showModels("POST", `/models/${dataset.models}`));

// --- how answers are wanted ---------------------------------------------------------------

// What is lost on its way is sent again, unless something newer is wanted by then.
/** @param {string} path @param {unknown} wanted */
const keep = (path, wanted) =>
  tellUntilHeard(`preferences ${path}`, async () => {
    const answer = await ask("PUT", `/preferences/${path}`, wanted);
    tell(answer.ok);
    return answer;
  });

/** @param {boolean} isKept */
function tell(isKept) {
  const told = byId("wishes-told");
  if (told) told.textContent = isKept ? "" : NOT_KEPT();
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

/** @param {Response} answer */
function changed({ ok }) {
  if (ok) show();
  tell(ok);
}

on("click", "#wishes .saved-prompt", ({ textContent }) => {
  write(textContent ?? "");
  focusBox();
});
on("click", "#wishes .drop-prompt", async ({ dataset }) => changed(await ask("DELETE", `/preferences/prompts/${dataset.prompt}`)));
on("click", "#save-prompt", async () => {
  const text = box().value.trim();
  if (text) changed(await ask("POST", "/preferences/prompts", { text }));
  else byId("wishes-told").textContent = say("The message box is empty.");
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

// --- what happens -------------------------------------------------------------------------

on("click", "[data-action=settings]", show);
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const reopened = sessionStorage.getItem(REOPENS);
  sessionStorage.removeItem(REOPENS);
  if (reopened) show().then(() => byId(reopened)?.focus());
  else if (former.talk !== shown.talk && document.querySelector("#source:not([hidden]) .settings")) show(); // they tell of the conversation
});
