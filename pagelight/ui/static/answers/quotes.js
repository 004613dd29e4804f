// The words behind a mark, shown beside it while the pointer or the focus is on it.
// All HTML is the server's.

import { byId, make } from "../shell/dom.js";
import { htmlOf } from "../shell/server.js";

const SOON_MS = 150;
/** @type {Map<string, string>} places: their cards */
const known = new Map();
const card = make("div", { id: "quote-card", role: "tooltip", hidden: true });
/** @type {Found | null} */
let mark = null;
let timer = 0;

/** @param {Happened<Event>} event */
const markOf = (event) => event.target.closest?.("#chat .chip") ?? null;

/** @param {Found} chip */
async function show(chip) {
  const html = known.get(chip.value) ?? (await htmlOf("GET", `/quote/${chip.value}`));
  if (html !== null && !chip.closest(".growing")) known.set(chip.value, html); // what an answer cites is certain at its end
  if (!html || chip !== mark || !chip.isConnected) return;
  card.innerHTML = html;
  card.hidden = false;
  chip.setAttribute("aria-describedby", card.id);
  chip.style.setProperty("anchor-name", "--mark"); // the styles place the card beside it
}

/** @param {Found} chip */
function showSoon(chip) {
  clearTimeout(timer);
  if (chip === mark) return;
  hide();
  mark = chip;
  timer = setTimeout(show, SOON_MS, chip);
}

function hide() {
  clearTimeout(timer);
  mark?.removeAttribute("aria-describedby");
  mark?.style.removeProperty("anchor-name");
  mark = null;
  card.hidden = true;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return; // a touch opens the page itself
  const chip = markOf(event);
  if (chip) showSoon(chip);
  else if (event.target.closest?.("#quote-card")) clearTimeout(timer);
  else if (mark) {
    clearTimeout(timer);
    timer = setTimeout(hide, SOON_MS);
  }
});
document.addEventListener("pagelight:ready", () => byId("page").append(card));
document.addEventListener("focusin", (event) => {
  const chip = markOf(event);
  if (chip?.matches(":focus-visible")) showSoon(chip);
  else hide();
});
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("click", hide);
document.addEventListener("scroll", hide, true);
