// The list of conversations: opened and closed, searched, opened again, renamed, shared, deleted; and the page's
// address, which is the conversation that is shown. All HTML is the server's.

import { copyText } from "../answers/tools.js";
import { button, byId, focusBox, form, is, isAbove, isNarrow, make, on, put, shown, soon, sure, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf } from "../shell/server.js";
import { want } from "../shell/tab.js";

const SOON_MS = 250;
const UNDO_MS = 60000;
const FOLLOW_MS = 1500;
const FIRST_MS = 300;
const SILENT_MS = 4000;
const WRITTEN_IN = "#chat .editing, #chat .report-form"; // what a person writes in is not shown anew
let undoTimer = 0;
let requests = 0;

// --- the list -----------------------------------------------------------------------------

async function refresh() {
  const list = byId("past-list");
  if (!list || !is("past-shown")) return;
  const mine = ++requests;
  const html = await htmlOf("GET", `/conversations?words=${encodeURIComponent(byId("past-words").value)}`);
  if (mine !== requests || list.querySelector(".talk-form")) return;
  // A link that is shared stays shown.
  const shared = new Map([...list.querySelectorAll(".share-form")].map((link) => [link.parentElement?.dataset.of, link]));
  const focused = document.activeElement;
  if (put(list, html)) list.querySelectorAll(".talk-tools").forEach((tools) => tools.append(shared.get(tools.dataset.of) ?? ""));
  if (focused?.closest(".share-form") && focused.isConnected) focused.focus();
  mark();
}

const mark = () =>
  document.querySelectorAll("#past-list [data-talk]").forEach((row) => (row.ariaCurrent = row.dataset.talk === shown.talk ? "true" : null));

const refreshSoon = soon(SOON_MS, refresh);

function show(/** @type {boolean} */ isOpen) {
  document.body.classList.toggle("past-shown", isOpen);
  byId("past-open").ariaExpanded = String(isOpen);
  if (isOpen) refresh();
  byId(isOpen ? "past-words" : "past-open").focus();
}

on("click", "#past-open", () => show(!is("past-shown")));
on("click", "#past-close", () => show(false));
on("click", "#past [data-talk]", ({ dataset }) => {
  want("open", { about: dataset.talk });
  if (isNarrow()) show(false);
});
// On a narrow screen it lies above all else.
document.addEventListener("keydown", (event) => {
  const isOver = is("past-shown") && (isNarrow() || event.target.closest?.("#past"));
  if (event.key !== "Escape" || !isOver || isAbove() || event.target.closest?.(".talk-form")) return;
  event.stopImmediatePropagation();
  show(false);
}, true);
on("input", "#past-words", refreshSoon);
document.addEventListener("pagelight:shown", mark);

// --- names and deletion -------------------------------------------------------------------

on("click", ".talk-row:has([data-talk-do])", (row, { target }) => {
  if (target.dataset.talkDo !== "rename") return;
  const { of, name: former = "" } = within(row, ".talk-tools").dataset;
  const leave = async () => {
    row.classList.remove("naming");
    within(row, "details").open = false;
    row.querySelector(".talk-form")?.remove();
    byId("past-list").shown = "";
    await refresh();
    byId("past-list").querySelector(`[data-talk="${of}"]`)?.focus();
  };
  const name = make("input", { ariaLabel: say("Name of the conversation"), value: former });
  const save = async () => {
    if (name.value.trim()) await ask("POST", `/conversations/${of}/name`, { name: name.value.trim() });
    leave();
  };
  row.classList.add("naming");
  row.append(form("talk-form", save, leave, name, button(say("Save"), save)));
  name.select();
});

async function remove(/** @type {string} */ id) {
  await ask("POST", `/conversations/${id}/delete`);
  const isShown = id === shown.talk;
  if (isShown) byId("new").click();
  refresh();
  offerBack(say("The conversation is deleted."), id, "", isShown);
}

// For a minute a conversation that was deleted is had back, or what was deleted of it from a question on.
/** @param {string} words @param {string} id @param {string} [question] @param {boolean} [opens] it was the one shown */
function offerBack(words, id, question = "", opens = true) {
  const line = byId("deleted");
  const undo = button(say("Undo"), async () => {
    line.replaceChildren();
    await ask("POST", `/conversations/${id}/restore?question=${question}`);
    opens ? want("open", { about: id }) : refresh();
    focusBox();
  });
  line.replaceChildren(`${words} `, undo);
  undo.focus();
  clearTimeout(undoTimer);
  undoTimer = setTimeout(() => line.replaceChildren(), UNDO_MS);
}

