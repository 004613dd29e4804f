// What a tab wants: told first, then pressed for; and told again to a server that was started anew.

import assert from "node:assert/strict";
import { test } from "node:test";

import { long, showing, tell } from "../page.js";

const happened = [];
let works = true;
const delays = []; // of the requests to come, in milliseconds
const wanting = () => tab.isWanting();
document.getElementById = (id) => ({ click: () => clicks(id) });
globalThis.fetch = async (url, { method, body }) => {
  const delay = delays.shift();
  if (delay) await new Promise((done) => setTimeout(done, delay)); // on its way
  happened.push(`${method} ${url} ${body}`);
  return Promise.resolve(new Response(null, { status: works ? 204 : 500 }));
};
const clicks = (id) => {
  happened.push(`click ${id} ${wanting()}`);
  tell("click", { target: { closest: () => ({}) } });
};
const tab = await import("../../../pagelight/ui/static/shell/tab.js");
const shows = (detail) => showing({ tab: "t1", talk: "", growing: false, ...detail });
const happens = () => happened.splice(0);

test("what is pressed before the page is ready is done once it is, and once", async () => {
  const pressed = [tab.want("ask", { text: "Summarise" }), tab.want("ask", { text: "Summarise" })];
  await Promise.resolve();
  assert.deepEqual(happens(), []);

  shows({});
  await Promise.all(pressed);

  assert.deepEqual(happens(), ['POST /tabs/t1/next {"do":"ask","text":"Summarise"}', "click new true"]);
});

test("what is wanted is told before the page is pressed to do it", async () => {
  shows({});
  await tab.want("again", { about: "e1", text: "Rain?" });

  assert.deepEqual(happens(), ['POST /tabs/t1/next {"do":"again","about":"e1","text":"Rain?"}', "click new true"]);
  assert.equal(tab.isWanting(), false);
});

test("of what is wanted at once, and a new conversation, each comes after the one before", async () => {
  shows({});
  delays.push(30, 0);
  const wants = [tab.want("open", { about: "c1" }), tab.want("open", { about: "c2" })];
  let held = false;
  const hold = () => (held = true);
  tell("click", { target: { closest: () => ({}) }, preventDefault: hold, stopPropagation: hold });
  await Promise.all(wants);
  await tab.whenReady();

  assert.equal(held, true);
  const opens = (id) => [`POST /tabs/t1/next {"do":"open","about":"${id}"}`, "click new true"];
  assert.deepEqual(happens(), [...opens("c1"), ...opens("c2"), "click new false"]);
});

test("what was pressed and is not shown for long is looked for, until something is shown", async () => {
  shows({ turn: 1 });
  await tab.want("open", { about: "c1" });
  shows({ turn: 1 }); // of before
  happens();
  await long.passes();
  assert.deepEqual(happens(), ['POST /tabs/t1/next {"do":"look"}', "click new true"]);

  shows({ turn: 2 });
  await long.passes();
  assert.deepEqual(happens(), []);
});

test("where it could not be told nothing is pressed", async () => {
  works = false;
  await tab.want("open", { about: "c1" });
  works = true;

  assert.deepEqual(happens(), ['POST /tabs/t1/next {"do":"open","about":"c1"}']);
});

test("a server that was started anew is told again what lies beside the question", async () => {
  const answers = (isAnew) => tell("pagelight:reached", { detail: isAnew });
  await tab.lay("region", "d/1/0");
  await tab.lay("scope", "in:a");
  happens();
  answers(false);
  assert.deepEqual(happens(), []);

  shows({ talk: "c1" }); // the scope is the conversation's
  answers(true);
  assert.deepEqual(happens(), ['PUT /tabs/t1/region {"text":"d/1/0"}']);

  await tab.lay("region", ""); // it went along
  happens();
  answers(true);
  assert.deepEqual(happens(), ['PUT /tabs/t1/region {"text":""}']);
});
