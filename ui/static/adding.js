// Documents that are added: files and whole folders, dropped on the chat or the list, or chosen. Told
// are how far it is, what was refused and why, and when they can be asked about.
"use strict";

(() => {
  const FREE_MS = 1500;
  const MOST_SCOPED = 20;
  const LEFT_OUT = /^(\.|~\$)|(~|\.tmp|\.temp|\.part|\.partial|\.crdownload|\.download)$|^(thumbs\.db|desktop\.ini|__macosx|__pycache__)$/i;
  const byId = (id) => document.getElementById(id);
  const counted = (n) => (n === 1 ? "1 file" : `${n.toLocaleString("en")} files`);
  let room = null;
  let turn = Promise.resolve(); // batches are sent one after the other

  // --- what is dropped or chosen --------------------------------------------------------------

  const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
  const someOf = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));

  // A folder is listed some entries at a time.
  async function inside(entry, into) {
    if (LEFT_OUT.test(entry.name)) return [];
    if (entry.isFile) return [{ file: await fileOf(entry), into }];
    const found = [];
    const reader = entry.createReader();
    const below = into ? `${into}/${entry.name}` : entry.name;
    for (let some = await someOf(reader); some.length; some = await someOf(reader)) {
      for (const one of some) found.push(...(await inside(one, below)));
    }
    return found;
  }

  async function dropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return chosen(transfer.files);
    return (await Promise.all(entries.map((entry) => inside(entry, "")))).flat();
  }

  const chosen = (files) =>
    [...files]
      .map((file) => ({ file, into: (file.webkitRelativePath || "").split("/").slice(0, -1).join("/") }))
      .filter(({ file, into }) => ![...into.split("/"), file.name].some((part) => LEFT_OUT.test(part)));

  function choose(kind) {
    const field = Object.assign(document.createElement("input"), { type: "file", multiple: true });
    field.webkitdirectory = kind === "folder";
    field.addEventListener("change", () => add(chosen(field.files), byId("coming")));
    field.click();
  }

  // --- how it is told -------------------------------------------------------------------------

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  const tool = (text, name) => element("button", { type: "button", textContent: text, className: name });

  function batchIn(host) {
    host.querySelectorAll(".batch.over").forEach((former) => former.remove());
    const words = element("p", { className: "batch-words" });
    words.setAttribute("role", "status");
    const bar = element("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-label", "Sending files");
    const refused = element("ul", { className: "batch-refused" });
    const tools = element("p", { className: "batch-tools" }, tool("Stop", "batch-stop"));
    const box = element("div", { className: "batch" }, words, bar, refused, tools);
    host.append(box);
    const batch = { box, words, bar, refused, tools, stopped: false, request: null, sources: [] };
    tools.querySelector(".batch-stop").addEventListener("click", () => {
      batch.stopped = true;
      batch.request?.abort();
    });
    return batch;
  }

  function refuse(batch, name, why) {
    const line = element("li", {}, element("bdi", { textContent: name }), ` ${why}`);
    line.setAttribute("role", "alert");
    batch.refused.append(line);
  }

  // --- sending --------------------------------------------------------------------------------

  function add(items, host) {
    const batch = batchIn(host);
    batch.words.textContent = `${counted(items.length)} to add`;
    turn = turn.then(() => sendAll(batch, items)).catch((error) => refuse(batch, "", String(error)));
  }

  async function sendAll(batch, items) {
    const total = items.reduce((sum, { file }) => sum + file.size, 0) || 1;
    let sent = 0;
    for (const [n, item] of items.entries()) {
      if (batch.stopped) break;
      batch.words.textContent = `Adding ${n + 1} of ${counted(items.length)}: ${item.file.name}`;
      const wrong = await send(batch, item, (loaded) => (batch.bar.value = (sent + loaded) / total));
      if (wrong) refuse(batch, item.file.name, wrong);
      else if (!batch.stopped) batch.sources.push(sourceOf(item));
      sent += item.file.size;
    }
    batch.bar.remove();
    batch.tools.replaceChildren();
    const kept = batch.sources.length;
    const stop = batch.stopped ? "Stopped. " : "";
    batch.words.textContent = stop + (kept ? `${counted(kept)} added. Reading …` : "Nothing was added.");
    if (kept) await readWhenFree();
    if (kept) await whenRead(batch);
    else end(batch);
  }

  const sourceOf = ({ file, into }) => (into ? `${into}/${file.name}` : file.name).normalize("NFC");

  function send(batch, { file, into }, onProgress) {
    const most = room?.limit_mb * 1e6;
    if (file.size > most) return Promise.resolve(`The file has over ${room.limit_mb} MB. Raise RAG_FILE_MB.`);
    return new Promise((done) => {
      const request = (batch.request = new XMLHttpRequest());
      const where = into ? `?into=${encodeURIComponent(into)}` : "";
      request.open("PUT", `/library/files/${encodeURIComponent(file.name)}${where}`);
      request.upload.onprogress = (event) => onProgress(event.loaded);
      request.onerror = () => done("It could not be sent.");
      request.onabort = () => done("");
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

  // --- reading --------------------------------------------------------------------------------

  const state = () => fetch("/state").then((answer) => answer.json()).catch(() => null);
  const pause = () => new Promise((done) => setTimeout(done, FREE_MS));

  // A reading that is under way has its list of files already: the next one finds the new ones.
  async function readWhenFree() {
    for (let now = await state(); !now || now.state === "reading"; now = await state()) await pause();
    await fetch("/action/refresh", { method: "POST" });
    document.dispatchEvent(new Event("pagelight:look"));
  }

  async function whenRead(batch) {
    for (let now = await state(); !now || now.state === "reading"; now = await state()) await pause();
    const answer = await fetch("/library/arrived", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sources: batch.sources }),
    }).catch(() => null);
    const told = answer?.ok ? await answer.json() : { ready: 0, failed: [] };
    told.failed.forEach(({ source, reason }) => refuse(batch, source, reason));
    const missed = batch.sources.length - told.ready - told.failed.length;
    const rest = missed ? ` ${counted(missed)} not read yet.` : "";
    const them = told.ready === 1 ? "it" : "them";
    const ask = told.ready ? `: ask about ${them}` : "";
    batch.words.textContent = `${counted(told.ready)} added and ready${ask}.${rest}`;
    end(batch, told.ready > 0);
  }

  function end(batch, canAsk = false) {
    batch.box.classList.add("over");
    const only = scopeOf(batch.sources);
    const ask = canAsk && only.length <= MOST_SCOPED ? [tool("Ask only these", "batch-only")] : [];
    batch.tools.replaceChildren(...ask, tool("Close", "batch-close"));
    batch.tools.querySelector(".batch-close").addEventListener("click", () => batch.box.remove());
    batch.tools.querySelector(".batch-only")?.addEventListener("click", () => {
      document.dispatchEvent(new CustomEvent("pagelight:scope", { detail: only }));
      document.body.classList.remove("panel-open");
      document.querySelector("#ask textarea")?.focus();
    });
  }

  // A folder stands for what came in it.
  const scopeOf = (sources) => [
    ...new Set(sources.map((one) => (one.includes("/") ? `${one.split("/")[0]}/` : one))),
  ];

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
      const why = (await answer?.json().catch(() => null))?.error ?? "This did not work.";
      const told = line.querySelector("[role=alert]") ?? element("p", { className: "bad" });
      told.setAttribute("role", "alert");
      told.textContent = why;
      line.append(told);
    }
    line.setAttribute("tabindex", "-1");
    line.focus();
  }

  // --- what happens ---------------------------------------------------------------------------

  async function offer() {
    const button = byId("upload");
    room = await fetch("/library/room").then((answer) => answer.json()).catch(() => null);
    button.hidden = !room?.writable;
    if (room) button.title = `Up to ${room.limit_mb} MB each. You can drop files and folders, too.`;
  }

  // On the message box files are dropped to ask about them alone: that is Gradio's.
  function zone(event) {
    if (!room?.writable || !event.dataTransfer?.types.includes("Files")) return null;
    return event.target.closest?.("#ask") ? null : event.target.closest?.("#panel, #talk");
  }

  function over(event) {
    const where = zone(event);
    document.body.classList.toggle("dropping", where?.id === "panel");
    document.body.classList.toggle("dropping-chat", where?.id === "talk");
    if (where) event.preventDefault();
  }

  const leave = () => document.body.classList.remove("dropping", "dropping-chat");

  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => event.relatedTarget || leave());
  document.addEventListener("drop", (event) => {
    leave();
    const where = zone(event);
    if (!where) return;
    event.preventDefault();
    const host = byId(where.id === "panel" ? "upload-list" : "coming");
    dropped(event.dataTransfer).then((items) => items.length && add(items, host));
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "upload-files") return;
    add(chosen(event.target.files), byId("upload-list"));
    event.target.value = "";
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.id === "upload") byId("upload-files").click();
    else if (button?.dataset.choose) choose(button.dataset.choose);
    else if (button?.dataset.add) addAttached(button);
  });
  document.addEventListener("pagelight:ready", offer);
})();
