// What is searched: chosen in a list, shown as chips by the message box, or named with @ in a question.
// It belongs to the conversation, and is kept with it. The lists are the server's HTML; what is chosen
// is written into a hidden field of Gradio's, for the question that is asked next.
"use strict";

(() => {
  const SOON_MS = 150;
  const chosen = new Map(); // entry: its words
  const byId = (id) => document.getElementById(id);
  const shown = { talk: "", scope: "" };
  let waiting = 0;
  let request = 0;

  // --- the chips ----------------------------------------------------------------------------

  function tell() {
    const field = document.querySelector("#scope-text textarea, #scope-text input");
    field.value = [...chosen.keys()].join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const chips = [...chosen].map(([entry, words]) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "scope-chip";
      chip.dataset.drop = entry;
      chip.setAttribute("aria-label", `Do not limit to ${words}`);
      const name = document.createElement("bdi");
      name.textContent = words;
      chip.append(name, " ×");
      return chip;
    });
    byId("scope-chips").replaceChildren(...chips);
    byId("scope-open").textContent = chosen.size ? "Searching in" : "Searching all documents";
  }

  // What a person chose: kept with the conversation, a new one with its first question.
  function choose() {
    tell();
    if (!shown.talk) return;
    fetch(`/scope/of/${shown.talk}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([...chosen.keys()]),
    }).catch(() => null); // then it is kept with the next question
  }

  function drop(entry) {
    chosen.delete(entry);
    choose();
    tick();
    (document.querySelector(".scope-chip") ?? byId("scope-open")).focus();
  }

  // The fields say what is chosen.
  function tick() {
    const days = [...chosen.keys()].find((entry) => entry.startsWith("date:")) ?? "date:..";
    [byId("scope-since").value, byId("scope-until").value] = days.slice("date:".length).split("..");
    document.querySelectorAll("#scope-choices input").forEach((box) => (box.checked = chosen.has(box.value)));
  }

  // What is kept with a conversation, when it is opened or was changed elsewhere.
  function restore({ talk, scope }) {
    const kept = JSON.stringify(scope);
    const isNews = talk !== shown.talk || kept !== shown.scope;
    Object.assign(shown, { talk, scope: kept });
    if (!isNews || kept === JSON.stringify([...chosen])) return;
    chosen.clear();
    scope.forEach(([entry, words]) => chosen.set(entry, words));
    tell();
    tick();
  }

  // One span of days, as long as a field holds one.
  function limitDays() {
    const [first, last] = [byId("scope-since").value, byId("scope-until").value];
    [...chosen.keys()].filter((entry) => entry.startsWith("date:")).forEach((entry) => chosen.delete(entry));
    const words = first && last ? `${first} to ${last}` : first ? `from ${first}` : `until ${last}`;
    if (first || last) chosen.set(`date:${first}..${last}`, words);
    byId("scope-since").max = last;
    byId("scope-until").min = first;
    choose();
  }

  // --- the list -----------------------------------------------------------------------------

  async function load() {
    const mine = ++request;
    const answer = await fetch("/scope", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ words: byId("scope-words").value, chosen: [...chosen.keys()].join("\n") }),
    }).catch(() => null);
    if (answer?.ok && mine === request) byId("scope-choices").innerHTML = await answer.text();
  }

  function open(on) {
    byId("scope-list").hidden = !on;
    byId("scope-open").setAttribute("aria-expanded", String(on));
    if (!on) return byId("scope-open").focus();
    byId("scope-words").value = "";
    load();
    byId("scope-words").focus();
  }

  const isOpen = () => byId("scope-list") && !byId("scope-list").hidden;

  // --- names after an @ ---------------------------------------------------------------------

  const AT = /(?:^|\s)@("?)([^"\n]*)$/;

  function written(area) {
    const found = AT.exec(area.value.slice(0, area.selectionStart));
    if (!found || (!found[1] && /\s/.test(found[2]))) return null;
    return { words: found[2], from: area.selectionStart - found[2].length - found[1].length - 1 };
  }

  async function complete(area) {
    const at = written(area);
    if (!at) return close(area);
    const mine = ++request;
    const answer = await fetch(`/scope/names?words=${encodeURIComponent(at.words)}`).catch(() => null);
    if (!answer?.ok || mine !== request) return;
    const list = byId("at-list");
    list.innerHTML = await answer.text();
    list.hidden = list.children.length === 0;
    area.setAttribute("aria-controls", "at-list");
    if (!list.hidden) select(area, 0);
  }

  function close(area) {
    request++;
    byId("at-list").hidden = true;
    area.removeAttribute("aria-activedescendant");
  }

  function select(area, position) {
    const rows = [...byId("at-list").children];
    const at = (position + rows.length) % rows.length;
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    rows[at].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", rows[at].id);
  }

  const selected = () => [...byId("at-list").children].findIndex((row) => row.ariaSelected === "true");

  function insert(area, row) {
    const at = written(area);
    if (!at) return close(area);
    const end = area.selectionStart;
    const text = `${row.dataset.at} `;
    area.value = area.value.slice(0, at.from) + text + area.value.slice(end);
    area.selectionStart = area.selectionEnd = at.from + text.length;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close(area);
    area.focus();
  }

  // Before Gradio's own keys, which send the question.
  function onKey(event) {
    const area = event.target.closest?.("#ask textarea");
    if (area && byId("at-list") && !byId("at-list").hidden) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) select(area, selected() + step);
      else if (event.key === "Enter" || event.key === "Tab") insert(area, byId("at-list").children[selected()]);
      else if (event.key === "Escape") close(area);
      else return;
    } else if (event.key === "Escape" && isOpen() && event.target.closest("#scope-row")) open(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  document.addEventListener("pagelight:shown", ({ detail }) => restore(detail));
  // Files and folders ("a/") that are to be searched alone.
  document.addEventListener("pagelight:scope", ({ detail }) => {
    chosen.clear();
    detail.forEach((source) => chosen.set(`in:${source}`, source));
    choose();
    tick();
  });
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", (event) => {
    const area = event.target.closest?.("#ask textarea");
    if (area) return void complete(area);
    if (event.target.id !== "scope-words") return;
    clearTimeout(waiting);
    waiting = setTimeout(load, SOON_MS);
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest?.(".scope-dates")) return limitDays();
    const box = event.target.closest?.("#scope-choices input");
    if (!box) return;
    if (box.checked) chosen.set(box.value, box.dataset.words);
    else chosen.delete(box.value);
    choose();
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("#at-list [data-at]");
    if (row) return insert(document.querySelector("#ask textarea"), row);
    const button = event.target.closest?.("button");
    if (button?.id === "scope-open") open(!isOpen());
    else if (button?.id === "scope-close") open(false);
    else if (button?.dataset.drop) drop(button.dataset.drop);
    else if (isOpen() && !event.target.closest("#scope-row")) {
      byId("scope-list").hidden = true;
      byId("scope-open").setAttribute("aria-expanded", "false");
    }
  });
})();
