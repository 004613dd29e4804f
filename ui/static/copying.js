// An answer is copied: as text, as Markdown, or with its sources as footnotes. The server writes it.
"use strict";

(() => {
  const TOLD_MS = 2500;

  const placeOf = (button) => {
    const found = /copy-(\w+) of-([0-9a-f]{16})-([0-9a-f]+)/.exec(button.className);
    return found ? { form: found[1], talk: found[2], exchange: found[3] } : null;
  };

  // Without https the browser lends no clipboard: what is selected in a field is copied then.
  async function write(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("not copied");
  }

  function tell(summary, words) {
    summary.setAttribute("role", "status");
    summary.textContent = words;
    setTimeout(() => {
      summary.removeAttribute("role");
      summary.textContent = "Copy";
    }, TOLD_MS);
  }

  async function copy(button) {
    const { form, talk, exchange } = placeOf(button);
    const details = button.closest("details");
    const summary = details.querySelector("summary");
    try {
      const answer = await fetch(`/answers/${talk}/${exchange}/${form}`);
      if (!answer.ok) throw new Error(answer.statusText);
      await write(await answer.text());
      tell(summary, "Copied");
    } catch {
      tell(summary, "Not copied");
    }
    details.open = false;
    summary.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#chat button.copy");
    if (button && placeOf(button)) copy(button);
  });
})();
