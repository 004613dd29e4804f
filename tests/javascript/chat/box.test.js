// A question that is entered while the server is away is asked once, as soon as it answers.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { done, heard, kept, later, showing, tell, until } from "../page.js";

const passed = [];
const line = { textContent: "" };
const area = {
  value: "",
  closest: () => area,
  dispatchEvent: (event) => (event.type === "input" ? tell("input", { target: area }) : presses(event)),
};
let files = [];
let isOnItsWay = false;
const classList = { toggle: (_, isOn) => (isOnItsWay = isOn) };
globalThis.KeyboardEvent = class {
  constructor(type, { key }) {
    Object.assign(this, { type, key });
  }
};
Object.assign(document, { body: { classList }, getElementById: () => line, querySelector: () => area, querySelectorAll: (selector) => (selector.endsWith("delete-button") ? files : [{}, {}]) });
const SAID = "Pagelight does not answer. Your question is asked as soon as it does.";
const opened = async (page) => {
  for (const name of Object.keys(heard)) delete heard[name];
  await import(`../../../pagelight/ui/static/chat/box.js?page=${page}`);
};
const { tellInTurn, tellUntilHeard } = await import("../../../pagelight/ui/static/shell/server.js");
const shows = (detail = {}) => showing({ tab: "t", talk: "t", head: "h", growing: false, ...detail });
const stands = (state) => tell("pagelight:state", { detail: { state } });

// Gradio hears what is not held back.
function presses({ key = "Enter" } = {}) {
  let held = false;
  const hold = () => (held = true);
  tell("keypress", { key, target: area, preventDefault: hold, stopPropagation: hold });
  if (!held) passed.push(area.value);
}

let page = 0;
beforeEach(async () => {
  kept.clear();
  passed.splice(0);
  files = [];
  line.textContent = "";
  await opened(++page);
  shows();
  area.value = "Rain?";
});

test("while the server answers a question goes off at once, and is asked no second time", async () => {
  stands("ready");
  presses();
  assert.ok(isOnItsWay);
  shows({ head: "h2", growing: true });
  assert.ok(!isOnItsWay);
  stands("gone");
  stands("ready");
  await later();

  assert.deepEqual(passed, ["Rain?"]);
  assert.equal(line.textContent, "");
});

test("while it is away a question is held, told of, and asked once it answers", async () => {
  stands("gone");
  presses();
  presses();
  assert.deepEqual([passed, line.textContent], [[], SAID]);

  stands("ready");
  stands("ready");
  await later();
  assert.deepEqual([passed, line.textContent], [["Rain?"], ""]);
});

test("what went off and was lost is asked again once the server answers", async () => {
  stands("ready");
  presses();
  stands("gone");
  assert.equal(line.textContent, SAID);

  stands("ready");
  await later();
  assert.deepEqual(passed, ["Rain?", "Rain?"]);
});

test("a page that is loaded anew asks what was lost, unless the conversation went on", async () => {
  const comesBack = async (detail) => {
    presses();
    area.value = "";
    passed.splice(0);
    await opened(++page);
    shows(detail);
    await later();
    return passed.splice(0);
  };
  assert.deepEqual(await comesBack({}), ["Rain?"]);
  assert.deepEqual(await comesBack({ head: "h2" }), []);
});

test("a page that is loaded anew puts words down whose files are gone", async () => {
  files = [{}];
  presses();
  area.value = "";
  passed.splice(0);
  files = [];
  await opened(++page);
  shows();
  await later();

  assert.deepEqual([passed, area.value], [[], "Rain?"]);
});

test("a page that is loaded anew has in its box what was only written, and does not ask it", async () => {
  tell("pagehide", {});
  area.value = "";
  await opened(++page);
  shows();
  await later();

  assert.deepEqual([passed, area.value], [[], "Rain?"]);
});

test("a question that is taken back is not asked", async () => {
  stands("gone");
  presses();
  area.value = "";
  tell("input", { target: area });
  stands("ready");
  await later();

  assert.deepEqual([passed, line.textContent], [[], ""]);
});

test("a question waits until the server has heard what it goes by, and is asked once", async () => {
  let heard;
  tellInTurn(() => new Promise((done) => (heard = done)));
  await later();
  presses();
  presses();
  await later();
  assert.deepEqual(passed, []);

  heard();
  await later();
  assert.deepEqual(passed, ["Rain?"]);
});

test("a question waits where no answer comes to what it goes by, and is asked after that was told again", async () => {
  let reached = false;
  const told = [];
  tellUntilHeard("scope", async () => {
    told.push(reached);
    return reached ? done() : Response.error();
  });
  await until(() => told.length === 1);
  presses();
  await until(() => line.textContent);
  assert.deepEqual([passed, told, line.textContent], [[], [false, false], SAID]);

  reached = true;
  stands("ready");
  await until(() => passed.length);
  assert.deepEqual([passed, told], [["Rain?"], [false, false, true]]);
});
