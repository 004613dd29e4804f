// The source panel as a document: which page is told as one scrolls, in the language of who reads.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tell } from "../page.js";

const buttons = [{ dataset: {} }, { dataset: {} }];
const told = { textContent: "" };
const steps = {
  dataset: { page: "1", pages: "6", word: "Seite" },
  querySelector: () => told,
  querySelectorAll: () => buttons,
};
const sheet = { querySelector: () => ({ dataset: { page: "2" } }), getBoundingClientRect: () => ({ top: 0 }) };
globalThis.pagelightWords = { language: "de", words: { "{page} of {count}": "{page} von {count}" } };
document.querySelector = (selector) => (selector.endsWith(".page-steps") ? steps : null);
document.querySelectorAll = (selector) => (selector.endsWith(".sheet") ? [sheet] : []);
await import("../../../pagelight/ui/static/source/document.js");

test("the page that is scrolled to is told in the language of the page", () => {
  const view = { closest: () => view, scrollTop: 300, clientHeight: 100, scrollHeight: 5000, getBoundingClientRect: () => ({ top: 0, height: 100 }) };
  tell("scroll", { target: view });

  assert.equal(told.textContent, "Seite 2 von 6");
  assert.deepEqual(buttons.map((button) => button.dataset.page), ["1", "3"]);
});
