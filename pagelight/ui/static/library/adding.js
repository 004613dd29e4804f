// Documents that are added: files and whole folders, dropped on the chat or the list, pasted or chosen. Told
// are how far it is, what was refused and why, and when they can be asked about.

import { search, searched } from "../chat/scope.js";
import { button as tool, byId, focusBox, isNarrow, make, on, shown, tellBelow } from "../shell/dom.js";
import { say, sayCount } from "../shell/language.js";
import { ask, whyNot } from "../shell/server.js";
import { look } from "../shell/state.js";

const FREE_MS = 1500;
const MAX_SCOPED = 20;
const KEPT = "pagelight-added"; // what was sent, by id: over a reload it is told still
/** @typedef {{ file: File, into: string }} Item a file, and the folder that it goes into ("" the root) */
/** @typedef {{ host: string, sources: string[], refused: string[][], isRead: boolean }} Kept */

/** @type {LibraryRoom | null} */
let room = null;
let isFirst = false; // what is added: nothing was there
let turn = Promise.resolve(); // batches are sent one after the other

/** Once all files are sent that were to be. */
export const whenSent = () => turn;

/** @returns {Record<string, Kept>} */
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");

/** @param {string} id @param {Kept} [batch] none: it is told no more */
const keep = (id, batch) => sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), [id]: batch }));

function dismiss(/** @type {Found} */ box) {
  keep(box.dataset.batch ?? "");
  box.remove();
}

// Who sees some folders alone adds to these: what is dropped elsewhere goes into the first of them.
function add(/** @type {Item[]} */ items, /** @type {Found} */ host) {
  if (!items.length) return;
  isFirst ||= document.body.dataset.state === "empty";
  host.querySelectorAll(".batch.over").forEach(dismiss);
  const placed = items.map(({ file, into }) => {
    const isOpen = !room?.folders || room.folders.includes(into.split("/")[0].normalize("NFC") || ".");
    return { file, into: isOpen ? into : [room?.usual, into].filter(Boolean).join("/") };
  });
  const batch = new Batch(host, sayCount(items.length, "{n} file to add", "{n} files to add"));
  turn = turn.then(() => batch.send(placed)).catch((error) => batch.refuse("", String(error)));
  turn.then(() => batch.read());
}

/** @type {(item: Item, signal: AbortSignal) => Promise<string>} why it was not taken; "" where it was, or was stopped */
async function send({ file, into }, signal) {
  const most = room?.limit_mb ?? Infinity;
  if (file.size > most * 1e6) return say("The file has over {n} MB. Raise RAG_FILE_MB.", { n: most });
  const url = `/library/files/${encodeURIComponent(file.name)}?into=${encodeURIComponent(into)}`;
  const answer = await fetch(url, { method: "PUT", body: file, signal }).catch(() => Response.error());
  if (signal.aborted || answer.status === 201) return "";
  return whyNot(answer, answer.type === "error" ? say("It could not be sent.") : say("It could not be stored."));
}

/** @param {() => Promise<unknown>} [meanwhile] */
async function untilFree(meanwhile) {
  for (;;) {
    const answer = await ask("GET", "/state");
    const state = await answer.json().catch(() => null);
    if (state && state.state !== "reading") return;
    await meanwhile?.();
    await new Promise((done) => setTimeout(done, FREE_MS));
  }
}

// A reading that is under way has its list of files already: the next one finds the new ones.
async function readWhenFree() {
  await untilFree();
  await ask("POST", "/action/refresh");
  look();
}

/** Files that are added together, and what is told of them. */
class Batch {
  stop = new AbortController();
  bar = make("progress", { ariaLabel: say("Sending files") });
  refused = make("div", { className: "batch-refused", tabIndex: 0 });
  tools = make("p", { className: "batch-tools" }, tool(say("Stop"), () => this.stop.abort()));

  /** @param {Found} host @param {string} told @param {string[]} sources that were sent */
  constructor(host, told, sources = [], id = `${Date.now()}-${host.childElementCount}`) {
    this.sources = sources;
    this.id = id;
    this.words = make("p", { role: "status", textContent: told });
    this.box = make("div", { className: "batch" }, this.words, this.bar, this.refused, this.tools);
    this.box.dataset.batch = id;
    host.append(this.box);
  }

  refuse(/** @type {string} */ name, /** @type {string} */ why) {
    const words = why.startsWith(name) ? why.slice(name.length) : ` ${why}`;
    this.refused.append(make("p", { role: "alert" }, make("bdi", { textContent: name }), words));
  }

