// Where a conversation stands: the question that was just asked at the top, unless who reads went elsewhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, later, showing, tell } from "../page.js";

const frame = {
  scrollTop: 0,
  scrollHeight: 2000,
  clientHeight: 500,
  closest: () => frame,
  getBoundingClientRect: () => ({ top: 100 }),
};
const question = { parentElement: frame, getBoundingClientRect: () => ({ top: 1300 - frame.scrollTop }) };
globalThis.getComputedStyle = (at) => ({ overflowY: at === frame ? "auto" : "visible" });
Object.assign(document, { querySelector: () => question, querySelectorAll: () => [question] });
const asked = [];
let works = false;
globalThis.fetch = async (_, { body }) => {
  asked.push(JSON.parse(body).do);
  return works ? done() : Response.error();
};
await import("../../../pagelight/ui/static/chat/frame.js");
const show = (head) => showing({ talk: "c", head, growing: true });

test("who moves the frame stays there until the next question", () => {
  show("1");
  const asked = frame.scrollTop;
  tell("wheel", { target: frame });
  frame.scrollTop = 40;
  tell("pagelight:bubbles", {});
  const moved = frame.scrollTop;
  show("2");

  assert.deepEqual([asked, moved, frame.scrollTop], [1188, 40, 1188]);
});

test("a picture that comes later moves nothing from where it is", () => {
  show("3");
  frame.scrollTop = 700; // as much as its room took
  tell("load", { target: frame });

  assert.equal(frame.scrollTop, 1188);
});

const scrollUp = async (target = frame) => {
  for (const top of [300, 10]) {
    target.scrollTop = top;
    tell("scroll", { target });
  }
  await later();
};

test("what no answer came to is asked for again, what is on its way is not", async () => {
  showing({ tab: "t", turn: 1, talk: "c", earlier: 20 });
  await scrollUp();
  await scrollUp({ closest: () => frame }); // a long question, or a wide table
  works = true;
  await scrollUp();
  await scrollUp();

  assert.deepEqual(asked, ["earlier", "earlier"]);
});
