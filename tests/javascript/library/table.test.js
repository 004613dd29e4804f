// The table: how rows are ordered, and what is summed of them.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener() {}, getElementById: () => ({ checked: true }) };
globalThis.pagelightWords = { language: "en", words: {} };
const { compare } = await import("../../../pagelight/ui/static/library/table.js");
const { byUnit, numbers } = await import("../../../pagelight/ui/static/library/sums.js");

const cell = (text, value = null, unit = "") => ({ text, value, unit, sure: true });
const row = (source, ...cells) => ({ source, cells });
const ordered = (rows, down) => [...rows].sort((a, b) => compare(a, b, 1, down)).map(({ source }) => source);

test("numbers come before words, and empty cells last whichever way is sorted", () => {
  const rows = [row("empty", cell("")), row("word", cell("none")), row("ten", cell("10 m", 10)), row("two", cell("2 m", 2))];

  assert.deepEqual(ordered(rows, false), ["two", "ten", "word", "empty"]);
  assert.deepEqual(ordered(rows, true), ["ten", "two", "word", "empty"]);
});

test("numbers are gathered by their unit, the most frequent first", () => {
  const cells = [cell("3 m", 3, "m"), cell("5 %", 5, "%"), cell("none"), cell("4 m", 4, "m")];

  assert.deepEqual(byUnit(cells), [["m", [3, 4]], ["%", [5]]]);
});

test("one number has no sum; shares have no sum, years neither sum nor mean", () => {
  assert.deepEqual(numbers("m", [3]), []);
  assert.deepEqual(numbers("%", [5, 7]), ["mean 6 %", "5 % to 7 %"]);
  assert.deepEqual(numbers("year", [1999, 2004]), ["1999 to 2004"]);
  assert.deepEqual(numbers("$", [2, 2]), ["sum $4 of 2", "mean $2", "$2"]);
});
