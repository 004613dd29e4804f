"use strict";
// Filters and sorts the wrong answers. The page is whole without it.
(() => {
  const bar = document.getElementById("filter");
  if (!bar) return;
  const cards = [...document.querySelectorAll("article.wrong")];
  const found = bar.parentElement;
  const kinds = [...new Set(cards.flatMap((card) => card.dataset.kinds.split("|").filter(Boolean)))].sort();
  const outcomes = {
    answered: "wrong answer", refused: "refused, though answerable",
    unanswerable: "answered, though unanswerable",
  };

  const choice = (label, options) => {
    const select = document.createElement("select");
    select.setAttribute("aria-label", label);
    for (const [value, words] of [["", label], ...options]) select.add(new Option(words, value));
    bar.append(select);
    return select;
  };
  const kind = choice("Every kind", kinds.map((name) => [name, name]));
  const outcome = choice(
    "Every failure",
    Object.entries(outcomes).filter(([name]) => cards.some((card) => card.dataset.outcome === name)),
  );
  const order = choice("In the order of the file", [
    ["sure", "Most confident first"], ["unsure", "Least confident first"],
  ]);
  const search = Object.assign(document.createElement("input"), {
    type: "search", placeholder: "Words of the card",
  });
  search.setAttribute("aria-label", "Words of the card");
  const count = document.createElement("output");
  bar.append(search, count);

  const show = () => {
    const words = search.value.trim().toLowerCase();
    for (const card of cards) {
      card.hidden = !(
        (!kind.value || card.dataset.kinds.split("|").includes(kind.value)) &&
        (!outcome.value || card.dataset.outcome === outcome.value) &&
        (!words || card.textContent.toLowerCase().includes(words))
      );
    }
    count.textContent = `${cards.filter((card) => !card.hidden).length} shown`;
  };
  const sort = () => {
    const sign = { sure: -1, unsure: 1 }[order.value] ?? 0;
    const sorted = sign
      ? [...cards].sort((a, b) => sign * (a.dataset.confidence - b.dataset.confidence))
      : cards;
    found.append(...sorted);
  };
  for (const part of [kind, outcome, search]) part.addEventListener("input", show);
  order.addEventListener("input", sort);
  show();
})();
