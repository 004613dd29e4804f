// What can be asked on the empty screen, told by the server: a click asks it.

import { make } from "../shell/dom.js";
import { ask } from "../shell/server.js";

let html = "";

async function look() {
  if (!document.querySelector(".welcome")) return;
  const answer = await ask("GET", "/suggestions");
  if (answer.ok) html = await answer.text();
  place();
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
