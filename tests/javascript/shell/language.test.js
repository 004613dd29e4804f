// What the page's scripts say: words of the catalogue, counts and numbers as the language has them.

import assert from "node:assert/strict";
import { test } from "node:test";

import "../page.js";

globalThis.pagelightWords = {
  language: "de",
  words: { "{n} file": "{n} Datei", "{n} files": "{n} Dateien", "Adding {name}": "Füge {name} hinzu" },
};
const { say, sayCount, sayNumber } = await import("../../../pagelight/ui/static/shell/language.js");

test("words are those of the catalogue, and the English ones where it has none", () => {
  assert.equal(say("Adding {name}", { name: "a.pdf" }), "Füge a.pdf hinzu");
  assert.equal(say("Nobody translated this"), "Nobody translated this");
  assert.equal(say("constructor"), "constructor");
});

test("what is filled in is not filled in again", () => {
  assert.equal(say("Adding {name}", { name: "{n}.pdf", n: 3 }), "Füge {n}.pdf hinzu");
});

test("a count takes the form that the language has for it", () => {
  assert.equal(sayCount(1, "{n} file", "{n} files"), "1 Datei");
  assert.equal(sayCount(1234, "{n} file", "{n} files"), "1.234 Dateien");
});

test("a number has the marks of the language and at most two decimals", () => {
  assert.equal(sayNumber(1234.567), "1.234,57");
});
