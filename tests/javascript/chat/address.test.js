// The address follows what is shown, and what is shown follows the address.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, later, showing, tell } from "../page.js";

const wanted = [];
const A = "a".repeat(16);
const B = "b".repeat(16);
history.pushState = (_, __, path) => ((location.pathname = path), wanted.push(`push ${path}`));
globalThis.fetch = async (_, { body }) => {
  wanted.push(`open ${JSON.parse(body).about}`);
  return done();
};
const { isAwaiting } = await import("../../../pagelight/ui/static/chat/conversations.js");

const shows = (talk, growing = false) => showing({ tab: "t", talk, growing });
const goes = (path) => ((location.pathname = path), tell("popstate"));
const happens = () => wanted.splice(0);

test("what is shown becomes the address, once", () => {
  shows(A);
  shows(A);

  assert.deepEqual(happens(), [`push /c/${A}`]);
});

test("an address that one comes back to is opened", async () => {
  shows(B);
  goes("/");
  await later();

  assert.deepEqual(happens(), [`push /c/${B}`, "open "]);
  assert.equal(isAwaiting(), true);
});

test("what is shown after one has gone on does not become the address", async () => {
  goes(`/c/${A}`);
  shows("");
  await later();

  assert.deepEqual(happens(), [`open ${A}`]);
  shows(A);
  assert.deepEqual(happens(), []);
  assert.equal(isAwaiting(), false);
});

test("one who asks or clicks waits for nothing", async () => {
  for (const act of [() => shows(B, true), () => tell("click", { isTrusted: true, target: {} })]) {
    goes("/");
    await later();
    happens();
    act();
    assert.equal(isAwaiting(), false);
  }
});

test("a click of the page's own changes nothing", () => {
  goes(`/c/${A}`);
  tell("click", { isTrusted: false, target: {} });

  assert.equal(isAwaiting(), true);
});
