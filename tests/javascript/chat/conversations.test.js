// An answer that has ended is not shown as growing for long.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, later, long, showing, tell } from "../page.js";

const wanted = [];
globalThis.fetch = async (_, { body }) => void wanted.push(JSON.parse(body).do) ?? done();
await import("../../../pagelight/ui/static/chat/conversations.js");
const shows = (growing) => showing({ tab: "t", turn: 1, talk: "c", head: "e", growing });
const ends = async (head) => {
  tell("pagelight:over", { detail: { talk: "c", head } });
  long.passes();
  clearTimeout(long);
  await later();
  return wanted.splice(0);
};

test("what is shown as growing after its end is looked at, and nothing else", async () => {
  shows(true);
  assert.deepEqual([await ends("other"), await ends("e")], [[], ["look"]]);

  shows(false);
  assert.deepEqual(await ends("e"), []);
});
