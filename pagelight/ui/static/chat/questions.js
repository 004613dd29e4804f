// Questions that were asked: edited, asked again, in their other versions; what was searched for is changed in its
// line, or asked without what an earlier question brought.

import { button, field, form, make, within } from "../shell/dom.js";
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

/** @param {Found} pressed its value is the exchange that it belongs to */
function editQuestion(pressed) {
  const asked = /** @type {Found} */ (pressed.closest(".asked"));
  const area = field("textarea", say("Your question"), { value: within(asked, ".question").textContent, rows: 3 });
  const note = say("The question as it was stays, with all that came after it.");
  edit(asked, "question-form", area, (text) => want("again", { about: pressed.value, text }), ".edit-question", note);
}

/** @param {Found} line */
function editSearch(line) {
  const words = field("input", say("What to search for"), { value: within(line, ".rewritten").textContent });
  edit(line, "search-form", words, (text) => want("ask", { text }), ".edit-search");
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("#chat button");
  if (!pressed || pressed.disabled) return;
  const line = pressed.matches(".edit-search") && pressed.closest(".searched");
  if (pressed.matches(".edit-question")) editQuestion(pressed);
  else if (line) editSearch(line);
  else if (growing) return;
  else if (pressed.matches(".ask-again")) want("again", { about: pressed.value });
  else if (pressed.matches(".version")) want("branch", { about: pressed.value });
  else if (pressed.matches(".without")) want("ask", { text: pressed.closest(".asked")?.querySelector(".question")?.textContent?.trim() ?? "" });
});
document.addEventListener("pagelight:ask", ({ detail }) => growing || want("ask", { text: detail }));
document.addEventListener("pagelight:shown", ({ detail }) => (growing = detail.growing));
