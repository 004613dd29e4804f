// What is searched, as it is chosen and shown; names after an @: what is being written, and from where.

import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
const chips = { replaceChildren: (...made) => (chips.shown = made.length) };
const other = { value: "", textContent: "" };
let answers;
globalThis.document = {
  addEventListener: (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]),
  getElementById: (id) => (id === "scope-chips" ? chips : other),
  querySelectorAll: () => [],
  createElement: () => ({ append() {}, dataset: {}, setAttribute() {} }),
};
globalThis.fetch = () => new Promise((done) => (answers = () => done(new Response(null, { status: 204 }))));
globalThis.pagelightWords = { language: "en", words: {} };
const { written } = await import("../../../ui/static/chat/scope.js");

const at = (text) => written({ value: text.replace("|", ""), selectionStart: text.indexOf("|") });

test("the words before the caret belong to the last @", () => {
  assert.deepEqual(at("In @rep| of May"), { words: "rep", from: 3 });
  assert.deepEqual(at("@|"), { words: "", from: 0 });
});

test("a name with spaces stands in quotation marks", () => {
  assert.deepEqual(at('In @"annual re|'), { words: "annual re", from: 3 });
  assert.equal(at("In @annual re|"), null);
});

test("an address of mail is no name of a file", () => {
  assert.equal(at("ann@house|"), null);
  assert.equal(at("nothing|"), null);
});

test("what was kept before the server has heard of a choice does not undo it", async () => {
  const tell = (name, detail) => heard[name].forEach((hear) => hear({ detail }));
  const shows = (scope) => tell("pagelight:shown", { tab: "t", turn: 1, talk: "c", scope });
  shows([]);
  tell("pagelight:scope", ["a.pdf", "b.pdf"]);
  shows([["in:a.pdf", "a.pdf"]]);
  assert.equal(chips.shown, 2);

  await Promise.resolve();
  answers();
  await new Promise((done) => setTimeout(done, 5));
  shows([["in:c.pdf", "c.pdf"]]); // from another tab
  assert.equal(chips.shown, 1);
});
