// What stands below an answer: it is copied (the server writes it), read aloud, or summed up in another length, which is
// a message as any other. And the words behind a mark, shown beside it while the pointer or the focus is on it.

import { announce, byId, make, on } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { htmlOf } from "../shell/server.js";

const TOLD_MS = 2500;
const VOICES_MS = 1000; // a browser knows its voices by then
const SAID = ".said, .said:not(:has(p, ul, ol)) + .quoted"; // where nothing is written, what is quoted
const ENDING = /\s+(in short|at medium length|at length)[.!]*$/i;
/** @type {Record<string, string>} */
const ENDINGS = { short: " in short", medium: " at medium length", long: " at length" };

// Without https the browser lends no clipboard: what is selected in a field is copied then.
export async function copyText(/** @type {string} */ text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { value: text, className: "unseen" });
  document.body.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  if (!isDone) throw new Error("not copied");
}

// A button says for a moment what became of it, also to who does not see it.
/** @param {Found} button @param {string} words @param {string} usual */
function tell(button, words, usual) {
  button.textContent = byId("told").textContent = words;
  setTimeout(() => (button.textContent = usual), TOLD_MS);
}

/** Return what an answer says, without marks. @param {Found | null | undefined} answer */
export function wordsOf(answer) {
  const parts = [...(answer?.querySelectorAll(`:scope > :is(p, ul, ol), :scope > :is(${SAID}) > :is(p, ul, ol)`) ?? [])];
  const words = parts.map((part) => {
    const copied = /** @type {Found} */ (part.cloneNode(true));
    copied.querySelectorAll(".chip, .unseen").forEach((mark) => mark.remove());
    return copied.textContent;
  });
  return words.join(" ").replace(/\s+/g, " ").replace(/ ([.,])/g, "$1").trim(); // where a mark stood
}

function summarise(/** @type {string} */ text) {
  byId("mode-chat").click();
  document.body.classList.remove("panel-open"); // on a narrow screen the list lies over the chat
  announce("ask", text);
}

// As Markdown with footnotes.
on("click", "#chat button.copy", async (button) => {
  const text = await htmlOf("GET", `/answers/${button.value}.md`);
  const isDone = text !== null && (await copyText(text).then(() => true, () => false));
  tell(button, say(isDone ? "Copied" : "Not copied"), say("Copy"));
});
// By the browser's own voice; pressed again it is silent. Some have none, and would say nothing of it.
on("click", "#chat button.aloud", (button) => {
  const isSpeaking = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (isSpeaking) return;
  speechSynthesis.getVoices(); // from the first call on they are looked for
  speechSynthesis.speak(new SpeechSynthesisUtterance(wordsOf(button.closest(".answer"))));
  setTimeout(() => {
    if (speechSynthesis.getVoices().length) return;
    speechSynthesis.cancel();
    tell(button, say("This browser has no voice"), say("Read aloud"));
  }, VOICES_MS);
});
on("click", "button[data-summary]", ({ dataset }) => summarise(dataset.summary ?? ""));
// The question of an answer is the last one that stands before it.
on("click", "#chat button.resize", (button) => {
  const isBefore = (/** @type {Node} */ each) => button.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING;
  const question = [...document.querySelectorAll("#chat .question")].findLast(isBefore);
  summarise((question?.textContent?.trim() ?? "").replace(ENDING, "") + ENDINGS[button.value]);
});
// A picture that can't be had, as its file is gone or locked: its words stay, no empty frame does.
on("error", ".shown .picture", (picture) => picture.classList.add("gone"), true);
on("error", ".thumb img", (picture) => picture.replaceWith(picture.dataset.suffix ?? ""), true);

// --- the words behind a mark ------------------------------------------------------------------

const SOON_MS = 150;
/** @type {Map<string, string>} places: their cards */
const known = new Map();
const card = make("div", { id: "quote-card", role: "tooltip", hidden: true });
/** @type {Found | null} */
let mark = null;
let timer = 0;

const markOf = (/** @type {Happened<Event>} */ event) => event.target.closest?.("#chat .chip") ?? null;

function showSoon(/** @type {Found} */ chip) {
  clearTimeout(timer);
  if (chip === mark) return;
  hide();
  mark = chip;
  timer = setTimeout(async () => {
    const html = known.get(chip.value) ?? (await htmlOf("GET", `/quote/${chip.value}`));
    if (html !== null && !chip.closest(".growing")) known.set(chip.value, html); // what an answer cites is certain at its end
    if (!html || chip !== mark || !chip.isConnected) return;
    card.innerHTML = html;
    card.hidden = false;
    chip.setAttribute("aria-describedby", card.id);
    chip.style.setProperty("anchor-name", "--mark"); // the styles place the card beside it
  }, SOON_MS);
}

function hide() {
  clearTimeout(timer);
  mark?.removeAttribute("aria-describedby");
  mark?.style.removeProperty("anchor-name");
  mark = null;
  card.hidden = true;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return; // a touch opens the page itself
  const chip = markOf(event);
  if (chip) return showSoon(chip);
  clearTimeout(timer);
  if (mark && !event.target.closest?.("#quote-card")) timer = setTimeout(hide, SOON_MS);
});
document.addEventListener("pagelight:ready", () => byId("page").append(card));
document.addEventListener("focusin", (event) => {
  const chip = markOf(event);
  if (chip?.matches(":focus-visible")) showSoon(chip);
  else hide();
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
document.addEventListener("click", hide);
document.addEventListener("scroll", hide, true);
