// A conversation is shared: its link is shown to be copied, and taken back.
"use strict";

(() => {
  const FAILED = "It could not be shared. Is Pagelight still running?";

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  async function share(tools) {
    tools.querySelector(".share-form")?.remove();
    const url = `/shares/${tools.dataset.of}`;
    const answer = await fetch(url, { method: "POST" }).catch(() => null);
    const told = element("span", { textContent: answer?.ok ? "Who has this link may read it, as far as they may see its documents:" : FAILED });
    told.setAttribute("role", "status");
    const form = element("div", { className: "share-form" }, told);
    tools.append(form);
    if (!answer?.ok) return;
    const field = element("input", { readOnly: true, value: location.origin + (await answer.json()).path });
    field.setAttribute("aria-label", "Link to the conversation");
    const copy = element("button", { type: "button", textContent: "Copy" });
    const stop = element("button", { type: "button", textContent: "Stop sharing" });
    copy.addEventListener("click", async () => {
      field.select();
      const done = navigator.clipboard ? await navigator.clipboard.writeText(field.value).then(() => true, () => false) : document.execCommand("copy");
      copy.textContent = done ? "Copied" : "Copy";
    });
    stop.addEventListener("click", async () => {
      const gone = await fetch(url, { method: "DELETE" }).catch(() => null);
      if (!gone?.ok) return;
      form.replaceChildren(element("span", { textContent: "The link leads nowhere now." }));
      tools.querySelector("[data-talk-do=share]").focus();
    });
    form.append(field, copy, stop);
    field.focus();
    field.select();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-talk-do=share]");
    if (button) share(button.closest(".talk-tools"));
  });
})();
