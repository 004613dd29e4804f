// The list of conversations: opened and closed, searched, opened again, renamed, deleted; questions
// edited and asked again. All HTML is the server's.
"use strict";

(() => {
  const SOON_MS = 250;
  const UNDO_MS = 12000;
  const FOLLOW_MS = 1500;
  const WRITTEN_IN = "#chat .editing, #chat .report-form"; // what a person writes in is not shown anew
  const byId = (id) => document.getElementById(id);
  const narrow = () => matchMedia("(max-width: 900px)").matches;
  let waiting = 0;
  let undoTimer = 0;

  // --- the list -----------------------------------------------------------------------------

  async function refresh() {
    const list = byId("past-list");
    if (!list || !document.body.classList.contains("past-shown")) return;
    const words = encodeURIComponent(byId("past-words").value);
    const answer = await fetch(`/conversations?words=${words}`).catch(() => null);
    if (!answer?.ok || list.querySelector(".talk-form")) return;
    const html = await answer.text();
    if (list.shown !== html) redraw(list, html);
    mark();
  }

  // What is open stays open, and the focus stays where it is.
  function redraw(list, html) {
    const kept = [...list.querySelectorAll("details[open] .talk-tools")].map((tools) => tools.dataset.of);
    const reachable = (root) => [...root.querySelectorAll("button, summary, a")];
    const held = document.activeElement?.closest("#past-list .talk-row");
    const id = held?.querySelector(".talk").dataset.talk;
    const place = held ? reachable(held).indexOf(document.activeElement) : -1;
    list.innerHTML = list.shown = html;
    for (const tools of list.querySelectorAll(".talk-tools")) {
      if (kept.includes(tools.dataset.of)) tools.parentElement.open = true;
    }
    const row = list.querySelector(`[data-talk="${id}"]`)?.closest(".talk-row");
    if (row) reachable(row)[place]?.focus();
  }

  function refreshSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, SOON_MS);
  }

  const shown = { talk: "", head: "", growing: false };
  const current = () => shown.talk;

  function mark() {
    const now = current();
    document.querySelectorAll("#past-list [data-talk]").forEach((row) => {
      if (row.dataset.talk === now) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  function show(on) {
    document.body.classList.toggle("past-shown", on);
    byId("past-open").setAttribute("aria-expanded", String(on));
    if (on) refresh().then(() => byId("past-words").focus());
    else byId("past-open").focus();
  }

  // --- what is asked of Gradio --------------------------------------------------------------

  // Gradio reads a hidden field when it hears of input, and acts when the hidden button is clicked.
  function send(name, text) {
    const field = document.querySelector(`#${name}-text textarea, #${name}-text input`);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => byId(`${name}-ask`).click());
  }

  function reopen(id) {
    send("reopen", id);
    if (narrow()) show(false);
  }

  // --- the page's address -------------------------------------------------------------------

  const named = () => new URLSearchParams(location.search).get("c") ?? "";

  function name(id) {
    if (id !== named()) history.pushState(null, "", id ? `/?c=${id}` : "/");
  }

  // --- names and deletion -------------------------------------------------------------------

  const post = (url, body) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });

  function form(value, label, done, leave) {
    const field = document.createElement("input");
    field.value = value;
    field.setAttribute("aria-label", label);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Save";
    const span = document.createElement("span");
    span.className = "talk-form";
    span.append(field, button);
    const save = () => (field.value.trim() ? done(field.value.trim()) : leave());
    button.addEventListener("click", save);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") save();
      else if (event.key === "Escape") leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return span;
  }

  function rename(tools) {
    const row = tools.closest(".talk-row");
    const leave = () => {
      row.classList.remove("naming");
      tools.parentElement.open = false;
      row.querySelector(".talk-form")?.remove();
      byId("past-list").shown = "";
      refresh().then(() => byId("past-list").querySelector(`[data-talk="${tools.dataset.of}"]`)?.focus());
    };
    const save = (name) => post(`/conversations/${tools.dataset.of}/name`, { name }).then(leave);
    row.classList.add("naming");
    row.append(form(tools.dataset.name, "Name of the conversation", save, leave));
    row.querySelector("input").select();
  }

  async function remove(tools) {
    const id = tools.dataset.of;
    await post(`/conversations/${id}/delete`);
    if (id === current()) byId("new").click();
    await refresh();
    const undo = byId("past-undo");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    button.addEventListener("click", async () => {
      await post(`/conversations/${id}/restore`);
      undo.replaceChildren();
      byId("past-words").focus();
      refresh();
    });
    undo.replaceChildren("Deleted. ", button);
    button.focus();
    clearTimeout(undoTimer);
    undoTimer = setTimeout(() => undo.replaceChildren(), UNDO_MS);
  }

  // --- questions ----------------------------------------------------------------------------

  const answering = () => shown.growing;

  // The class of a button tells which exchange it belongs to, or leads to.
  const idOf = (button, what) => new RegExp(`(?:^| )${what}-(\\w+)`).exec(button.className)?.[1] ?? "";

  function edit(button) {
    const asked = button.closest(".asked");
    const field = document.createElement("textarea");
    field.value = asked.querySelector(".question").textContent;
    field.rows = 3;
    field.setAttribute("aria-label", "Your question");
    const ask = document.createElement("button");
    ask.type = "button";
    ask.textContent = "Ask";
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.textContent = "Cancel";
    const note = document.createElement("span");
    note.textContent = "The question as it was stays, with all that came after it.";
    const box = document.createElement("div");
    box.className = "question-form";
    box.append(field, note, cancel, ask);
    const leave = () => {
      box.remove();
      asked.classList.remove("editing");
      asked.querySelector(".edit-question")?.focus();
    };
    const go = () => {
      if (!field.value.trim() || answering()) return;
      const text = field.value.trim();
      leave();
      send("resend", `${idOf(button, "exchange")}\n${text}`);
    };
    ask.addEventListener("click", go);
    cancel.addEventListener("click", leave);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) go();
      else if (event.key === "Escape") leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    asked.classList.add("editing");
    asked.append(box);
    field.focus();
    field.select();
  }

  // --- clicks, keys and changes -------------------------------------------------------------

  function onClick(event) {
    const button = event.target.closest?.("button");
    if (!button || button.disabled) return;
    const tools = button.closest(".talk-tools");
    if (button.id === "past-open") show(!document.body.classList.contains("past-shown"));
    else if (button.id === "past-close") show(false);
    else if (button.dataset.talk) reopen(button.dataset.talk);
    else if (button.dataset.talkDo === "rename") rename(tools);
    else if (button.dataset.talkDo === "delete") remove(tools);
    else if (button.classList.contains("edit-question")) edit(button);
    else if (answering()) return;
    else if (button.classList.contains("ask-again")) send("resend", `${idOf(button, "exchange")}\n`);
    else if (button.classList.contains("version")) send("branch", idOf(button, "to"));
  }

  function onKey(event) {
    if (event.key !== "Escape" || !event.target.closest?.("#past")) return;
    event.stopPropagation();
    show(false);
  }

  document.addEventListener("pagelight:ask", (event) => answering() || send("again", event.detail));
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", (event) => event.target.id === "past-words" && refreshSoon());
  // A server that was started anew writes no answer on: the page shows what has become of it.
  let begun = "";
  document.addEventListener("pagelight:state", ({ detail }) => {
    if (!detail.begun) return;
    if (begun && begun !== detail.begun && answering()) location.reload();
    begun = detail.begun;
  });
  addEventListener("popstate", () => send("reopen", named()));
  document.addEventListener("pagelight:shown", ({ detail }) => {
    const isOther = detail.talk !== shown.talk;
    Object.assign(shown, detail);
    if (isOther) name(shown.talk);
    mark();
  });

  // What another tab asked is shown here too; what this one asked is, as soon as it is begun.
  function follow(head) {
    const isBehind = () => head && head !== shown.head && !answering() && !document.querySelector(WRITTEN_IN);
    if (isBehind()) setTimeout((talk) => talk === shown.talk && isBehind() && send("reopen", talk), FOLLOW_MS, shown.talk);
  }

  document.addEventListener("pagelight:changed", ({ detail }) => {
    if (!detail.changed.includes("revision")) return;
    refreshSoon();
    follow(detail.talks[shown.talk]);
  });
})();
