// A conversation is shared: its link is shown to be copied, and taken back.

import { write } from "../answers/tools.js";
import { button, field, make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask } from "../shell/server.js";

const FAILED = say("It could not be shared. Is Pagelight still running?");

/** @param {Found} before */
async function share(before) {
  const url = `/shares/${before.dataset.of}`;
  const answer = await ask("POST", url);
  const tools = document.querySelector(`#past-list [data-of="${before.dataset.of}"]`) ?? before; // drawn anew since
  tools.querySelector(".share-form")?.remove();
  const words = answer.ok ? say("Who has this link may read it, as far as they may see its documents:") : FAILED;
  const form = make("div", { className: "share-form" }, make("span", { textContent: words, role: "status" }));
  tools.append(form);
  if (!answer.ok) return;
  const link = field("input", say("Link to the conversation"), { readOnly: true, value: location.origin + (await answer.json()).path });
  const copy = button(say("Copy"), async () => {
    link.select();
    copy.textContent = say(await write(link.value).then(() => "Copied", () => "Copy"));
  });
  const stop = button(say("Stop sharing"), async () => {
    const gone = await ask("DELETE", url);
    if (!gone.ok) return;
    form.replaceChildren(make("span", { textContent: say("The link leads nowhere now.") }));
    within(tools, "[data-talk-do=share]").focus();
  });
  form.append(link, copy, stop);
  link.focus();
  link.select();
}

document.addEventListener("click", (event) => {
  const tools = event.target.closest?.("[data-talk-do=share]")?.closest(".talk-tools");
  if (tools) share(tools);
});
