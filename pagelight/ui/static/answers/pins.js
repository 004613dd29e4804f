// Answers are pinned with a click, gathered on a page with notes, and unpinned. The server writes the page.

import { byId, on, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf, oneByOne } from "../shell/server.js";

const SOON_MS = 600;
/** @type {Set<string>} "conversation/exchange" */
const pinned = new Set();
/** @type {Set<string>} conversations */
const learnt = new Set();
/** @type {Map<Found, number>} */
const timers = new Map();
const inTurn = oneByOne();
const panel = () => byId("pins");

/** @param {string} talk */
function learn(talk) {
  learnt.add(talk);
  return inTurn(async () => {
    const answer = await ask("GET", `/pins/${talk}`);
    if (!answer.ok) return learnt.delete(talk);
    for (const exchange of await answer.json()) pinned.add(`${talk}/${exchange}`);
    mark();
  });
}

// Gradio writes bubbles anew when a conversation grows: this runs again after each change.
function mark() {
  document.querySelectorAll("#chat button.pin").forEach((button) => {
    const [talk] = button.value.split("/");
    if (!learnt.has(talk)) learn(talk);
    const isPinned = pinned.has(button.value);
    if (button.ariaPressed !== String(isPinned)) Object.assign(button, { ariaPressed: String(isPinned), textContent: say(isPinned ? "Pinned" : "Pin") });
  });
}

/** @param {string} name */
const turn = (name) =>
  inTurn(async () => {
    const isPinned = pinned.has(name);
    const answer = await ask(isPinned ? "DELETE" : "POST", `/pins/${name}`);
    if (!answer.ok) return;
    if (isPinned) pinned.delete(name);
    else pinned.add(name);
    mark();
  });

const show = () =>
  inTurn(async () => {
    const gone = `<p class="remark">${say("Pagelight does not answer. Is it still running?")}</p>`;
    panel().innerHTML = (await htmlOf("GET", "/pins")) ?? gone;
  });

/** @param {Found} article */
async function note(article) {
  clearTimeout(timers.get(article));
  const written = { note: within(article, "textarea").value };
  const answer = await inTurn(() => ask("PUT", `/pins/${article.dataset.pin}`, written));
  within(article, "[role=status]").textContent = answer.ok ? say("Kept.") : say("It could not be kept. Is Pagelight still running?");
}

on("click", "#chat button.pin", ({ value }) => turn(value));
on("click", "#pins article:has([data-unpin])", async (article, { target }) => {
  const { pin = "" } = article.dataset;
  if (target.dataset.unpin === undefined) return;
  pinned.add(pin);
  await turn(pin);
  const next = /** @type {Found | null} */ (article.nextElementSibling ?? article.previousElementSibling);
  await show();
  (panel().querySelector(`[data-pin="${next?.dataset.pin}"] [data-unpin]`) ?? byId("mode-pins")).focus();
});
on("input", "#pins article", (article) => {
  within(article, "[role=status]").textContent = "";
  clearTimeout(timers.get(article));
  timers.set(article, setTimeout(note, SOON_MS, article));
});
on("change", "#pins article", note); // who leaves a note has written it
document.addEventListener("pagelight:mode", ({ detail }) => detail === "pins" && show());
document.addEventListener("pagelight:bubbles", mark);
