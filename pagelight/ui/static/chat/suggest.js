// Questions on the empty screen, found by the server: a click asks one.

import { make } from "../shell/dom.js";
import { ask } from "../shell/server.js";

const LATER_MS = 3000;
let html = "";
let timer = 0;
let looks = 0;

// They are found while the empty screen is looked at: until all are, it is asked again.
async function look() {
  clearTimeout(timer);
  if (!document.querySelector(".welcome")) return;
  const mine = ++looks;
  const answer = await ask("GET", "/suggestions");
  const came = answer.ok ? await answer.text() : html;
  if (mine !== looks) return; // asked again since
  html = came;
  place();
  if (!answer.ok || answer.headers.get("x-more")) timer = setTimeout(look, LATER_MS);
}

// Gradio makes the empty screen anew for each new conversation.
function place() {
  const welcome = document.querySelector("#chat .welcome");
  if (!welcome) return;
  const box = welcome.querySelector(".suggested") ?? make("div", { className: "suggested" });
  if (!box.isConnected) welcome.append(box);
  if (box.shown !== html) box.innerHTML = box.shown = html;
}

document.addEventListener("click", (event) => {
  const text = event.target.closest?.("button[data-suggested]")?.dataset.suggested;
  if (text) document.dispatchEvent(new CustomEvent("pagelight:ask", { detail: text }));
});
document.addEventListener("pagelight:bubbles", () => {
  if (html && document.querySelector("#chat .welcome:not(:has(.suggested))")) place();
});
document.addEventListener("pagelight:shown", ({ detail }) => detail.talk || look());
document.addEventListener("pagelight:changed", ({ detail }) => detail.changed.includes("library") && look());
