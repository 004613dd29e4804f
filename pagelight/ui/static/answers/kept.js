// What stands below an answer: it is pinned, and gathered on a page with notes; marked as good, or reported as wrong,
// and then, if the person wants, with what is right. What is known of the answers that are shown the server tells;
// the value of a button tells which answer it stands below.

import { button, byId, field, form, make, on, shown, soon, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, GONE, htmlOf, NOT_KEPT, oneByOne } from "../shell/server.js";

const SOON_MS = 600;
/** @type {Set<string>} "conversation/exchange" */
const pinned = new Set();
/** @type {Record<string, SaidOfAnswer>} */
const verdicts = {};
const inTurn = oneByOne();
const panel = () => byId("pins");

document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const { talk } = shown;
  if (!talk || talk === former.talk) return;
  inTurn(async () => {
    const [pins, reports] = await Promise.all([ask("GET", `/pins/${talk}`), ask("GET", `/reports/${talk}`)]);
    if (pins.ok) for (const exchange of await pins.json()) pinned.add(`${talk}/${exchange}`);
    if (reports.ok) Object.assign(verdicts, await reports.json());
    mark();
  });
});

// Gradio writes bubbles anew when a conversation grows: this runs again after each change.
function mark() {
  for (const pin of document.querySelectorAll("#chat button.pin")) press(pin, pinned.has(pin.value), ["Pin", "Pinned"]);
  for (const verdict of document.querySelectorAll("#chat button.verdict")) {
    const isGood = verdict.classList.contains("good");
    press(verdict, verdicts[idOf(verdict)]?.good === isGood, isGood ? ["Good", "Good"] : ["Report as wrong", "Reported as wrong"]);
  }
}

/** @param {Found} pressed @param {boolean} isIt @param {string[]} words until it is, and then */
function press(pressed, isIt, words) {
  if (pressed.ariaPressed !== String(isIt)) Object.assign(pressed, { ariaPressed: String(isIt), textContent: say(words[Number(isIt)]) });
}

document.addEventListener("pagelight:bubbles", mark);

// --- pinned answers -------------------------------------------------------------------------

/** @param {string} name */
const turn = (name) =>
  inTurn(async () => {
    const isPinned = pinned.has(name);
    const answer = await ask(isPinned ? "DELETE" : "POST", `/pins/${name}`);
    if (!answer.ok) return;
    if (isPinned) pinned.delete(name);
    else pinned.add(name);
    mark();
  });

const show = () =>
  inTurn(async () => {
    panel().innerHTML = (await htmlOf("GET", "/pins")) ?? `<p class="remark">${GONE()}</p>`;
  });

/** @param {Found} article */
async function note(article) {
  const written = { note: within(article, "textarea").value };
  const answer = await inTurn(() => ask("PUT", `/pins/${article.dataset.pin}`, written));
  within(article, "[role=status]").textContent = answer.ok ? say("Kept.") : NOT_KEPT();
}

on("click", "#chat button.pin", ({ value }) => turn(value));
on("click", "#pins article:has([data-unpin])", async (article, { target }) => {
  const { pin = "" } = article.dataset;
  if (target.dataset.unpin === undefined) return;
  pinned.add(pin);
  await turn(pin);
  const next = /** @type {Found | null} */ (article.nextElementSibling ?? article.previousElementSibling);
  await show();
  (panel().querySelector(`[data-pin="${next?.dataset.pin}"] [data-unpin]`) ?? byId("mode-pins")).focus();
});
const noteSoon = soon(SOON_MS, note);
on("input", "#pins article", (article) => {
  within(article, "[role=status]").textContent = "";
  noteSoon(article);
});
on("change", "#pins article", note); // who leaves a note has written it
document.addEventListener("pagelight:mode", ({ detail }) => detail === "pins" && show());

// --- verdicts -------------------------------------------------------------------------------

/** @type {(verdict: Found) => string} of its report, after conversation and exchange */
const idOf = (verdict) => verdict.value.split("/")[2];
/** @type {(verdict: Found) => Found | null | undefined} */
const formOf = (verdict) => verdict.closest(".answer")?.querySelector(".report-form");

/** @param {Found} verdict @param {boolean} good */
async function put(verdict, good) {
  const [talk, exchange] = verdict.value.split("/");
  const answer = await inTurn(() => ask("POST", `/reports/${talk}/${exchange}?good=${good}`));
  if (!answer.ok) return;
  verdicts[(await answer.json()).id] = { right: "", absent: false, good };
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
    if (!answer.ok) return (told.textContent = NOT_KEPT());
    verdicts[idOf(verdict)] = { ...said, good: false };
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
  delete verdicts[id];
  mark();
  return true;
}

on("click", "#chat button.good", async (verdict) => {
  formOf(verdict)?.remove();
  if (!verdicts[idOf(verdict)]?.good) put(verdict, true);
  else if (await strike(idOf(verdict))) verdict.focus();
});
on("click", "#chat button.report", async (verdict) => {
  const made = formOf(verdict);
  if (made) {
    made.remove();
    return verdict.focus();
  }
  if (verdicts[idOf(verdict)]?.good !== false) await put(verdict, false);
  const report = verdicts[idOf(verdict)];
  if (report && !report.good) open(verdict, report);
});
