// An answer that has ended is not shown as growing for long.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addEventListener, heard } from "../page.js";

const wanted = [];
let passes = () => {}; // a long time
const element = { replaceChildren() {}, click() {} };
const started = globalThis.setTimeout;
globalThis.setTimeout = (go, ms) => (ms > 1000 ? void (passes = go) : started(go, ms));
globalThis.location = { pathname: "/" };
globalThis.history = { pushState() {} };
globalThis.addEventListener = () => {};
globalThis.document = {
  addEventListener,
  getElementById: () => element,
  querySelectorAll: () => [],
};
globalThis.fetch = (_, { body }) => Promise.resolve(void wanted.push(JSON.parse(body).do) ?? new Response(null, { status: 204 }));
await import("../../../pagelight/ui/static/chat/conversations.js");
const tell = (name, detail) => heard[name].forEach((hear) => hear({ detail }));
const shows = (growing) => tell("pagelight:shown", { tab: "t", turn: 1, talk: "c", head: "e", growing });
const ends = async (head) => {
  tell("pagelight:over", { talk: "c", head });
  passes();
  passes = () => {};
  await new Promise((done) => setTimeout(done, 5));
  return wanted.splice(0);
};

test("what is shown as growing after its end is looked at, and nothing else", async () => {
  shows(true);
  assert.deepEqual([await ends("other"), await ends("e")], [[], ["look"]]);

  shows(false);
  assert.deepEqual(await ends("e"), []);
});
