// The table: begins one, looks how far it is, shows, sorts, filters and sums its cells. Words of
// documents enter the page as text alone, never as HTML.
"use strict";

(() => {
  const LOOK_MS = 700;
  const PAGE_ROWS = 300;
  const MOST_GROUPS = 12;
  const MOST_UNITS = 3;
  const byId = (id) => document.getElementById(id);
  const table = { key: "", questions: [], rows: [], sort: { column: -1, down: false }, limit: PAGE_ROWS };
  let timer = 0;

  // --- small parts --------------------------------------------------------------------------

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function say(words, bad = false) {
    byId("table-state").textContent = words;
    byId("table-state").classList.toggle("bad", bad);
  }

  function showMode(on) {
    document.body.classList.toggle("table-shown", on);
    const now = byId(on ? "mode-table" : "mode-chat");
    for (const button of [byId("mode-chat"), byId("mode-table")]) {
      if (button === now) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    if (on) {
      resume();
      byId("table-questions").focus();
    }
  }

  // --- asking -------------------------------------------------------------------------------

  async function run(event) {
    event.preventDefault();
    const body = { questions: byId("table-questions").value, scope: byId("table-scope").value };
    let told;
    try {
      const answer = await fetch("/table", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      told = await answer.json();
    } catch {
      told = { error: "Pagelight does not answer. Is it still running?" };
    }
    if (!told.key) {
      say(typeof told.error === "string" ? told.error : "That can't be asked.", true);
      return;
    }
    byId("table-filter").value = "";
    begin(told.key);
  }

  function begin(key) {
    Object.assign(table, { key, questions: [], rows: [], limit: PAGE_ROWS });
    table.sort = { column: -1, down: false };
    sessionStorage.setItem("table", key);
    byId("table-csv").href = `/table/${key}.csv`;
    byId("table-xlsx").href = `/table/${key}.xlsx`;
    running(true);
    look();
  }

  // After the page was loaded again, the table of this tab is shown as far as it is.
  function resume() {
    const key = sessionStorage.getItem("table");
    if (key && !table.key) begin(key);
  }

  async function look() {
    clearTimeout(timer);
    const { key } = table;
    let view = null;
    try {
      const answer = await fetch(`/table/${key}?start=${table.rows.length}`);
      if (answer.status === 404) return forget();
      view = await answer.json();
    } catch {
      say("Pagelight does not answer. Is it still running?", true);
    }
    if (key !== table.key) return; // another table was begun
    if (view) take(view);
    if (!view?.over) timer = setTimeout(look, LOOK_MS);
  }

  function forget() {
    sessionStorage.removeItem("table");
    table.key = "";
    running(false);
    say("");
  }

  function take(view) {
    const first = !table.questions.length;
    table.questions = view.questions;
    table.rows.push(...view.rows);
    running(!view.over);
    byId("table-progress").value = view.total ? (100 * view.done) / view.total : 0;
    say(told(view), view.state === "failed");
    if (first || view.rows.length || view.over) draw();
  }

  function told(view) {
    const count = `${view.done.toLocaleString()} of ${view.total.toLocaleString()} documents`;
    if (view.state === "failed") return view.error;
    if (view.state === "waiting") {
      return view.ahead > 1 ? `Waiting for ${view.ahead} other tables …` : "Waiting for another table …";
    }
    if (view.state === "running") return view.done ? `Asking: ${count}` : "Asking …";
    if (view.state === "stopped") return `Stopped: ${count}. Run again to go on.`;
    return `${count} asked`;
  }

  function running(on) {
    byId("table-run").hidden = on;
    byId("table-stop").hidden = !on;
    byId("table-progress").hidden = !on;
    for (const id of ["table-frame", "table-tools", "table-sums"]) byId(id).hidden = !table.key;
  }

  // --- showing ------------------------------------------------------------------------------

  const unsure = () => byId("table-unsure").checked;
  const shownText = (cell) => (cell.sure || unsure() ? cell.text : "");

  function chosen() {
    const words = byId("table-filter").value.trim().toLowerCase();
    const rows = table.rows.filter((row) => !words || matches(row, words));
    const { column, down } = table.sort;
    if (column < 0) return rows;
    return rows.sort((a, b) => compare(a, b, column, down));
  }

  function matches(row, words) {
    return (
      row.source.toLowerCase().includes(words) ||
      row.cells.some((cell) => shownText(cell).toLowerCase().includes(words))
    );
  }

  // Column 0 is the document. Numbers come before words and empty cells last, whichever way is sorted.
  function compare(a, b, column, down) {
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
    const focused = document.activeElement?.dataset?.sort;
    byId("table-frame").querySelector("thead").replaceChildren(header());
    const body = byId("table-frame").querySelector("tbody");
    body.replaceChildren(...rows.slice(0, table.limit).map(line));
    byId("table-more").hidden = rows.length <= table.limit;
    byId("table-more").textContent = `Show more (${(rows.length - table.limit).toLocaleString()})`;
    byId("table-sums").replaceChildren(...table.questions.map((question, n) => sums(question, n, rows)));
    if (focused) document.querySelector(`#table-frame [data-sort="${focused}"]`)?.focus();
  }

  function header() {
    const titles = ["Document", ...table.questions];
    return make("tr", {}, ...titles.map((title, n) => {
      const sign = n !== table.sort.column ? "" : table.sort.down ? " ↓" : " ↑";
      const button = make("button", { type: "button", textContent: title + sign });
      button.dataset.sort = String(n);
      const cell = make("th", { scope: "col" }, button);
      if (sign) cell.setAttribute("aria-sort", table.sort.down ? "descending" : "ascending");
      return cell;
    }));
  }

  function line(row) {
    const name = make("button", { type: "button", className: "table-doc", textContent: row.source });
    Object.assign(name.dataset, { doc: row.doc, page: "1" });
    return make("tr", {}, make("th", { scope: "row" }, name), ...row.cells.map(cellOf));
  }

  function cellOf(cell) {
    const text = shownText(cell);
    if (!text) {
      const empty = make("span", { className: "table-none", textContent: "—", title: "No answer found" });
      empty.append(make("span", { className: "unseen", textContent: " No answer found" }));
      return make("td", {}, empty);
    }
    const place = !cell.key ? "" : ` src-${cell.key}-${cell.at}`;
    const button = make("button", { type: "button", className: `table-cell${place}`, textContent: text });
    button.title = cell.quote;
    const sure = `${Math.round(100 * cell.confidence)}\u00a0%\u00a0sure`;
    const notes = [cell.where, sure, cell.sure ? "" : "unsure"].filter(Boolean).join(" · ");
    const made = make("td", {}, button, make("span", { className: "table-note", textContent: notes }));
    made.classList.toggle("unsure", !cell.sure);
    return made;
  }

  // --- counting, summing, grouping: the supported cells of the rows that are chosen ----------------

  function sums(question, n, rows) {
    const cells = rows.map((row) => row.cells[n]).filter((cell) => cell.sure);
    const facts = [`${cells.length.toLocaleString()} of ${rows.length.toLocaleString()} answered`];
    for (const [unit, values] of byUnit(cells)) facts.push(...numbers(unit, values));
    return make(
      "details",
      {},
      make("summary", {}, make("b", { textContent: question }), ` ${facts.join(" · ")}`),
      groups(cells),
    );
  }

  function byUnit(cells) {
    const units = new Map();
    for (const { value, unit } of cells) {
      if (value !== null) units.set(unit, [...(units.get(unit) ?? []), value]);
    }
    return [...units].sort((a, b) => b[1].length - a[1].length).slice(0, MOST_UNITS);
  }

  // One number has no sum; shares and years have a range, but no sum that means anything.
  function numbers(unit, values) {
    if (values.length < 2) return [];
    const written = (value) => value.toLocaleString(undefined, { maximumFractionDigits: 2 });
    const show = (value) => {
      if (unit === "year") return String(value);
      return /[$€£¥]/.test(unit) ? unit + written(value) : `${written(value)} ${unit}`.trim();
    };
    const range = values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
    const ends = range[0] === range[1] ? show(range[0]) : `${show(range[0])} to ${show(range[1])}`;
    if (unit === "year") return [ends];
    const sum = values.reduce((a, b) => a + b, 0);
    const told = [`mean ${show(sum / values.length)}`, ends];
    return unit === "%" ? told : [`sum ${show(sum)} of ${values.length}`, ...told];
  }

  function groups(cells) {
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
    if (most.length > MOST_GROUPS) shown.push(make("li", { textContent: `and ${most.length - MOST_GROUPS} more` }));
    return make("ul", {}, ...shown);
  }

  // --- clicks and keys ----------------------------------------------------------------------

  function onClick(event) {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.id === "mode-chat" || button.id === "mode-table") showMode(button.id === "mode-table");
    else if (button.id === "new") showMode(false);
    else if (button.id === "table-stop") fetch(`/table/${table.key}/stop`, { method: "POST" });
    else if (button.id === "table-more") (table.limit += PAGE_ROWS), draw();
    else if (button.dataset.sort !== undefined) sortBy(Number(button.dataset.sort));
    else if (button.dataset.group !== undefined) (byId("table-filter").value = button.dataset.group), draw();
  }

  function sortBy(column) {
    const { sort } = table;
    table.sort = { column, down: sort.column === column ? !sort.down : false };
    draw();
  }

  // Enter begins a new line; with Ctrl or Cmd it asks.
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
})();
