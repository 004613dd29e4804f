// Questions on the empty screen, found by the server: a click asks one.
"use strict";

(() => {
  const LATER_MS = 3000;
  let html = "";

  async function look() {
    if (document.querySelector(".welcome")) {
      const answer = await fetch("/suggestions").catch(() => null);
      if (answer?.ok) {
        html = await answer.text();
        place();
        if (answer.status === 200 && !answer.headers.get("x-more")) return;
      }
    }
    setTimeout(look, LATER_MS);
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
  new MutationObserver(() => {
    regroup();
    if (html && document.querySelector("#chat .welcome:not(:has(.suggested))")) place();
  }).observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
