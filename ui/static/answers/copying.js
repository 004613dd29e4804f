// An answer is copied: as text, as Markdown, or with its sources as footnotes. The server writes it.

import { make } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const TOLD_MS = 2500;

/** @param {Found} button */
const placeOf = (button) => {
  const found = /copy-(\w+) of-([0-9a-f]{16})-([0-9a-f]+)/.exec(button.className);
  return found ? { form: found[1], talk: found[2], exchange: found[3] } : null;
};

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

/**
 * @param {Found} button
 * @param {NonNullable<ReturnType<typeof placeOf>>} place
 */
async function copy(button, { form, talk, exchange }) {
  const details = button.closest("details");
  const summary = details?.querySelector("summary");
  if (!details || !summary) return;
  try {
    const answer = await ask("GET", `/answers/${talk}/${exchange}/${form}`);
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
  const place = button && placeOf(button);
  if (place) copy(button, place);
});
