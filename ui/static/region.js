// Asking about a part of a page: a box drawn with a pointer or a finger, or a part chosen by keys.
// What is chosen stands by the message box until it is asked or dropped. All HTML is the server's.
"use strict";

(() => {
  const GRAIN = 10000;
  const LEAST = 6; // pixels: a shorter drag is a tap
  let drag = null;
  const byId = (id) => document.getElementById(id);
  const sheet = () => document.querySelector("#source .sheet");
  const picking = () => document.body.classList.contains("picking");

  function pick(on) {
    document.body.classList.toggle("picking", on);
    document.querySelector("#source [data-pick=start]")?.setAttribute("aria-pressed", String(on));
    if (on) parts()[0]?.focus({ preventScroll: true });
    endDrag();
  }

  const parts = () => [...document.querySelectorAll("#source .part")];

  // --- the pointer --------------------------------------------------------------------------

  function onDown(event) {
    const page = picking() && event.target.closest?.("#source .sheet");
    if (!page || event.button > 0) return;
    event.preventDefault();
    const frame = document.createElement("i");
    frame.className = "pick-box";
    page.append(frame);
    drag = { page, frame, from: at(page, event), x: event.clientX, y: event.clientY, part: event.target.closest(".part") };
    page.setPointerCapture?.(event.pointerId);
    draw(event);
  }

  function at(page, event) {
    const box = page.getBoundingClientRect();
    const share = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  }

  function corners(event) {
    const [x, y] = at(drag.page, event);
    const [a, b] = drag.from;
    return [Math.min(a, x), Math.min(b, y), Math.max(a, x), Math.max(b, y)];
  }

  function draw(event) {
    if (!drag) return;
    const [x0, y0, x1, y1] = corners(event);
    Object.assign(drag.frame.style, {
      left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`,
    });
  }

  function onUp(event) {
    if (!drag) return;
    const moved = Math.max(Math.abs(event.clientX - drag.x), Math.abs(event.clientY - drag.y));
    const box = corners(event).map((edge) => Math.round(edge * GRAIN));
    const part = drag.part;
    endDrag();
    if (moved >= LEAST && box[2] > box[0] && box[3] > box[1]) choose(box.join("-"));
    else if (part) choose(part.dataset.box);
  }

  function endDrag() {
    drag?.frame.remove();
    drag = null;
  }

  // --- what is chosen -----------------------------------------------------------------------

  async function choose(box) {
    const place = document.querySelector("#source .parts").dataset;
    const name = `${place.doc}/${place.page}/${box}`;
    pick(false);
    const answer = await fetch(`/region/${name}`);
    if (!answer.ok) return;
    const chip = byId("region-chip");
    chip.innerHTML = await answer.text();
    chip.hidden = false;
    tell(name);
    if (matchMedia("(max-width: 900px)").matches) document.body.classList.remove("panel-open");
    document.querySelector("#ask textarea")?.focus();
  }

  // Gradio reads the hidden field when it hears of input, and sends it with the next question.
  function tell(name) {
    const field = document.querySelector("#region-name textarea, #region-name input");
    field.value = name;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function drop() {
    clear();
    tell("");
    document.querySelector("#ask textarea")?.focus();
  }

  function clear() {
    const chip = byId("region-chip");
    chip.hidden = true;
    chip.replaceChildren();
  }

  // --- clicks and keys ----------------------------------------------------------------------

  function onClick(event) {
    const what = event.target.closest?.("[data-pick]")?.dataset.pick;
    if (what === "start") pick(!picking());
    else if (what === "drop") drop();
  }

  // Before the page's own keys, which step through sources.
  function onKey(event) {
    if (!picking()) return;
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const chosen = document.activeElement?.closest?.(".part");
    if (step) move(step, chosen);
    else if (event.key === "Escape") pick(false);
    else if ((event.key === "Enter" || event.key === " ") && chosen) choose(chosen.dataset.box);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function move(step, chosen) {
    const all = parts();
    const next = all[(all.indexOf(chosen) + step + all.length) % all.length];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  // A question that was sent takes its chip along; another page ends the picking.
  document.addEventListener("pagelight:shown", ({ detail }) => detail.growing && clear());
  document.addEventListener("pagelight:source", () => picking() && !sheet() && pick(false));

  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", draw);
  document.addEventListener("pointerup", onUp);
  document.addEventListener("pointercancel", endDrag);
})();
