// The list of conversations: opened and closed, searched, opened again, renamed, shared, deleted. All HTML is
// the server's.

import { copyText } from "../answers/tools.js";
import { button, byId, field, form, isNarrow, make, on, sure, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, htmlOf } from "../shell/server.js";
import { want } from "../shell/tab.js";
import { isAwaiting } from "./address.js";

const SOON_MS = 250;
const UNDO_MS = 60000;
const FOLLOW_MS = 1500;
const OVER_MS = 4000;
const WRITTEN_IN = "#chat .editing, #chat .report-form"; // what a person writes in is not shown anew
const shown = { talk: "", head: "", growing: false };
let waiting = 0;
let undoTimer = 0;
let requests = 0;

// --- the list -----------------------------------------------------------------------------

async function refresh() {
  const list = byId("past-list");
  if (!list || !document.body.classList.contains("past-shown")) return;
  const mine = ++requests;
  const html = await htmlOf("GET", `/conversations?words=${encodeURIComponent(byId("past-words").value)}`);
  if (html === null || mine !== requests || list.querySelector(".talk-form")) return;
  if (list.shown !== html) redraw(list, html);
  mark();
}

// What is open stays open, a link that is shared stays shown, and the focus stays where it is.
/** @param {Found} list @param {string} html */
function redraw(list, html) {
  const kept = [...list.querySelectorAll("details[open] .talk-tools")].map((tools) => tools.dataset.of);
  /** @type {(root: Found) => Found[]} */
  const reachable = (root) => [...root.querySelectorAll("button, summary, a")];
  const focused = document.activeElement;
  const held = focused?.closest("#past-list .talk-row");
  const id = held?.querySelector(".talk")?.dataset.talk;
  const place = held && focused ? reachable(held).indexOf(focused) : -1;
  const shared = new Map([...list.querySelectorAll(".share-form")].map((link) => [link.parentElement?.dataset.of, link]));
  list.innerHTML = list.shown = html;
  for (const tools of list.querySelectorAll(".talk-tools")) {
    const link = shared.get(tools.dataset.of);
    if (link) tools.append(link);
    if (kept.includes(tools.dataset.of)) within(list, `details:has(> [data-of="${tools.dataset.of}"])`).open = true;
  }
  const row = list.querySelector(`[data-talk="${id}"]`)?.closest(".talk-row");
  if (row) (focused?.isConnected ? focused : reachable(row)[place])?.focus();
}

const mark = () =>
  document.querySelectorAll("#past-list [data-talk]").forEach((row) => (row.ariaCurrent = row.dataset.talk === shown.talk ? "true" : null));

function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, SOON_MS);
}

/** @param {boolean} isOpen */
function show(isOpen) {
  document.body.classList.toggle("past-shown", isOpen);
  byId("past-open").ariaExpanded = String(isOpen);
  if (isOpen) refresh();
  byId(isOpen ? "past-words" : "past-open").focus();
}

// --- names and deletion -------------------------------------------------------------------

/** @param {Found} tools */
function rename(tools) {
  const row = /** @type {Found} */ (tools.closest(".talk-row"));
  const leave = () => {
    row.classList.remove("naming");
    within(row, "details").open = false;
    row.querySelector(".talk-form")?.remove();
    byId("past-list").shown = "";
    refresh().then(() => byId("past-list").querySelector(`[data-talk="${tools.dataset.of}"]`)?.focus());
  };
  const name = field("input", say("Name of the conversation"), { value: tools.dataset.name ?? "" });
  const save = () =>
    name.value.trim() ? ask("POST", `/conversations/${tools.dataset.of}/name`, { name: name.value.trim() }).then(leave) : leave();
  row.classList.add("naming");
  row.append(form("talk-form", save, leave, name, button(say("Save"), save)));
  name.select();
}

/** @param {string} id */
async function remove(id) {
  await ask("POST", `/conversations/${id}/delete`);
  if (id === shown.talk) byId("new").click();
  refresh();
  offerBack(id);
}

