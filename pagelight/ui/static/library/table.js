// The table: begins one, looks how far it is, shows, sorts and filters its cells. Words of
// documents enter the page as text alone, never as HTML.

import { byId, make, within } from "../shell/dom.js";
import { say, sayCount, sayNumber } from "../shell/language.js";
import { ask } from "../shell/server.js";
import { isWanting } from "../shell/tab.js";
import { sums } from "./sums.js";

const LOOK_MS = 700;
const PAGE_ROWS = 300;
/**
 * @type {{
 *   key: string, questions: string[], rows: TableRow[], sort: { column: number, down: boolean }, limit: number,
 * }}
 */
const table = { key: "", questions: [], rows: [], sort: { column: -1, down: false }, limit: PAGE_ROWS };
let timer = 0;
let begun = 0; // grows with each table that is begun
let isAsking = false;

// --- small parts --------------------------------------------------------------------------

/**
 * @param {string} words
 * @param {boolean} [bad]
 */
function tellState(words, bad = false) {
  byId("table-state").textContent = words;
  byId("table-state").classList.toggle("bad", bad);
}

/** @param {string} mode */
function showMode(mode) {
  document.body.classList.toggle("table-shown", mode === "table");
  document.body.classList.toggle("pins-shown", mode === "pins");
  for (const button of document.querySelectorAll("#modes button")) {
    if (button.id === `mode-${mode}`) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  document.dispatchEvent(new CustomEvent("pagelight:mode", { detail: mode }));
  if (mode === "table") {
    resume();
    byId("table-questions").focus();
  }
}

// --- asking -------------------------------------------------------------------------------

/** @param {SubmitEvent} event */
async function run(event) {
  event.preventDefault();
  if (isAsking) return;
  const body = { questions: byId("table-questions").value, scope: byId("table-scope").value };
  isAsking = true;
  const answer = await ask("POST", "/table", body);
  isAsking = false;
  const told = await answer.json().catch(() => ({ error: say("Pagelight does not answer. Is it still running?") }));
  if (!told.key) {
    tellState(typeof told.error === "string" ? told.error : say("That can't be asked."), true);
    return;
  }
  byId("table-filter").value = "";
  begin(told.key);
}

/** @param {string} key */
function begin(key) {
  Object.assign(table, { key, questions: [], rows: [], limit: PAGE_ROWS });
  table.sort = { column: -1, down: false };
  sessionStorage.setItem("table", key);
  byId("table-csv").href = `/table/${key}.csv`;
  byId("table-xlsx").href = `/table/${key}.xlsx`;
  running(true);
  begun += 1;
  look();
}

// After the page was loaded again, the table of this tab is shown as far as it is.
function resume() {
  const key = sessionStorage.getItem("table");
  if (key && !table.key) begin(key);
}

async function look() {
  clearTimeout(timer);
  const mine = begun;
  const answer = await ask("GET", `/table/${table.key}?start=${table.rows.length}`);
  /** @type {TableView | null} */
  const view = await answer.json().catch(() => null);
  if (mine !== begun) return; // another table was begun
  if (answer.status === 404) return forget();
  if (view) take(view);
  else tellState(say("Pagelight does not answer. Is it still running?"), true);
  if (!view?.over) timer = setTimeout(look, LOOK_MS);
}

function forget() {
  sessionStorage.removeItem("table");
  table.key = "";
  running(false);
  tellState("");
}

/** @param {TableView} view */
function take(view) {
  const first = !table.questions.length;
  table.questions = view.questions;
  table.rows.push(...view.rows);
  running(!view.over);
  byId("table-progress").setAttribute("value", String(view.total ? (100 * view.done) / view.total : 0));
  tellState(progress(view), view.state === "failed");
  if (first || view.rows.length || view.over) draw();
}

/** @param {TableView} view */
function progress(view) {
  const done = { done: sayNumber(view.done), total: sayNumber(view.total) };
  if (view.state === "failed") return view.error;
  if (view.state === "waiting") {
    return sayCount(view.ahead || 1, "Waiting for another table …", "Waiting for {n} other tables …");
  }
  if (view.state === "running") return view.done ? say("Asking: {done} of {total} documents", done) : say("Asking …");
  if (view.state === "stopped") return say("Stopped: {done} of {total} documents. Run again to go on.", done);
  return say("{done} of {total} documents asked", done);
}

/** @param {boolean} on */
function running(on) {
  byId("table-run").hidden = on;
  byId("table-stop").hidden = !on;
  byId("table-progress").hidden = !on;
  for (const id of ["table-frame", "table-tools", "table-sums"]) byId(id).hidden = !table.key;
}

// --- showing ------------------------------------------------------------------------------

const unsure = () => byId("table-unsure").checked;
/** @param {TableCell} cell */
const shownText = (cell) => (cell.sure || unsure() ? cell.text : "");

function chosen() {
  const words = byId("table-filter").value.trim().toLowerCase();
  const rows = table.rows.filter((row) => !words || matches(row, words));
  const { column, down } = table.sort;
  if (column < 0) return rows;
  return rows.sort((a, b) => compare(a, b, column, down));
}

/**
 * @param {TableRow} row
 * @param {string} words
 */
function matches(row, words) {
  return (
    row.source.toLowerCase().includes(words) ||
    row.cells.some((cell) => shownText(cell).toLowerCase().includes(words))
  );
}

// Column 0 is the document. Numbers come before words and empty cells last, whichever way is sorted.
/**
 * @param {TableRow} a
 * @param {TableRow} b
 * @param {number} column
 * @param {boolean} down
 */
export function compare(a, b, column, down) {
  const turn = down ? -1 : 1;
  if (!column) return turn * a.source.localeCompare(b.source);
  const [x, y] = [a.cells[column - 1], b.cells[column - 1]];
  const [p, q] = [shownText(x), shownText(y)];
  if (!p || !q) return (p ? 0 : 1) - (q ? 0 : 1);
  if (x.value !== null && y.value !== null) return turn * (x.value - y.value);
  if (x.value !== null || y.value !== null) return x.value === null ? 1 : -1;
  return turn * p.localeCompare(q);
}

function draw() {
  const rows = chosen();
  const focused = document.activeElement?.dataset.sort;
  within(byId("table-frame"), "thead").replaceChildren(header());
  const body = within(byId("table-frame"), "tbody");
  body.replaceChildren(...rows.slice(0, table.limit).map(line));
  byId("table-more").hidden = rows.length <= table.limit;
  byId("table-more").textContent = `${say("Show more")} (${sayNumber(rows.length - table.limit)})`;
  byId("table-sums").replaceChildren(...table.questions.map((question, n) => sums(question, n, rows)));
  if (focused) document.querySelector(`#table-frame [data-sort="${focused}"]`)?.focus();
}

function header() {
  const titles = [say("Document"), ...table.questions];
  return make("tr", {}, ...titles.map((title, n) => {
    const sign = n !== table.sort.column ? "" : table.sort.down ? " ↓" : " ↑";
    const button = make("button", { type: "button", textContent: title + sign });
    button.dataset.sort = String(n);
    const cell = make("th", { scope: "col" }, button);
    if (sign) cell.setAttribute("aria-sort", table.sort.down ? "descending" : "ascending");
    return cell;
  }));
}

/** @param {TableRow} row */
function line(row) {
  const name = make("button", { type: "button", className: "table-doc", textContent: row.source });
  Object.assign(name.dataset, { doc: row.doc, page: "1" });
  return make("tr", {}, make("th", { scope: "row" }, name), ...row.cells.map(cellOf));
}

/** @param {TableCell} cell */
function cellOf(cell) {
  const text = shownText(cell);
  if (!text) {
    const empty = make("span", { className: "table-none", textContent: "—", title: say("No answer found") });
    empty.append(make("span", { className: "unseen", textContent: ` ${say("No answer found")}` }));
    return make("td", {}, empty);
  }
  const place = cell.key ? { name: "source", value: `${cell.key}/${cell.at}` } : {};
  const button = make("button", { type: "button", className: "table-cell", textContent: text, ...place });
  button.title = cell.quote;
  const sure = say("{n} % sure", { n: Math.round(100 * cell.confidence) }).replaceAll(" ", "\u00a0");
  const notes = [cell.where, sure, cell.sure ? "" : say("unsure")].filter(Boolean).join(" · ");
  const made = make("td", {}, button, make("span", { className: "table-note", textContent: notes }));
  made.classList.toggle("unsure", !cell.sure);
  return made;
}

// --- clicks and keys ----------------------------------------------------------------------

/** @param {Happened<MouseEvent>} event */
function onClick(event) {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.closest("#modes")) showMode(button.id.replace("mode-", ""));
  else if (button.id === "new" && !isWanting()) showMode("chat");
  else if (button.id === "table-stop") ask("POST", `/table/${table.key}/stop`);
  else if (button.id === "table-more") (table.limit += PAGE_ROWS), draw();
  else if (button.dataset.sort !== undefined) sortBy(Number(button.dataset.sort));
  else if (button.dataset.group !== undefined) (byId("table-filter").value = button.dataset.group), draw();
}

/** @param {number} column */
function sortBy(column) {
  const { sort } = table;
  table.sort = { column, down: sort.column === column ? !sort.down : false };
  draw();
}

// Enter begins a new line; with Ctrl or Cmd it asks.
/** @param {Happened<KeyboardEvent>} event */
function onKey(event) {
  if (event.target.id === "table-questions" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    byId("table-form").requestSubmit();
  }
}

document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("submit", (event) => event.target.id === "table-form" && run(event));
document.addEventListener("input", (event) => {
  if (event.target.id === "table-filter" || event.target.id === "table-unsure") draw();
});