  async send(/** @type {Item[]} */ items) {
    const { signal } = this.stop;
    const total = items.reduce((sum, { file }) => sum + file.size, 0) || 1;
    let sent = 0;
    for (const [n, item] of items.entries()) {
      if (signal.aborted) break;
      const { name, size } = item.file;
      this.words.textContent = sayCount(items.length, "Adding {at} of {n} file: {name}", "Adding {at} of {n} files: {name}", { at: n + 1, name });
      const wrong = await send(item, signal);
      if (wrong) this.refuse(name, wrong);
      else if (!signal.aborted) this.sources.push((item.into ? `${item.into}/${name}` : name).normalize("NFC"));
      sent += size;
      this.bar.setAttribute("value", String(sent / total));
    }
    // As it is told by the page that comes after this one.
    const refused = [...this.refused.children].map((line) => [line.firstChild?.textContent ?? "", line.textContent ?? ""]);
    keep(this.id, { host: this.box.parentElement?.id ?? "", sources: this.sources, refused, isRead: false });
  }

  /** Have what is sent read, and tell what became of it. */
  async read(isRead = false) {
    this.bar.remove();
    this.tools.replaceChildren();
    const added = this.sources.length;
    const some = sayCount(added, "{n} file added. Reading …", "{n} files added. Reading …");
    this.words.textContent = (this.stop.signal.aborted ? `${say("Stopped.")} ` : "") + (added ? some : say("Nothing was added."));
    if (!added) return this.end();
    if (!isRead) await readWhenFree();
    await this.whenRead();
  }

  /** @returns {Promise<Arrived>} */
  async arrived() {
    const answer = await ask("POST", "/library/arrived", { sources: this.sources, chosen: searched() });
    return answer.ok ? answer.json() : { ready: [], failed: [], outside: [] };
  }

  // Each file has a bar meanwhile, which is full once the file can be asked about.
  async whenRead() {
    const list = make("ul", { className: "batch-files", tabIndex: 0 });
    const bars = new Map(this.sources.map((source) => [source, make("progress", { ariaLabel: source })]));
    for (const [source, bar] of bars) list.append(make("li", {}, make("bdi", { textContent: source }), bar));
    this.refused.before(list);
    await untilFree(async () => (await this.arrived()).ready.forEach((source) => bars.get(source)?.setAttribute("value", "1")));
    list.remove();
    const told = await this.arrived();
    told.failed.forEach(({ source, reason }) => this.refuse(source, reason));
    const [ready, out] = [told.ready.length, told.outside.length];
    const missed = this.sources.length - ready - told.failed.length;
    this.words.textContent = [
      ready > out && sayCount(ready - out, "{name} is added and ready: ask about it.", "{n} files added and ready: ask about them.", { name: told.ready.find((source) => !told.outside.includes(source)) }),
      out && sayCount(out, "{n} file added, but left out of what is searched.", "{n} files added, but left out of what is searched."),
      !ready && say("No file could be read."),
      missed && sayCount(missed, "{n} file not read yet.", "{n} files not read yet."),
    ].filter(Boolean).join(" ");
    this.end(told);
  }

  /** @param {Arrived} [told] */
  end(told) {
    this.box.classList.add("over");
    keep(this.id, { ...kept()[this.id], isRead: true });
    // A folder stands for what came in it.
    const scope = [...new Set(this.sources.map((one) => (one.includes("/") ? `${one.split("/")[0]}/` : one)))];
    /** @type {(words: string, alone: boolean) => Found} */
    const asking = (words, alone) =>
      tool(words, () => {
        if (!this.refused.childElementCount) dismiss(this.box); // what was refused is to be read still
        this.tools.querySelectorAll(".batch-only").forEach((button) => button.remove());
        search(scope, alone);
        document.body.classList.remove("panel-open");
        focusBox();
      }, "batch-only");
    const canAsk = told?.ready.length && scope.length <= MAX_SCOPED;
    // Beside types or days that are chosen nothing more is searched.
    const canAdd = canAsk && told.outside.length && searched().every((entry) => entry.startsWith("in:"));
    const too = canAdd ? [asking(say("Ask these too"), false)] : [];
    const only = canAsk ? [asking(sayCount(this.sources.length, "Ask only this", "Ask only these"), true)] : [];
    this.tools.replaceChildren(...too, ...only, tool(say("Close"), () => dismiss(this.box), "batch-close"));
  }
}

// --- what was dropped or chosen: the files of folders too, hidden and half ones left out ------

const LEFT_OUT = /^(\.|~\$)|(~|\.tmp|\.temp|\.part|\.partial|\.crdownload|\.download)$|^(thumbs\.db|desktop\.ini|__macosx|__pycache__)$/i;

/** @type {(entry: FileSystemFileEntry) => Promise<File>} */
const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
/** @type {(reader: FileSystemDirectoryReader) => Promise<FileSystemEntry[]>} */
const someOf = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));

// A folder is listed some entries at a time.
/** @param {FileSystemEntry} entry @param {string} into @returns {Promise<Item[]>} */
async function inside(entry, into) {
  if (LEFT_OUT.test(entry.name)) return [];
  if (entry.isFile) return [{ file: await fileOf(/** @type {FileSystemFileEntry} */ (entry)), into }];
  /** @type {Item[]} */
  const found = [];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const below = into ? `${into}/${entry.name}` : entry.name;
  for (let some = await someOf(reader); some.length; some = await someOf(reader)) {
    for (const one of some) found.push(...(await inside(one, below)));
  }
  return found;
}

