// Moments of a recording: which line is said at a second, and how addresses tell a second. Knows no page.

/**
 * @param {number[]} starts seconds at which lines begin, in order
 * @param {number} second
 * @returns {number} the last line that has begun by then; -1 before the first
 */
export const lineAt = (starts, second) => starts.findLastIndex((start) => start <= second + EARLY_S);

/** A player that is sent to a second may stand just before it. */
const EARLY_S = 0.05;

/**
 * @param {string} hash the part of an address after the page
 * @returns {string} what shows it of our server; "" for what names no document
 */
export function namedBy(hash) {
  const named = /^#(document\/[0-9a-f]{64}\/\d{1,6}(?:\?at=\d{1,6}(?:\.\d{1,3})?)?)$/.exec(hash);
  return named ? `/${named[1]}` : "";
}

/**
 * @param {string} spans of time, "4.5-9 20-21.25": seconds from and to which something is shown
 * @param {number} second
 * @returns {boolean}
 */
export function isWithin(spans, second) {
  return spans.split(" ").some((span) => {
    const [start, end] = span.split("-").map(Number);
    return second >= start - EARLY_S && second < end;
  });
}
