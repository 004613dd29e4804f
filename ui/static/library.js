// The list of documents: filtered, shown a part at a time, files read again, taken out or added.
// All HTML is the server's.
"use strict";

(() => {
  const SOON_MS = 200;
  const wish = { shown: 0, version: null, request: 0 };
  const byId = (id) => document.getElementById(id);
  let waiting = 0;

  // --- the list -----------------------------------------------------------------------------

  async function load() {
    const list = byId("library-list");
    if (!list) return;
    const request = ++wish.request;
    const asked = new URLSearchParams({
      words: byId("library-words").value,
      state: byId("library-state").value,
      shown: wish.shown,
    });
    const answer = await fetch(`/library?${asked}`).catch(() => null);
    if (!answer?.ok || request !== wish.request) return;
    const html = await answer.text();
    if (list.shown === html) return;
    const open = [...list.querySelectorAll("details[open] > .doc-facts")].map((facts) => facts.dataset.source);
    const focused = document.activeElement?.closest?.("#library-list .doc-row")?.querySelector(".doc-facts")?.dataset.source;
    list.innerHTML = list.shown = html;
    for (const facts of list.querySelectorAll(".doc-facts")) {
      const { source } = facts.dataset;
      if (open.includes(source)) facts.parentElement.open = true;
      if (source === focused) facts.parentElement.querySelector("summary").focus();
    }
  }

  function loadSoon() {
    wish.shown = 0;
    clearTimeout(waiting);
    waiting = setTimeout(load, SOON_MS);
  }

  async function act(button) {
    const facts = button.closest(".doc-facts");
    const answer = await fetch(`/library/${button.dataset.library}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ source: facts.dataset.source }),
    });
    if (answer.ok) {
      document.dispatchEvent(new Event("pagelight:look"));
      return load();
    }
    say(facts, (await answer.json().catch(() => ({}))).error ?? "This did not work.");
  }

  function say(where, words) {
    const line = where.querySelector("[role=alert]") ?? document.createElement("p");
    line.setAttribute("role", "alert");
    line.className = "bad";
    line.textContent = words;
    where.append(line);
  }

  // --- files that are added -----------------------------------------------------------------

  const queue = [];
  let sending = false;

  function add(files) {
    byId("upload-list").querySelectorAll(".done").forEach((row) => row.remove());
    for (const file of files) {
      const row = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", `Sending ${file.name}`);
      row.append(name, bar);
      byId("upload-list").append(row);
      queue.push({ file, row, bar });
    }
    if (!sending) sendAll();
  }

  async function sendAll() {
    sending = true;
    let came = 0;
    for (let next = queue.shift(); next; next = queue.shift()) {
      const wrong = await send(next);
      next.bar.remove();
      if (wrong) say(next.row, wrong);
      else {
        came += 1;
        next.row.classList.add("done");
        next.row.append(" added");
      }
    }
    sending = false;
    if (came) readWhenFree();
  }

  function send({ file, bar }) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("PUT", `/library/files/${encodeURIComponent(file.name)}`);
      request.upload.onprogress = (event) => (bar.value = event.loaded / (event.total || 1));
      request.onerror = () => done("It could not be sent.");
      request.onload = () => {
        if (request.status === 201) return done("");
        try {
          done(JSON.parse(request.responseText).error);
        } catch {
          done("It could not be stored.");
        }
      };
      request.send(file);
    });
  }

  // What came with a question becomes a file of the folder.
  async function addAttached(button) {
    button.disabled = true;
    const answer = await fetch(`/attached/${button.dataset.add}`, { method: "POST" }).catch(() => null);
    const line = button.parentElement;
    if (answer?.status === 201) {
      line.replaceChildren("Added to the folder");
      readWhenFree();
    } else {
      button.disabled = false;
      say(line, (await answer?.json().catch(() => null))?.error ?? "This did not work.");
    }
    line.setAttribute("tabindex", "-1");
    line.focus();
  }

  // A reading that is under way has its list of files already: the next one finds the new ones.
  let isWanted = false;

  function readWhenFree() {
    isWanted = true;
    document.dispatchEvent(new Event("pagelight:look"));
  }

  async function readIfFree({ state }) {
    if (!isWanted || state === "reading" || state === "gone") return;
    isWanted = false;
    await fetch("/action/refresh", { method: "POST" });
    document.dispatchEvent(new Event("pagelight:look"));
  }

  async function offer() {
    const button = byId("upload");
    const room = await fetch("/library/room").then((answer) => answer.json()).catch(() => null);
    button.hidden = !room?.writable;
    if (room) button.title = `Up to ${room.limit_mb} MB each. You can drop files here, too.`;
  }

  const holdsFiles = (event) =>
    event.target.closest?.("#panel") && event.dataTransfer?.types.includes("Files") && !byId("upload").hidden;

  function over(event, on) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.toggle("dropping", on);
  }

  // --- what happens -------------------------------------------------------------------------

  document.addEventListener("pagelight:state", (event) => {
    readIfFree(event.detail);
    const isSame = event.detail.library === null || event.detail.library === wish.version;
    if (isSame || !byId("library-list")) return; // Gradio may not have made the list yet
    wish.version = event.detail.library;
    load();
  });
  document.addEventListener("input", (event) => event.target.id === "library-words" && loadSoon());
  document.addEventListener("change", (event) => {
    if (event.target.id === "library-state") loadSoon();
    if (event.target.id === "upload-files") {
      add([...event.target.files]);
      event.target.value = "";
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.id === "upload") byId("upload-files").click();
    else if (button?.dataset.library) act(button);
    else if (button?.dataset.add) addAttached(button);
    else if (button?.dataset.show) {
      wish.shown = Number(button.dataset.show);
      load();
    }
  });
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    if (holdsFiles(event)) add([...event.dataTransfer.files]);
    over(event, false);
  });
  document.addEventListener("pagelight:ready", offer);
})();
