// How answers are wanted: told before the next question, in the order in which it was written.

import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
const told = [];
const delays = [30, 0]; // of the requests to come, in milliseconds
const line = { textContent: "" };
globalThis.pagelightWords = { language: "en", words: {} };
globalThis.document = {
  addEventListener: (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]),
  getElementById: () => line,
};
globalThis.fetch = async (_, { body }) => {
  await new Promise((done) => setTimeout(done, delays.shift())); // on its way
  told.push(JSON.parse(body).text);
  return new Response(null, { status: 204 });
};
await import("../../../ui/static/chat/wishes.js");
const { isTold, whenTold } = await import("../../../ui/static/shell/server.js");
const leaves = (value) => heard.change.forEach((hear) => hear({ target: { id: "instructions", value } }));

test("instructions that were just written are told before a question", async () => {
  leaves("Be brief.");
  leaves("Be brief, in French.");
  assert.equal(isTold(), false);
  await whenTold();

  assert.deepEqual(told, ["Be brief.", "Be brief, in French."]);
});