on("click", "[data-talk-do=delete]", (pressed) => sure(pressed, say("Really delete?"), () => remove(pressed.parentElement?.dataset.of ?? "")));
// With its only question a conversation is deleted.
on("click", "#chat .remove-question", (pressed) => {
  const go = async () => {
    const { talk } = shown;
    if (document.querySelectorAll("#chat .question, #earlier, #chat .versions").length === 1) remove(talk);
    else if (await want("remove", { about: pressed.value })) offerBack(say("The question is deleted, with what followed it."), talk, pressed.value);
  };
  if (!shown.growing) sure(pressed, say("Delete this and what follows?"), go);
});

// --- shared: its link is shown to be copied, and taken back ---------------------------------

on("click", "[data-talk-do=share]", async ({ parentElement: before }) => {
  const url = `/shares/${before?.dataset.of}`;
  const answer = await ask("POST", url);
  const tools = document.querySelector(`#past-list [data-of="${before?.dataset.of}"]`); // drawn anew since
  if (!tools) return;
  tools.querySelector(".share-form")?.remove();
  const failed = say("It could not be shared. Is Pagelight still running?");
  const words = answer.ok ? say("Who has this link may read it, as far as they may see its documents:") : failed;
  const box = make("div", { className: "share-form" }, make("span", { textContent: words, role: "status" }));
  tools.append(box);
  if (!answer.ok) return;
  const link = make("input", { ariaLabel: say("Link to the conversation"), readOnly: true, value: location.origin + (await answer.json()).path });
  const copy = button(say("Copy"), async () => {
    link.select();
    copy.textContent = say(await copyText(link.value).then(() => "Copied", () => "Copy"));
  });
  const stop = button(say("Stop sharing"), async () => {
    const gone = await ask("DELETE", url);
    if (!gone.ok) return;
    box.replaceChildren(make("span", { textContent: say("The link leads nowhere now.") }));
    within(tools, "[data-talk-do=share]").focus();
  });
  box.append(link, copy, stop);
  link.focus();
  link.select();
});

// --- the address: back and forward lead to the conversations before ---------------------------

/** @type {string | null} Where back or forward have led, until that is shown. */
let awaited = null;

const named = () => /^\/c\/([0-9a-f]{16})$/.exec(location.pathname)?.[1] ?? "";

/** Whether back or forward have led to what is not shown yet. */
export const isAwaiting = () => awaited !== null;

// Within the conversation that is shown, an address leads to a place of a document.
addEventListener("popstate", () => {
  if (awaited === null && named() === shown.talk) return;
  awaited = named();
  want("open", { about: awaited });
});

// What is shown late, when one has gone on already, does not become the address.
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const { talk } = shown;
  if (talk === awaited || shown.growing) awaited = null;
  if (talk !== former.talk && awaited === null && talk !== named()) history.pushState(null, "", talk ? `/c/${talk}` : "/");
});

// Who clicks wants something else by now; the page's own clicks are not trusted ones.
document.addEventListener("click", ({ isTrusted }) => void (isTrusted && (awaited = null)), true);

// --- what happens elsewhere -----------------------------------------------------------------

// A server that was started anew writes no answer on: the page shows what has become of it.
document.addEventListener("pagelight:reached", ({ detail: isAnew }) => isAnew && shown.growing && location.reload());
document.addEventListener("pagelight:changed", ({ detail }) => {
  if (!detail.changed.includes("revision")) return;
  refreshSoon();
  // What another tab asked is shown here too; what this one asked is, as soon as it is begun.
  const { talk } = shown;
  const head = detail.talks[talk];
  const isBehind = () => head && head !== shown.head && !shown.growing && !isAwaiting() && !document.querySelector(WRITTEN_IN);
  if (isBehind()) setTimeout(() => talk === shown.talk && isBehind() && want("open", { about: talk }), FOLLOW_MS);
});

// What is shown as growing is looked at once it is over; and ever more seldom while none of its words come.
let looking = 0;
let patience = FIRST_MS;
function lookIn(/** @type {number} */ ms) {
  clearTimeout(looking);
  if (!shown.growing) return;
  looking = setTimeout(() => {
    lookIn(SILENT_MS); // what is looked at may get lost
    want("look");
  }, ms);
}

document.addEventListener("pagelight:shown", ({ detail: former }) => {
  patience = shown.head === former.head && former.growing ? Math.min(2 * patience, SILENT_MS) : FIRST_MS;
  lookIn(patience);
});
document.addEventListener("pagelight:piece", ({ detail }) => detail.talk === shown.talk && lookIn(SILENT_MS));
document.addEventListener("pagelight:over", ({ detail: { talk, head } }) => talk === shown.talk && head === shown.head && lookIn(0));
