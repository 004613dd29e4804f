// The table: begins one, looks how far it is, and shows its rows as they are wanted. All HTML is the server's.

import { announce, byId, on, put, soon } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, GONE } from "../shell/server.js";
import { isWanting } from "../shell/tab.js";

const LOOK_MS = 700;
const SOON_MS = 200;
const PAGE_ROWS = 300;
const wanted = { key: "", sort: -1, down: false, shown: PAGE_ROWS };
let seen = -1; // rows that are shown; -1: they are wanted otherwise
let timer = 0;
let request = 0;
let isAsking = false;

/** @param {string} words @param {boolean} [bad] */
function tell(words, bad = false) {
  byId("table-state").textContent = words;
  byId("table-state").classList.toggle("bad", bad);
}

function showMode(/** @type {string} */ mode) {
  document.body.classList.toggle("table-shown", mode === "table");
  document.body.classList.toggle("pins-shown", mode === "pins");
  for (const button of document.querySelectorAll("#modes button")) button.ariaCurrent = button.id === `mode-${mode}` ? "true" : null;
  announce("mode", mode);
  if (mode !== "table") return;
  // After the page was loaded again, the table of this tab is shown as far as it is.
  const key = sessionStorage.getItem("table");
  if (key && !wanted.key) begin(key);
  byId("table-questions").focus();
}

on("submit", "#table-form", async (_, event) => {
  event.preventDefault();
  if (isAsking) return;
  isAsking = true;
  const answer = await ask("POST", "/table", { questions: byId("table-questions").value, scope: byId("table-scope").value });
  isAsking = false;
  const told = await answer.json().catch(() => ({ error: GONE() }));
  if (!told.key) return tell(typeof told.error === "string" ? told.error : say("That can't be asked."), true);
  byId("table-filter").value = "";
  begin(told.key);
});

function begin(/** @type {string} */ key) {
  Object.assign(wanted, { key, sort: -1, down: false });
  sessionStorage.setItem("table", key);
  byId("table-csv").href = `/table/${key}.csv`;
  byId("table-xlsx").href = `/table/${key}.xlsx`;
  running(true);
  look({ shown: PAGE_ROWS });
}

/** Ask for the rows, as they are wanted by now. @param {Partial<typeof wanted>} [change] */
async function look(change) {
  clearTimeout(timer);
  if (change) Object.assign(wanted, change);
  if (change) seen = -1;
  const { key, ...how } = wanted;
  const mine = ++request;
  const asked = { ...how, words: byId("table-filter").value, unsure: byId("table-unsure").checked, seen };
  const answer = await ask("GET", `/table/${key}?${new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))}`);
  /** @type {TableView | null} */
  const view = await answer.json().catch(() => null);
  if (mine !== request) return; // another table was begun, or it is wanted otherwise
  if (answer.status === 404) {
    sessionStorage.removeItem("table");
    wanted.key = "";
    running(false);
    return tell("");
  }
  if (!view?.over) timer = setTimeout(look, LOOK_MS);
  if (!view) return tell(GONE(), true);
  running(!view.over);
  byId("table-progress").setAttribute("value", String(view.percent));
  tell(view.told, view.failed);
  seen = view.done;
  if (view.html) put(byId("table-frame"), view.html);
}

function running(/** @type {boolean} */ isIt) {
  byId("table-run").hidden = isIt;
  byId("table-stop").hidden = byId("table-progress").hidden = !isIt;
  for (const id of ["table-frame", "table-tools"]) byId(id).hidden = !wanted.key;
}

on("click", "#modes button", ({ id }) => showMode(id.replace("mode-", "")));
on("click", "#new", () => isWanting() || showMode("chat"));
on("click", "#table-stop", () => ask("POST", `/table/${wanted.key}/stop`));
on("click", "#table-frame [data-more]", ({ dataset }) => look({ shown: Number(dataset.more) }));
on("click", "#table-frame [data-sort]", ({ dataset }) => {
  const sort = Number(dataset.sort);
  look({ sort, down: wanted.sort === sort && !wanted.down });
});
// Enter begins a new line; with Ctrl or Cmd it asks.
on("keydown", "#table-questions", (_, { key, ctrlKey, metaKey }) => key === "Enter" && (ctrlKey || metaKey) && byId("table-form").requestSubmit());
on("input", "#table-filter, #table-unsure", soon(SOON_MS, () => look({})));
