// The message box: what is entered, the files in it, and what is spoken into the microphone.
//
// A question that is entered while the server is away waits here, and is asked as soon as the server answers.
// Gradio gives up what it can't send, hears nothing more, and loads the page anew: so what was entered is kept
// until it is shown as asked, and is asked by the page that comes then. What it goes by (what is searched,
// how answers are wanted) may be on its way to the server, and so may be what the page shows at first: these
// come before it. What was only written is put into the box again when the page is loaded anew, in another language.

import { box, byId, focusBox, on, shown, within, write } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, isHeard, whyNot } from "../shell/server.js";
import { expectShown, isReady, whenReady } from "../shell/tab.js";

/** @typedef {{ talk: string, head: string, words: string, hasFiles: boolean }} Entered and what was shown then */
const KEY = "pagelight-entered";
const DRAFT = "pagelight-draft";
const DECIDED_MS = 60000; // so long after it went off it may still be lost
let isAway = false;
let isNew = true; // until the page has shown something
let timer = 0;
let isHeld = false; // until the page is ready
let isWaiting = false; // for the server to answer again

const removers = () => [...document.querySelectorAll("#ask .delete-button")]; // one of each file

/** @type {() => Entered | null} */
const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? "null");
/** Whether a question is entered and not yet shown as asked. */
export const isEntered = () => kept() !== null;
function keep(/** @type {Entered | null} */ entered) {
  sessionStorage.setItem(KEY, JSON.stringify(entered));
  document.body.classList.toggle("entered", entered !== null);
}

function forget() {
  clearTimeout(timer);
  isWaiting = false;
  keep(null);
  byId("entered").textContent = "";
}

// Before Gradio hears of it.
function enter(/** @type {Event} */ event) {
  const words = box().value;
  if (!words.trim() || shown.growing) return;
  keep({ talk: shown.talk, head: shown.head, words, hasFiles: removers().length > 0 });
  clearTimeout(timer);
  timer = setTimeout(forget, DECIDED_MS);
  if (!isAway && isReady() && isHeard()) return expectShown();
  event.preventDefault();
  event.stopPropagation();
  if (isAway) wait();
  else hold();
}

async function hold() {
  if (isHeld) return;
  isHeld = true;
  await whenReady();
  isHeld = false;
  if (!kept()) return;
  if (isAway || !isHeard()) wait();
  else send();
}

function wait() {
  clearTimeout(timer);
  isWaiting = true;
  byId("entered").textContent = say("Pagelight does not answer. Your question is asked as soon as it does.");
}

// Gradio reads the message box when it hears of input, and a moment later.
function send() {
  isWaiting = false;
  byId("entered").textContent = "";
  setTimeout(() => box().dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true })));
}

document.addEventListener("pagelight:shown", () => {
  const entered = kept();
  const isAsked = shown.growing || shown.head !== entered?.head || shown.talk !== entered.talk;
  if (entered && isAsked) forget();
  else if (entered && isNew && !isHeld) {
    write(entered.words);
    if (entered.hasFiles) forget(); // the files are gone: who asks brings them again
    else send();
  } else if (isNew && !entered) {
    const draft = sessionStorage.getItem(DRAFT);
    sessionStorage.removeItem(DRAFT);
    if (draft && !box().value) write(draft);
  }
  isNew = false;
});

document.addEventListener("pagelight:state", ({ detail: { state } }) => {
  isAway = state === "gone";
  if (!kept()) return;
  if (isAway) wait();
  else if (isWaiting) send();
});

addEventListener("pagehide", () => sessionStorage.setItem(DRAFT, byId("ask") ? box().value : ""));
on("keypress", "#ask textarea", (_, event) => event.key === "Enter" && !event.shiftKey && enter(event), true);
on("click", "#ask button", (button, event) => button === [...document.querySelectorAll("#ask button")].at(-1) && enter(event), true);
on("input", "#ask textarea", ({ value }) => value.trim() || forget());

// --- files that lie in the message box --------------------------------------------------------

// Gradio shows a picture of each, or a sign: here they are named. Once the page is loaded anew, in another language,
// Gradio knows nothing of them, and they are brought again: the browser keeps them with the page's place in its history.
/** @type {File[]} */
const coming = [];
/** @type {(File | undefined)[]} none: Gradio made it, of long words that were pasted */
const lying = [];

