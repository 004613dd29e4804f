// The files that are in what was dropped or chosen: those of folders too, hidden and half ones left out.

const LEFT_OUT = /^(\.|~\$)|(~|\.tmp|\.temp|\.part|\.partial|\.crdownload|\.download)$|^(thumbs\.db|desktop\.ini|__macosx|__pycache__)$/i;

/** @typedef {{ file: File, into: string }} Item a file, and the folder that it goes into ("" the root) */

/** @type {(entry: FileSystemFileEntry) => Promise<File>} */
const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
/** @type {(reader: FileSystemDirectoryReader) => Promise<FileSystemEntry[]>} */
const someOf = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));

/** @type {(entry: FileSystemEntry) => entry is FileSystemFileEntry} */
const isFile = (entry) => entry.isFile;

// A folder is listed some entries at a time.
/** @param {FileSystemEntry} entry @param {string} into @returns {Promise<Item[]>} */
async function inside(entry, into) {
  if (LEFT_OUT.test(entry.name)) return [];
  if (isFile(entry)) return [{ file: await fileOf(entry), into }];
  /** @type {Item[]} */
  const found = [];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const below = into ? `${into}/${entry.name}` : entry.name;
  for (let some = await someOf(reader); some.length; some = await someOf(reader)) {
    for (const one of some) found.push(...(await inside(one, below)));
  }
  return found;
}

/** @param {DataTransfer} transfer @returns {Promise<Item[]>} */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null);
  if (!entries.length) return chosen(transfer.files);
  return (await Promise.all(entries.map((entry) => inside(entry, "")))).flat();
}

/** @param {FileList} files */
export const chosen = (files) =>
  [...files]
    .map((file) => ({ file, into: (file.webkitRelativePath || "").split("/").slice(0, -1).join("/") }))
    .filter(({ file, into }) => ![...into.split("/"), file.name].some((part) => LEFT_OUT.test(part)));
