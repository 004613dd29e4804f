// Questions that were asked: edited, asked again, in their other versions; what was searched for is changed in its
// line, or asked without what an earlier question brought.

import { button, field, form, make, on, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { want } from "../shell/tab.js";

let growing = false;

/**
 * Let something be written in place of what stands there.
 * @param {Found} place
 * @param {string} className
 * @param {Found} area what is written in
 * @param {(text: string) => unknown} send
 * @param {string} opener what has the focus again
 * @param {string} [note]
 */
function edit(place, className, area, send, opener, note) {
  const leave = () => {
    box.remove();
    place.classList.remove("editing");
    place.querySelector(opener)?.focus();
  };
  const go = () => {
    const text = area.value.trim();
    if (!text || growing) return;
    leave();
    send(text);
  };
  const more = note ? [make("span", { textContent: note }), button(say("Cancel"), leave)] : [];
  const box = form(className, go, leave, area, ...more, button(say("Ask"), go));
  place.classList.add("editing");
  place.append(box);
  area.focus();
  area.select();
}

on("click", "#chat .edit-question", ({ value }, { target }) => {
  const asked = /** @type {Found} */ (target.closest(".asked"));
  const area = field("textarea", say("Your question"), { value: within(asked, ".question").textContent, rows: 3 });
  const note = say("The question as it was stays, with all that came after it.");
  edit(asked, "question-form", area, (text) => want("again", { about: value, text }), ".edit-question", note);
});
on("click", "#chat .searched:has(.edit-search)", (line, { target }) => {
  if (!target.matches(".edit-search")) return;
  const words = field("input", say("What to search for"), { value: within(line, ".rewritten").textContent });
  edit(line, "search-form", words, (text) => want("ask", { text }), ".edit-search");
});
on("click", "#chat button.ask-again", ({ value }) => growing || want("again", { about: value }));
on("click", "#chat button.version", ({ value }) => growing || want("branch", { about: value }));
on("click", "#chat .asked:has(.without)", (asked, { target }) => {
  if (target.closest(".without") && !growing) want("ask", { text: within(asked, ".question").textContent?.trim() });
});
document.addEventListener("pagelight:ask", ({ detail }) => growing || want("ask", { text: detail }));
document.addEventListener("pagelight:shown", ({ detail }) => (growing = detail.growing));
