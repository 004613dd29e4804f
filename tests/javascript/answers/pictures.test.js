// A picture that can't be had leaves no empty frame.

import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {((event: object) => void)[]} */
const heard = [];
globalThis.document = /** @type {any} */ ({
  addEventListener: (/** @type {string} */ type, /** @type {any} */ act, /** @type {boolean} */ captured) => {
    if (type === "error" && captured) heard.push(act);
  },
});
await import("../../../pagelight/ui/static/answers/pictures.js");

test("the frame of a picture that can't be had is put away, and what else fails is left", () => {
  /** @type {string[]} */
  const names = [];
  const frame = { classList: { add: (/** @type {string} */ name) => names.push(name) } };
  const found = (/** @type {object | null} */ it) => ({ target: { closest: () => it } });
  for (const act of heard) act(found(null));
  for (const act of heard) act({ target: {} });
  assert.deepEqual(names, []);
  for (const act of heard) act(found(frame));
  assert.deepEqual(names, ["gone"]);
});
