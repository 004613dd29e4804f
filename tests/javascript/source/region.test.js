// A part of a page: the last that was chosen goes with the question, and stays until it went.

import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
const laid = [];
const answers = new Map();
const chip = { hidden: true, innerHTML: "", replaceChildren() {} };
const field = { focus() {} };
globalThis.pagelightWords = { language: "en", words: {} };
globalThis.matchMedia = () => ({ matches: false });
let part = "";
globalThis.document = {
  addEventListener: (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]),
  getElementById: () => chip,
  querySelector: (selector) => (selector.endsWith(".parts") ? { dataset: { doc: "d", page: "1" } } : selector.startsWith("#ask") ? field : null),
  querySelectorAll: () => [],
  get activeElement() {
    return { closest: () => ({ dataset: { box: part } }) };
  },
  body: { classList: { contains: () => true, toggle() {} } },
};
globalThis.fetch = (url, { method, body }) => {
  if (method === "PUT") return Promise.resolve(void laid.push(JSON.parse(body).name) ?? new Response(null, { status: 204 }));
  return new Promise((done) => answers.set(url, () => done(new Response(url))));
};
await import("../../../pagelight/ui/static/source/region.js");
const tell = (name, event) => heard[name].forEach((hear) => hear(event));
const shows = (detail) => tell("pagelight:shown", { detail: { tab: "t", turn: 1, talk: "", head: "", region: "", growing: false, ...detail } });
const picks = (box) => ((part = box), tell("keydown", { key: "Enter", preventDefault() {}, stopPropagation() {} }));
const later = () => new Promise((done) => setTimeout(done, 5));
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
