// Answers marked as good, or reported as wrong: with one click, then, if the person wants, with what is
// right. What is reported the server knows; the value of a button tells which answer it stands below. All that is
// reported stands in a list below the conversations, whose HTML is the server's.

import { byId, make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, oneByOne } from "../shell/server.js";

/** @type {Record<string, SaidOfAnswer>} */
const known = {};
/** @type {Set<string>} conversations */
const learnt = new Set();
const inTurn = oneByOne();

/** @param {Found} button */
const placeOf = (button) => {
  const [talk, exchange, id] = button.value.split("/");
  return { talk, exchange, id };
};

/** @param {Found} button */
const reportOf = (button) => known[idOf(button)];
/** @type {(button: Found) => string} */
const idOf = (button) => placeOf(button).id;

// --- what is reported already ---------------------------------------------------------------

/** @param {string} talk */
function learn(talk) {
  learnt.add(talk);
  return inTurn(async () => {
    const answer = await ask("GET", `/reports/${talk}`);
    if (answer.ok) Object.assign(known, await answer.json());
    mark();
  });
}

// Gradio writes bubbles anew when a conversation grows: this runs again after each change.
function mark() {
  document.querySelectorAll("#chat button.verdict").forEach((button) => {
    const place = placeOf(button);
    if (!learnt.has(place.talk)) learn(place.talk);
    const isGood = button.classList.contains("good");
    const said = reportOf(button);
    const pressed = String(Boolean(said) && said.good === isGood);
    if (button.getAttribute("aria-pressed") === pressed) return;
    button.setAttribute("aria-pressed", pressed);
    if (!isGood) button.textContent = say(pressed === "true" ? "Reported as wrong" : "Report as wrong");
  });
}

// --- the form -------------------------------------------------------------------------------

/**
 * @param {Found} button
 * @param {boolean} good
 */
async function put(button, good) {
  const { talk, exchange } = placeOf(button);
  const answer = await inTurn(() => ask("POST", `/reports/${talk}/${exchange}?good=${good}`));
  if (!answer.ok) return;
  known[(await answer.json()).id] = { right: "", absent: false, good };
  mark();
  list();
}

/** @param {Found} button */
async function reportWrong(button) {
  await put(button, false);
  const report = reportOf(button);
  if (report) open(button, report);
}

/** @param {Found} button */
function praise(button) {
  formOf(button)?.remove();
  return reportOf(button)?.good ? strike(idOf(button), button) : put(button, true);
}

/** @type {(button: Found) => Found | null | undefined} */
const formOf = (button) => button.closest(".answer")?.querySelector(".report-form");

/**
 * @param {Found} button
 * @param {SaidOfAnswer} report
 */
function open(button, report) {
  const told = make("p", { textContent: say("Reported. You can say what is right:") });
  told.setAttribute("role", "status");
  const field = make("input", { value: report.right, maxLength: 2000, disabled: report.absent });
  field.setAttribute("aria-label", say("What is right"));
  const absent = make("input", { type: "checkbox", checked: report.absent });
  const choice = make("label", {}, absent, ` ${say("It is not in the documents")}`);
  /** @type {(text: string, name: string) => Found} */
  const tool = (text, name) => make("button", { type: "button", textContent: text, className: name });
  const form = make(
    "div",
    { className: "report-form" },
    told,
    field,
    choice,
    make("div", { className: "report-tools" }, tool(say("Save"), "save"), tool(say("Take back"), "take-back")),
  );
  absent.addEventListener("change", () => (field.disabled = absent.checked));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.target === field || event.target === absent)) save(button, form);
    else if (event.key === "Escape") close(button, form);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  within(form, ".save").addEventListener("click", () => save(button, form));
  within(form, ".take-back").addEventListener("click", () => takeBack(button, form));
  button.closest(".again")?.after(form);
  (report.absent ? absent : field).focus();
}

/**
 * @param {Found} button
 * @param {Found} form
 */
function close(button, form) {
  form.remove();
  button.focus();
}

/**
 * @param {Found} button
 * @param {Found} form
 */
async function save(button, form) {
  const id = idOf(button);
  const absent = within(form, "[type=checkbox]").checked;
  const right = absent ? "" : within(form, "input:not([type])").value.trim();
  const answer = await inTurn(() => ask("PUT", `/reports/${id}`, { right, absent }));
  if (!answer.ok) {
    within(form, "[role=status]").textContent = say("It could not be kept. Is Pagelight still running?");
    return;
  }
  known[id] = { right, absent, good: false };
  list();
  close(button, form);
}

/**
 * @param {Found} button
 * @param {Found} form
 */
async function takeBack(button, form) {
  const id = idOf(button);
  const answer = await inTurn(() => ask("DELETE", `/reports/${id}`));
  if (!answer.ok) return;
  delete known[id];
  mark();
  list();
  close(button, form);
}

// --- the list -------------------------------------------------------------------------------

async function list() {
  await fill("reported", "/reports");
  await fill("praised", "/reports?good=true");
}

/**
 * @param {string} name
 * @param {string} url
 */
const fill = (name, url) =>
  inTurn(async () => {
    if (!byId(name)?.open) return;
    const answer = await ask("GET", url);
    if (answer.ok) byId(`${name}-list`).innerHTML = await answer.text();
  });

/**
 * @param {string} id
 * @param {Found} focused
 */
async function strike(id, focused) {
  const answer = await inTurn(() => ask("DELETE", `/reports/${id}`));
  if (!answer.ok) return;
  delete known[id];
  mark();
  await list();
  focused.focus();
}

document.addEventListener("toggle", (event) => /^(reported|praised)$/.test(event.target.id) && list(), true);
document.addEventListener("click", (event) => {
  const struck = event.target.closest?.("#past [data-report]");
  const beside = struck?.closest("#reported, #praised");
  if (struck && beside) strike(struck.dataset.report ?? "", within(beside, "summary"));
  const good = event.target.closest?.("#chat button.good");
  if (good) praise(good);
  const button = event.target.closest?.("#chat button.report");
  if (!button) return;
  const [form, report] = [formOf(button), reportOf(button)];
  if (form) close(button, form);
  else if (report?.good === false) open(button, report);
  else reportWrong(button);
});
document.addEventListener("pagelight:bubbles", mark);
