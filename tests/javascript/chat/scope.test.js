// What is searched, as it is chosen and shown; names after an @: what is being written, and from where.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addEventListener, heard } from "../page.js";

const chips = { replaceChildren: (...made) => (chips.shown = made.length) };
const other = { value: "", textContent: "" };
const fields = { "scope-chips": chips, "scope-since": { value: "" }, "scope-until": { value: "" } };
let answers;
const asked = [];
const labels = [];
globalThis.document = {
  addEventListener,
  getElementById: (id) => fields[id] ?? other,
  querySelectorAll: () => [],
  createElement: () => ({ append() {}, dataset: {}, setAttribute: (_, words) => labels.push(words) }),
};
globalThis.fetch = (url, { body }) =>
  new Promise((done) => {
    asked.push(`${url} ${body}`);
    answers = (answer = new Response(null, { status: 204 })) => done(answer);
  });
globalThis.pagelightWords = { language: "de", words: { "{first} to {last}": "{first} bis {last}", "until {last}": "bis {last}" } };
const moment = () => new Promise((done) => setTimeout(done, 5));
const { written } = await import("../../../pagelight/ui/static/chat/scope.js");

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
  await moment();
  shows([["in:c.pdf", "c.pdf"]]); // from another tab
  assert.equal(chips.shown, 1);
});

test("what was chosen while the server was away is told once it answers again", async () => {
  const tell = (name, detail) => heard[name].forEach((hear) => hear({ detail }));
  tell("pagelight:scope", ["far.pdf"]);
  await moment();
  answers(Response.error());
  await moment();
  tell("pagelight:shown", { tab: "t", turn: 1, talk: "c", scope: [] }); // as the server knows it
  assert.equal(chips.shown, 1);

  asked.length = 0;
  tell("pagelight:state", { state: "ready", begun: "1" });
  await moment();
  assert.deepEqual(asked, ['/scope/of/c ["in:far.pdf"]']);

  answers();
  await moment();
  tell("pagelight:state", { state: "ready", begun: "1" });
  await moment();
  assert.equal(asked.length, 1);
});

test("days are told in the language of the page", async () => {
  const choose = (first, last) => {
    fields["scope-since"].value = first;
    fields["scope-until"].value = last;
    heard.change.forEach((hear) => hear({ target: { closest: (part) => part === ".scope-dates" } }));
    return labels.at(-1);
  };
  assert.match(choose("2025-01-01", "2025-02-01"), / 2025-01-01 bis 2025-02-01$/);
  assert.match(choose("", "2025-02-01"), / bis 2025-02-01$/);
});
