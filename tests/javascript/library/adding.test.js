// Files that are added: which of those chosen are sent, and where they go.

import assert from "node:assert/strict";
import { test } from "node:test";

import "../page.js";

const { chosen } = await import("../../../pagelight/ui/static/library/adding.js");

const file = (path) => ({ name: path.split("/").at(-1), webkitRelativePath: path.includes("/") ? path : "" });
const kept = (...paths) => chosen(paths.map(file)).map(({ file: { name }, into }) => [name, into]);

test("a file keeps its folder, and one alone has none", () => {
  assert.deepEqual(kept("a.pdf", "trips/2024/b.pdf"), [["a.pdf", ""], ["b.pdf", "trips/2024"]]);
});

test("what systems and editors leave behind is not sent", () => {
  const left = [".env", "~$report.docx", "notes.txt~", "a.part", "Thumbs.db", "x/.git/config", "x/__MACOSX/a.pdf"];

  assert.deepEqual(kept(...left, "thumbs.db.pdf"), [["thumbs.db.pdf", ""]]);
});
