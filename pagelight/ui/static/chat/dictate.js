// Dictation: what is spoken into the microphone becomes words in the message box, to be read before they are asked.

import { box, byId, focusBox, on, write } from "../shell/dom.js";
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
const label = (words, isOn) => Object.assign(press(), { textContent: words, ariaPressed: String(isOn) });

// A browser lends the microphone to pages of this machine and over HTTPS alone.
document.addEventListener("pagelight:shown", async () => {
  if (!press().hidden || !navigator.mediaDevices || !globalThis.MediaRecorder) return;
  const answer = await ask("GET", "/dictation");
  press().hidden = !answer.ok || !(await answer.json()).hears;
});

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
  const { value, selectionStart, selectionEnd } = box();
  const parts = [value.slice(0, selectionStart).trim(), (await answer.json()).words, value.slice(selectionEnd).trim()];
  write(parts.filter(Boolean).join(" "));
  focusBox();
  tell(say("A machine heard these words: some may be wrong."));
}

on("click", "#dictate", () => (recorder ? end() : begin()));
on("input", "#ask", (_, { isTrusted }) => isTrusted && tell("")); // they were read
