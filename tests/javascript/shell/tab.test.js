// What a tab wants: told first, then pressed for; and told again to a server that was started anew.

import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
const happened = [];
let works = true;
const wanting = () => tab.isWanting();
globalThis.document = {
  addEventListener: (name, hear) => (heard[name] = hear),
  getElementById: (id) => ({ click: () => happened.push(`click ${id} ${wanting()}`) }),
};
globalThis.fetch = (url, { method, body }) => {
  happened.push(`${method} ${url} ${body}`);
  return Promise.resolve(new Response(null, { status: works ? 204 : 500 }));
};
const tab = await import("../../../ui/static/shell/tab.js");
const shows = (detail) => heard["pagelight:shown"]({ detail: { tab: "t1", talk: "", growing: false, ...detail } });
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

test("where it could not be told nothing is pressed", async () => {
  works = false;
  await tab.want("open", { about: "c1" });
  works = true;

  assert.deepEqual(happens(), ['POST /tabs/t1/next {"do":"open","about":"c1"}']);
});

test("a server that was started anew is told again what lies beside the question", async () => {
  const begins = (begun) => heard["pagelight:state"]({ detail: { begun } });
  begins("one");
  await tab.lay("region", { name: "d/1/0" });
  await tab.lay("scope", { entries: "in:a" });
  happens();
  begins("one");
  assert.deepEqual(happens(), []);

  shows({ talk: "c1" }); // the scope is the conversation's
  begins("two");
  assert.deepEqual(happens(), ['PUT /tabs/t1/region {"name":"d/1/0"}']);

  shows({ talk: "c1", growing: true }); // the region went along
  begins("three");
  assert.deepEqual(happens(), []);
});
