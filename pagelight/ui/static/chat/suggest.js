// Questions that can be asked, told by the server, at a click: on the empty screen, after an answer, and of a file
// that is opened.

import { byId, make } from "../shell/dom.js";
import { ask } from "../shell/server.js";
import { frameOf } from "./frame.js";

const NEAR_PX = 40; // so near to its end the conversation is read at its end
let html = "";
const shown = { talk: "", head: "", growing: false };

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

// What could be asked after the last answer.
/** @param {Shown} now */
async function goOn({ talk, head, growing }) {
  const isSame = talk === shown.talk && head === shown.head && growing === shown.growing;
  Object.assign(shown, { talk, head, growing });
  if (isSame && talk) return;
  byId("follow-ups").replaceChildren();
  if (!talk) return look();
  const answer = growing ? null : await ask("GET", `/follow-ups/${talk}/${head}`);
  if (!answer?.ok || head !== shown.head || shown.growing) return;
  const told = await answer.text();
  const frame = frameOf(document.querySelector("#chat .answer"));
  const isAtEnd = frame && frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX;
  byId("follow-ups").innerHTML = told;
  if (isAtEnd) frame.scrollTop = frame.scrollHeight; // they take from its height: the answer's end stays in sight
}

// Above the first page of a file: what it is about; its questions come later.
async function tellOf() {
  const section = document.querySelector("#source [data-overview]");
  if (!section?.hidden) return;
  const url = `/overview/${section.dataset.overview}`;
  section.hidden = false;
  const answer = await ask("GET", url);
  if (!answer.ok) return section.remove();
  section.innerHTML = await answer.text();
  const questions = await ask("GET", `${url}/questions`);
  const box = section.querySelector(".suggested");
  if (box && questions.ok) box.innerHTML = await questions.text();
}

document.addEventListener("click", (event) => {
  const text = event.target.closest?.("button[data-suggested]")?.dataset.suggested;
  if (!text) return;
  document.body.classList.remove("panel-open"); // on a narrow screen the file lies over the chat
  document.dispatchEvent(new CustomEvent("pagelight:ask", { detail: text }));
});
document.addEventListener("pagelight:bubbles", () => {
  if (html && document.querySelector("#chat .welcome:not(:has(.suggested))")) place();
});
document.addEventListener("pagelight:shown", ({ detail }) => goOn(detail));
document.addEventListener("pagelight:source", tellOf);
document.addEventListener("pagelight:changed", ({ detail }) => detail.changed.includes("library") && look());
