// What is told by the stream is newer than the answer to what was asked before.

import assert from "node:assert/strict";
import { test } from "node:test";

import { later, tell } from "../page.js";

const told = [];
const timers = [];
let answers;
let stream;
globalThis.setTimeout = (run) => timers.push(run);
globalThis.clearTimeout = () => {};
globalThis.EventSource = class {
  constructor() {
    stream = this;
  }
  addEventListener() {}
  close() {}
};
document.dispatchEvent = ({ type, detail }) => type === "pagelight:changed" && told.push(detail.changed);
document.getElementById = () => null;
document.body = { dataset: {} };
globalThis.fetch = (url) => new Promise((done) => url.startsWith("/events") && (answers = (standing) => done(Response.json(standing))));
await import("../../../pagelight/ui/static/shell/state.js");
const standing = (state) => ({ library: "l", state, revision: 1, talks: {} });

test("an answer that comes after a stream has told is of before", async () => {
  tell("DOMContentLoaded");
  stream.onerror();
  const late = answers;
  timers.at(-1)(); // a stream again
  stream.onmessage({ data: JSON.stringify(standing("reading")) });
  late(standing("ready"));
  await later();

  assert.deepEqual(told.splice(0), [["library", "state", "revision"]]);
});

test("without a stream the answer is heard", async () => {
  stream.onerror();
  answers(standing("ready"));
  await later();

  assert.deepEqual(told.splice(0), [["state"]]);
});
