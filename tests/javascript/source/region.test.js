// A part of a page: the last that was chosen goes with the question, and stays until it went.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, later, showing, tell } from "../page.js";

const laid = [];
const answers = new Map();
const chip = { hidden: true, innerHTML: "", replaceChildren() {} };
const field = { focus() {} };
globalThis.matchMedia = () => ({ matches: false });
let part = "";
Object.assign(document, {
  getElementById: () => chip,
  querySelector: (selector) => (selector.endsWith(".parts") ? { dataset: { doc: "d", page: "1" } } : selector.startsWith("#ask") ? field : null),
  activeElement: { closest: () => ({ dataset: { box: part } }) },
  body: { classList: { contains: () => true, toggle() {} } },
});
globalThis.fetch = async (url, { method, body }) => {
  if (method === "PUT") return void laid.push(JSON.parse(body).text) ?? done();
  return new Promise((come) => answers.set(url, () => come(new Response(url))));
};
await import("../../../pagelight/ui/static/source/region.js");
const shows = (detail) => showing({ tab: "t", turn: 1, talk: "", head: "", region: "", growing: false, ...detail });
const picks = (box) => ((part = box), tell("keydown", { key: "Enter", preventDefault() {}, stopPropagation() {} }));
shows({});

test("of two parts the later one is asked about, whichever the server tells of first", async () => {
  picks("1");
  picks("2");
  answers.get("/region/d/1/2")();
  await later();
  answers.get("/region/d/1/1")();
  await later();

  assert.deepEqual([laid, chip.innerHTML, chip.hidden], [["d/1/2"], "/region/d/1/2", false]);
});

test("it stays where a question went without it, and goes with its own", async () => {
  shows({ head: "e1", growing: true });
  assert.equal(chip.hidden, false);
  shows({ head: "e2", region: "d/1/2" });
  await later();

  assert.deepEqual([chip.hidden, laid], [true, ["d/1/2", ""]]);
});
