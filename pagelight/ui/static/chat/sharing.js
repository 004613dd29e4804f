// A conversation is shared: its link is shown to be copied, and taken back.

import { make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const FAILED = say("It could not be shared. Is Pagelight still running?");

/** @param {Found} before */
async function share(before) {
  const url = `/shares/${before.dataset.of}`;
  const answer = await ask("POST", url);
  const tools = document.querySelector(`#past-list [data-of="${before.dataset.of}"]`) ?? before; // drawn anew since
  tools.querySelector(".share-form")?.remove();
  const told = make("span", { textContent: answer.ok ? say("Who has this link may read it, as far as they may see its documents:") : FAILED });
  told.setAttribute("role", "status");
  const form = make("div", { className: "share-form" }, told);
  tools.append(form);
  if (!answer.ok) return;
  const field = make("input", { readOnly: true, value: location.origin + (await answer.json()).path });
  field.setAttribute("aria-label", say("Link to the conversation"));
  const copy = make("button", { type: "button", textContent: say("Copy") });
  const stop = make("button", { type: "button", textContent: say("Stop sharing") });
  copy.addEventListener("click", async () => {
    field.select();
    const done = navigator.clipboard ? await navigator.clipboard.writeText(field.value).then(() => true, () => false) : document.execCommand("copy");
    copy.textContent = say(done ? "Copied" : "Copy");
  });
  stop.addEventListener("click", async () => {
    const gone = await ask("DELETE", url);
    if (!gone.ok) return;
    form.replaceChildren(make("span", { textContent: say("The link leads nowhere now.") }));
    within(tools, "[data-talk-do=share]").focus();
  });
  form.append(field, copy, stop);
  field.focus();
  field.select();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-talk-do=share]");
  if (button) share(/** @type {Found} */ (button.closest(".talk-tools")));
});
