// Words of an answer as they come, written into its bubble: Gradio is given the whole at its beginning
// and its end, and now and then where no stream comes through.

import { follow } from "./frame.js";

/** @typedef {{ head: string, html: string }} Written an exchange, and the HTML of its answer so far */
/** @type {Map<string, Written>} by conversation */
const written = new Map();
let shown = { talk: "", head: "", growing: false };
/** @type {Found | null} */
let bubble = null;

function growing() {
  const isIt = bubble?.isConnected && bubble.matches(".waiting, .growing");
  return isIt ? bubble : (bubble = document.querySelector("#chat .answer.waiting, #chat .answer.growing"));
}

// A piece says how much of the words before it stays: `keep` letters of the same answer.
/** @type {(former: Written | undefined, piece: Omit<Piece, "talk">) => string} */
export const joined = (former, { head, keep, more }) =>
  (former?.head === head ? former.html.slice(0, keep) : "") + more;

// The bubble's own element stays Gradio's; what stands in it is the server's, and newer.
function show() {
  const piece = written.get(shown.talk);
  if (!piece || !shown.growing || piece.head !== shown.head) return;
  const at = growing();
  if (!at || at.written === piece.html) return;
  const template = document.createElement("template");
  template.innerHTML = piece.html;
  const made = template.content.firstElementChild;
  if (!made) return;
  at.className = made.className;
  at.replaceChildren(...made.childNodes);
  at.written = piece.html;
  follow();
}

document.addEventListener("pagelight:piece", ({ detail: { talk, head, keep, more } }) => {
  written.set(talk, { head, html: joined(written.get(talk), { head, keep, more }) });
  show();
});
document.addEventListener("pagelight:shown", ({ detail }) => {
  shown = detail;
  if (!shown.growing) written.delete(shown.talk);
  show();
});
document.addEventListener("pagelight:bubbles", show);