// For a minute a conversation that was deleted is had back.
/** @param {string} id */
function offerBack(id) {
  const line = byId("deleted");
  const undo = button(say("Undo"), async () => {
    line.replaceChildren();
    await ask("POST", `/conversations/${id}/restore`);
    want("open", { about: id });
    document.querySelector("#ask textarea")?.focus();
  });
  line.replaceChildren(`${say("The conversation is deleted.")} `, undo);
  undo.focus();
  clearTimeout(undoTimer);
  undoTimer = setTimeout(() => line.replaceChildren(), UNDO_MS);
}

// With its only question a conversation is deleted, which can be taken back.
/** @param {Found} pressed its value is the exchange */
function removeQuestion(pressed) {
  const isAlone = document.querySelectorAll("#chat .question, #earlier, #chat .versions").length === 1;
  if (isAlone) remove(shown.talk);
  else want("remove", { about: pressed.value });
}

// --- shared: its link is shown to be copied, and taken back ---------------------------------

/** @param {Found} before */
async function share(before) {
  const url = `/shares/${before.dataset.of}`;
  const answer = await ask("POST", url);
  const tools = document.querySelector(`#past-list [data-of="${before.dataset.of}"]`) ?? before; // drawn anew since
  tools.querySelector(".share-form")?.remove();
  const failed = say("It could not be shared. Is Pagelight still running?");
  const words = answer.ok ? say("Who has this link may read it, as far as they may see its documents:") : failed;
  const box = make("div", { className: "share-form" }, make("span", { textContent: words, role: "status" }));
  tools.append(box);
  if (!answer.ok) return;
  const link = field("input", say("Link to the conversation"), { readOnly: true, value: location.origin + (await answer.json()).path });
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
}

// --- what happens -------------------------------------------------------------------------

on("click", "#past-open", () => show(!document.body.classList.contains("past-shown")));
on("click", "#past-close", () => show(false));
on("click", "#past [data-talk]", ({ dataset }) => {
  want("open", { about: dataset.talk });
  if (isNarrow()) show(false);
});
on("click", ".talk-tools [data-talk-do]", (pressed) => {
  const tools = /** @type {Found} */ (pressed.closest(".talk-tools"));
  const { talkDo } = pressed.dataset;
  if (talkDo === "rename") rename(tools);
  else if (talkDo === "share") share(tools);
  else sure(pressed, say("Really delete?"), () => remove(tools.dataset.of ?? ""));
});
on("click", "#chat .remove-question", (pressed) => {
  if (!shown.growing) sure(pressed, say("Delete this and what follows?"), () => removeQuestion(pressed));
});
on("keydown", "#past", (_, event) => {
  if (event.key !== "Escape" || event.target.closest(".talk-form")) return;
  event.stopPropagation();
  show(false);
}, true);
on("input", "#past-words", refreshSoon);
// A server that was started anew writes no answer on: the page shows what has become of it.
let begun = "";
document.addEventListener("pagelight:state", ({ detail }) => {
  if (!detail.begun) return;
  if (begun && begun !== detail.begun && shown.growing) location.reload();
  begun = detail.begun;
});
document.addEventListener("pagelight:shown", ({ detail }) => {
  Object.assign(shown, detail);
  mark();
});

// What another tab asked is shown here too; what this one asked is, as soon as it is begun.
/** @param {string | undefined} head */
function follow(head) {
  const isBusy = () => shown.growing || isAwaiting() || document.querySelector(WRITTEN_IN);
  const isBehind = () => head && head !== shown.head && !isBusy();
  const { talk } = shown;
  if (isBehind()) setTimeout(() => talk === shown.talk && isBehind() && want("open", { about: talk }), FOLLOW_MS);
}

document.addEventListener("pagelight:changed", ({ detail }) => {
  if (!detail.changed.includes("revision")) return;
  refreshSoon();
  follow(detail.talks[shown.talk]);
});
// Gradio may not hear of an answer's end (`expectShown`): what is shown as growing for long after it is looked at.
document.addEventListener("pagelight:over", ({ detail: { talk, head } }) => {
  const isGrowing = () => shown.growing && talk === shown.talk && head === shown.head;
  if (isGrowing()) setTimeout(() => isGrowing() && want("look"), OVER_MS);
});
