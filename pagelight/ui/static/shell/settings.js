// The settings, one page in the source's place: all HTML is the server's. What stands in it is kept by who has it:
// how answers are wanted, theme and language, models.

import { showInstead } from "../source/behaviour.js";
import { byId, make, within } from "./dom.js";
import { say } from "./language.js";
import { ask, whenTold, whyNot } from "./server.js";
import { look, put } from "./state.js";

const BUSY_MS = 1000;
const REOPENS = "pagelight-settings"; // over a reload, in another language
let talk = "";

/** @returns {Promise<void>} */
async function show() {
  await whenTold(); // what it shows may be on its way
  const answer = await ask("GET", `/preferences/of/${talk || "next"}`);
  if (!answer.ok) return;
  const focused = document.activeElement?.id;
  showInstead(await answer.text());
  if (focused) byId(focused)?.focus();
  return showModels("GET", "/models");
}

/** @param {string} method @param {string} url @returns {Promise<void>} */
async function showModels(method, url) {
  const answer = await ask(method, url);
  const models = byId("models");
  if (!models) return answer.ok && method === "POST" ? show() : void 0;
  const focused = document.activeElement?.dataset.models;
  if (answer.ok) put(models, await answer.text());
  if (focused) models.querySelector(`[data-models="${focused}"]`)?.focus();
  look(); // the line at the top tells what runs now
  if (models.querySelector("[data-busy]")) setTimeout(() => byId("models") && showModels("GET", "/models"), BUSY_MS);
}

/** @param {Found} form @param {"try" | "add"} action */
async function writer(form, action) {
  const source = within(form, "[name=source]").value.trim();
  const name = within(form, "[name=name]").value.trim() || source;
  if (!source) return within(form, "[name=source]").focus();
  tellBelow(form, say("One moment …"));
  const answer = await ask("POST", `/models/writers/${action}`, { name, source });
  if (!answer.ok) return tellBelow(form, (await whyNot(answer)) || say("This did not work."), true);
  if (action === "add") return show();
  tellBelow(form, (await answer.json()).told);
}

/** @param {Found} form @param {string} words @param {boolean} [isWrong] */
function tellBelow(form, words, isWrong = false) {
  form.querySelector(".told")?.remove();
  form.append(make("p", { className: isWrong ? "told bad" : "told good", role: isWrong ? "alert" : "status", textContent: words }));
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".add-writer")) return;
  event.preventDefault();
  writer(event.target, "add");
});
document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("button");
  if (!pressed) return;
  const { action, models, tryWriter, removeWriter } = pressed.dataset;
  if (action === "settings") show();
  else if (tryWriter !== undefined) writer(/** @type {Found} */ (pressed.closest("form")), "try");
  else if (removeWriter) ask("POST", "/models/writers/remove", { name: removeWriter }).then(show);
  else if (models) showModels("POST", `/models/${models}`);
});
document.addEventListener("change", ({ target }) => {
  if (target.id !== "language") return;
  document.cookie = `language=${target.value}; path=/; max-age=31536000; SameSite=Lax`;
  sessionStorage.setItem(REOPENS, target.id);
  location.reload();
});
document.addEventListener("pagelight:settings", show);
document.addEventListener("pagelight:shown", ({ detail }) => {
  const [isOther, reopened] = [detail.talk !== talk, sessionStorage.getItem(REOPENS)];
  talk = detail.talk;
  sessionStorage.removeItem(REOPENS);
  if (reopened) show().then(() => byId(reopened)?.focus());
  else if (isOther && document.querySelector("#source:not([hidden]) .settings")) show(); // they tell of the conversation
});
