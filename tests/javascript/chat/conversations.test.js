// An answer that has ended is not shown as growing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, later, long, showing, tell } from "../page.js";

const wanted = [];
globalThis.fetch = async (_, { body }) => void wanted.push(JSON.parse(body).do) ?? done();
await import("../../../pagelight/ui/static/chat/conversations.js");
const shows = (growing) => showing({ tab: "t", turn: 1, talk: "c", head: "e", growing });
const looked = async () => {
  await later();
  return wanted.splice(0);
};
const ends = (head) => tell("pagelight:over", { detail: { talk: "c", head } });

test("what is shown as growing after its end is looked at, and nothing else", async () => {
  shows(true);
  ends("other");
  assert.deepEqual(await looked(), []);
  ends("e");
  assert.deepEqual(await looked(), ["look"]);

  shows(false);
  ends("e");
  assert.deepEqual(await looked(), []);
});

test("what is shown as growing while none of its words come is looked at", async () => {
  shows(true);
  tell("pagelight:piece", { detail: { talk: "c" } });
  assert.deepEqual(await looked(), []);
  long.passes();
  assert.deepEqual(await looked(), ["look"]);
});

test("what is still shown as growing is looked at again", async () => {
  shows(true);
  ends("e");
  assert.deepEqual(await looked(), ["look"]);
  long.passes();
  assert.deepEqual(await looked(), ["look"]);
});