function bring(/** @type {FileList | undefined} */ files) {
  if (!document.querySelector("#ask .loader")) coming.length = 0; // what did not come by now is refused
  coming.push(...(files ?? []));
}

function nameFiles() {
  const buttons = removers();
  lying.length = Math.min(lying.length, buttons.length); // those before were asked about
  const came = buttons.slice(lying.length).map(() => coming.shift());
  lying.push(...came);
  const names = lying.map((file) => file?.name ?? say("Pasted text"));
  buttons.forEach((button, n) => {
    const item = /** @type {Found} */ (button.closest(".thumbnail-wrapper"));
    item.dataset.name = item.ariaLabel = names[n];
    button.ariaLabel = `${say("Remove:")} ${names[n]}`;
  });
  if (came.length) byId("told").textContent = say("With the question: {names}", { names: names.slice(-came.length).join(", ") });
}

/** Keep the files over the next load of the page. */
export const keepBrought = () => history.replaceState({ brought: lying.filter(Boolean) }, "");

on("change", "#ask input[type=file]", ({ files }) => bring(files), true);
on("drop", "#ask", (_, { dataTransfer }) => bring(dataTransfer?.files), true);
on("paste", "#ask", (_, { clipboardData }) => bring(clipboardData?.files), true);
on("click", "#ask .delete-button", (button) => {
  const at = removers().indexOf(button);
  lying.splice(at, 1);
  setTimeout(() => (removers()[at] ?? removers().at(-1) ?? box()).focus());
}, true);
document.addEventListener("pagelight:ready", () => {
  new MutationObserver(nameFiles).observe(byId("ask"), { childList: true, subtree: true });
  const transfer = new DataTransfer();
  /** @type {File[]} */ (history.state?.brought ?? []).forEach((file) => transfer.items.add(file));
  history.replaceState(null, "");
  if (!transfer.files.length) return;
  const field = within(document, "#ask input[type=file]");
  field.files = transfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// --- what is spoken becomes words in it, to be read before they are asked ----------------------

const LONGEST_MS = 300000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** @type {MediaRecorder | null} */
let recorder = null;

const press = () => byId("dictate");
const tell = (/** @type {string} */ words) => (byId("dictated").textContent = words);
/** @param {string} words @param {boolean} isOn */
const label = (words, isOn) => Object.assign(press(), { textContent: words, ariaPressed: String(isOn) });

// A browser lends the microphone to pages of this machine and over HTTPS alone.
document.addEventListener("pagelight:shown", async () => {
  if (!press().hidden || !navigator.mediaDevices || !globalThis.MediaRecorder) return;
  const answer = await ask("GET", "/dictation");
  press().hidden = !answer.ok || !(await answer.json()).hears;
});

on("click", "#dictate", async () => {
  if (recorder?.state === "recording") return recorder.stop();
  tell("");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  if (!stream) return tell(say("The browser lends no microphone."));
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const running = (recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32000 }));
  // All of it comes at once, when it ends.
  running.addEventListener("dataavailable", ({ data }) => {
    stream.getTracks().forEach((track) => track.stop());
    hear(data);
  });
  running.start();
  label(say("Stop dictating"), true);
  setTimeout(() => running.state === "recording" && running.stop(), LONGEST_MS);
});

async function hear(/** @type {Blob} */ sound) {
  label(say("Listening …"), false);
  press().disabled = true;
  const headers = { "content-type": sound.type };
  const answer = await fetch("/dictation", { method: "POST", headers, body: sound }).catch(() => Response.error());
  press().disabled = false;
  label(say("Dictate"), false);
  if (!answer.ok) return tell(await whyNot(answer));
  const { value, selectionStart, selectionEnd } = box();
  const parts = [value.slice(0, selectionStart).trim(), (await answer.json()).words, value.slice(selectionEnd).trim()];
  write(parts.filter(Boolean).join(" "));
  focusBox();
  tell(say("A machine heard these words: some may be wrong."));
}

on("input", "#ask", (_, { isTrusted }) => isTrusted && tell("")); // they were read
