// Names after an @: what is being written, and from where it is replaced.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { addEventListener() {} };
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
