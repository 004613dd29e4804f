// The one way to ask our own server.

import { say } from "./language.js";

export const GONE = () => say("Pagelight does not answer. Is it still running?");
export const NOT_KEPT = () => say("It could not be kept. Is Pagelight still running?");

/** Ask, a body as JSON, and return the answer: one that is not `ok` where none came. @type {(method: string, url: string, body?: unknown) => Promise<Response>} */
export function ask(method, url, body) {
  const told = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return fetch(url, { method, ...told }).catch(() => Response.error());
}

/** Ask, and return HTML of the server's; null where nothing came that is `ok`. @type {(method: string, url: string, body?: unknown) => Promise<string | null>} */
export async function htmlOf(method, url, body) {
  const answer = await ask(method, url, body);
  return answer.ok ? answer.text() : null;
}

/** Return why something did not work, as the server tells it; `otherwise` where it tells nothing. @type {(answer: Response, otherwise?: string) => Promise<string>} */
export async function whyNot(answer, otherwise = say("This did not work.")) {
  const told = await answer.json().catch(() => null);
  return typeof told?.error === "string" ? told.error : otherwise;
}

/**
 * Return what does one thing after another: of two requests that go off at once the later may come first.
 * @returns {<T>(go: () => Promise<T>) => Promise<T>}
 */
export function oneByOne() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return (go) => {
    const done = last.then(go);
    last = done;
    return done;
  };
}

// --- what the next question goes by, or what is wanted, is told before it ---------------------

const inTurn = oneByOne();
let lastTold = Promise.resolve();
let untold = 0;
/** @type {Map<string, () => Promise<Response>>} what no answer came to, by what it is about */
const unheard = new Map();

/** Tell one thing after another. @type {(tell: () => Promise<Response>) => Promise<Response>} */
export function tellInTurn(tell) {
  untold += 1;
  const answer = inTurn(tell);
  lastTold = answer.then(() => void (untold -= 1));
  return answer;
}

/**
 * Tell in turn, and again (`tellAgain`) where no answer came, unless something newer is told about the same.
 * @type {(about: string, tell: () => Promise<Response>) => Promise<Response>}
 */
export function tellUntilHeard(about, tell) {
  unheard.delete(about);
  return tellInTurn(async () => {
    const answer = await tell();
    if (answer.type === "error") unheard.set(about, tell);
    else unheard.delete(about);
    return answer;
  });
}

export const tellAgain = () => [...unheard].forEach(([about, tell]) => tellUntilHeard(about, tell));

export const isTold = () => untold === 0;
export const isHeard = () => isTold() && unheard.size === 0;

/** Once all is told that can be: what no answer came to is told once more. */
export function whenTold() {
  tellAgain();
  return lastTold;
}
