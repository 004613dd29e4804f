// What stands below an answer: it is copied (the server writes it), or summed up in another length, which is a
// message as any other.

import { byId, make } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const TOLD_MS = 2500;
const ENDING = /\s+(in short|at medium length|at length)[.!]*$/i;
/** @type {Record<string, string>} */
const ENDINGS = { short: " in short", medium: " at medium length", long: " at length" };

// Without https the browser lends no clipboard: what is selected in a field is copied then.
/** @param {string} text */
export async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { value: text, className: "unseen" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

/** @param {Found} button its value is CONVERSATION/EXCHANGE/FORM */
async function copy(button) {
  const details = button.closest("details");
  const summary = details?.querySelector("summary");
  if (!details || !summary) return;
  const answer = await ask("GET", `/answers/${button.value}`);
  const isDone = answer.ok && (await write(await answer.text()).then(() => true, () => false));
  summary.role = "status";
  summary.textContent = say(isDone ? "Copied" : "Not copied");
  setTimeout(() => Object.assign(summary, { role: null, textContent: say("Copy") }), TOLD_MS);
  details.open = false;
  summary.focus();
}

/** @param {string} text */
function summarise(text) {
  byId("mode-chat").click();
  document.body.classList.remove("panel-open"); // on a narrow screen the list lies over the chat
  document.dispatchEvent(new CustomEvent("pagelight:ask", { detail: text }));
}

// The question of an answer is the last one that stands before it.
/** @param {Found} button */
function questionOf(button) {
  const before = [...document.querySelectorAll("#chat .question")].filter(
    (question) => button.compareDocumentPosition(question) & Node.DOCUMENT_POSITION_PRECEDING,
  );
  return before.at(-1)?.textContent?.trim() ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.matches("#chat .copy")) copy(button);
  if (button?.dataset.summary) summarise(button.dataset.summary);
  if (button?.matches("#chat .resize")) summarise(questionOf(button).replace(ENDING, "") + ENDINGS[button.value]);
});
// A picture that can't be had, as its file is gone: its caption and its mark stay, no empty frame does.
document.addEventListener("error", ({ target }) => target.closest?.(".shown .picture")?.classList.add("gone"), true);
