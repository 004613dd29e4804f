// A page without a browser: what its scripts listen to is told to them by the tests.

/** By name of an event those who listen. */
export const heard = {};
export const tell = (name, event) => heard[name].forEach((hear) => hear(event));
/** Turns of the loop, not time: however busy the machine is, what waits for a moment has had it by then. */
export async function later(turns = 5) {
  for (let turn = 0; turn < turns; turn++) await new Promise((done) => started(done, 1));
}
export const until = async (is) => {
  for (let looks = 0; looks < 2000 && !is(); looks++) await later(1);
};
/** What the page has in `sessionStorage`. */
export const kept = new Map();
export const done = () => new Response(null, { status: 204 });

const { setTimeout: started, clearTimeout: ended } = globalThis;
/** What waits for more than a second waits until a test lets it pass. */
export const long = { passes() {} };
globalThis.setTimeout = (go, ms) => (ms > 1000 ? ((long.passes = go), long) : started(go, ms));
globalThis.clearTimeout = (timer) => (timer === long ? (long.passes = () => {}) : ended(timer));

globalThis.addEventListener = (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]);
globalThis.document = {
  addEventListener,
  createElement: () => ({ append() {} }),
  dispatchEvent() {},
  getElementById: () => ({ click() {}, replaceChildren() {} }),
  querySelector: () => null,
  querySelectorAll: () => [],
};
globalThis.pagelightWords = { language: "en", words: {} };
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
globalThis.sessionStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
};
globalThis.MutationObserver = class {
  observe() {}
};
globalThis.location = { pathname: "/", hash: "" };
globalThis.history = { pushState() {} };

/** What the page shows, as its scripts know it; `showing` has it show something else. */
export const { shown } = await import("../../pagelight/ui/static/shell/dom.js");
export function showing(now) {
  const detail = { ...shown };
  Object.assign(shown, now);
  tell("pagelight:shown", { detail });
}
