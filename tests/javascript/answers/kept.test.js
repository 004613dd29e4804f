// Pinned answers: what is told of them is told in the order in which it was written, and shown so.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tell, until } from "../page.js";

const told = [];
const delays = []; // of the requests to come, in milliseconds
const panel = { innerHTML: "", querySelector: () => null, focus() {} };
document.getElementById = () => panel;
globalThis.fetch = async (url, { method, body }) => {
  await new Promise((done) => setTimeout(done, delays.shift() ?? 0)); // on its way
  told.push([method, url, body && JSON.parse(body).note].filter(Boolean).join(" "));
  return new Response(`after ${told.length}`);
};
await import("../../../pagelight/ui/static/answers/kept.js");
const article = { dataset: { pin: "t/e" }, querySelector: (what) => (what === "textarea" ? field : {}) };
const field = { value: "", closest: () => article };
const writes = (words) => ((field.value = words), tell("change", { target: field }));

test("a note that was written later is kept, and shown, though the one before was slow", async () => {
  delays.push(40, 0, 0);
  writes("Rain");
  writes("Rain and wind");
  tell("pagelight:mode", { detail: "pins" });
  await until(() => panel.innerHTML === "after 3");

  assert.deepEqual(told, ["PUT /pins/t/e Rain", "PUT /pins/t/e Rain and wind", "GET /pins"]);
  assert.equal(panel.innerHTML, "after 3");
});
