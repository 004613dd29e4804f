// Deltas of an answer that grows: what is kept of the words before, and when nothing is.

import assert from "node:assert/strict";
import { test } from "node:test";

import "../page.js";

const { joined } = await import("../../../pagelight/ui/static/chat/frame.js");

test("new words stand after those that are kept; nothing is kept of another answer, nor where there was none", () => {
  const [former, other] = [{ head: "1f", html: "<p>Snow lay</p>" }, { head: "2a", html: "<p>Wind</p>" }];
  assert.equal(joined(former, { head: "1f", keep: 11, more: " deep</p>" }), "<p>Snow lay deep</p>");
  assert.equal(joined(other, { head: "1f", keep: 3, more: "<p>Snow</p>" }), "<p>Snow</p>");
  assert.equal(joined(undefined, { head: "1f", keep: 0, more: "<p>" }), "<p>");
});
