// Asking our own server: what is sent, and what is told where nothing comes.

import assert from "node:assert/strict";
import { test } from "node:test";

import "../page.js";

import { ask, isTold, tellInTurn, whenTold, whyNot } from "../../../pagelight/ui/static/shell/server.js";

const asked = [];
globalThis.fetch = (url, options) => {
  asked.push([url, options]);
  return url === "/gone" ? Promise.reject(new TypeError("no network")) : Promise.resolve(new Response("{}"));
};

test("a body is sent as JSON, and none is nothing", async () => {
  await ask("PUT", "/a", { words: "ä" });
  await ask("GET", "/b");

  assert.deepEqual(asked.map(([, { method, body }]) => [method, body]), [["PUT", '{"words":"ä"}'], ["GET", undefined]]);
  assert.equal(asked[0][1].headers["content-type"], "application/json");
});

test("where no answer comes there is one that is not ok", async () => {
  const answer = await ask("GET", "/gone");

  assert.equal(answer.ok, false);
  assert.equal(await whyNot(answer, "Why?"), "Why?");
});

test("why something did not work is a sentence of the server's", async () => {
  assert.equal(await whyNot(Response.json({ error: "There is no room." })), "There is no room.");
  assert.equal(await whyNot(Response.json({ error: { code: 4 } })), "This did not work.");
  assert.equal(await whyNot(new Response("<p>")), "This did not work.");
});

test("what a question goes by is told one after another", async () => {
  const order = [];
  const tells = (name, ms) => () => new Promise((done) => setTimeout(() => done(order.push(name)), ms));
  const [, last] = [tellInTurn(tells("slow", 20)), tellInTurn(tells("fast", 1))];
  assert.equal(isTold(), false);
  await whenTold();

  assert.deepEqual([order, await last, isTold()], [["slow", "fast"], 2, true]);
});
