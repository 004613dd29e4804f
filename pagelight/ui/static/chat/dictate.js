// Dictation: what is spoken into the microphone becomes words in the message box, to be read before they are asked.

import { byId, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, whyNot } from "../shell/server.js";

const LONGEST_MS = 300000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** @type {MediaRecorder | null} */
let recorder = null;

const press = () => byId("dictate");
/** @param {string} words */
const tell = (words) => (byId("dictated").textContent = words);

/** @param {string} words @param {boolean} isOn */
function label(words, isOn) {
  press().textContent = words;
  press().setAttribute("aria-pressed", String(isOn));
}

// A browser lends the microphone to pages of this machine and over HTTPS alone.
async function offer() {
  if (!press().hidden || !navigator.mediaDevices || !globalThis.MediaRecorder) return;
  const answer = await ask("GET", "/dictation");
  press().hidden = !answer.ok || !(await answer.json()).hears;
}

async function begin() {
  tell("");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  if (!stream) return tell(say("The browser lends no microphone."));
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const running = (recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32000 }));
  /** @type {Blob[]} */
  const pieces = [];
  running.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  running.addEventListener("stop", () => {
    stream.getTracks().forEach((track) => track.stop());
    hear(new Blob(pieces, { type: running.mimeType }));
  });
  running.start();
  label(say("Stop dictating"), true);
  setTimeout(() => running.state === "recording" && end(), LONGEST_MS);
}

function end() {
  recorder?.stop();
  recorder = null;
}

/** @param {Blob} sound */
async function hear(sound) {
  label(say("Listening …"), false);
  press().disabled = true;
  const headers = { "content-type": sound.type };
  const answer = await fetch("/dictation", { method: "POST", headers, body: sound }).catch(() => Response.error());
  press().disabled = false;
  label(say("Dictate"), false);
  if (!answer.ok) return tell(await whyNot(answer));
  write((await answer.json()).words);
  tell(say("A machine heard these words: some may be wrong."));
}

/** @param {string} words */
function write(words) {
  const box = within(document, "#ask textarea");
  const [before, after] = [box.value.slice(0, box.selectionStart), box.value.slice(box.selectionEnd)];
  box.value = [before.trim(), words, after.trim()].filter(Boolean).join(" ");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("#dictate")) recorder ? end() : begin();
});
document.addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted && target.closest?.("#ask")) tell(""); // they were read
});
document.addEventListener("pagelight:shown", offer);
