// What is searched: chosen in a list, shown as chips by the message box, or named with @ in a question.
// It belongs to the conversation, and is kept with it. The lists are the server's HTML; what is chosen
// before a conversation is begun lies beside its first question.

import { box, byId, make, on, write } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf, isHeard, tellUntilHeard } from "../shell/server.js";
import { lay } from "../shell/tab.js";

const SOON_MS = 150;
const CHOICES = "#scope-choices input, #library-list .tick"; // in its own list, and beside the files
/** @type {Map<string, string>} entry: its words */
const chosen = new Map();
const shown = { talk: "", scope: "" };
let waiting = 0;
let request = 0;

// --- what is chosen -----------------------------------------------------------------------

function tell() {
  const chips = [...chosen].map(([entry, words]) => {
    const name = make("bdi", { textContent: words });
    const chip = make("button", { type: "button", className: "scope-chip", ariaLabel: `${say("Do not limit to")} ${words}` }, name, " ×");
    chip.dataset.drop = entry;
    return chip;
  });
  byId("scope-chips").replaceChildren(...chips);
  byId("scope-open").textContent = say(chosen.size ? "Searching in" : "Searching all documents");
}

// The fields say what is chosen; not while days are being written into them.
function tick() {
  const days = searched().find((entry) => entry.startsWith("date:")) ?? "date:..";
  [byId("scope-since").value, byId("scope-until").value] = days.slice("date:".length).split("..");
  document.querySelectorAll(CHOICES).forEach((choice) => (choice.checked = chosen.has(choice.value)));
}

// What a person chose: kept with the conversation, a new one with its first question.
function choose() {
  tell();
  const { talk } = shown;
  if (talk) tellUntilHeard(`scope of ${talk}`, () => ask("PUT", `/scope/of/${talk}`, searched()));
  else lay("scope", { entries: searched().join("\n") });
}

/** The entries of what is searched; none: everything. */
export const searched = () => [...chosen.keys()];

/**
 * Search files and folders ("a/") beside what is chosen.
 * @param {string[]} sources
 * @param {boolean} alone and nothing else
 */
export function search(sources, alone) {
  if (alone) chosen.clear();
  sources.forEach((source) => chosen.set(`in:${source}`, source));
  choose();
  tick();
}

// What is kept with a conversation, when it is opened or was changed elsewhere; not what was kept before the
// server has heard what is chosen now.
document.addEventListener("pagelight:shown", ({ detail: { talk, scope } }) => {
  const kept = JSON.stringify(scope);
  const isNews = talk !== shown.talk || (kept !== shown.scope && isHeard());
  Object.assign(shown, { talk, scope: kept });
  if (!isNews || kept === JSON.stringify([...chosen])) return;
  chosen.clear();
  scope.forEach(([entry, words]) => chosen.set(entry, words));
  tell();
  tick();
});

// One span of days, as long as a field holds one.
on("change", ".scope-dates", () => {
  const [first, last] = [byId("scope-since").value, byId("scope-until").value];
  searched().filter((entry) => entry.startsWith("date:")).forEach((entry) => chosen.delete(entry));
  const days = { first, last };
  const words = first && last ? say("{first} to {last}", days) : first ? say("from {first}", days) : say("until {last}", days);
  if (first || last) chosen.set(`date:${first}..${last}`, words);
  byId("scope-since").max = last;
  byId("scope-until").min = first;
  choose();
});

on("click", "[data-drop]", ({ dataset }) => {
  chosen.delete(dataset.drop ?? "");
  choose();
  tick();
  (document.querySelector(".scope-chip") ?? byId("scope-open")).focus();
});
on("change", CHOICES, (choice) => {
  if (choice.checked) chosen.set(choice.value, choice.dataset.words ?? "");
  else chosen.delete(choice.value);
  choose();
  tick();
});
document.addEventListener("pagelight:library", tick);

// --- the list: the browser opens and closes it ----------------------------------------------

async function load() {
  const mine = ++request;
  const html = await htmlOf("POST", "/scope", { words: byId("scope-words").value, chosen: searched().join("\n") });
  if (html !== null && mine === request) byId("scope-choices").innerHTML = html;
}

on("beforetoggle", "#scope-list", (_, event) => {
  if (/** @type {ToggleEvent} */ (/** @type {unknown} */ (event)).newState === "closed") return;
  byId("scope-words").value = "";
  load();
}, true);
on("input", "#scope-words", () => {
  clearTimeout(waiting);
  waiting = setTimeout(load, SOON_MS);
});

// --- names after an @ ---------------------------------------------------------------------

const AT = /(?:^|\s)@("?)([^"\n]*)$/;

/** @param {Found} area */
export function written(area) {
  const found = AT.exec(area.value.slice(0, area.selectionStart));
  if (!found || (!found[1] && /\s/.test(found[2]))) return null;
  return { words: found[2], from: area.selectionStart - found[2].length - found[1].length - 1 };
}

/** @returns {Found[]} */
const names = () => [...byId("at-list").querySelectorAll("[data-at]")];
const selected = () => names().findIndex((row) => row.ariaSelected === "true");

/** @param {Found} area */
async function complete(area) {
  const at = written(area);
  if (!at) return close();
  const mine = ++request;
  const html = await htmlOf("GET", `/scope/names?words=${encodeURIComponent(at.words)}`);
  if (html === null || mine !== request) return;
  const list = byId("at-list");
  list.innerHTML = html;
  list.hidden = list.children.length === 0;
  area.setAttribute("aria-controls", "at-list");
  if (!list.hidden) select(0);
}

function close() {
  request++;
  byId("at-list").hidden = true;
  box().removeAttribute("aria-activedescendant");
}

/** @param {number} position */
function select(position) {
  const rows = names();
  const at = (position + rows.length) % rows.length;
  rows.forEach((row, i) => (row.ariaSelected = String(i === at)));
  rows[at].scrollIntoView({ block: "nearest" });
  box().setAttribute("aria-activedescendant", rows[at].id);
}

/** @param {Found} row */
function insert(row) {
  const [area, at] = [box(), written(box())];
  if (!at) return close();
  const [text, end] = [`${row.dataset.at} `, area.selectionStart];
  write(area.value.slice(0, at.from) + text + area.value.slice(end));
  area.selectionStart = area.selectionEnd = at.from + text.length;
  close();
  area.focus();
}

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

// Before Gradio's own keys, which send the question.
on("keydown", "#ask textarea", (_, event) => {
  if (byId("at-list")?.hidden !== false) return;
  const step = STEPS[event.key];
  if (step) select(selected() + step);
  else if (event.key === "Enter" || event.key === "Tab") insert(names()[selected()]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
on("input", "#ask textarea", complete);
on("click", "#at-list [data-at]", insert);
