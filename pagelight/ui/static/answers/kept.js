// What stands below an answer: it is pinned, and gathered on a page with notes; marked as good, or reported as wrong,
// and then, if the person wants, with what is right. What is known of the answers that are shown the server tells;
// the value of a button tells which answer it stands below.

import { button, byId, form, make, on, shown, soon, within } from "../shell/dom.js";
import { say } from "../shell/language.js";
import { ask, GONE, htmlOf, NOT_KEPT, oneByOne } from "../shell/server.js";

const SOON_MS = 600;
/** @type {Set<string>} "conversation/exchange" */
const pinned = new Set();
/** @type {Record<string, SaidOfAnswer>} by the id of a report */
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
  for (const each of document.querySelectorAll("#chat :is(button.pin, button.verdict)")) {
    const isGood = each.matches(".good");
    const isIt = each.matches(".pin") ? pinned.has(each.value) : verdicts[idOf(each)]?.good === isGood;
    const words = each.matches(".pin") ? ["Pin", "Pinned"] : isGood ? ["Good", "Good"] : ["Report as wrong", "Reported as wrong"];
    if (each.ariaPressed !== String(isIt)) Object.assign(each, { ariaPressed: String(isIt), textContent: say(words[Number(isIt)]) });
  }
}

document.addEventListener("pagelight:bubbles", mark);

// --- pinned answers -------------------------------------------------------------------------

const pin = (/** @type {string} */ name, /** @type {boolean} */ isOn) =>
  inTurn(async () => {
    const answer = await ask(isOn ? "POST" : "DELETE", `/pins/${name}`);
    if (answer.ok) pinned[isOn ? "add" : "delete"](name);
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

on("click", "#chat button.pin", ({ value }) => pin(value, !pinned.has(value)));
on("click", "#pins article:has([data-unpin])", async (article, { target }) => {
  if (target.dataset.unpin === undefined) return;
  await pin(article.dataset.pin ?? "", false);
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

function open(/** @type {Found} */ verdict, /** @type {SaidOfAnswer} */ report) {
  const told = make("p", { textContent: say("Reported. You can say what is right:"), role: "status" });
  const right = make("input", { ariaLabel: say("What is right"), value: report.right, maxLength: 2000, disabled: report.absent });
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
  if (answer.ok) delete verdicts[id];
  mark();
  return answer.ok;
}

// Pressed again a good one is taken back, and what is said of a wrong one put away.
on("click", "#chat button.verdict", async (verdict) => {
  const [talk, exchange, id] = verdict.value.split("/");
  const good = verdict.matches(".good");
  const made = verdict.closest(".answer")?.querySelector(".report-form");
  made?.remove();
  if (good && verdicts[id]?.good) await strike(id);
  else if (verdicts[id]?.good !== good) {
    const answer = await inTurn(() => ask("POST", `/reports/${talk}/${exchange}?good=${good}`));
    if (!answer.ok) return;
    verdicts[id] = { right: "", absent: false, good };
    mark();
  }
  if (good || made) verdict.focus();
  else open(verdict, verdicts[id]);
});
