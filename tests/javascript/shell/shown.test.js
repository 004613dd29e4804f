// What the page shows is told once; what comes late, of before one was led on, is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { shown, tell } from "../page.js";

const told = [];
const watchers = [];
const mirror = { dataset: { turn: "1", talk: "" }, outerHTML: "1" };
globalThis.MutationObserver = class {
  constructor(hear) {
    watchers.push(hear);
  }
  observe() {}
  disconnect() {}
};
globalThis.requestAnimationFrame = (run) => run();
document.dispatchEvent = ({ type }) => type === "pagelight:shown" && told.push(shown.talk);
document.querySelector = () => mirror;
await import("../../../pagelight/ui/static/shell/tab.js");
const writes = (turn, talk) => {
  mirror.dataset = { turn: String(turn), talk };
  mirror.outerHTML = `${turn} ${talk}`;
  watchers[1]();
};
tell("DOMContentLoaded");

test("what is shown is told once", () => {
  writes(2, "a");
  writes(2, "a");

  assert.deepEqual(told.splice(0), ["", "a"]);
});

test("what is written late is no news, and what holds is not told again", () => {
  writes(3, "b");
  writes(2, "a");
  writes(3, "b");

  assert.deepEqual(told.splice(0), ["b"]);
});
