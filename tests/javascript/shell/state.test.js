// What the program does is shown as it is in the end, also where it changed back before that was told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { later, tell } from "../page.js";

const status = { querySelectorAll: () => [] };
const timers = [];
let answers = [];
globalThis.setTimeout = (run) => timers.push(run);
globalThis.clearTimeout = () => timers.splice(0);
Object.assign(document, { body: { dataset: {} }, getElementById: (id) => (id === "status" ? status : null) });
globalThis.fetch = () => Promise.resolve(Response.json(answers.shift()));
let stream;
globalThis.EventSource = class {
  constructor() {
    stream = this;
  }
  addEventListener() {}
  close() {}
};
const { look } = await import("../../../pagelight/ui/static/shell/state.js");
const changes = (library, version) => {
  stream.onmessage({ data: JSON.stringify({ library, state: version, revision: 1, talks: {} }) });
  timers.length = 0; // what waits for the stream itself
};
tell("DOMContentLoaded");
const state = (bar, version) => ({ state: "ready", bar, version, library: null, profile: null });

test("a reading that was over before it could be told is no more shown", async () => {
  answers = [state("Reading", "b"), state("1 document ready", "a")];
  changes("l1", "a");
  await later();
  assert.equal(status.shown, "Reading");

  timers.pop()();
  await later();
  assert.equal(status.shown, "1 document ready");
  assert.equal(timers.length, 0);
});

test("what was told is asked for once", async () => {
  answers = [state("Reading", "c")];
  changes("l1", "c");
  await later();
  assert.equal(status.shown, "Reading");
  assert.equal(timers.length, 0);
});

test("a server that was started anew is told from one that answers again", async () => {
  const reached = [];
  document.dispatchEvent = ({ type, detail }) => type === "pagelight:reached" && reached.push(detail);
  for (const begun of ["one", "one", undefined, "two"]) {
    answers = [{ ...state("Ready"), begun }];
    await look();
  }

  assert.deepEqual(reached, [false, false, true]);
});
