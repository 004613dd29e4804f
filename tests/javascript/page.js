// A page without a browser: what its scripts listen to is told to them by the tests.

/** By name of an event those who listen. */
export const heard = {};
export const addEventListener = (name, hear) => (heard[name] = [...(heard[name] ?? []), hear]);
export const tell = (name, event) => heard[name].forEach((hear) => hear(event));
export const later = (ms = 5) => new Promise((done) => setTimeout(done, ms));

globalThis.pagelightWords = { language: "en", words: {} };
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
