// Tables that are begun: one at a press, and what is told late of a former one changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
const asked = [];
const answers = [];
const kept = new Map();
const element = () => ({
  dataset: {},
  parts: {},
  classList: { toggle() {} },
  append() {},
  setAttribute() {},
  replaceChildren() {},
  querySelector(selector) {
    return (this.parts[selector] ??= element());
  },
});
const page = element();
globalThis.pagelightWords = { language: "en", words: {} };
globalThis.sessionStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
};
globalThis.document = {
  activeElement: null,
  addEventListener: (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]),
  getElementById: (id) => page.querySelector(id),
  createElement: element,
};
globalThis.fetch = (url, { method }) => {
  asked.push(`${method} ${url}`);
  return new Promise((done) => answers.push((body, status = 200) => done(Response.json(body, { status }))));
};
await import("../../../pagelight/ui/static/library/table.js");
const runs = () => heard.submit.forEach((hear) => hear({ target: { id: "table-form" }, preventDefault() {} }));
const later = () => new Promise((done) => setTimeout(done, 5));
const next = async (...answer) => (answers.shift()(...answer), later());

test("who presses twice has one table", async () => {
  runs();
  runs();
  await next({ key: "k1" });

  assert.deepEqual(asked, ["POST /table", "GET /table/k1?start=0"]);
});

test("that a former table is there no more does not end the next", async () => {
  runs();
  const former = answers.shift();
  await next({ key: "k2" });
  former({}, 404);
  await later();
  assert.equal(kept.get("table"), "k2");

  await next({ questions: [], rows: [], over: true, state: "done", done: 0, total: 0 });
  assert.equal(page.querySelector("table-state").textContent, "0 of 0 documents asked");
});
