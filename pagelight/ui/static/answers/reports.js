// Answers marked as good, or reported as wrong: with one click, then, if the person wants, with what is
// right. What is reported the server knows; the value of a button tells which answer it stands below.

import { button, field, form, make, on } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, oneByOne } from "../shell/server.js";

/** @type {Record<string, SaidOfAnswer>} */
const known = {};
/** @type {Set<string>} conversations */
const learnt = new Set();
const inTurn = oneByOne();

/** @type {(verdict: Found) => string[]} conversation, exchange and the report's id */
const placeOf = (verdict) => verdict.value.split("/");
/** @type {(verdict: Found) => string} */
const idOf = (verdict) => placeOf(verdict)[2];
/** @type {(verdict: Found) => Found | null | undefined} */
const formOf = (verdict) => verdict.closest(".answer")?.querySelector(".report-form");

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
    const [talk, , id] = placeOf(verdict);
    if (!learnt.has(talk)) learn(talk);
    const isGood = verdict.classList.contains("good");
    const pressed = String(known[id]?.good === isGood);
    if (verdict.ariaPressed === pressed) return;
    verdict.ariaPressed = pressed;
    if (!isGood) verdict.textContent = say(pressed === "true" ? "Reported as wrong" : "Report as wrong");
  });
}

// --- the form -------------------------------------------------------------------------------

/** @param {Found} verdict @param {boolean} good */
async function put(verdict, good) {
  const [talk, exchange] = placeOf(verdict);
  const answer = await inTurn(() => ask("POST", `/reports/${talk}/${exchange}?good=${good}`));
  if (!answer.ok) return;
  known[(await answer.json()).id] = { right: "", absent: false, good };
  mark();
}

/** @param {Found} verdict @param {SaidOfAnswer} report */
function open(verdict, report) {
  const told = make("p", { textContent: say("Reported. You can say what is right:"), role: "status" });
  const right = field("input", say("What is right"), { value: report.right, maxLength: 2000, disabled: report.absent });
  const absent = make("input", { type: "checkbox", checked: report.absent, onchange: () => (right.disabled = absent.checked) });
  const shut = () => {
    made.remove();
    verdict.focus();
  };
  const keep = async () => {
    const said = { right: absent.checked ? "" : right.value.trim(), absent: absent.checked };
    const answer = await inTurn(() => ask("PUT", `/reports/${idOf(verdict)}`, said));
    if (!answer.ok) return (told.textContent = say("It could not be kept. Is Pagelight still running?"));
    known[idOf(verdict)] = { ...said, good: false };
    shut();
  };
  const takeBack = async () => (await strike(idOf(verdict))) && shut();
  const tools = [button(say("Save"), keep), button(say("Take back"), takeBack)];
  const choice = make("label", {}, absent, ` ${say("It is not in the documents")}`);
  const made = form("report-form", keep, shut, told, right, choice, make("div", { className: "report-tools" }, ...tools));
  verdict.closest(".again")?.after(made);
  (report.absent ? absent : right).focus();
}

/** @param {string} id of a report that is taken back */
async function strike(id) {
  const answer = await inTurn(() => ask("DELETE", `/reports/${id}`));
  if (!answer.ok) return false;
  delete known[id];
  mark();
  return true;
}

on("click", "#chat button.good", async (verdict) => {
  formOf(verdict)?.remove();
  if (!known[idOf(verdict)]?.good) put(verdict, true);
  else if (await strike(idOf(verdict))) verdict.focus();
});
on("click", "#chat button.report", async (verdict) => {
  const made = formOf(verdict);
  if (made) {
    made.remove();
    return verdict.focus();
  }
  if (known[idOf(verdict)]?.good !== false) await put(verdict, false);
  const report = known[idOf(verdict)];
  if (report && !report.good) open(verdict, report);
});
document.addEventListener("pagelight:bubbles", mark);
