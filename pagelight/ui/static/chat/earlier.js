// Of a long conversation the last questions are shown; those before come when one scrolls up to them, or by
// a button above.

import { want } from "../shell/tab.js";

const NEAR_PX = 60;
/** @type {{ left: number, frame: Element | null, top: number, height: number }} */
const before = { left: 0, frame: null, top: 0, height: 0 };
let last = 0;

// Who presses the button sees what came: the former beginning stands at the top. What the server has not heard
// of is asked for again.
/**
 * @param {Element} frame
 * @param {number} [top]
 */
async function ask(frame, top = frame.scrollTop) {
  if (!before.left || before.frame) return;
  Object.assign(before, { frame, top, height: frame.scrollHeight });
  if (!(await want("earlier"))) before.frame = null;
}

// What stood under the eyes stays there, as more comes above it.
function keep() {
  const { frame, top, height } = before;
  if (!frame || frame.scrollHeight === height) return;
  before.frame = null;
  frame.scrollTop = top + frame.scrollHeight - height;
}

/** @param {Happened<Event>} event */
function onScroll({ target }) {
  if (!target.closest?.("#chat")) return;
  const goesUp = target.scrollTop < last;
  last = target.scrollTop;
  if (goesUp && last < NEAR_PX) ask(target);
}

function frameOfChat() {
  /** @type {(at: Element) => boolean} */
  const scrolls = (at) => /auto|scroll/.test(getComputedStyle(at).overflowY);
  return [...document.querySelectorAll("#chat, #chat *")].find((at) => scrolls(at) && at.scrollHeight > at.clientHeight);
}

document.addEventListener("scroll", onScroll, { capture: true, passive: true });
document.addEventListener("click", ({ target }) => {
  const frame = target.id === "earlier" && frameOfChat();
  if (frame) ask(frame, 0);
});
document.addEventListener("pagelight:shown", ({ detail }) => {
  before.left = detail.earlier;
});
document.addEventListener("pagelight:bubbles", keep);
