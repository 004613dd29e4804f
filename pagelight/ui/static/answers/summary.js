// Summaries: of a document, of what is searched, and one that stands there in another length. Each is
// a message as any other.

import { byId } from "../shell/dom.js";

const ENDING = /\s+(in short|at medium length|at length)[.!]*$/i;
/** @type {Record<string, string>} */
const ENDINGS = { short: " in short", medium: " at medium length", long: " at length" };

/** @param {string} text */
function ask(text) {
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
  if (button?.dataset.summary) ask(button.dataset.summary);
  if (button?.matches("#chat .resize")) ask(questionOf(button).replace(ENDING, "") + ENDINGS[button.value]);
});
