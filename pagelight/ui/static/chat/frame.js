// Where the conversation stands in its frame: a question that was just asked comes to the top, and its
// answer grows below it, its first words in sight. Who moves the frame is left where he went. Of a long
// conversation the last questions are shown; those before come as one scrolls up to them, or by a button above.

import { on, shown } from "../shell/dom.js";
import { want } from "../shell/tab.js";

const ABOVE_PX = 12;
const NEAR_PX = 60;
const SETTLED_MS = 5000; // after its end an answer is written once more, whole, and pictures come
const MOVING_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "Tab", " "]);

let follows = false;
let timer = 0;

/** Return the element around another that scrolls, or itself; null where none does. @param {Element | null} element */
export function frameOf(element) {
  /** @type {(at: Element) => boolean} */
  const scrolls = (at) => /auto|scroll/.test(getComputedStyle(at).overflowY);
  while (element && !scrolls(element)) element = element.parentElement;
  return element;
}

const chatFrame = () => frameOf(document.querySelector("#chat .asked"));

function follow() {
  const question = [...document.querySelectorAll("#chat .question")].at(-1);
  const frame = follows && chatFrame();
  if (!frame || !question) return;
  frame.scrollTop += question.getBoundingClientRect().top - frame.getBoundingClientRect().top - ABOVE_PX;
}

const rest = () => (follows = false);

// --- words as they come: Gradio is given the whole at an answer's beginning and its end -------

/** @typedef {{ head: string, html: string }} Written an exchange, and the HTML of its answer so far */
/** @type {Map<string, Written>} by conversation */
const written = new Map();
// A piece says how much of the words before it stays: `keep` letters of the same answer.
/** @type {(former: Written | undefined, piece: Omit<Piece, "talk">) => string} */
export const joined = (former, { head, keep, more }) =>
  (former?.head === head ? former.html.slice(0, keep) : "") + more;

// The bubble's own element stays Gradio's; what stands in it is the server's, and newer.
function showWritten() {
  const piece = written.get(shown.talk);
  if (!piece || !shown.growing || piece.head !== shown.head) return;
  const at = document.querySelector("#chat .answer:is(.waiting, .growing)");
  if (!at || at.written === piece.html) return;
  const template = document.createElement("template");
  template.innerHTML = piece.html;
  const made = template.content.firstElementChild;
  if (!made) return;
  at.className = made.className;
  at.replaceChildren(...made.childNodes);
  at.written = piece.html;
  follow();
}

document.addEventListener("pagelight:piece", ({ detail: { talk, head, keep, more } }) => {
  written.set(talk, { head, html: joined(written.get(talk), { head, keep, more }) });
  showWritten();
});

// --- what stands before -------------------------------------------------------------------

/** @type {{ frame: Element | null, top: number, height: number }} */
const before = { frame: null, top: 0, height: 0 };
let last = 0;

// Who presses the button sees what came: the former beginning stands at the top. What the server has not heard
// of is asked for again.
/** @param {Element} frame @param {number} [top] */
async function askEarlier(frame, top = frame.scrollTop) {
  if (!shown.earlier || before.frame) return;
  Object.assign(before, { frame, top, height: frame.scrollHeight });
  if (!(await want("earlier"))) before.frame = null;
}

// What stood under the eyes stays there, as more comes above it.
function stay() {
  const { frame, top, height } = before;
  if (!frame || frame.scrollHeight === height) return;
  before.frame = null;
  frame.scrollTop = top + frame.scrollHeight - height;
}

document.addEventListener("pagelight:shown", ({ detail: former }) => {
  if (!shown.growing) written.delete(shown.talk);
  showWritten();
  follows ||= shown.talk !== former.talk || shown.head !== former.head;
  clearTimeout(timer);
  if (!shown.growing) timer = setTimeout(rest, SETTLED_MS);
  follow();
});
for (const go of [showWritten, follow, stay]) document.addEventListener("pagelight:bubbles", go);
on("scroll", "#chat", (_, { target }) => {
  if (target !== chatFrame()) return; // a long question, or a wide table
  const goesUp = target.scrollTop < last;
  last = target.scrollTop;
  if (goesUp && last < NEAR_PX) askEarlier(target);
}, true);
on("click", "#earlier", () => {
  const frame = chatFrame();
  if (frame) askEarlier(frame, 0);
});
on("load", "#chat", follow, true); // a picture's room
for (const moved of /** @type {const} */ (["wheel", "touchmove", "pointerdown"])) {
  document.addEventListener(moved, ({ target }) => void (target.closest?.("#chat") && rest()), { capture: true, passive: true });
}
on("keydown", "#chat", (_, { key }) => MOVING_KEYS.has(key) && rest());
