// Moments of a recording: lines, addresses, and when a slide is shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import "../page.js";

document.getElementById = () => ({});
const { isWithin, lineAt } = await import("../../../pagelight/ui/static/source/player.js");
const { namedBy } = await import("../../../pagelight/ui/static/source/behaviour.js");
const DOC = "a".repeat(64);

test("a slide is within its showings, each from its beginning to before its end", () => {
  const shown = "4.5-9 20-21.25";
  assert.deepEqual([4, 4.48, 4.5, 8.9, 9, 20.5, 21.25].map((second) => isWithin(shown, second)), [
    false, true, true, true, false, true, false,
  ]);
  assert.equal(isWithin("", 0), false);
});

test("the line of a second is the last that has begun", () => {
  assert.deepEqual([0, 0.96, 1, 5].map((second) => lineAt([1, 2], second)), [-1, 0, 0, 1]);
});

test("an address of a moment leads to it, and none elsewhere", () => {
  assert.equal(namedBy(`#document/${DOC}/1?at=12.3`), `/document/${DOC}/1?at=12.3`);
  assert.equal(namedBy("#document/../x"), "");
});
