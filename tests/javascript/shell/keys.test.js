// Where the focus goes: into the sheet that lies above the chat on a phone, and back from it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tell } from "../page.js";

const focused = [];
const open = new Set();
let isNarrow = true;
let changes;
const body = { classList: { contains: (name) => open.has(name) }, matches: () => false };
const close = { focus: () => focused.push("close") };
const mark = { name: "source", value: "a/1", dataset: {}, isConnected: true, focus: () => focused.push("mark") };
globalThis.matchMedia = () => ({ matches: isNarrow });
globalThis.MutationObserver = class {
  constructor(hear) {
    changes = hear;
  }
  observe() {}
};
const getElementById = (id) => (id === "source-close" ? close : { contains: () => false });
Object.assign(document, { body, activeElement: body, getElementById });
await import("../../../pagelight/ui/static/shell/keys.js");
const press = () => tell("click", { target: { closest: (selector) => (selector.includes("[name=source]") ? mark : null) } });
const opens = (isOpen) => {
  if (isOpen) open.add("source-open");
  else open.delete("source-open");
  changes();
};

test("on a phone the focus goes into the sheet once it is open, and back to the mark", () => {
  press();
  assert.deepEqual(focused, []);

  opens(true);
  opens(false);
  assert.deepEqual(focused, ["close", "mark"]);
});

test("beside the chat it stays at the mark", () => {
  isNarrow = false;
  focused.length = 0;
  press();
  opens(true);
  assert.deepEqual(focused, []);
});

test("who went elsewhere, as to the filter of the documents, stays there", () => {
  document.activeElement = { matches: () => true };
  press();
  opens(false);
  assert.deepEqual(focused, []);
});
