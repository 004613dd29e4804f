// The empty screen while there are no documents: where they are dropped, and the demo at a click. All
// HTML is the server's.

import { byId, make } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, whyNot } from "../shell/server.js";

let waiting = ""; // a question to the demo, until that is read

async function fill() {
  const answer = await ask("GET", "/start");
  const start = byId("start");
  if (!answer.ok || !start) return;
  const html = await answer.text();
  if (start.shown !== html) start.innerHTML = start.shown = html;
}

/** @param {string} words @param {boolean} [isWrong] */
function tell(words, isWrong = false) {
  const [className, role] = isWrong ? ["batch over bad", "alert"] : ["batch over", "status"];
  byId("coming").replaceChildren(make("p", { className, role, textContent: words }));
}

/** @param {string} question */
async function open(question) {
  const answer = await ask("POST", "/start/demo");
  if (!answer.ok) return tell((await whyNot(answer)) || say("This did not work."), true);
  waiting = question;
  tell(question ? say("The demo is being read; then this is asked: {question}", { question }) : say("The demo is being read."));
  document.dispatchEvent(new Event("pagelight:look"));
  document.querySelector("#ask textarea")?.focus();
}

/** @param {Found} pressed */
async function end(pressed) {
  const answer = await ask("DELETE", "/start/demo");
  if (answer.ok) return document.dispatchEvent(new Event("pagelight:look"));
  pressed.after(make("span", { className: "bad", role: "alert", textContent: await whyNot(answer) }));
}

/** @param {CustomEvent<ProgramState>} event */
function onState({ detail }) {
  if (detail.state === "empty") return fill();
  if (detail.state === "reading" || detail.state === "gone" || !detail.documents) return;
  const told = document.querySelector("#coming > p.batch:not(.bad)");
  if (!told) return;
  told.remove();
  if (waiting) document.dispatchEvent(new CustomEvent("pagelight:ask", { detail: waiting }));
  waiting = "";
}

document.addEventListener("pagelight:state", onState);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-demo], button[data-demo-end]");
  if (button?.dataset.demoEnd !== undefined) end(button);
  else if (button) open(button.dataset.demo ?? "");
});
