// Questions on the empty screen, found by the server: a click asks one.
"use strict";

(() => {
  const LATER_MS = 3000;
  let html = "";
  let timer = 0;

  // They are found while the empty screen is looked at: until all are, it is asked again.
  async function look() {
    clearTimeout(timer);
    if (!document.querySelector(".welcome")) return;
    const answer = await fetch("/suggestions").catch(() => null);
    if (answer?.ok) html = await answer.text();
    place();
    if (!answer?.ok || answer.headers.get("x-more")) timer = setTimeout(look, LATER_MS);
  }

  // Gradio makes the empty screen anew for each new conversation.
  function place() {
    const welcome = document.querySelector("#chat .welcome");
    if (!welcome) return;
    let box = welcome.querySelector(".suggested");
    if (!box) {
      box = document.createElement("div");
      box.className = "suggested";
      welcome.append(box);
    }
    if (box.shown !== html) box.innerHTML = box.shown = html;
  }

  // Gradio calls a row of buttons a list, which has to have items.
  function regroup() {
    document.querySelector("#chat .examples[role=list]")?.setAttribute("role", "group");
  }

  document.addEventListener("click", (event) => {
    const text = event.target.closest?.("button[data-suggested]")?.dataset.suggested;
    if (text) document.dispatchEvent(new CustomEvent("pagelight:ask", { detail: text }));
  });
  document.addEventListener("pagelight:bubbles", () => {
    regroup();
    if (html && document.querySelector("#chat .welcome:not(:has(.suggested))")) place();
  });
  document.addEventListener("pagelight:shown", ({ detail }) => detail.talk || look());
  document.addEventListener("pagelight:changed", ({ detail }) => detail.changed.includes("library") && look());
})();
