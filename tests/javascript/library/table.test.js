// Tables that are begun: one at a press, and what is told late of a former one changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { kept, later, tell } from "../page.js";

const asked = [];
const answers = [];
const element = () => ({ dataset: {}, classList: { toggle() {} }, setAttribute() {}, querySelectorAll: () => [], value: "", checked: false });
const page = {};
document.getElementById = (id) => (page[id] ??= element());
globalThis.fetch = (url, { method }) => {
  asked.push(`${method} ${url.split("?")[0]}`);
  return new Promise((done) => answers.push((body, status = 200) => done(Response.json(body, { status }))));
};
await import("../../../pagelight/ui/static/library/table.js");
const runs = () => tell("submit", { target: { closest: () => page }, preventDefault() {} });
const next = async (...answer) => (answers.shift()(...answer), later());

test("who presses twice has one table", async () => {
  runs();
  runs();
  await next({ key: "k1" });

  assert.deepEqual(asked, ["POST /table", "GET /table/k1"]);
});

test("that a former table is there no more does not end the next", async () => {
  runs();
  const former = answers.shift();
  await next({ key: "k2" });
  former({}, 404);
  await later();
  assert.equal(kept.get("table"), "k2");

  await next({ over: true, told: "0 of 0 documents asked", failed: false, done: 0, percent: 0, html: "<table>" });
  assert.equal(page["table-state"].textContent, "0 of 0 documents asked");
  assert.equal(page["table-frame"].innerHTML, "<table>");
});
