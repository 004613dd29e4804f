// What is entered before the page has shown anything is asked once it has.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addEventListener, later, tell } from "../page.js";

const passed = [];
const pressed = [];
const store = new Map();
const line = { textContent: "", click: () => pressed.push("new") };
const area = {
  value: "Rain?",
  matches: () => true,
  dispatchEvent: (event) => event.type !== "input" && presses(event),
};
const started = globalThis.setTimeout;
globalThis.setTimeout = (go, ms) => (ms > 1000 ? started(go, ms).unref() : started(go, ms)); // none is waited for
globalThis.KeyboardEvent = class {
  constructor(type, { key }) {
    Object.assign(this, { type, key });
  }
};
globalThis.sessionStorage = { getItem: (key) => store.get(key) ?? null, setItem: (key, value) => store.set(key, value) };
globalThis.document = {
  addEventListener,
  getElementById: () => line,
  querySelector: () => area,
  querySelectorAll: () => [{}, {}],
};
await import("../../../pagelight/ui/static/chat/entered.js");

// Gradio hears what is not held back.
function presses({ key = "Enter" } = {}) {
  let held = false;
  const hold = () => (held = true);
  tell("keypress", { key, target: area, preventDefault: hold, stopPropagation: hold });
  if (!held) passed.push(area.value);
}

function clicksNew() {
  let held = false;
  const hold = () => (held = true);
  const target = { closest: (selector) => selector === "#new" };
  tell("click", { target, preventDefault: hold, stopPropagation: hold });
  return !held;
}

test("a question that is entered first, and a press of the button, wait for what is shown at first", async () => {
  presses();
  const wentOff = clicksNew();
  await later();
  assert.deepEqual([passed, wentOff, pressed], [[], false, []]);

  tell("pagelight:shown", { detail: { tab: "t1", talk: "", head: "", growing: false } });
  await later();
  assert.deepEqual([passed, clicksNew(), pressed], [["Rain?"], true, ["new"]]);
});
