// Questions that can be asked, told by the server, at a click: on the empty screen, after an answer, and of a file
// that is opened.

import { announce, byId, make, on } from "../shell/dom.js";
import { htmlOf } from "../shell/server.js";
import { frameOf } from "./frame.js";

const NEAR_PX = 40; // so near to its end the conversation is read at its end
let html = "";
const shown = { talk: "", head: "", growing: false };

async function look() {
  if (document.querySelector(".welcome")) html = (await htmlOf("GET", "/suggestions")) ?? html;
  place();
}

// Gradio makes the empty screen anew for each new conversation.
function place() {
  const welcome = document.querySelector("#chat .welcome");
  if (!welcome || !html) return;
  const box = welcome.querySelector(".suggested") ?? make("div", { className: "suggested" });
  if (!box.isConnected) welcome.append(box);
  if (box.shown !== html) box.innerHTML = box.shown = html;
}

// What could be asked after the last answer.
document.addEventListener("pagelight:shown", async ({ detail: { talk, head, growing } }) => {
  const isSame = talk === shown.talk && head === shown.head && growing === shown.growing;
  Object.assign(shown, { talk, head, growing });
  if (isSame && talk) return;
  byId("follow-ups").replaceChildren();
  if (!talk) return look();
  const told = growing ? null : await htmlOf("GET", `/follow-ups/${talk}/${head}`);
  if (told === null || head !== shown.head || shown.growing) return;
  const frame = frameOf(document.querySelector("#chat .answer"));
  const isAtEnd = frame && frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX;
  byId("follow-ups").innerHTML = told;
  if (isAtEnd) frame.scrollTop = frame.scrollHeight; // they take from its height: the answer's end stays in sight
});

// Above the first page of a file: what it is about; its questions come later.
document.addEventListener("pagelight:source", async () => {
  const section = document.querySelector("#source [data-overview]");
  if (!section?.hidden) return;
  const url = `/overview/${section.dataset.overview}`;
  section.hidden = false;
  const told = await htmlOf("GET", url);
  if (told === null) return section.remove();
  section.innerHTML = told;
  const questions = await htmlOf("GET", `${url}/questions`);
  const box = section.querySelector(".suggested");
  if (box && questions) box.innerHTML = questions;
});

on("click", "button[data-suggested]", ({ dataset }) => {
  document.body.classList.remove("panel-open"); // on a narrow screen the file lies over the chat
  announce("ask", dataset.suggested);
});
document.addEventListener("pagelight:bubbles", place);
document.addEventListener("pagelight:changed", ({ detail }) => detail.changed.includes("library") && look());
