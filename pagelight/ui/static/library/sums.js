// What the supported cells of a column are together: how many, their sums and ranges, and their groups.

import { make } from "../shell/dom.js";
import { say, sayNumber } from "../shell/language.js";

const MOST_GROUPS = 12;
const MOST_UNITS = 3;

/**
 * @param {string} question
 * @param {number} n
 * @param {TableRow[]} rows
 */
export function sums(question, n, rows) {
  const cells = rows.map((row) => row.cells[n]).filter((cell) => cell.sure);
  const facts = [say("{n} of {total} answered", { n: sayNumber(cells.length), total: sayNumber(rows.length) })];
  for (const [unit, values] of byUnit(cells)) facts.push(...numbers(unit, values));
  return make(
    "details",
    {},
    make("summary", {}, make("b", { textContent: question }), ` ${facts.join(" · ")}`),
    groups(cells),
  );
}

/** @param {TableCell[]} cells */
export function byUnit(cells) {
  /** @type {Map<string, number[]>} */
  const units = new Map();
  for (const { value, unit } of cells) {
    if (value !== null) units.set(unit, [...(units.get(unit) ?? []), value]);
  }
  return [...units].sort((a, b) => b[1].length - a[1].length).slice(0, MOST_UNITS);
}

// One number has no sum; shares and years have a range, but no sum that means anything.
/**
 * @param {string} unit
 * @param {number[]} values
 */
export function numbers(unit, values) {
  if (values.length < 2) return [];
  const written = sayNumber;
  /** @type {(value: number) => string} */
  const show = (value) => {
    if (unit === "year") return String(value);
    return /[$€£¥]/.test(unit) ? unit + written(value) : `${written(value)} ${unit}`.trim();
  };
  const range = values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const ends = range[0] === range[1] ? show(range[0]) : say("{from} to {to}", { from: show(range[0]), to: show(range[1]) });
  if (unit === "year") return [ends];
  const sum = values.reduce((a, b) => a + b, 0);
  const told = [say("mean {value}", { value: show(sum / values.length) }), ends];
  return unit === "%" ? told : [say("sum {value} of {n}", { value: show(sum), n: values.length }), ...told];
}

/** @param {TableCell[]} cells */
function groups(cells) {
  /** @type {Map<string, number>} */
  const counted = new Map();
  for (const cell of cells) {
    const name = cell.text.trim();
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  const most = [...counted].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  const shown = most.slice(0, MOST_GROUPS).map(([name, count]) => {
    const button = make("button", { type: "button", className: "table-group" }, name, make("i", { textContent: ` ${count}` }));
    button.dataset.group = name;
    return make("li", {}, button);
  });
  if (most.length > MOST_GROUPS) shown.push(make("li", { textContent: say("and {n} more", { n: most.length - MOST_GROUPS }) }));
  return make("ul", {}, ...shown);
}
