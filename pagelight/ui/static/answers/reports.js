// Answers marked as good, or reported as wrong: with one click, then, if the person wants, with what is
// right. What is reported the server knows; the value of a button tells which answer it stands below. All that is
// reported stands in a list below the conversations, whose HTML is the server's.

import { button, byId, field, form, make, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, oneByOne } from "../shell/server.js";

/** @type {Record<string, SaidOfAnswer>} */
const known = {};
/** @type {Set<string>} conversations */
const learnt = new Set();
const inTurn = oneByOne();

/** @param {Found} verdict */
const placeOf = (verdict) => {
  const [talk, exchange, id] = verdict.value.split("/");
  return { talk, exchange, id };
};

/** @param {Found} verdict */
const reportOf = (verdict) => known[idOf(verdict)];
/** @type {(verdict: Found) => string} */
const idOf = (verdict) => placeOf(verdict).id;

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
  document.querySelectorAll("#chat button.verdict").forEach((verdict) => {
    const place = placeOf(verdict);
    if (!learnt.has(place.talk)) learn(place.talk);
    const isGood = verdict.classList.contains("good");
    const said = reportOf(verdict);
    const pressed = String(Boolean(said) && said.good === isGood);
    if (verdict.getAttribute("aria-pressed") === pressed) return;
    verdict.setAttribute("aria-pressed", pressed);
    if (!isGood) verdict.textContent = say(pressed === "true" ? "Reported as wrong" : "Report as wrong");
  });
}

// --- the form -------------------------------------------------------------------------------

/** @param {Found} verdict @param {boolean} good */
async function put(verdict, good) {
  const { talk, exchange } = placeOf(verdict);
  const answer = await inTurn(() => ask("POST", `/reports/${talk}/${exchange}?good=${good}`));
  if (!answer.ok) return;
  known[(await answer.json()).id] = { right: "", absent: false, good };
  mark();
  list();
}

/** @param {Found} verdict */
async function reportWrong(verdict) {
  await put(verdict, false);
  const report = reportOf(verdict);
  if (report) open(verdict, report);
}

/** @param {Found} verdict */
function praise(verdict) {
  formOf(verdict)?.remove();
  return reportOf(verdict)?.good ? strike(idOf(verdict), verdict) : put(verdict, true);
}

/** @type {(verdict: Found) => Found | null | undefined} */
const formOf = (verdict) => verdict.closest(".answer")?.querySelector(".report-form");

/** @param {Found} verdict @param {SaidOfAnswer} report */
function open(verdict, report) {
  const told = make("p", { textContent: say("Reported. You can say what is right:"), role: "status" });
  const right = field("input", say("What is right"), { value: report.right, maxLength: 2000, disabled: report.absent });
  const absent = make("input", { type: "checkbox", checked: report.absent });
  absent.addEventListener("change", () => (right.disabled = absent.checked));
  const shut = () => close(verdict, made);
  const keep = () => save(verdict, made);
  const tools = [button(say("Save"), keep), button(say("Take back"), () => takeBack(verdict, made))];
  const choice = make("label", {}, absent, ` ${say("It is not in the documents")}`);
  const made = form("report-form", keep, shut, told, right, choice, make("div", { className: "report-tools" }, ...tools));
  verdict.closest(".again")?.after(made);
  (report.absent ? absent : right).focus();
}

/** @param {Found} verdict @param {Found} made */
function close(verdict, made) {
  made.remove();
  verdict.focus();
}

/** @param {Found} verdict @param {Found} made */
async function save(verdict, made) {
  const id = idOf(verdict);
  const absent = within(made, "[type=checkbox]").checked;
  const right = absent ? "" : within(made, "input:not([type])").value.trim();
  const answer = await inTurn(() => ask("PUT", `/reports/${id}`, { right, absent }));
  if (!answer.ok) {
    within(made, "[role=status]").textContent = say("It could not be kept. Is Pagelight still running?");
    return;
  }
  known[id] = { right, absent, good: false };
  list();
  close(verdict, made);
}

/** @param {Found} verdict @param {Found} made */
async function takeBack(verdict, made) {
  const id = idOf(verdict);
  const answer = await inTurn(() => ask("DELETE", `/reports/${id}`));
  if (!answer.ok) return;
  delete known[id];
  mark();
  list();
  close(verdict, made);
}

// --- the list -------------------------------------------------------------------------------

async function list() {
  await fill("reported", "/reports");
  await fill("praised", "/reports?good=true");
}

/** @param {string} name @param {string} url */
const fill = (name, url) =>
  inTurn(async () => {
    if (!byId(name)?.open) return;
    const answer = await ask("GET", url);
    if (answer.ok) byId(`${name}-list`).innerHTML = await answer.text();
  });

/** @param {string} id @param {Found} focused */
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
  const verdict = event.target.closest?.("#chat button.report");
  if (!verdict) return;
  const [made, report] = [formOf(verdict), reportOf(verdict)];
  if (made) close(verdict, made);
  else if (report?.good === false) open(verdict, report);
  else reportWrong(verdict);
});
document.addEventListener("pagelight:bubbles", mark);
