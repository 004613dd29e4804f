// Keys, their list, where the focus goes when the source is closed, and what is told of an answer that is
// done to who does not see it.

import { wordsOf } from "../answers/tools.js";
import { isEntered } from "../chat/box.js";
import { box, byId, inSource, is, isAbove, isCovered, isInSettings, isNarrow, on, shown } from "./dom.js";
import { say, sayCount } from "./language.js";

const AGAIN_MS = 50;
const TOLD_LETTERS = 300;
const ELSEWHERE = "#panel, #past, #table, #pins, #chat :is(.editing, .report-form)"; // Escape is theirs

// --- keys -----------------------------------------------------------------------------------

let isOn = localStorage.getItem("pagelight-keys") !== "off";

function openKeys() {
  byId("keys-on").checked = isOn;
  byId("keys").showModal();
}

function search() {
  if (!is("past-shown")) byId("past-open").click();
  byId("past-words").focus();
}

// The open one's neighbour; where none is open the first, or last, of the last answer.
function source(/** @type {number} */ by) {
  if (is("source-open")) return inSource(`[data-step="${by}"]:not(:disabled)`)?.click();
  const last = [...document.querySelectorAll("#chat .answer:has(.chip)")].at(-1);
  [...(last?.querySelectorAll(".chip") ?? [])].at(by > 0 ? 0 : -1)?.click();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  "/": () => box().focus(),
  n: () => {
    byId("new").click();
    KEYS["/"]();
  },
  s: search,
  f: () => {
    if (is("source-open")) byId("source-close").click();
    document.body.classList.add("panel-open");
    byId("library-words").focus();
  },
  d: () => document.querySelector("body.source-open #source .find input")?.focus(),
  j: () => source(1),
  k: () => source(-1),
  "?": openKeys,
};

/** @type {Record<string, () => void>} with Ctrl or Cmd, in fields too */
const COMMANDS = { k: search, "/": openKeys, o: KEYS.n };

let isStopping = false; // an answer that is asked for and not yet shown to grow
const stopper = () => document.querySelector("#ask .stop-button");

// Where nothing is open and nothing else is written in, Escape stops the answer that is written, or is to be.
document.addEventListener("keydown", (event) => {
  const isOpen = isCovered() || isAbove() || isInSettings();
  if (event.key !== "Escape" || isOpen || event.target.closest?.(ELSEWHERE)) return;
  isStopping = !stopper() && isEntered();
  if (!stopper() && !isStopping) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  stopper()?.click();
}, true);

// Gradio may draw its button after it has told of the answer.
function stopWanted() {
  if (!isStopping || !shown.growing) return;
  if (!stopper()) return void setTimeout(stopWanted, AGAIN_MS);
  isStopping = false;
  stopper()?.click();
}

// An arrow up in the empty message box edits the last question.
on("keydown", "#ask textarea", ({ value }, event) => {
  const last = [...document.querySelectorAll("#chat .edit-question")].at(-1);
  if (event.key !== "ArrowUp" || value || !last) return;
  event.preventDefault();
  last.click();
});

document.addEventListener("keydown", (event) => {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey && COMMANDS[event.key.toLowerCase()];
  if (command && event.shiftKey === (event.key.toLowerCase() === "o")) {
    event.preventDefault();
    return command();
  }
  // A list of keys that was closed just now may have the focus for a moment still.
  const isLeft = event.target.closest?.("dialog:not([open])");
  const isBusy = !isLeft && event.target.closest?.("input, textarea, select, dialog, [contenteditable=true]");
  if (isBusy || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  if (!isOn && event.key !== "?") return;
  event.preventDefault();
  KEYS[event.key]();
});

on("click", "#keys-open", openKeys);
on("change", "#keys-on", ({ checked }) => {
  isOn = checked;
  localStorage.setItem("pagelight-keys", isOn ? "on" : "off");
});

// --- where the focus goes -------------------------------------------------------------------

/** @type {{ button: Found, place: string } | null} */
let opener = null;
let wasOpen = false;

// Before the page's other script opens the source.
on("click", ":is(#chat, #library, #table) :is([name=source], [data-doc])", (button) => (opener = { button, place: button.value }), true);

// The button that stops an answer goes, and would take the focus with it.
on("click", "#ask .stop-button", () => matchMedia("(pointer: coarse)").matches || box().focus());

new MutationObserver(() => {
  const isOpen = is("source-open");
  const isElsewhere = document.activeElement?.matches(":not(body, #source *, #source-close)");
  if (!wasOpen && isOpen && opener && isNarrow()) byId("source-close").focus(); // it lies above what it was opened from
  else if (wasOpen && !isOpen && !isElsewhere) {
    const { button, place } = opener ?? {};
    opener = null;
    const again = button?.isConnected ? button : place && document.querySelector(`#chat [name=source][value="${place}"]`);
    if (again) again.focus(); // Gradio may have made the button anew
  }
  wasOpen = isOpen;
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });

// --- what is told ---------------------------------------------------------------------------

let isAwaited = false; // an answer

// Who has asked on since does not want to go back to where an earlier source was opened.
// What is answered at once is never shown as growing.
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const { growing, head, talk } = shown;
  const isAnother = former.tab && head !== former.head && (talk === former.talk || !former.talk);
  isStopping &&= growing || isEntered();
  stopWanted();
  if ((growing || isAnother) && !isAwaited) {
    [opener, isAwaited] = [null, true];
    byId("told").textContent = "";
  }
  tellWhole();
});

document.addEventListener("pagelight:bubbles", () => {
  document.querySelector("#chat [role=log][aria-live=polite]")?.setAttribute("aria-live", "off");
  // Gradio names each bubble by its HTML.
  document.querySelectorAll("#chat [aria-label*='<']").forEach((bubble) => bubble.removeAttribute("aria-label"));
  tellWhole();
});

// Words are not told one by one as they come: the whole is, once its buttons stand there.
function tellWhole() {
  const answer = document.querySelector(`#chat .ask-again[value="${shown.head}"]`)?.closest(".answer");
  if (!isAwaited || shown.growing || !answer) return;
  isAwaited = false;
  const sources = answer.querySelectorAll(":scope > .sources .source-row").length;
  const count = sources ? ` ${sayCount(sources, "{n} source.", "{n} sources.")}` : "";
  const words = wordsOf(answer).slice(0, TOLD_LETTERS);
  byId("told").textContent = `${say("Answer:")} ${words}${/[.:!?…]["”»]?$/.test(words) ? "" : "."}${count}`;
}
