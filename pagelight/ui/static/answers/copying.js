// An answer is copied: as text, as Markdown, or with its sources as footnotes. The server writes it.

import { make } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const TOLD_MS = 2500;

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

/**
 * @param {Found} summary
 * @param {string} words
 */
function tell(summary, words) {
  summary.setAttribute("role", "status");
  summary.textContent = words;
  setTimeout(() => {
    summary.removeAttribute("role");
    summary.textContent = say("Copy");
  }, TOLD_MS);
}

/** @param {Found} button its value is CONVERSATION/EXCHANGE/FORM */
async function copy(button) {
  const details = button.closest("details");
  const summary = details?.querySelector("summary");
  if (!details || !summary) return;
  try {
    const answer = await ask("GET", `/answers/${button.value}`);
    if (!answer.ok) throw new Error(answer.statusText);
    await write(await answer.text());
    tell(summary, say("Copied"));
  } catch {
    tell(summary, say("Not copied"));
  }
  details.open = false;
  summary.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#chat button.copy");
  if (button) copy(button);
});
