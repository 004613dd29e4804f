// The one way to ask our own server.

/**
 * Ask, and return the answer: one that is not `ok` where none came.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body] what is sent as JSON
 * @returns {Promise<Response>}
 */
export function ask(method, url, body) {
  const told = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return fetch(url, { method, ...told }).catch(() => Response.error());
}

/**
 * Ask, and return what came as text: HTML of the server's; null where nothing came that is `ok`.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body]
 */
export async function htmlOf(method, url, body) {
  const answer = await ask(method, url, body);
  return answer.ok ? answer.text() : null;
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

const inTurn = oneByOne();
let lastTold = Promise.resolve();
let untold = 0;

/**
 * Tell what the next question goes by, or what is wanted: one after another, and before it (`whenTold`).
 * @param {() => Promise<Response>} tell
 * @returns {Promise<Response>}
 */
export function tellInTurn(tell) {
  untold += 1;
  const answer = inTurn(tell);
  lastTold = answer.then(() => void (untold -= 1));
  return answer;
}

/** @type {Map<string, () => Promise<Response>>} what no answer came to, by what it is about */
const unheard = new Map();

/**
 * Tell in turn, and again (`tellAgain`) where no answer came, unless something newer is told about the same.
 * @param {string} about
 * @param {() => Promise<Response>} tell
 * @returns {Promise<Response>}
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

/**
 * Return why something did not work, as the server tells it; `otherwise` where it tells nothing.
 * @param {Response} answer
 * @returns {Promise<string>}
 */
export async function whyNot(answer, otherwise = "") {
  const told = await answer.json().catch(() => null);
  return typeof told?.error === "string" ? told.error : otherwise;
}
