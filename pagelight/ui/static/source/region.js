// Asking about a part of a page: a box drawn with a pointer or a finger, or a part chosen by keys.
// What is chosen stands by the message box until it is asked or dropped. All HTML is the server's.

import { allInSource, byId, focusBox, inSource, is, isNarrow, make, on, shown, within } from "../shell/dom.js";
import { htmlOf } from "../shell/server.js";
import { lay } from "../shell/tab.js";

const GRAIN = 10000;
const LEAST = 6; // pixels: a shorter drag is a tap
/**
 * @typedef {{ page: Found, frame: Found, from: number[], x: number, y: number, part: Found | null }} Drag
 *   from where, as shares of the page, and in pixels of the window
 * @type {Drag | null}
 */
let drag = null;
let laid = ""; // the part that goes with the next question
let picks = 0;
const picking = () => is("picking");
const parts = () => allInSource(".part");

function pick(/** @type {boolean} */ isOn) {
  document.body.classList.toggle("picking", isOn);
  inSource("[data-pick=start]")?.setAttribute("aria-pressed", String(isOn));
  if (isOn) parts()[0]?.focus({ preventScroll: true });
  endDrag();
}

// --- the pointer --------------------------------------------------------------------------

on("pointerdown", "#source .sheet", (page, event) => {
  if (!picking() || event.button > 0) return;
  event.preventDefault();
  const frame = make("i", { className: "pick-box" });
  page.append(frame);
  drag = { page, frame, from: at(page, event), x: event.clientX, y: event.clientY, part: event.target.closest(".part") };
  page.setPointerCapture?.(event.pointerId);
  draw(event);
});

function at(/** @type {Found} */ page, /** @type {PointerEvent} */ event) {
  const box = page.getBoundingClientRect();
  /** @type {(value: number, low: number, size: number) => number} */
  const share = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
  return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
}

function corners(/** @type {Drag} */ from, /** @type {PointerEvent} */ event) {
  const [x, y] = at(from.page, event);
  const [a, b] = from.from;
  return [Math.min(a, x), Math.min(b, y), Math.max(a, x), Math.max(b, y)];
}

function draw(/** @type {PointerEvent} */ event) {
  if (!drag) return;
  const [x0, y0, x1, y1] = corners(drag, event);
  Object.assign(drag.frame.style, {
    left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`,
  });
}

document.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const moved = Math.max(Math.abs(event.clientX - drag.x), Math.abs(event.clientY - drag.y));
  const box = corners(drag, event).map((edge) => Math.round(edge * GRAIN));
  const part = drag.part;
  endDrag();
  if (moved >= LEAST && box[2] > box[0] && box[3] > box[1]) choose(box.join("-"));
  else if (part) choose(part.dataset.box ?? "");
});

function endDrag() {
  drag?.frame.remove();
  drag = null;
}

// --- what is chosen -----------------------------------------------------------------------

async function choose(/** @type {string} */ box) {
  const place = within(document, "#source .parts").dataset;
  const name = `${place.doc}/${place.page}/${box}`;
  const mine = ++picks;
  pick(false);
  const html = await htmlOf("GET", `/region/${name}`);
  if (html === null || mine !== picks) return; // another was chosen since
  if (!(await lay("region", name)).ok || mine !== picks) return;
  laid = name;
  const chip = byId("region-chip");
  chip.innerHTML = html;
  chip.hidden = false;
  if (isNarrow()) document.body.classList.remove("panel-open");
  focusBox();
}

function clear() {
  picks += 1;
  laid = "";
  lay("region", "");
  const chip = byId("region-chip");
  chip.hidden = true;
  chip.replaceChildren();
}

// --- clicks and keys ----------------------------------------------------------------------

on("click", "[data-pick=start]", () => pick(!picking()));
on("click", "[data-pick=drop]", () => {
  clear();
  focusBox();
});

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

// Before the page's own keys, which step through sources.
document.addEventListener("keydown", (event) => {
  if (!picking()) return;
  const step = STEPS[event.key];
  const chosen = document.activeElement?.closest(".part") ?? null;
  if (step) {
    const all = parts();
    const next = all[((chosen ? all.indexOf(chosen) : -1) + step + all.length) % all.length];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Escape") pick(false);
  else if ((event.key === "Enter" || event.key === " ") && chosen) choose(chosen.dataset.box ?? "");
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// A question that was sent takes its chip along; another page ends the picking.
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  if (laid && shown.head !== former.head && shown.region === laid) clear();
});
document.addEventListener("pagelight:source", () => picking() && !inSource(".sheet") && pick(false));

document.addEventListener("pointermove", draw);
document.addEventListener("pointercancel", endDrag);
