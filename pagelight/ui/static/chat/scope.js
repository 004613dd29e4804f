// What is searched: chosen in a list, shown as chips by the message box, or named with @ in a question.
// It belongs to the conversation, and is kept with it. The lists are the server's HTML; what is chosen
// before a conversation is begun lies beside its first question.

import { byId, make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, isHeard, tellUntilHeard } from "../shell/server.js";
import { lay } from "../shell/tab.js";

const SOON_MS = 150;
const CHOICES = "#scope-choices input, #library-list .tick"; // in its own list, and beside the files
/** @type {Map<string, string>} entry: its words */
const chosen = new Map();
const shown = { talk: "", scope: "" };
let waiting = 0;
let request = 0;

// --- the chips ----------------------------------------------------------------------------

function tell() {
  const chips = [...chosen].map(([entry, words]) => {
    const name = make("bdi", { textContent: words });
    const chip = make("button", { type: "button", className: "scope-chip" }, name, " ×");
    chip.dataset.drop = entry;
    chip.setAttribute("aria-label", `${say("Do not limit to")} ${words}`);
    return chip;
  });
  byId("scope-chips").replaceChildren(...chips);
  byId("scope-open").textContent = say(chosen.size ? "Searching in" : "Searching all documents");
}

// What a person chose: kept with the conversation, a new one with its first question.
function choose() {
  tell();
  const entries = [...chosen.keys()];
  const { talk } = shown;
  if (talk) tellUntilHeard(`scope of ${talk}`, () => ask("PUT", `/scope/of/${talk}`, entries));
  else lay("scope", { entries: entries.join("\n") });
}

/** @param {string} entry */
function drop(entry) {
  chosen.delete(entry);
  choose();
  tick();
  (document.querySelector(".scope-chip") ?? byId("scope-open")).focus();
}

// The fields say what is chosen.
function tick() {
  const days = [...chosen.keys()].find((entry) => entry.startsWith("date:")) ?? "date:..";
  [byId("scope-since").value, byId("scope-until").value] = days.slice("date:".length).split("..");
  document.querySelectorAll(CHOICES).forEach((box) => (box.checked = chosen.has(box.value)));
}

// What is kept with a conversation, when it is opened or was changed elsewhere; not what was kept before the
// server has heard what is chosen now.
/** @param {Shown} shown */
function restore({ talk, scope }) {
  const kept = JSON.stringify(scope);
  const isNews = talk !== shown.talk || (kept !== shown.scope && isHeard());
  Object.assign(shown, { talk, scope: kept });
  if (!isNews || kept === JSON.stringify([...chosen])) return;
  chosen.clear();
  scope.forEach(([entry, words]) => chosen.set(entry, words));
  tell();
  tick();
}

// One span of days, as long as a field holds one.
function limitDays() {
  const [first, last] = [byId("scope-since").value, byId("scope-until").value];
  [...chosen.keys()].filter((entry) => entry.startsWith("date:")).forEach((entry) => chosen.delete(entry));
  const days = { first, last };
  const words = first && last ? say("{first} to {last}", days) : first ? say("from {first}", days) : say("until {last}", days);
  if (first || last) chosen.set(`date:${first}..${last}`, words);
  byId("scope-since").max = last;
  byId("scope-until").min = first;
  choose();
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

// --- the list -----------------------------------------------------------------------------

async function load() {
  const mine = ++request;
  const wanted = { words: byId("scope-words").value, chosen: [...chosen.keys()].join("\n") };
  const answer = await ask("POST", "/scope", wanted);
  if (answer.ok && mine === request) byId("scope-choices").innerHTML = await answer.text();
}

/** @param {boolean} on */
function open(on) {
  byId("scope-list").hidden = !on;
  byId("scope-open").setAttribute("aria-expanded", String(on));
  if (!on) return byId("scope-open").focus();
  byId("scope-words").value = "";
  load();
  byId("scope-words").focus();
}

const isOpen = () => byId("scope-list") && !byId("scope-list").hidden;

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

/** @param {Found} area */
async function complete(area) {
  const at = written(area);
  if (!at) return close(area);
  const mine = ++request;
  const answer = await ask("GET", `/scope/names?words=${encodeURIComponent(at.words)}`);
  if (!answer.ok || mine !== request) return;
  const list = byId("at-list");
  list.innerHTML = await answer.text();
  list.hidden = list.children.length === 0;
  area.setAttribute("aria-controls", "at-list");
  if (!list.hidden) select(area, 0);
}

/** @param {Found} area */
function close(area) {
  request++;
  byId("at-list").hidden = true;
  area.removeAttribute("aria-activedescendant");
}

/** @param {Found} area @param {number} position */
function select(area, position) {
  const rows = names();
  const at = (position + rows.length) % rows.length;
  rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
  rows[at].scrollIntoView({ block: "nearest" });
  area.setAttribute("aria-activedescendant", rows[at].id);
}

const selected = () => names().findIndex((row) => row.ariaSelected === "true");

/** @param {Found} area @param {Found} row */
function insert(area, row) {
  const at = written(area);
  if (!at) return close(area);
  const end = area.selectionStart;
  const text = `${row.dataset.at} `;
  area.value = area.value.slice(0, at.from) + text + area.value.slice(end);
  area.selectionStart = area.selectionEnd = at.from + text.length;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  close(area);
  area.focus();
}

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

// Before Gradio's own keys, which send the question.
/** @param {Happened<KeyboardEvent>} event */
function onKey(event) {
  const area = event.target.closest?.("#ask textarea");
  if (area && byId("at-list") && !byId("at-list").hidden) {
    const step = STEPS[event.key];
    if (step) select(area, selected() + step);
    else if (event.key === "Enter" || event.key === "Tab") insert(area, names()[selected()]);
    else if (event.key === "Escape") close(area);
    else return;
  } else if (event.key === "Escape" && isOpen() && event.target.closest("#scope-row")) open(false);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pagelight:shown", ({ detail }) => restore(detail));
document.addEventListener("pagelight:library", tick);
document.addEventListener("keydown", onKey, true);
document.addEventListener("input", (event) => {
  const area = event.target.closest?.("#ask textarea");
  if (area) return void complete(area);
  if (event.target.id !== "scope-words") return;
  clearTimeout(waiting);
  waiting = setTimeout(load, SOON_MS);
});
document.addEventListener("change", (event) => {
  if (event.target.closest?.(".scope-dates")) return limitDays();
  const box = event.target.closest?.(CHOICES);
  if (!box) return;
  if (box.checked) chosen.set(box.value, box.dataset.words ?? "");
  else chosen.delete(box.value);
  choose();
  tick();
});
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("#at-list [data-at]");
  if (row) return insert(within(document, "#ask textarea"), row);
  const button = event.target.closest?.("button");
  if (button?.id === "scope-open") open(!isOpen());
  else if (button?.id === "scope-close") open(false);
  else if (button?.dataset.drop) drop(button.dataset.drop);
  else if (isOpen() && !event.target.closest("#scope-row")) {
    byId("scope-list").hidden = true;
    byId("scope-open").setAttribute("aria-expanded", "false");
  }
});
