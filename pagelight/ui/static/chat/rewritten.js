// How a question was understood: what was searched for is changed in its line, or asked without what an
// earlier question brought.

import { make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";

/** @param {Found} line */
function editSearch(line) {
  const field = make("input", { value: within(line, ".rewritten").textContent });
  field.setAttribute("aria-label", say("What to search for"));
  const button = make("button", { type: "button", textContent: say("Ask") });
  const form = make("span", { className: "search-form" }, field, button);
  const leave = () => {
    form.remove();
    line.classList.remove("editing");
    line.querySelector(".edit-search")?.focus();
  };
  const send = () => field.value.trim() && !answering() && (leave(), askAsIs(field.value.trim()));
  button.addEventListener("click", send);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send();
    else if (event.key === "Escape") leave();
  });
  line.classList.add("editing");
  line.append(form);
  field.select();
}

let growing = false;
const answering = () => growing;

/** @param {string} text */
const askAsIs = (text) => document.dispatchEvent(new CustomEvent("pagelight:ask", { detail: text }));

// The same question, without what an earlier one brought.
/** @param {Found} button */
function askWithout(button) {
  const question = button.closest(".asked")?.querySelector(".question")?.textContent;
  if (question && !answering()) askAsIs(question.trim());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#chat button");
  const line = button?.matches(".edit-search") ? button.closest(".searched") : null;
  if (line) editSearch(line);
  else if (button?.matches(".without")) askWithout(button);
});
document.addEventListener("pagelight:shown", ({ detail }) => (growing = detail.growing));
