// What stands before the questions that are shown: asked for once, and again where that was lost.

import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
const asked = [];
let works = false;
const frame = { closest: () => frame, scrollTop: 0, scrollHeight: 500 };
globalThis.document = {
  addEventListener: (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]),
  getElementById: () => ({ click() {} }),
};
globalThis.fetch = async (_, { body }) => {
  asked.push(JSON.parse(body).do);
  return works ? new Response(null, { status: 204 }) : Response.error();
};
await import("../../../pagelight/ui/static/chat/earlier.js");
const tell = (name, event) => heard[name].forEach((hear) => hear(event));
const scrollUp = async () => {
  for (const top of [300, 10]) {
    frame.scrollTop = top;
    tell("scroll", { target: frame });
  }
  await new Promise((done) => setTimeout(done, 5));
};

test("what no answer came to is asked for again, what is on its way is not", async () => {
  tell("pagelight:shown", { detail: { tab: "t", turn: 1, talk: "c", earlier: 20 } });
  await scrollUp();
  works = true;
  await scrollUp();
  await scrollUp();

  assert.deepEqual(asked, ["earlier", "earlier"]);
});
