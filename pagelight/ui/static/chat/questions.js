// Questions that were asked: edited, asked again, in their other versions; what was searched for is changed in its
// line, or asked without what an earlier question brought. And questions that can be asked, told by the server, at a
// click: on the empty screen, after an answer, and of a file that is opened.

import { announce, button, byId, form, make, on, put, shown, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { htmlOf } from "../shell/server.js";
import { want } from "../shell/tab.js";
import { frameOf } from "./frame.js";

const NEAR_PX = 40; // so near to its end the conversation is read at its end

/**
 * Let something be written, in `area`, in place of what stands there; `opener` has the focus again.
 * @type {(place: Found, className: string, area: Found, send: (text: string) => unknown, opener: string, note?: string) => void}
 */
function edit(place, className, area, send, opener, note) {
  const leave = () => {
    box.remove();
    place.classList.remove("editing");
    place.querySelector(opener)?.focus();
  };
  const go = () => {
    const text = area.value.trim();
    if (!text || shown.growing) return;
    leave();
    send(text);
  };
  const more = note ? [make("span", { textContent: note }), button(say("Cancel"), leave)] : [];
  const box = form(className, go, leave, area, ...more, button(say("Ask"), go));
  place.classList.add("editing");
  place.append(box);
  area.focus();
  area.select();
}

on("click", "#chat .edit-question", ({ value }, { target }) => {
  const asked = /** @type {Found} */ (target.closest(".asked"));
  const area = make("textarea", { ariaLabel: say("Your question"), value: within(asked, ".question").textContent, rows: 3 });
  const note = say("The question as it was stays, with all that came after it.");
  edit(asked, "question-form", area, (text) => want("again", { about: value, text }), ".edit-question", note);
});
on("click", "#chat .searched:has(.edit-search)", (line, { target }) => {
  if (!target.matches(".edit-search")) return;
  const words = make("input", { ariaLabel: say("What to search for"), value: within(line, ".rewritten").textContent });
  edit(line, "search-form", words, (text) => want("ask", { text }), ".edit-search");
});
on("click", "#chat button.ask-again", ({ value }) => shown.growing || want("again", { about: value }));
on("click", "#chat button.version", ({ value }) => shown.growing || want("branch", { about: value }));
on("click", "#chat .asked:has(.without)", (asked, { target }) => {
  if (target.closest(".without") && !shown.growing) want("ask", { text: within(asked, ".question").textContent?.trim() });
});
document.addEventListener("pagelight:ask", ({ detail }) => shown.growing || want("ask", { text: detail }));

// --- that can be asked --------------------------------------------------------------------

let suggested = "";

async function look() {
  if (document.querySelector(".welcome")) suggested = (await htmlOf("GET", "/suggestions")) ?? suggested;
  offer();
}

// Gradio makes the empty screen anew for each new conversation.
function offer() {
  const welcome = document.querySelector("#chat .welcome");
  if (!welcome || !suggested) return;
  const box = welcome.querySelector(".suggested") ?? make("div", { className: "suggested" });
  if (!box.isConnected) welcome.append(box);
  put(box, suggested);
}

// What could be asked after the last answer.
document.addEventListener("pagelight:shown", async ({ detail: former }) => {
  const { talk, head, growing } = shown;
  if (talk && talk === former.talk && head === former.head && growing === former.growing) return;
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
document.addEventListener("pagelight:bubbles", offer);
document.addEventListener("pagelight:changed", ({ detail }) => detail.changed.includes("library") && look());
