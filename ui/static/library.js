// The list of documents: filtered, shown a part at a time, files read again or taken out.
// All HTML is the server's.
"use strict";

(() => {
  const SOON_MS = 200;
  const wish = { shown: 0, version: null, request: 0 };
  const byId = (id) => document.getElementById(id);
  let waiting = 0;

  // --- the list -----------------------------------------------------------------------------

  async function load() {
    const list = byId("library-list");
    if (!list) return;
    const request = ++wish.request;
    const asked = new URLSearchParams({
      words: byId("library-words").value,
      state: byId("library-state").value,
      shown: wish.shown,
    });
    const answer = await fetch(`/library?${asked}`).catch(() => null);
    if (!answer?.ok || request !== wish.request) return;
    const html = await answer.text();
    if (list.shown === html) return;
    const open = [...list.querySelectorAll("details[open] > .doc-facts")].map((facts) => facts.dataset.source);
    const focused = document.activeElement?.closest?.("#library-list .doc-row")?.querySelector(".doc-facts")?.dataset.source;
    list.innerHTML = list.shown = html;
    for (const facts of list.querySelectorAll(".doc-facts")) {
      const { source } = facts.dataset;
      if (open.includes(source)) facts.parentElement.open = true;
      if (source === focused) facts.parentElement.querySelector("summary").focus();
    }
  }

  function loadSoon() {
    wish.shown = 0;
    clearTimeout(waiting);
    waiting = setTimeout(load, SOON_MS);
  }

  async function act(button) {
    const facts = button.closest(".doc-facts");
    const answer = await fetch(`/library/${button.dataset.library}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ source: facts.dataset.source }),
    });
    if (answer.ok) {
      document.dispatchEvent(new Event("pagelight:look"));
      return load();
    }
    say(facts, (await answer.json().catch(() => ({}))).error ?? "This did not work.");
  }

  function say(where, words) {
    const line = where.querySelector("[role=alert]") ?? document.createElement("p");
    line.setAttribute("role", "alert");
    line.className = "bad";
    line.textContent = words;
    where.append(line);
  }

  // --- what happens -------------------------------------------------------------------------

  document.addEventListener("pagelight:state", (event) => {
    const isSame = event.detail.library === null || event.detail.library === wish.version;
    if (isSame || !byId("library-list")) return; // Gradio may not have made the list yet
    wish.version = event.detail.library;
    load();
  });
  document.addEventListener("input", (event) => event.target.id === "library-words" && loadSoon());
  document.addEventListener("change", (event) => {
    if (event.target.id === "library-state") loadSoon();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.dataset.library) act(button);
    else if (button?.dataset.show) {
      wish.shown = Number(button.dataset.show);
      load();
    }
  });
})();
