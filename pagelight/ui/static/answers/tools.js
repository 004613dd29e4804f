// What stands below an answer: it is copied (the server writes it), or summed up in another length, which is a
// message as any other.

import { byId, make } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const TOLD_MS = 2500;
const VOICES_MS = 1000; // a browser knows its voices by then
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

// As Markdown with footnotes.
/** @param {Found} button its value is CONVERSATION/EXCHANGE */
async function copy(button) {
  const answer = await ask("GET", `/answers/${button.value}.md`);
  const isDone = answer.ok && (await write(await answer.text()).then(() => true, () => false));
  button.textContent = say(isDone ? "Copied" : "Not copied");
  byId("told").textContent = button.textContent;
  setTimeout(() => (button.textContent = say("Copy")), TOLD_MS);
}

/**
 * Return what an answer says, without marks.
 * @param {Found | null | undefined} answer
 */
export function wordsOf(answer) {
  const parts = [...(answer?.querySelectorAll(":scope > :is(p, ul, ol), :scope > .said > :is(p, ul, ol)") ?? [])];
  const words = parts.map((part) => {
    const copied = /** @type {Found} */ (part.cloneNode(true));
    copied.querySelectorAll(".chip, .unseen").forEach((mark) => mark.remove());
    return copied.textContent;
  });
  return words.join(" ").replace(/\s+/g, " ").trim();
}

// By the browser's own voice; pressed again it is silent. Some have none, and would say nothing of it.
/** @param {Found} button */
function readAloud(button) {
  const isSpeaking = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (isSpeaking) return;
  speechSynthesis.getVoices(); // from the first call on they are looked for
  speechSynthesis.speak(new SpeechSynthesisUtterance(wordsOf(button.closest(".answer"))));
  setTimeout(() => speechSynthesis.getVoices().length || tellVoiceless(button), VOICES_MS);
}

/** @param {Found} button */
function tellVoiceless(button) {
  speechSynthesis.cancel();
  button.textContent = say("This browser has no voice");
  byId("told").textContent = button.textContent;
  setTimeout(() => (button.textContent = say("Read aloud")), TOLD_MS);
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
  if (button?.matches("#chat .aloud")) readAloud(button);
  if (button?.dataset.summary) summarise(button.dataset.summary);
  if (button?.matches("#chat .resize")) summarise(questionOf(button).replace(ENDING, "") + ENDINGS[button.value]);
});
// A picture that can't be had, as its file is gone or locked: its words stay, no empty frame does.
document.addEventListener("error", ({ target }) => {
  target.closest?.(".shown .picture")?.classList.add("gone");
  if (target.matches?.(".thumb img")) target.replaceWith(target.dataset.suffix ?? "");
}, true);
