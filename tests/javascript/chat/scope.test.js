// What is searched, as it is chosen and shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import { done, later, showing, tell } from "../page.js";

const chips = { replaceChildren: (...made) => (chips.shown = made.length) };
const other = { value: "", textContent: "" };
const fields = { "scope-chips": chips, "scope-since": { value: "" }, "scope-until": { value: "" } };
let answers;
const asked = [];
const labels = [];
document.getElementById = (id) => fields[id] ?? other;
document.createElement = () => ({
  append() {},
  dataset: {},
  set ariaLabel(words) {
    labels.push(words);
  },
});
globalThis.fetch = (url, { body }) =>
  new Promise((come) => {
    asked.push(`${url} ${body}`);
    answers = (answer = done()) => come(answer);
  });
globalThis.pagelightWords = { language: "de", words: { "{first} to {last}": "{first} bis {last}", "until {last}": "bis {last}" } };
const { search } = await import("../../../pagelight/ui/static/chat/scope.js");

const tells = (name, detail) => tell(`pagelight:${name}`, { detail });
const shows = (scope) => showing({ tab: "t", turn: 1, talk: "c", scope });

test("what was kept before the server has heard of a choice does not undo it", async () => {
  shows([]);
  search(["a.pdf", "b.pdf"], true);
  shows([["in:a.pdf", "a.pdf"]]);
  assert.equal(chips.shown, 2);

  await Promise.resolve();
  answers();
  await later();
  shows([["in:c.pdf", "c.pdf"]]); // from another tab
  assert.equal(chips.shown, 1);
});

test("what was chosen while the server was away is told once it answers again", async () => {
  search(["far.pdf"], true);
  await later();
  answers(Response.error());
  await later();
  shows([]); // as the server knows it
  assert.equal(chips.shown, 1);

  asked.length = 0;
  tells("reached", false);
  await later();
  assert.deepEqual(asked, ['/scope/of/c ["in:far.pdf"]']);

  answers();
  await later();
  tells("reached", false);
  await later();
  assert.equal(asked.length, 1);
});

test("days are told in the language of the page", async () => {
  const choose = (first, last) => {
    fields["scope-since"].value = first;
    fields["scope-until"].value = last;
    tell("change", { target: { closest: (part) => part === ".scope-dates" } });
    return labels.at(-1);
  };
  assert.match(choose("2025-01-01", "2025-02-01"), / 2025-01-01 bis 2025-02-01$/);
  assert.match(choose("", "2025-02-01"), / bis 2025-02-01$/);
});
