// What is searched: chosen in a list, or beside the files, and shown as chips by the message box.
// It belongs to the conversation, and is kept with it. The lists are the server's HTML; what is chosen
// before a conversation is begun lies beside its first question.

import { announce, byId, make, on, shown, soon } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf, isHeard, tellUntilHeard } from "../shell/server.js";
import { lay } from "../shell/tab.js";

const SOON_MS = 150;
const CHOICES = "#scope-choices input, #library-list .tick"; // in its own list, and beside the files
/** @type {Map<string, string>} entry: its words */
const chosen = new Map();
let request = 0;

// --- what is chosen -----------------------------------------------------------------------

function tell() {
  const chips = [...chosen].map(([entry, words]) => {
    const properties = { type: "button", value: entry, className: "scope-chip", ariaLabel: `${say("Do not limit to")} ${words}` };
    return make("button", properties, make("bdi", { textContent: words }), " ×");
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
  else lay("scope", searched().join("\n"));
}

/** The entries of what is searched; none: everything. */
export const searched = () => [...chosen.keys()];

/** Search files and folders ("a/") beside what is chosen; `alone`: and nothing else. @param {string[]} sources @param {boolean} alone */
export function search(sources, alone) {
  if (alone) chosen.clear();
  sources.forEach((source) => chosen.set(`in:${source}`, source));
  choose();
  tick();
}

// What is kept with a conversation, when it is opened or was changed elsewhere; not what was kept before the
// server has heard what is chosen now.
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const kept = JSON.stringify(shown.scope);
  const isNews = shown.talk !== former.talk || (kept !== JSON.stringify(former.scope) && isHeard());
  if (!isNews || kept === JSON.stringify([...chosen])) return;
  chosen.clear();
  shown.scope.forEach(([entry, words]) => chosen.set(entry, words));
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

on("click", ".scope-chip", ({ value }) => {
  chosen.delete(value);
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
// What was not found in what is chosen is asked of all.
on("click", "#chat .ask-all", ({ value }) => {
  search([], true);
  announce("ask", value);
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
on("input", "#scope-words", soon(SOON_MS, load));
