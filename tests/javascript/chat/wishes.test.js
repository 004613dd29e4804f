// How answers are wanted: told before the next question, in the order in which it was written.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, tell } from "../page.js";

const told = [];
const delays = [30, 0]; // of the requests to come, in milliseconds
const line = { textContent: "" };
Object.assign(document, {
  body: { classList: { contains: () => false, toggle() {} } },
  documentElement: { style: { setProperty() {} } },
  getElementById: () => line,
});
globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
let isAway = false;
globalThis.fetch = async (_, { body }) => {
  await new Promise((come) => setTimeout(come, delays.shift())); // on its way
  if (isAway) throw new TypeError("Failed to fetch");
  told.push(JSON.parse(body).text);
  return done();
};
await import("../../../pagelight/ui/static/shell/settings.js");
const { isHeard, isTold, tellAgain, whenTold } = await import("../../../pagelight/ui/static/shell/server.js");
const leaves = (value) => tell("change", { target: { closest: (selector) => (selector === "#instructions" ? { value } : null) } });

test("instructions that were just written are told before a question", async () => {
  leaves("Be brief.");
  leaves("Be brief, in French.");
  assert.equal(isTold(), false);
  await whenTold();

  assert.deepEqual(told, ["Be brief.", "Be brief, in French."]);
});

test("what is written while the network is away is told when it is back, the last of it alone", async () => {
  told.length = 0;
  isAway = true;
  leaves("Be brief.");
  leaves("Be long.");
  await whenTold();
  assert.deepEqual([told, isHeard(), line.textContent === ""], [[], false, false]);

  isAway = false;
  tellAgain();
  await whenTold();
  assert.deepEqual([told, isHeard(), line.textContent], [["Be long."], true, ""]);
});