export const chosen = (/** @type {FileList} */ files) =>
  [...files]
    .map((file) => ({ file, into: (file.webkitRelativePath || "").split("/").slice(0, -1).join("/") }))
    .filter(({ file, into }) => ![...into.split("/"), file.name].some((part) => LEFT_OUT.test(part)));

// --- what happens ---------------------------------------------------------------------------

// The first of the first documents is shown, with what it is about, as soon as it is in the list.
document.addEventListener("pagelight:library", () => {
  const first = document.querySelector("#library-list button.document");
  if (!first || !isFirst || isNarrow()) return;
  isFirst = false;
  first.click();
});
document.addEventListener("pagelight:ready", async () => {
  room = await ask("GET", "/library/room").then((answer) => answer.json()).catch(() => null);
  byId("upload").hidden = !room?.writable;
  byId("upload-why").textContent = room?.why ?? "";
  if (room) byId("upload").title = say("Up to {n} MB each. You can drop files and folders, too.", { n: room.limit_mb });
  // What an earlier page added, before it was loaded anew: what became of it is told in its language.
  for (const [id, { host, sources, refused, isRead }] of Object.entries(kept())) {
    const batch = new Batch(byId(host), "", sources, id);
    refused.forEach(([name, why]) => batch.refuse(name, why));
    batch.read(isRead);
  }
});

// On the message box files are dropped to ask about them alone: that is Gradio's.
function zone(/** @type {Happened<DragEvent>} */ { target, dataTransfer }) {
  if (!room?.writable || !dataTransfer?.types.includes("Files") || target.closest?.("#ask")) return null;
  return target.closest?.("#panel, #talk");
}

const leave = () => document.body.classList.remove("dropping", "dropping-chat");

document.addEventListener("dragover", (event) => {
  const where = zone(event);
  document.body.classList.toggle("dropping", where?.id === "panel");
  document.body.classList.toggle("dropping-chat", where?.id === "talk");
  if (!where) return;
  where.dataset.drop = `${say("Drop to add to your documents.")}\n${say("On the message box: to ask about it alone.")}`;
  event.preventDefault();
});
document.addEventListener("dragleave", (event) => event.relatedTarget || leave());
document.addEventListener("drop", (event) => {
  leave();
  const where = zone(event);
  if (!where || !event.dataTransfer) return;
  event.preventDefault();
  const host = byId(where.id === "panel" ? "upload-list" : "coming");
  const { items, files } = event.dataTransfer;
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null);
  if (!entries.length) return add(chosen(files), host);
  Promise.all(entries.map((entry) => inside(entry, ""))).then((found) => add(found.flat(), host));
});

// What is pasted outside of fields becomes a document; where there is none yet, in the message box too.
document.addEventListener("paste", (event) => {
  const isField = event.target.closest?.("input, textarea, [contenteditable=true]");
  if (!room?.writable || !event.clipboardData || (isField && document.body.dataset.state !== "empty")) return;
  const text = event.clipboardData.getData("text/plain").trim();
  const files = chosen(event.clipboardData.files);
  const name = text.split("\n")[0].replace(/[^\p{L}\p{N} -]+/gu, "").trim().slice(0, 50) || "note";
  const items = files.length || !text ? files : [{ file: new File([text], `${name}.txt`), into: "" }];
  if (!items.length) return;
  event.preventDefault();
  event.stopPropagation();
  add(items, byId("coming"));
}, true);
on("click", "#upload", () => byId("upload-files").click());
on("change", "#upload-files", (field) => {
  add(chosen(field.files), byId("upload-list"));
  field.value = "";
});
on("click", "[data-choose]", ({ dataset }) => {
  const field = make("input", { type: "file", multiple: true, webkitdirectory: dataset.choose === "folder" });
  field.addEventListener("change", () => add(chosen(field.files), byId("coming")));
  field.click();
});
// Who asks on has read what was told, but for what was refused.
document.addEventListener("pagelight:shown", ({ detail: former }) => {
  const isAsked = shown.head && shown.head !== former.head && [shown.talk, ""].includes(former.talk);
  if (isAsked) document.querySelectorAll("#coming .batch.over:has(.batch-refused:empty)").forEach(dismiss);
});
// What came with a question becomes a file of the folder.
on("click", "[data-add]", async (button) => {
  button.disabled = true;
  const answer = await ask("POST", `/attached/${button.dataset.add}`);
  const line = /** @type {Found} */ (button.parentElement);
  if (answer.status === 201) {
    line.replaceChildren(say("Added to the folder"));
    readWhenFree();
  } else {
    button.disabled = false;
    tellBelow(line, await whyNot(answer));
  }
  line.tabIndex = -1;
  line.focus();
});
