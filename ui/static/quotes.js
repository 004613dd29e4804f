// The words behind a mark, shown beside it while the pointer or the focus is on it.
// All HTML is the server's.
"use strict";

(() => {
  const SOON_MS = 150;
  const GAP_PX = 6;
  const known = new Map();
  let card = null;
  let mark = null;
  let timer = 0;

  const markOf = (event) => event.target.closest?.("#chat .chip") ?? null;

  function placeOf(chip) {
    for (const name of chip.classList) {
      const found = /^src-(\w+)-(\d+)$/.exec(name);
      if (found) return `${found[1]}/${found[2]}`;
    }
    return null;
  }

  async function quoteOf(place) {
    if (!known.has(place)) {
      const answer = await fetch(`/quote/${place}`).catch(() => null);
      if (!answer?.ok) return "";
      known.set(place, await answer.text());
    }
    return known.get(place);
  }

  async function show(chip) {
    const html = await quoteOf(placeOf(chip));
    if (!html || chip !== mark || !chip.isConnected) return;
    card ??= made();
    card.innerHTML = html;
    card.hidden = false;
    chip.setAttribute("aria-describedby", card.id);
    put(chip.getBoundingClientRect());
  }

  function made() {
    const element = document.createElement("div");
    element.id = "quote-card";
    element.setAttribute("role", "tooltip");
    element.addEventListener("pointerenter", () => clearTimeout(timer));
    element.addEventListener("pointerleave", hideSoon);
    document.querySelector(".gradio-container").append(element);
    return element;
  }

  // Below the mark; above it where there is no room; never beyond the edges.
  function put(chip) {
    const { width, height } = card.getBoundingClientRect();
    const below = chip.bottom + GAP_PX;
    card.style.left = `${Math.max(GAP_PX, Math.min(chip.left, innerWidth - width - GAP_PX))}px`;
    card.style.top = `${below + height < innerHeight ? below : Math.max(0, chip.top - height - GAP_PX)}px`;
  }

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
    mark = null;
    if (card) card.hidden = true;
  }

  function hideSoon() {
    clearTimeout(timer);
    timer = setTimeout(hide, SOON_MS);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return; // a touch opens the page itself
    const chip = markOf(event);
    if (chip) showSoon(chip);
    else if (mark && !event.target.closest?.("#quote-card")) hideSoon();
  });
  document.addEventListener("focusin", (event) => {
    const chip = markOf(event);
    if (chip?.matches(":focus-visible")) showSoon(chip);
    else hide();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("click", hide);
  document.addEventListener("scroll", hide, true);
})();
