// Answers are pinned with a click, gathered on a page with notes, and unpinned. The server writes the page.

import { byId, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, oneByOne } from "../shell/server.js";

const SOON_MS = 600;
const GONE = say("It could not be kept. Is Pagelight still running?");
/** @type {Set<string>} "conversation/exchange" */
const pinned = new Set();
/** @type {Set<string>} conversations */
const learnt = new Set();
/** @type {Map<Found, number>} */
const timers = new Map();
const inTurn = oneByOne();
const panel = () => byId("pins");

/** @param {Found} button */
const talkOf = (button) => button.value.split("/")[0];

/** @param {string} method @param {string} name @param {unknown} [body] */
const send = (method, name, body) => ask(method, `/pins/${name}`, body);

/** @param {string} talk */
function learn(talk) {
  learnt.add(talk);
  return inTurn(async () => {
    const answer = await send("GET", talk);
    if (!answer.ok) return learnt.delete(talk);
    for (const exchange of await answer.json()) pinned.add(`${talk}/${exchange}`);
    mark();
  });
}

// Gradio writes bubbles anew when a conversation grows: this runs again after each change.
function mark() {
  document.querySelectorAll("#chat button.pin").forEach((button) => {
    const talk = talkOf(button);
    if (!learnt.has(talk)) learn(talk);
    const pressed = String(pinned.has(button.value));
    if (button.getAttribute("aria-pressed") === pressed) return;
    button.setAttribute("aria-pressed", pressed);
    button.textContent = say(pressed === "true" ? "Pinned" : "Pin");
  });
}

/** @param {string} name */
const turn = (name) =>
  inTurn(async () => {
    const isPinned = pinned.has(name);
    const answer = await send(isPinned ? "DELETE" : "POST", name);
    if (!answer.ok) return;
    if (isPinned) pinned.delete(name);
    else pinned.add(name);
    mark();
  });

const show = () =>
  inTurn(async () => {
    const answer = await ask("GET", "/pins");
    panel().innerHTML = answer.ok ? await answer.text() : `<p class="remark">${say("Pagelight does not answer. Is it still running?")}</p>`;
  });

/** @param {Found} article @param {string} name */
async function unpin(article, name) {
  pinned.add(name);
  await turn(name);
  const next = /** @type {Found | null} */ (article.nextElementSibling ?? article.previousElementSibling);
  await show();
  (panel().querySelector(`[data-pin="${next?.dataset.pin}"] [data-unpin]`) ?? byId("mode-pins")).focus();
}

/** @param {Found} article */
async function note(article) {
  clearTimeout(timers.get(article));
  const told = within(article, "[role=status]");
  const written = { note: within(article, "textarea").value };
  const answer = await inTurn(() => send("PUT", article.dataset.pin ?? "", written));
  told.textContent = answer.ok ? say("Kept.") : GONE;
}

/** @param {Found} article */
function noteSoon(article) {
  within(article, "[role=status]").textContent = "";
  clearTimeout(timers.get(article));
  timers.set(article, setTimeout(note, SOON_MS, article));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.matches("#chat .pin")) turn(button.value);
  const article = button?.matches("[data-unpin]") ? button.closest("article") : null;
  if (article) unpin(article, article.dataset.pin ?? "");
});
document.addEventListener("input", (event) => {
  const article = event.target.closest?.("#pins article");
  if (article) noteSoon(article);
});
// Who leaves a note has written it.
document.addEventListener("change", (event) => {
  const article = event.target.closest?.("#pins article");
  if (article) note(article);
});
document.addEventListener("pagelight:mode", ({ detail }) => detail === "pins" && show());
document.addEventListener("pagelight:bubbles", mark);
