// The settings, one page in the source's place: all HTML is the server's. What stands in it is kept by who has it:
// how answers are wanted, theme and language, models.

import { showInstead } from "../source/behaviour.js";
import { byId } from "./dom.js";
import { ask, whenTold } from "./server.js";
import { look, put } from "./state.js";

const BUSY_MS = 1000;
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

document.addEventListener("click", (event) => {
  const { action, models } = event.target.closest?.("button")?.dataset ?? /** @type {DOMStringMap} */ ({});
  if (action === "settings") show();
  else if (models) showModels("POST", `/models/${models}`);
});
document.addEventListener("pagelight:settings", show);
document.addEventListener("pagelight:shown", ({ detail }) => {
  const isOther = detail.talk !== talk;
  talk = detail.talk;
  if (isOther && document.querySelector("#source:not([hidden]) .settings")) show(); // they tell of the conversation
});
